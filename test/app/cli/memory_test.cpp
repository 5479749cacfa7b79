// SPDX-License-Identifier: Apache-2.0
// Memory workloads through the program itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "test/app/cli/program.hpp"

namespace decodesim {
namespace {
using test::Outcome;
using test::ProgramFolder;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPattern = R"(system:
  memory: [{use: hbm3-6400, fidelity: command}]
workload:
  kind: memory
  pattern: {kind: random, request: 64 B, count: 500}
  load_curve: {points: 2}
expect:
  - {path: memory.hbm.accesses, value: 500}
  - {path: memory.hbm.lost.partial_burst, value: 0}
  - {path: memory.hbm.load_curve.1.utilisation, max: 90 %}
  - {path: memory.hbm.energy_j.total, min: 1 nJ}
  - {path: energy_j.total, min: 1 nJ}
)";

constexpr const char* kTrace = R"(system:
  memory: [{use: hbm3-6400}]
workload:
  kind: memory
  trace: {file: few.trace}
)";

// Without what the host's speed has to do with.
std::string reproducible(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);)
    if (line.find("wall_s") == std::string::npos && line.find("real_time") == std::string::npos &&
        line.find("peak_rss") == std::string::npos)
      out += line + "\n";
  return out;
}

TEST(MemoryCommandTest, ARunWritesItsFilesTwiceTheSame) {
  const ProgramFolder folder;
  folder.write("m.yaml", kPattern);
  const Outcome outcome = folder.run("run m.yaml --out one");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(folder.run("run m.yaml --out two").status, 0);
  for (const char* file : {"results.json", "latency.csv", "load_curve.csv", "components.csv", "resolved.yaml"}) {
    const std::string one = folder.read(std::string("one/") + file);
    EXPECT_FALSE(one.empty()) << file;
    EXPECT_EQ(reproducible(one), reproducible(folder.read(std::string("two/") + file))) << file;
  }
  EXPECT_FALSE(folder.has("one/steps.csv"));
  const std::string json = folder.read("one/results.json");
  for (const char* key :
       {"\"utilisation\"", "\"lost\"", "\"partial_burst\"", "\"p999\"", "\"ACT\"", "\"energy_pj_per_bit\""})
    EXPECT_THAT(json, HasSubstr(key));
  EXPECT_THAT(json, Not(HasSubstr("\"decode\"")));
}

TEST(MemoryCommandTest, TheSummarySaysWhereThePinsTimeGoes) {
  const ProgramFolder folder;
  folder.write("m.yaml", kPattern);
  const Outcome outcome = folder.run("run m.yaml");
  EXPECT_THAT(outcome.out, HasSubstr("  memory          hbm3-6400, every command\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  workload        random, 64 B an access, 100.0 % reads, 1 stream over 1.074 GB, "
                                     "2,048 outstanding\n"));
  EXPECT_THAT(outcome.out, HasSubstr("of 819.2 GB/s"));
  EXPECT_THAT(outcome.out, HasSubstr("where the pins' time goes"));
  EXPECT_THAT(outcome.out, HasSubstr("latency against load"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("address errors")));
}

TEST(MemoryCommandTest, AccessesBeyondTheCapacityAreCountedAndNotWrapped) {
  const ProgramFolder folder;
  folder.write("few.trace", "LD 0x40\nST 0x800000000\nLD 0x80\nLD 0x596825fc0\nLD 23999999999\n");
  folder.write("m.yaml", std::string(kTrace) + R"(expect:
  - {path: memory.hbm.accesses, value: 3}
  - {path: memory.hbm.address_errors, value: 2}
  - {path: memory.hbm.bytes_read, value: 192 B}
  - {path: memory.hbm.bytes_written, value: 0}
)");
  const Outcome outcome = folder.run("run m.yaml");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("  address errors  2 accesses beyond the capacity, refused\n"));
}

TEST(MemoryCommandTest, AddressVectorsThatTheMemoryDoesNotHaveAreAddressErrors) {
  const ProgramFolder folder;
  folder.write("few.trace", "R 0,0,0,0,0,0\nW 15,1,3,3,15258,31\nR 16,0,0,0,0,0\nR 0,2,0,0,0,0\nR 0,0,0,0,0,32\n");
  folder.write("m.yaml", std::string(kTrace) + "expect: [{path: memory.hbm.address_errors, value: 3}]\n");
  const Outcome outcome = folder.run("run m.yaml --set 'workload.trace.access_bytes=32 B'");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST(MemoryCommandTest, ATimedTraceIsNotReplayedFasterThanItsCycles) {
  const ProgramFolder folder;
  folder.write("few.trace", "0: read 0x40\n1000: (32) write 0x80\n2000: read 0xc0\n");
  folder.write("m.yaml", std::string(kTrace) + R"(expect:
  - {path: memory.hbm.elapsed_s, min: 4 us, max: 4.3 us, because: "2000 cycles of 500 MHz, and the last read, which a refresh of 200 ns may hold up"}
  - {path: memory.hbm.bytes_written, value: 32 B}
)");
  const Outcome outcome = folder.run("run m.yaml --set 'workload.trace.clock=500 MHz'");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST(MemoryCommandTest, AMalformedTraceIsRefusedBeforeAnythingIsWritten) {
  const ProgramFolder folder;
  folder.write("few.trace", "LD 0x40\nLD\n");
  folder.write("m.yaml", kTrace);
  const Outcome outcome = folder.run("run m.yaml");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err,
            "few.trace:2:3: the line ends before the address; expected a decimal number, or a hexadecimal one after "
            "0x, of at most 64 bits\n");
  EXPECT_FALSE(folder.has("results"));
}

TEST(MemoryCommandTest, AnInterruptedRunWritesWhatWasAnswered) {
  const ProgramFolder folder;
  folder.write("m.yaml", kPattern);
  const Outcome outcome =
      folder.run("run m.yaml --out out --set workload.pattern.count=1000000000", "timeout --preserve-status -s INT 1");
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("decodesim: interrupted: "));
  EXPECT_THAT(outcome.err, HasSubstr(" of 1000000000 accesses finished; their results are in out\n"));
  EXPECT_THAT(folder.read("out/results.json"), HasSubstr("\"interrupted\": true"));
}

TEST(MemoryCommandTest, ADecodeScenarioRunsAtCommandFidelityToo) {
  const ProgramFolder folder;
  folder.write("d.yaml", R"(system:
  accelerators: {use: h100-sxm, count: 1}
workload:
  kind: decode
  model: {name: toy, max_context: 4096, layers: 1, hidden: 256, q_heads: 4, kv_heads: 4, head_dim: 64, intermediate: 512, vocabulary: 1024}
  batch: 2
  context: 100
  steps: 2
)");
  EXPECT_EQ(folder.run("run d.yaml --out train").status, 0);
  const Outcome outcome = folder.run("run d.yaml --out command --set system.memory.0.fidelity=command");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const auto bytes = [](const std::string& json) {
    const std::size_t at = json.find("\"bytes_read\"");
    return json.substr(at, json.find("\"bandwidth", at) - at);
  };
  EXPECT_EQ(bytes(folder.read("command/results.json")), bytes(folder.read("train/results.json")));
  EXPECT_NE(folder.read("command/steps.csv"), folder.read("train/steps.csv"));
}

TEST(MemoryCommandTest, CheckAndExplainKnowAMemoryWorkload) {
  const ProgramFolder folder;
  folder.write("m.yaml", kPattern);
  const Outcome check = folder.run("check m.yaml");
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("fidelity: command"));
  const Outcome explain = folder.run("explain m.yaml workload.outstanding");
  EXPECT_THAT(explain.out, HasSubstr("2048"));
}

TEST(MemoryCommandTest, AnExpectationOfAResultThatIsNotThereIsAMistake) {
  const ProgramFolder folder;
  folder.write("m.yaml", std::string(kPattern) + "  - {path: decode.steps, value: 1}\n");
  const Outcome outcome = folder.run("run m.yaml");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("m.yaml:13:12: 'decode.steps' is not in the results"));
  folder.write("p.yaml", std::string(kPattern) + "  - {path: memory.hbm.load_curve.7.utilisation, value: 1}\n");
  EXPECT_EQ(folder.run("run p.yaml").err,
            "p.yaml:13:12: 'memory.hbm.load_curve.7.utilisation' is not in the results; did you mean '0'?\n");
}

}  // namespace
}  // namespace decodesim
