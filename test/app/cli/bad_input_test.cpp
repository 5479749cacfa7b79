// SPDX-License-Identifier: Apache-2.0
// Every mistake a user can make, through the program itself: exit status 2, the words, and nothing written.
#include <gtest/gtest.h>

#include "test/app/cli/program.hpp"

namespace decodesim {
namespace {

using test::kTiny;
using test::Outcome;
using test::ProgramFolder;

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

// `scenario` as a file, run with `more` on the command line: refused with exactly `said`.
void expect_refused(const std::string& scenario, const std::string& said, const std::string& more = "") {
  const ProgramFolder folder;
  folder.write("bad.yaml", scenario);
  const Outcome outcome = folder.run("run bad.yaml --out results/bad " + more);
  EXPECT_EQ(outcome.status, 2) << outcome.err;
  EXPECT_EQ(outcome.err, said);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(folder.entries(), 1U) << "something was written";
}

TEST(BadInputTest, MissingFile) {
  const ProgramFolder folder;
  const Outcome outcome = folder.run("run none.yaml");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, "none.yaml: no such file; expected a YAML file\n");
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(BadInputTest, MalformedYaml) {
  expect_refused("system: {accelerators: [\n",
                 "bad.yaml:2:1: malformed YAML: end of sequence flow not found; expected valid YAML\n");
}

TEST(BadInputTest, UnknownKey) {
  expect_refused(replaced(kTiny, "steps", "stebs"),
                 "bad.yaml:8:3: unknown key 'stebs' in workload; did you mean 'steps'?\n");
}

TEST(BadInputTest, DuplicateKey) {
  expect_refused(std::string(kTiny) + "  batch: 2\n", "bad.yaml:9:3: duplicate key 'batch'; expected each key once\n");
}

TEST(BadInputTest, NumberWithoutUnit) {
  expect_refused(replaced(kTiny, "count: 1", "count: 1, clock: 3"),
                 "bad.yaml:2:47: clock: '3' has no unit; expected one of GHz, MHz, kHz, Hz\n");
}

TEST(BadInputTest, NegativeValue) {
  expect_refused(replaced(kTiny, "batch: 1", "batch: -4"),
                 "bad.yaml:6:10: batch: '-4' is out of range; expected 1 to 1000000\n");
}

TEST(BadInputTest, AbsurdValue) {
  expect_refused(replaced(kTiny, "count: 1", "count: 1, sram: 20 TB"),
                 "bad.yaml:2:46: sram: '20 TB' is out of range; expected 0 B to 10 TB\n");
}

TEST(BadInputTest, UnknownPart) {
  expect_refused(replaced(kTiny, "use: ideal", "use: ideel"),
                 "bad.yaml:2:23: 'ideel' is no part of kind accelerator; did you mean 'ideal'?\n");
}

TEST(BadInputTest, UnknownModel) {
  expect_refused(replaced(kTiny, "llama-3-8b", "llama-3-8q"),
                 "bad.yaml:5:10: unknown model 'llama-3-8q'; did you mean 'llama-3-8b'?\n");
}

TEST(BadInputTest, TensorParallelismThatDoesNotDivideTheHeads) {
  expect_refused(replaced(kTiny, "count: 1", "count: 64") + "mapping: {parallel: {tensor: 64}}\n",
                 "bad.yaml:9:30: tensor parallelism 64 does not divide the 32 query heads of llama-3-8b; expected a "
                 "divisor of 32\n");
}

TEST(BadInputTest, AModelThatDoesNotFit) {
  expect_refused(replaced(kTiny, "llama-3-8b", "llama-3-70b"),
                 "bad.yaml:4:3: memory tier 'hbm' is too small: 141.1 GB asked for on each accelerator, 45.14 GB too "
                 "much; expected at most 96 GB\n"
                 "  hbm, on each accelerator:\n"
                 "    embedding table             2.101 GB\n"
                 "    attention weights           24.16 GB\n"
                 "    mlp weights                 112.7 GB\n"
                 "    norm weights                2.638 MB\n"
                 "    lm_head weights             2.101 GB\n"
                 "    kv cache                     33.1 MB\n"
                 "    activations                 188.4 kB\n"
                 "    logits                      256.5 kB\n"
                 "    asked for                   141.1 GB\n"
                 "    capacity                       96 GB\n"
                 "    too much                    45.14 GB\n");
}

TEST(BadInputTest, MissingTrace) {
  expect_refused(replaced(kTiny, "batch: 1\n  context: 100", "trace: my.trace"),
                 "bad.yaml:6:10: trace 'my.trace' does not exist; expected a decode trace file, relative to the file "
                 "that names it\n");
}

// The trace lies beside the scenario.
void expect_trace_refused(const std::string& trace, const std::string& said) {
  const ProgramFolder folder;
  folder.write("bad.yaml", replaced(kTiny, "batch: 1\n  context: 100", "trace: my.trace"));
  folder.write("my.trace", trace);
  const Outcome outcome = folder.run("run bad.yaml --out results/bad");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, said);
  EXPECT_EQ(folder.entries(), 2U) << "something was written";
}

TEST(BadInputTest, EmptyTrace) {
  expect_trace_refused("", "my.trace:1:1: the file is empty; expected '# decodesim decode trace 1'\n");
}

TEST(BadInputTest, TruncatedTrace) {
  expect_trace_refused("# decodesim decode trace 1\n0:5\n0:6\n",
                       "my.trace:4:1: the file ends without an 'end' record: it is truncated; expected 'end 2'\n");
}

TEST(BadInputTest, MalformedTrace) {
  expect_trace_refused("# decodesim decode trace 1\n0:5\n0:x\nend 2\n",
                       "my.trace:3:3: '0:x' has no whole number as its context; expected id:context\n");
}

TEST(BadInputTest, MalformedAzureTrace) {
  const ProgramFolder folder;
  folder.write("bad.yaml", replaced(kTiny, "batch: 1\n  context: 100", "requests: {azure: my.csv}\n  concurrency: 4"));
  folder.write("my.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,374,many\n");
  const Outcome outcome = folder.run("run bad.yaml");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err.rfind("my.csv:2:28: ", 0), 0U) << outcome.err;
  EXPECT_EQ(folder.entries(), 2U);
}

TEST(BadInputTest, AnOutputDirectoryThatCannotBeWritten) {
  const ProgramFolder folder;
  folder.write("good.yaml", kTiny);
  folder.write("file", "");
  const Outcome file = folder.run("run good.yaml --out file");
  EXPECT_EQ(file.status, 2);
  EXPECT_EQ(file.err, "file: is not a directory; expected a directory for the results that can be written\n");
  const Outcome below = folder.run("run good.yaml --out file/results");
  EXPECT_EQ(below.status, 2);
  EXPECT_EQ(below.out, "");
  const Outcome proc = folder.run("run good.yaml --out /proc/decodesim");
  EXPECT_EQ(proc.status, 2);
  EXPECT_EQ(proc.err.rfind("/proc/decodesim: cannot be ", 0), 0U) << proc.err;
  EXPECT_EQ(folder.entries(), 2U);
}

TEST(BadInputTest, AnOutputDirectoryWithoutAName) {
  const ProgramFolder folder;
  folder.write("good.yaml", kTiny);
  const Outcome outcome = folder.run("run good.yaml --out \"$NOT_SET\"");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err.rfind("--out: no name; expected one\n", 0), 0U) << outcome.err;
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(BadInputTest, AnExpectationOfWhatIsNoResult) {
  expect_refused(std::string(kTiny) + "expect: [{path: decode.tokns, value: 3}]\n",
                 "bad.yaml:9:17: 'decode.tokns' is not in the results; did you mean 'tokens'?\n");
}

// Found when the machine is built, after the output directory was made.
TEST(BadInputTest, ValuesWhoseProductOverflows) {
  expect_refused(
      replaced(kTiny, "count: 1", "count: 1, cores: 10000000"),
      "catalog:accelerators/ideal.yaml:19:34: accelerators: sram_bandwidth_per_core 1000 PB/s times 10000000 "
      "cores is absurd; expected at most 922.337203685 GB/s\n"
      "catalog:accelerators/ideal.yaml:22:29: accelerators: in_flight_per_core 1 TB times 10000000 cores is "
      "absurd; expected at most 922.337203685 GB\n");
}

TEST(BadInputTest, AnUnknownCommand) {
  const ProgramFolder folder;
  EXPECT_EQ(folder.run("runn x.yaml").err, "'runn' is no command; did you mean 'run'?\n");
  EXPECT_EQ(folder.run("trace make x").err, "'make' is no command; expected one of import, generate\n");
  EXPECT_EQ(folder.run("trace import x").status, 2);
}

TEST(BadInputTest, MoreRequestsThanMemoryHolds) {
  const ProgramFolder folder;
  const Outcome outcome =
      folder.run("trace generate azure_conversation_2023 --requests 10000000 --concurrency 2 -o my.trace");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("; expected at most 200000000: fewer requests, or a limit of steps\n"), std::string::npos)
      << outcome.err;
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(BadInputTest, AMalformedExpectation) {
  expect_refused(std::string(kTiny) + "expect: [{path: decode.tokens, value: 3, min: 1}]\n",
                 "bad.yaml:9:10: an expectation has a value and a band; expected either value or min and max\n");
}

TEST(BadInputTest, MistakesOnTheCommandLine) {
  const ProgramFolder folder;
  folder.write("good.yaml", kTiny);
  const std::string scenario = "run good.yaml ";
  for (const std::string& arguments :
       {std::string(), std::string("frobnicate"), std::string("run"), scenario + "--frobnicate", scenario + "more",
        scenario + "-q -v", scenario + "--set", std::string("explain good.yaml"), std::string("trace"),
        std::string("trace import"), std::string("trace generate azure_conversation_2023 --concurrency 2 -o x"),
        std::string("trace generate azure_conversation_2023 --requests 0 --concurrency 2 -o x"),
        std::string("trace import azure none.csv --concurrency -1 -o x")}) {
    const Outcome outcome = folder.run(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_NE(outcome.err, "") << arguments;
  }
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(BadInputTest, MistakesInAssignments) {
  expect_refused(kTiny, "--set: 'steps' is no assignment; expected path.to.key=value\n", "--set steps");
  expect_refused(kTiny, "--set workload.steps: no value; expected path.to.key=value\n", "--set workload.steps=");
  expect_refused(kTiny, "--set run.seed: seed: 'x' is not a whole number; expected digits without a unit\n",
                 "--seed x");
  expect_refused(kTiny, "--set run.fold: fold: 'maybe' is not one of the choices; expected one of auto, on, off\n",
                 "--fold maybe");
}

TEST(BadInputTest, UnknownNamesOnTheCommandLine) {
  const ProgramFolder folder;
  folder.write("good.yaml", kTiny);
  const std::vector<std::pair<std::string, std::string>> cases{
      {"catalog memmory", "catalog: 'memmory' is no kind of part; did you mean 'memory'?\n"},
      {"catalog memory hbm9",
       "catalog: 'hbm9' is no part of kind memory; expected one of ddr5-6400, flash-z-nand, gddr6-16000, gddr6-18000, "
       "gddr7-25000, gddr7-32000, hbf-h3, hbf-ma-patterson, hbf-ocp, hbm2-2000, hbm2e-16GB, hbm2e-3200, hbm2e-3600, "
       "hbm3-16GB, hbm3-24GB, hbm3-6400, "
       "hbm3-6400-16GB, hbm3e-24GB, hbm3e-32GB, hbm3e-36GB, hbm3e-7200, hbm3e-7800, hbm3e-9200, hbm4-8000, "
       "ideal-memory, liminal-3d-dram, liminal-cows, liminal-hbm4, liminal-sram, lpddr5x-8533, lpu-sram\n"},
      {"catalog model lama-3-8b", "catalog: unknown model 'lama-3-8b'; did you mean 'llama-3-8b'?\n"},
      {"explain good.yaml workload.stebs", "good.yaml: no value at 'workload.stebs'; did you mean 'workload.steps'?\n"},
      {"trace generate azure_code_2022 --requests 2 --concurrency 1 -o x",
       "trace generate: 'azure_code_2022' is no distribution of lengths; did you mean 'azure_code_2023'?\n"}};
  for (const auto& [arguments, said] : cases) {
    const Outcome outcome = folder.run(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_EQ(outcome.err, said);
  }
}

}  // namespace
}  // namespace decodesim
