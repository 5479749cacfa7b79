// SPDX-License-Identifier: Apache-2.0
// `workload.kind: memory` and `fidelity`: what a scenario comes to, and what is said of a broken one.
#include <gtest/gtest.h>
#include <unistd.h>

#include "sim/app/scenario/memory_levels.hpp"
#include "sim/app/scenario/resolved_yaml.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {
using namespace literals;
using test::at;
using test::mistakes;
using test::read;
using test::replaced;

constexpr std::string_view kPattern = R"(system:
  memory: [{use: hbm3-6400, stacks: 1}]
workload:
  kind: memory
  pattern: {kind: random, request: 64 B, count: 1000}
)";

constexpr std::string_view kTrace = R"(system:
  memory: [{use: hbm3-6400, stacks: 1}]
workload:
  kind: memory
  trace: {file: matrix-transpose.trace}
)";

/// A trace file that lives as long as the test.
class TraceFile {
 public:
  TraceFile(const std::string& name, const std::string& content)
      : path_(std::filesystem::temp_directory_path() / ("decodesim_" + name + std::to_string(::getpid()) + ".trace")) {
    std::ofstream(path_) << content;
  }
  ~TraceFile() { std::filesystem::remove(path_); }
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string scenario(const std::string& more = "") const {
    return replaced(kTrace, "file: matrix-transpose.trace", "file: " + path() + more);
  }

 private:
  std::filesystem::path path_;
};

TEST(MemoryWorkloadTest, AMemoryPartAloneIsASystem) {
  const Plan plan = read(kPattern);
  ASSERT_EQ(plan.workload.kind, WorkloadKind::kMemory);
  const MemoryWorkloadPlan& workload = *plan.workload.memory;
  EXPECT_EQ(workload.pattern->kind, PatternKind::kRandom);
  EXPECT_EQ(workload.accesses(), 1000);
  EXPECT_EQ(workload.initiator_latency, 0_ps);
  EXPECT_FALSE(workload.accelerator);
  EXPECT_EQ(workload.outstanding, 2 * 32 * 64 * 32 / 64);  // all queues of 32 pseudo-channels, twice, in bursts of 32 B
  EXPECT_EQ(plan.memory.front().fidelity, Fidelity::kTrain);
  EXPECT_FALSE(plan.network.has_value());
  EXPECT_EQ(at(plan, "workload.outstanding").value, "2048");
  EXPECT_EQ(at(plan, "workload.pattern.stride").origin, "default (assumed: 4 KiB, a page)");
  EXPECT_EQ(at(plan, "system.software.part").value, "no such path");
}

TEST(MemoryWorkloadTest, AnAcceleratorBringsItsMemoryTheWayToItAndItsBytesInFlight) {
  const Plan plan = read(replaced(kPattern, "memory: [{use: hbm3-6400, stacks: 1}]", "accelerators: {use: h100-sxm}"));
  const MemoryWorkloadPlan& workload = *plan.workload.memory;
  EXPECT_EQ(plan.memory.front().part, "hbm3-16GB");
  EXPECT_EQ(plan.memory.front().stacks, 5);
  EXPECT_EQ(workload.initiator_latency, 320_ns);
  EXPECT_EQ(workload.outstanding, 132 * 128 * 1024 / 64);
  EXPECT_FALSE(plan.network.has_value());
  EXPECT_EQ(at(plan, "system.network.topology").value, "no such path");
}

TEST(MemoryWorkloadTest, StreamsShareWhatIsKeptOutstanding) {
  EXPECT_EQ(read(replaced(kPattern, "count", "streams: 16, count")).workload.memory->outstanding, 2048 / 16);
  EXPECT_EQ(read(replaced(kPattern, "64 B", "1 GiB")).workload.memory->outstanding, 1);
  EXPECT_EQ(read(std::string(kPattern) + "  outstanding: 7\n").workload.memory->outstanding, 7);
}

TEST(MemoryWorkloadTest, ATraceIsReplayedCommandByCommand) {
  const Plan plan = read(kTrace);
  EXPECT_EQ(plan.memory.front().fidelity, Fidelity::kCommand);
  EXPECT_EQ(plan.workload.memory->accesses(), 512);
  EXPECT_EQ(at(plan, "workload.trace.format").value, "load_store");
  EXPECT_EQ(at(plan, "system.memory.0.fidelity").value, "command");
}

TEST(MemoryWorkloadTest, AResolvedScenarioIsTheSameScenario) {
  const TraceFile vectors("vectors", "R 0,0,1,2,5,7\nW 15,1,3,3,100,31\n");
  for (const std::string& text :
       {std::string(kPattern) + "  load_curve: {points: 4}\n", std::string(kTrace), vectors.scenario()}) {
    const Plan plan = read(text);
    const std::string resolved = resolved_yaml(plan);
    EXPECT_EQ(mistakes(resolved), "") << resolved;
    EXPECT_EQ(read(resolved).scenario_sha256, plan.scenario_sha256);
  }
}

TEST(MemoryWorkloadTest, AnotherTraceIsAnotherExperimentAndAnotherPlaceIsNot) {
  const TraceFile one("one", "LD 0x40\n");
  const TraceFile same("same", "LD 64\n");
  const TraceFile other("other", "LD 0x80\n");
  const std::string sha = read(one.scenario()).scenario_sha256;
  EXPECT_EQ(read(same.scenario()).scenario_sha256, sha);
  EXPECT_NE(read(other.scenario()).scenario_sha256, sha);
}

TEST(MemoryWorkloadTest, AddressVectorsAreOrderedAsRamulatorDoesUnlessSaidOtherwise) {
  const TraceFile six("six", "R 3,1,2,1,5,7\n");
  const Plan plan = read(six.scenario());
  EXPECT_EQ(at(plan, "workload.trace.levels").value, "channel pseudo_channel bank_group bank row column");
  const AddressMap map(*plan.memory.front().dram);
  const DecodedAddress where{.row = 5, .channel = 3, .pseudo_channel = 1, .bank_group = 2, .bank = 1, .column = 7};
  const std::vector<std::uint32_t> vector{3, 1, 2, 1, 5, 7};
  EXPECT_EQ(address_vector_map(plan.workload.memory->levels, map)(vector), map.encode(where));
  const Plan turned = read(six.scenario(", levels: [channel, rank, bank_group, bank, row, column]"));
  EXPECT_EQ(at(turned, "workload.trace.levels").value, "channel rank bank_group bank row column");
  const std::vector<std::uint32_t> beyond{16, 0, 0, 0, 0, 0};
  EXPECT_GE(address_vector_map(plan.workload.memory->levels, map)(beyond), 24'000'000'000U);
}

TEST(MemoryWorkloadTest, TheLoadCurveGoesFromFivePercentToThePeak) {
  const Plan plan = read(std::string(kPattern) + "  load_curve: {points: 20}\n");
  const MemoryWorkloadPlan& workload = *plan.workload.memory;
  EXPECT_EQ(workload.offered(1000 * 1_GBps, 0), 50_GBps);
  EXPECT_EQ(workload.offered(1000 * 1_GBps, 1), 100_GBps);
  EXPECT_EQ(workload.offered(1000 * 1_GBps, 19), 1000_GBps);
}

// Replaces `what` in `scenario` by `by`: then exactly `said` is said.
struct Mistake {
  std::string_view scenario;
  std::string what;
  std::string by;
  std::string said;
};

void expect_said(const std::vector<Mistake>& all) {
  for (const Mistake& m : all) EXPECT_EQ(mistakes(replaced(m.scenario, m.what, m.by)), "test.yaml:" + m.said);
}

TEST(MemoryWorkloadErrorTest, Patterns) {
  expect_said({
      {kPattern, "  pattern: {kind: random, request: 64 B, count: 1000}\n", "",
       "4:3: workload says not what drives the memory; expected pattern: {kind: ..}, or trace: {file: ..}"},
      {kPattern, "1000}\n", "1000}\n  trace: {file: matrix-transpose.trace}\n",
       "6:10: both 'pattern' and 'trace' are given; expected one of them"},
      {kPattern, "random", "randon", "5:19: kind: 'randon' is not one of the choices; did you mean 'random'?"},
      {kPattern, "kind: random, ", "",
       "5:12: pattern lacks 'kind'; expected sequential | strided | random | pointer_chase (In which order a stream "
       "visits its region)"},
      {kPattern, "count: 1000", "count: 0", "5:49: count: '0' is out of range; expected 1 to 1000000000000"},
      {kPattern, "count: 1000", "offered_load: 2000 TB/s",
       "5:56: offered_load: '2000 TB/s' is out of range; expected 0 B/s to 1 PB/s"},
      {kPattern, "count: 1000", "offered_load: 1 B/s, count: 1000000000000",
       "5:70: pattern: count accesses at offered_load 1 B/s take longer than simulated time reaches; expected less "
       "than "
       "9223372.036854775807 s"},
      {kPattern, "random", "strided, stride: 100 B",
       "5:36: pattern: stride 100 B is not a multiple of the request's 64 B"},
      {kPattern, "count", "footprint: 32 B, count",
       "5:53: pattern: footprint 32 B is smaller than a request of 64 B; expected room for at least one"},
      {kPattern, "count", "footprint: 13 GB, streams: 2, count",
       "5:53: pattern: 2 streams of 13 GB from 0 B end at 26 GB, beyond memory hbm; expected at most its capacity, 24 "
       "GB"},
      {kPattern, "count", "base: 24 GB, count",
       "5:12: pattern: 1 stream of 1.073741824 GB from 24 GB end at 25.073741824 GB, beyond memory hbm; expected at "
       "most its "
       "capacity, 24 GB"},
  });
}

TEST(MemoryWorkloadErrorTest, Systems) {
  const std::string tiers = "memory: [{use: hbm3-6400, stacks: 1}]";
  const std::string none = "no memory; expected system.memory: [{use: .., stacks: ..}]";
  expect_said({
      {kPattern, "memory: [{", "accelerators: {use: h100-sxm, count: 2}\n  memory: [{",
       "2:40: count: a memory workload drives the memory of one accelerator, not of 2; expected 1"},
      {kPattern, "memory: [{", "network: {topology: star}\n  memory: [{",
       "2:3: a memory workload has no network; expected memory, and accelerators if any"},
      {kPattern, "memory: [{", "software: {use: ideal}\n  memory: [{",
       "2:3: a memory workload has no software; expected memory, and accelerators if any"},
      {kPattern, tiers, "memory: []", "2:11: " + none},
      {kPattern, tiers, "{}", "2:3: " + none},
      {kPattern, "workload", "mapping: {parallel: {tensor: 1}}\nworkload",
       "3:1: a memory workload has no mapping: it drives the first memory tier; expected none"},
  });
}

TEST(MemoryWorkloadErrorTest, Fidelities) {
  expect_said({
      {kPattern, "stacks: 1", "fidelity: comand",
       "2:39: fidelity: 'comand' is not one of the choices; did you mean 'command'?"},
      {kTrace, "stacks: 1", "fidelity: train",
       "2:39: fidelity: a trace has no trains: its accesses come one by one; expected command"},
      {kPattern, "hbm3-6400, stacks: 1", "ideal-memory, fidelity: command",
       "2:42: fidelity: a flat memory has no commands; expected train, or model: dram"},
      {kTrace, "hbm3-6400, stacks: 1", "ideal-memory",
       "2:18: a trace needs the commands of a memory, and a flat one has none; expected model: dram"},
      {kPattern, "stacks: 1", "stacks: 1024, fidelity: command",
       "2:37: memory hbm: 32768 pseudo-channels at fidelity command; expected at most 16384"},
      {kPattern, "stacks: 1", "fidelity: command, controller: {address_map: row bnk}",
       "2:74: memory hbm: address_map: 'bnk' is not a part of an address; expected row, rank, bank_group, bank, "
       "column, "
       "channel, pseudo_channel or interleave"},
  });
}

TEST(MemoryWorkloadErrorTest, Traces) {
  expect_said({
      {kTrace, "matrix-transpose", "none",
       "5:17: trace 'none.trace' does not exist; expected a memory trace file, relative to the file that names it"},
      {kTrace, "file: matrix-transpose.trace", "format: detect",
       "5:10: trace lacks 'file'; expected text (Memory trace file, relative to the scenario)"},
      {kTrace, "trace}", "trace, access_bytes: 0 B}",
       "5:55: access_bytes: '0 B' is out of range; expected 1 B to 1.073741824 GB"},
      {kTrace, "trace}\n", "trace}\n  load_curve: {points: 3}\n",
       "6:15: load_curve: a trace has the load that it has; expected a pattern, or no load_curve"},
      {kTrace, "trace}", "trace, levels: [row]}",
       "5:49: levels: the trace's records have byte addresses and no address vectors; expected no levels"},
  });
  const TraceFile broken("broken", "LD 0x40\nLD\nMOV 3\n");
  EXPECT_EQ(
      mistakes(broken.scenario()),
      broken.path() +
          ":2:3: the line ends before the address; expected a decimal number, or a hexadecimal one after 0x, of at "
          "most 64 bits\n" +
          broken.path() + ":3:1: 'MOV' is not a command of this format; expected LD or ST");
}

TEST(MemoryWorkloadErrorTest, LevelsOfAddressVectors) {
  const TraceFile four("four", "R 0,0,0,0\n");
  const std::string all = "channel, pseudo_channel, rank, bank_group, bank, row, column";
  // Without the place, whose column depends on the name of a temporary file.
  const auto said = [&](const std::string& more) {
    const std::string text = mistakes(four.scenario(more));
    return text.substr(std::min(text.find("levels: "), text.size()));
  };
  EXPECT_EQ(said(""),
            "levels: address vectors of 4 entries have no usual meaning; expected a name for each, of " + all);
  EXPECT_EQ(said(", levels: [channel, row, colum, bank]"),
            "levels: 'colum' is no level of an address; did you mean 'column'?");
  EXPECT_EQ(said(", levels: [channel, row, row, bank]"), "levels: 'row' is there twice; expected each level once");
  EXPECT_EQ(said(", levels: channel row bank"),
            "levels: 3 names for address vectors of 4 entries; expected a name for each, of " + all);
  EXPECT_EQ(said(", levels: [channel, bank, row, column]"), "");
}

TEST(MemoryWorkloadErrorTest, OtherKeys) {
  expect_said({
      {kPattern, "1000}\n", "1000}\n  outstanding: 0\n",
       "6:16: outstanding: '0' is out of range; expected 1 to 1000000"},
      {kPattern, "1000}\n", "1000, footprint: 1 MB, streams: 100}\n  outstanding: 1000000\n",
       "6:16: outstanding: 1000000 accesses of each of 100 streams; expected at most 16000000 in all"},
      {kPattern, "1000}\n", "1000}\n  load_curve: {points: 1}\n",
       "6:24: points: '1' is out of range; expected 2 to 100"},
      {kPattern, "1000}\n", "1000}\n  load_curve: 3\n",
       "6:15: load_curve is a value; expected a mapping of its parameters"},
      {kPattern, "1000}\n", "1000}\n  batch: 3\n",
       "6:3: unknown key 'batch' in workload; expected one of kind, pattern, trace, outstanding, load_curve"},
  });
}

}  // namespace
}  // namespace decodesim
