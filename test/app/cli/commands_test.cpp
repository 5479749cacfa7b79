// SPDX-License-Identifier: Apache-2.0
// What the subcommands do when all is well, through the program itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/app/cli/program.hpp"

namespace decodesim {
namespace {

using test::kTiny;
using test::Outcome;
using test::ProgramFolder;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(CommandsTest, RunWritesItsResultsAndPrintsASummary) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", kTiny);
  const Outcome outcome = folder.run("run tiny.yaml");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("step latency"));
  EXPECT_EQ(outcome.err, "") << "no banner and no progress line into a pipe";
  EXPECT_THAT(outcome.out, Not(HasSubstr("SystemC")));
  for (const char* file : {"results.json", "resolved.yaml", "steps.csv", "components.csv"})
    EXPECT_TRUE(folder.has(std::string("results/tiny/") + file)) << file;
}

TEST(CommandsTest, QuietSaysNothingAndVerboseSaysMore) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", kTiny);
  const Outcome quiet = folder.run("run tiny.yaml -q --out here");
  EXPECT_EQ(quiet.status, 0);
  EXPECT_EQ(quiet.out + quiet.err, "");
  EXPECT_TRUE(folder.has("here/results.json"));
  const Outcome verbose = folder.run("run tiny.yaml -v --out here");
  EXPECT_THAT(verbose.err, HasSubstr("decodesim: results are in here"));
}

TEST(CommandsTest, AssignmentsRepeatAndTheLaterOneCounts) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", kTiny);
  const Outcome outcome =
      folder.run("check tiny.yaml --set workload.steps=4 --set workload.batch=2 --set workload.steps=5");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("  batch: 2  "));
  EXPECT_THAT(outcome.out, HasSubstr("  steps: 5  "));
}

TEST(CommandsTest, TheResolvedScenarioGivesTheSameResults) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", kTiny);
  ASSERT_EQ(folder.run("run tiny.yaml -q --out one --set workload.batch=3").status, 0);
  ASSERT_EQ(folder.run("run one/resolved.yaml -q --out two").status, 0);
  EXPECT_EQ(folder.read("one/steps.csv"), folder.read("two/steps.csv"));
  EXPECT_EQ(folder.read("one/components.csv"), folder.read("two/components.csv"));
  const Outcome check = folder.run("check one/resolved.yaml");
  EXPECT_EQ(check.status, 0) << check.err;
}

TEST(CommandsTest, AMissedExpectationIsAFailureAndTheResultsAreThere) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", std::string(kTiny) + "expect: [{path: decode.tokens, value: 4, because: I say so}]\n");
  const Outcome outcome = folder.run("run tiny.yaml");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, StartsWith("decodesim: expectation missed: tiny.yaml:9:10: decode.tokens is 3"));
  EXPECT_THAT(outcome.err, HasSubstr("because: I say so"));
  EXPECT_TRUE(folder.has("results/tiny/results.json"));
}

TEST(CommandsTest, AnInterruptedRunWritesTheFinishedStepsAndSaysSo) {
  const ProgramFolder folder;
  folder.write("long.yaml", kTiny);
  // timeout passes on the program's own status.
  const Outcome outcome =
      folder.run("run long.yaml --out out --set workload.steps=2000000", "timeout --preserve-status -s INT 3");
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("decodesim: interrupted: "));
  EXPECT_THAT(outcome.err, HasSubstr(" of 2000000 steps finished; their results are in out"));
  EXPECT_TRUE(folder.has("out/results.json"));
  EXPECT_GT(folder.read("out/steps.csv").size(), 100U);
}

TEST(CommandsTest, ASignalWhileReadingEndsTheProgramAtOnceAndLeavesNothing) {
  const ProgramFolder folder;
  folder.write("long.yaml",
               "system: {accelerators: {use: ideal, count: 1}}\n"
               "workload: {kind: decode, model: llama-3-8b, concurrency: 1000000, steps: 150,\n"
               "           requests: {generator: azure_conversation_2023, count: 10000000}}\n");
  const Outcome outcome = folder.run("run long.yaml --out out", "timeout -s INT 0.5");
  EXPECT_EQ(outcome.status, 124) << outcome.err;  // of timeout: the program did not outlive its signal
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(CommandsTest, TwoSignalsAtOnceAreOneRequest) {
  const ProgramFolder folder;
  folder.write("long.yaml", kTiny);
  folder.write("twice.sh",
               "\"$@\" & program=$!\nsleep 1; kill -TERM $program; sleep 0.1; kill -TERM $program\n"
               "wait $program\n");
  // Both within half a second are one request: the program ends in its own way.
  const Outcome outcome = folder.run("run long.yaml --out out --set workload.steps=2000000", "sh twice.sh");
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_TRUE(folder.has("out/results.json"));
}

TEST(CommandsTest, OutputThatCannotBePrintedIsAFailure) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", kTiny);
  folder.write("full.sh", "\"$@\" >/dev/full\n");
  for (const char* command : {"run tiny.yaml", "check tiny.yaml", "catalog"}) {
    const Outcome outcome = folder.run(command, "sh full.sh");
    EXPECT_EQ(outcome.status, 1) << command;
    EXPECT_EQ(outcome.err, "decodesim: failed: standard output cannot be written\n");
  }
}

TEST(CommandsTest, CheckPrintsEveryValueAndTheMemoryTable) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", kTiny);
  const Outcome outcome = folder.run("check tiny.yaml");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("  context: 100  "));
  EXPECT_THAT(outcome.out, HasSubstr("# tiny.yaml:7:12\n"));
  EXPECT_THAT(outcome.out, HasSubstr("#     capacity                       96 GB\n"));
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(CommandsTest, ExplainTellsWhereAValueComesFrom) {
  const ProgramFolder folder;
  folder.write("tiny.yaml", kTiny);
  const Outcome outcome = folder.run("explain tiny.yaml workload.context --set workload.context=7");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out,
            "workload.context: 7\n"
            "  meaning: Tokens of each sequence in the cache before a step\n"
            "  origin:  --set workload.context\n"
            "  type:    integer, 0 to 2147483647\n"
            "  default: none; a part or the scenario has to give it\n");
}

TEST(CommandsTest, CatalogListsKindsPartsAndParameters) {
  const ProgramFolder folder;
  EXPECT_THAT(folder.run("catalog").out, HasSubstr("accelerator   chips: "));
  EXPECT_THAT(folder.run("catalog accelerator").out, HasSubstr("h100-sxm            NVIDIA H100 SXM5"));
  EXPECT_THAT(folder.run("catalog model").out, HasSubstr("llama-3-70b         70.5 billion parameters\n"));
  const Outcome part = folder.run("catalog link nvlink-4");
  EXPECT_EQ(part.status, 0) << part.err;
  EXPECT_THAT(part.out, HasSubstr("bandwidth: 450 GB/s"));
  EXPECT_THAT(part.out, HasSubstr("18 links x 25 GB/s a direction"));
  EXPECT_THAT(folder.run("catalog model llama-3-8b").out, HasSubstr("layers: 32"));
}

TEST(CommandsTest, EveryKindOfPartCanBePrinted) {
  const ProgramFolder folder;
  for (const char* part : {"accelerator ideal", "memory hbm3-6400", "memory ideal-memory", "switch nvswitch-3",
                           "nic nvlink-4-nic", "software vllm-graph"})
    EXPECT_EQ(folder.run(std::string("catalog ") + part).status, 0) << part;
}

TEST(CommandsTest, TracesAreImportedAndGenerated) {
  const ProgramFolder folder;
  folder.write("requests.csv",
               "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,374,4\n2023-11-16 18:15:50.99,396,3\n");
  const Outcome import = folder.run("trace import azure requests.csv --concurrency 2 -o my.trace");
  EXPECT_EQ(import.status, 0) << import.err;
  EXPECT_EQ(import.out,
            "my.trace: 2 requests, 3 steps, 5 tokens, at most 2 sequences and 774 cached tokens in a step\n");
  const std::string generate = "trace generate azure_conversation_2023 --requests 5 --concurrency 2 --steps 50 ";
  ASSERT_EQ(folder.run(generate + "--seed 1 -o one.trace").status, 0);
  ASSERT_EQ(folder.run(generate + "--seed 1 -o same.trace").status, 0);
  ASSERT_EQ(folder.run(generate + "--seed 2 -o other.trace").status, 0);
  EXPECT_EQ(folder.read("one.trace"), folder.read("same.trace"));
  EXPECT_NE(folder.read("one.trace"), folder.read("other.trace"));
  folder.write("tiny.yaml",
               "system: {accelerators: {use: ideal}}\n"
               "workload: {kind: decode, model: llama-3-8b, trace: my.trace}\n");
  const Outcome run = folder.run("run tiny.yaml -q");
  EXPECT_EQ(run.status, 0) << run.err;
}

TEST(CommandsTest, VersionAndHelp) {
  const ProgramFolder folder;
  EXPECT_THAT(folder.run("--version").out, StartsWith("decodesim 0."));
  for (const char* arguments : {"-h", "run -h", "trace import -h"}) {
    const Outcome outcome = folder.run(arguments);
    EXPECT_EQ(outcome.status, 0) << arguments;
    EXPECT_THAT(outcome.out, HasSubstr("Usage: "));
  }
}

}  // namespace
}  // namespace decodesim
