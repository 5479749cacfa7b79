// SPDX-License-Identifier: Apache-2.0
// What is said of each mistake, word for word.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using test::kMinimal;
using test::mistakes;
using test::replaced;

struct Mistake {
  const char* what;
  const char* by;
  const char* said;
};

// Replaces `what` in the minimal scenario by `by`.
const std::vector<Mistake>& single_mistakes() {
  static const std::vector<Mistake> kMistakes{
      {"batch: 16", "batsh: 16",
       "test.yaml:7:3: unknown key 'batsh' in workload; did you mean 'batch'?\n"
       "test.yaml:4:3: workload lacks 'batch'; expected integer (Sequences decoded together)"},
      {"batch: 16", "batch: 16\n  batch: 32", "test.yaml:8:3: duplicate key 'batch'; expected each key once"},
      {"batch: 16", "batch: -1", "test.yaml:7:10: batch: '-1' is out of range; expected 1 to 1000000"},
      {"batch: 16", "batch: 1.5", "test.yaml:7:10: batch: '1.5' is not a whole number; expected an integer"},
      {"batch: 16", "batch: [16]", "test.yaml:7:10: batch is a list; expected a single value"},
      {"count: 8}", "count: 8, sram: 50}",
       "test.yaml:2:49: sram: '50' has no unit; expected one of TB, GB, MB, kB, B, TiB, GiB, MiB, KiB"},
      {"count: 8}", "count: 8, clock: 900 GHz}",
       "test.yaml:2:50: clock: '900 GHz' is out of range; expected 1 MHz to 100 GHz"},
      {"count: 8}", "count: 8, prefetch: 60 MB}",
       "test.yaml:2:53: accelerators: prefetch 60 MB exceeds sram 50 MB; expected at most that"},
      {"h100-sxm", "h100-sxn", "test.yaml:2:23: 'h100-sxn' is no part of kind accelerator; did you mean 'h100-sxm'?"},
      {"h100-sxm", "parts/none.yaml",
       "test.yaml:2:23: part file 'parts/none.yaml' does not exist; expected a YAML file, relative to the file that "
       "names it"},
      {"use: h100-sxm, ", "",
       "test.yaml:2:17: accelerators lacks 'use'; expected a part, one of a100-sxm, b200-sxm, gb200, h100-pcie, "
       "h100-sxm, h200-sxm, ideal, l40s, liminal-cows, liminal-xpu-3d-dram, liminal-xpu-hbm3, liminal-xpu-hbm4, "
       "liminal-xpu-sram, lpu, mi300x, mi325x, mi355x, rtx-pro-6000-server, tpu-7x, tpu-v5e, tpu-v5p, tpu-v6e"},
      {"model: llama-3-70b", "model: llama-3-71b",
       "test.yaml:5:10: unknown model 'llama-3-71b'; did you mean 'llama-3-70b'?"},
      {"tensor: 8", "tensor: 4",
       "test.yaml:2:40: count: 8 accelerators, but mapping.parallel uses 4 (tensor 4); expected equal numbers"},
      {"tensor: 8", "tensor: 8, pipeline: 2",
       "test.yaml:2:40: count: 8 accelerators, but mapping.parallel uses 16 (tensor 8 x pipeline 2); expected equal "
       "numbers"},
      {"tensor: 8", "pipeline: 3",
       "test.yaml:2:40: count: 8 accelerators, but mapping.parallel uses 6 (tensor 2 x pipeline 3); expected equal "
       "numbers"},
      {"tensor: 8", "tensor: 8, expert: 2",
       "test.yaml:10:33: expert parallelism 2, but llama-3-70b has no experts; expected 1"},
      {"tensor: 8", "tensor: 8, contekst: 2",
       "test.yaml:10:25: unknown key 'contekst' in parallel; did you mean 'context'?"},
      {"tensor: 8", "tensor: 0", "test.yaml:10:22: tensor: '0' is out of range; expected 1 to 65536"},
      {"batch: 16", "batch: 4\n  routing: balanced",
       "test.yaml:8:12: routing: llama-3-70b has no experts; expected no routing"},
      {"model: llama-3-70b", "model: mixtral-8x7b\n  routing: zipf",
       "test.yaml:6:12: routing: 'zipf' is no distribution; expected balanced, or power_law_ and an exponent from 0.01 "
       "to 3"},
      {"kind: decode", "kind: serving",
       "test.yaml:4:9: kind 'serving' is not available in this version; expected decode, memory, operators or traffic"},
      {"kind: decode", "kind: dekode",
       "test.yaml:4:9: kind 'dekode' is no kind of workload; expected decode, memory, operators or traffic"},
      {"kind: decode\n  ", "",
       "test.yaml:4:3: workload lacks 'kind'; expected kind: decode, memory, operators or traffic"},
      {"{weights: fp8,", "{weights: fp9,",
       "test.yaml:6:24: weights: 'fp9' is not one of the choices; did you mean 'fp8'?"},
      {"  context: 2048\n", "",
       "test.yaml:4:3: workload lacks 'context'; expected integer (Tokens of each sequence in the cache before a "
       "step)"},
      {"  batch: 16\n  context: 2048\n", "",
       "test.yaml:4:3: workload says not what to decode; expected batch and context, a trace, or requests and "
       "concurrency"},
      {"batch: 16\n  context: 2048", "trace: none.trace",
       "test.yaml:7:10: trace 'none.trace' does not exist; expected a decode trace file, relative to the file that "
       "names it"},
      {"batch: 16\n  context: 2048", "requests: {generator: azure_konversation_2023, count: 3}\n  concurrency: 2",
       "test.yaml:7:25: generator: 'azure_konversation_2023' is not known; did you mean 'azure_conversation_2023'?"},
      {"batch: 16\n  context: 2048", "requests: {count: 3}\n  concurrency: 2",
       "test.yaml:7:13: requests name no source; expected azure: FILE, or generator: NAME and count"},
      {"  parallel:", "  placement: {weights: hbn}\n  parallel:",
       "test.yaml:10:24: weights: 'hbn' is no memory tier; did you mean 'hbm'?"},
      {"  parallel:", "  collectives: {all_reduce: star}\n  parallel:",
       "test.yaml:10:29: all_reduce: 'star' is not one of the choices; expected one of auto, one_shot, one_shot_push, "
       "two_shot, ring, halving_doubling, tree, hierarchical, in_network"},
      {"workload:", "  network: {topology: moebius}\nworkload:",
       "test.yaml:3:23: topology: 'moebius' is not one of the choices; expected one of star, fully_connected, ring, "
       "mesh, torus, hypercube, tree, fat_tree, dragonfly, dragonfly_plus, multi_level, graph"},
      {"workload:", "  memory: [{use: hbm3-16GB, name: nic}]\nworkload:",
       "test.yaml:3:35: name: 'nic' cannot name a memory tier; expected letters, digits and '_', and none of core, "
       "collectives, nic"},
      {"workload:", "  memory: {flash: {stacks: 2}}\nworkload:",
       "test.yaml:3:12: 'flash' is no memory tier; expected one of hbm"},
      {"workload:", "  memory: [{stacks: 4}, {name: hbm, stacks: 6}]\nworkload:",
       "test.yaml:3:25: memory tier 'hbm' is there twice; expected each tier once"},
      {"workload:", "  memory: [{use: hbm3-16GB, name: far}, {use: hbm3-16GB, name: far}]\nworkload:",
       "test.yaml:3:41: memory tier 'far' is there twice; expected each tier once"},
      {"workload:", "  memory: [{use: nvlink-4}]\nworkload:",
       "test.yaml:3:18: 'nvlink-4' is no part of kind memory; expected one of ddr5-6400, flash-z-nand, gddr6-16000, "
       "gddr6-18000, "
       "gddr7-25000, gddr7-32000, hbf-h3, hbf-ma-patterson, hbf-ocp, hbm2-2000, hbm2e-16GB, hbm2e-3200, hbm2e-3600, "
       "hbm3-16GB, hbm3-24GB, hbm3-6400, "
       "hbm3-6400-16GB, hbm3e-24GB, hbm3e-32GB, hbm3e-36GB, hbm3e-7200, hbm3e-7800, hbm3e-9200, hbm4-8000, "
       "ideal-memory, liminal-3d-dram, liminal-cows, liminal-hbm4, liminal-sram, lpddr5x-8533, lpu-sram"},
      {"workload:", "  network: {switch: {ports: 4}}\nworkload:",
       "test.yaml:2:40: 8 accelerators on a switch of 4 ports; expected at most one a port"},
      {"workload:", "  memory: [{ras: 5 ns}]\nworkload:",
       "test.yaml:3:18: memory hbm: ras is below rcd_read; expected tRAS >= tRCDRD"},
      {"mapping:", "outputs: {timeline: true}\nmapping:",
       "test.yaml:9:21: timeline: not available in this version; expected false"},
      {"mapping:", "ruin: {seed: 1}\nmapping:",
       "test.yaml:9:1: unknown key 'ruin' in the scenario; did you mean 'run'?"},
      {"mapping:", "run: {seed: -1}\nmapping:",
       "test.yaml:9:13: seed: '-1' is out of range; expected 0 to 9223372036854775807"},
  };
  return kMistakes;
}

TEST(ScenarioErrorsTest, EachMistakeIsNamedWithItsPlaceAndWhatWasExpected) {
  for (const Mistake& mistake : single_mistakes())
    EXPECT_EQ(mistakes(replaced(kMinimal, mistake.what, mistake.by)), mistake.said) << mistake.by;
}

TEST(ScenarioErrorsTest, AllMistakesAreNamedAtOnce) {
  const std::string text = replaced(replaced(kMinimal, "batch: 16", "batch: 0"), "tensor: 8", "tensor: x");
  EXPECT_EQ(mistakes(text),
            "test.yaml:7:10: batch: '0' is out of range; expected 1 to 1000000\n"
            "test.yaml:10:22: tensor: 'x' is not a whole number; expected digits without a unit");
}

TEST(ScenarioErrorsTest, NothingIsConcludedFromAMistake) {
  EXPECT_EQ(mistakes(replaced(kMinimal, "count: 8", "count: 0")),
            "test.yaml:2:40: count: '0' is out of range; expected 1 to 65536");
  EXPECT_EQ(mistakes(replaced(kMinimal, "  parallel:", "  placement: {weights: []}\n  parallel:")),
            "test.yaml:10:24: weights is a list; expected a single value");
}

TEST(ScenarioErrorsTest, TensorParallelismThatDoesNotDivideTheHeadsIsRefused) {
  const std::string text = replaced(replaced(kMinimal, "tensor: 8", "tensor: 6"), "count: 8", "count: 6");
  EXPECT_EQ(
      mistakes(text),
      "test.yaml:10:22: tensor parallelism 6 does not divide the 64 query heads of llama-3-70b; expected a divisor "
      "of 64\n"
      "test.yaml:10:22: tensor parallelism 6 does not divide the MLP width 28672 of llama-3-70b; expected a "
      "divisor of 28672\n"
      "test.yaml:10:22: tensor parallelism 6 neither divides the 8 kv heads of llama-3-70b nor is a multiple of "
      "them; expected one of the two");
}

TEST(ScenarioErrorsTest, TooManyTokensForATraceAreRefused) {
  const std::string text = replaced(kMinimal, "batch: 16\n  context: 2048",
                                    "requests: {generator: azure_conversation_2023, count: 2000000}\n  concurrency: 2");
  const std::string said = mistakes(text);
  EXPECT_EQ(said.rfind("test.yaml:7:13: the requests decode ", 0), 0U) << said;
  EXPECT_NE(said.find("; expected at most 200000000: fewer requests, or a limit of steps"), std::string::npos) << said;
}

TEST(ScenarioErrorsTest, ASwitchThatCannotReduceIsNotAskedTo) {
  const std::string no_reduction =
      replaced(kMinimal, "workload:", "  network: {switch: {reduction: false}}\nworkload:");
  EXPECT_EQ(mistakes(no_reduction), "");
  EXPECT_EQ(mistakes(no_reduction + "  collectives: {all_reduce: in_network}\n"),
            "test.yaml:12:29: all_reduce: in_network, but the switch cannot reduce; expected a switch with reduction: "
            "true, or another algorithm");
  EXPECT_EQ(
      mistakes(replaced(no_reduction, "use: h100-sxm", "use: ideal")),
      "test.yaml:3:33: the software profile reduces in the network, which this switch cannot; expected reduction: "
      "true, or software.all_reduce.in_network_limit: 0 B");
}

TEST(ScenarioErrorsTest, AssignmentsAreNamedAsSuch) {
  EXPECT_EQ(mistakes(kMinimal, {{"workload.batch", "0"}}),
            "--set workload.batch: batch: '0' is out of range; expected 1 to 1000000");
  EXPECT_EQ(
      mistakes(kMinimal, {{"workload.batch.more", "0"}}),
      "--set workload.batch.more: 'more' lies below the value '16', which has no keys; expected the path of a value");
  EXPECT_EQ(mistakes(kMinimal, {{"workload.bach", "4"}}),
            "--set workload.bach: unknown key 'bach' in workload; did you mean 'batch'?");
}

TEST(ScenarioErrorsTest, AnAssignmentNeedsPathAndValue) {
  EXPECT_EQ(parse_assignment("a.b=c=d").path, "a.b");
  EXPECT_EQ(parse_assignment("a.b=c=d").value, "c=d");
  for (const char* text : {"a.b", "=c", ""}) EXPECT_THROW(parse_assignment(text), ConfigError) << text;
}

TEST(ScenarioErrorsTest, ADocumentThatIsNoMappingIsRefused) {
  EXPECT_EQ(mistakes("[1, 2]"), "test.yaml:1:1: a scenario is a list; expected a mapping with system and workload");
  EXPECT_EQ(mistakes("system: 3\nworkload: 4\n"),
            "test.yaml:1:9: system is a value; expected accelerators, memory, network and software\n"
            "test.yaml:2:11: workload is a value; expected kind, model and what to decode");
  EXPECT_EQ(mistakes("scenario: nothing\n"),
            "test.yaml:1:1: the scenario lacks 'system'; expected a mapping\n"
            "test.yaml:1:1: the scenario lacks 'workload'; expected a mapping");
  EXPECT_EQ(mistakes(""), "test.yaml:1:1: the file is empty; expected YAML");
}

TEST(ScenarioErrorsTest, ValuesWhoseProductsOverflowAreRefused) {
  const std::string text = replaced(kMinimal, "use: h100-sxm, count: 8}",
                                    "use: ideal, count: 8}\n  memory: [{stacks: 1000, bandwidth: 900 PB/s}]");
  EXPECT_EQ(mistakes(text), "test.yaml:3:21: memory hbm: 1000 stacks exceed what 64 bits count; expected less");
}

}  // namespace
}  // namespace decodesim
