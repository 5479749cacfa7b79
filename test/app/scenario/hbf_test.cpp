// SPDX-License-Identifier: Apache-2.0
// High Bandwidth Flash in scenarios: tiers, placement, and what is said of mistakes.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::kMinimal;
using test::mistakes;
using test::read;
using test::replaced;

std::string with_tier(const std::string& tier, const std::string& placement = "{weights: hbf}") {
  return replaced(kMinimal, "workload:", "  memory: [{name: hbm}, " + tier + "]\nworkload:") +
         "  placement: " + placement + "\n";
}

TEST(HbfScenarioTest, FlashIsASecondTier) {
  const Plan plan = read(with_tier("{use: hbf-ma-patterson, stacks: 8}"));
  ASSERT_EQ(plan.memory.size(), 2U);
  ASSERT_TRUE(plan.memory[1].hbf.has_value());
  EXPECT_EQ(plan.memory[1].name, "hbf");
  EXPECT_EQ(plan.memory[1].capacity(), 4'096_GB);
  EXPECT_EQ(plan.memory[1].peak(), 8 * Bandwidth(1'638'400'000'000));
  EXPECT_EQ(plan.placement.weights, 1);
  EXPECT_EQ(plan.placement.experts, 1);
  EXPECT_EQ(plan.placement.kv_cache, 0);
  const std::vector<TierCapacity> table = capacity_table(plan);
  EXPECT_EQ(table[1].entries.front().name, "embedding table");
  EXPECT_EQ(table[0].entries.front().name, "kv cache");
}

TEST(HbfScenarioTest, EveryShippedFlashPartIsSound) {
  for (const char* part : {"hbf-ma-patterson", "hbf-ocp", "hbf-h3", "flash-z-nand"})
    EXPECT_EQ(mistakes(with_tier(std::string("{use: ") + part + "}")), "") << part;
}

TEST(HbfScenarioTest, ExpertsHaveATierOfTheirOwn) {
  const std::string text =
      replaced(with_tier("{use: hbf-ma-patterson, stacks: 8}", "{experts: hbf}"), "llama-3-70b", "mixtral-8x7b");
  const Plan plan = read(text);
  EXPECT_EQ(plan.placement.weights, 0);
  EXPECT_EQ(plan.placement.experts, 1);
  const std::vector<TierCapacity> table = capacity_table(plan);
  ASSERT_EQ(table[1].entries.size(), 1U);
  EXPECT_EQ(table[1].entries[0].name, "expert weights");
}

TEST(HbfScenarioTest, TooLittleFlashIsRefusedWithATable) {
  try {
    read(with_tier("{use: hbf-ma-patterson, capacity: 4194304000 B}"));
    FAIL() << "it fits";
  } catch (const CapacityError& error) {
    EXPECT_NE(std::string(error.what()).find("memory tier 'hbf' is too small: 9.08"), std::string::npos)
        << error.what();
    EXPECT_NE(error.table().find("  hbf, on each accelerator:\n"), std::string::npos);
  }
}

struct Mistake {
  const char* tier;
  const char* placement;
  const char* said;
};

TEST(HbfScenarioTest, MistakesAreSaidWithTheirPlace) {
  const Mistake all[] = {
      {"{use: hbf-ma-patterson}", "{activations: hbf}",
       "test.yaml:12:28: activations: 'hbf' is flash, which is written a page at a time and wears; expected a tier of "
       "DRAM or SRAM"},
      {"{use: hbf-ma-patterson, block: 4 MB}", "{weights: hbf}",
       "block 4 MB is not 1024 pages of 4.096 kB; expected block = pages x page"},
      {"{use: hbf-ma-patterson, planes: 50, channel: 204.8 GB/s}", "{weights: hbf}",
       "reading 800 planes at once draws 154.4 W; expected at most the limit of 80 W, or above_power_limit: "
       "fewer_planes"},
      {"{use: hbf-ma-patterson, age: {cycles: 100000}}", "{weights: hbf}",
       "age.cycles 100000 is a worn-out stack; expected fewer than the 100000 of endurance.cycles"},
      {"{use: hbf-ma-patterson, capacity: 549 GB}", "{weights: hbf}",
       "is not a multiple of page 4.096 kB; expected whole pages"},
      {"{use: hbf-ma-patterson, capacity: 540672000000 B}", "{weights: hbf}",
       "leaves fewer than 8 blocks of each plane to write in"},
      {"{use: hbf-ma-patterson, write_buffer: 2 KiB}", "{weights: hbf}",
       "write_buffer 2.048 kB holds no page; expected at least 4.096 kB"},
      {"{use: hbf-ma-patterson, fidelity: command}", "{weights: hbf}",
       "fidelity: flash has no DRAM commands; expected train or page"},
      {"{use: ideal-memory, name: hbf, fidelity: page}", "{weights: hbf}",
       "fidelity: only flash has pages; expected train, or model: hbf"},
      {"{use: hbf-ma-patterson, read_ahed: off}", "{weights: hbf}", "did you mean 'read_ahead'"},
  };
  for (const Mistake& m : all) {
    const std::string said = mistakes(with_tier(m.tier, m.placement));
    EXPECT_NE(said.find(m.said), std::string::npos) << m.tier << " says: " << said;
  }
}

std::string memory_workload(const std::string& tier, const std::string& pattern, const std::string& more = "") {
  return "system:\n  memory: [{use: hbf-ma-patterson" + tier + "}]\nworkload:\n  kind: memory\n  pattern: {" + pattern +
         "}\n" + more;
}

TEST(HbfScenarioTest, AMemoryWorkloadDrivesPages) {
  const Plan plan = read(memory_workload("", "kind: random, request: 8 KiB, footprint: 1 GiB"));
  EXPECT_EQ(plan.memory[0].fidelity, Fidelity::kPage);
  EXPECT_EQ(plan.workload.memory->outstanding, 2 * 400 / 2);  // two pages of each plane
}

TEST(HbfScenarioTest, WhatAMemoryWorkloadCannotAskOfFlashIsSaidWithItsPlace) {
  const auto expect = [](const std::string& text, const std::string& message) {
    const std::string said = mistakes(text);
    EXPECT_NE(said.find(message), std::string::npos) << text << " says: " << said;
  };
  expect(memory_workload("", "kind: random, request: 96 B"),
         "test.yaml:5:36: pattern.request: 96 B is neither whole pages of memory hbf nor a part that divides one; "
         "expected a multiple of 4.096 kB, or a divisor of it from 64 B on");
  expect(memory_workload("", "kind: random, request: 4 KiB, base: 1 KiB"),
         "test.yaml:5:49: pattern.base: accesses from 1.024 kB on cross pages of memory hbf; expected a multiple of "
         "4.096 kB");
  EXPECT_EQ(mistakes(memory_workload("", "kind: random, request: 64 B, base: 1 KiB")), "");
  expect(memory_workload(", stacks: 8", "kind: random, request: 4 KiB"),
         "test.yaml:4:9: a memory workload drives one stack of flash, and memory hbf has 8; expected stacks: 1");
  expect(memory_workload(", fidelity: train", "kind: random, request: 4 KiB"),
         "test.yaml:4:9: a memory workload drives flash page by page, and memory hbf has trains; expected fidelity: "
         "page");
  expect(
      "system:\n  memory: [{use: hbf-ma-patterson}]\nworkload:\n  kind: memory\n  trace: {file: "
      "matrix-transpose.trace}\n",
      "a trace drives DRAM, and this is flash; expected a pattern, or model: dram");
}

std::string with_fast_forward(const std::string& list, const std::string& tier = "{use: hbf-ma-patterson}") {
  return replaced(with_tier(tier), "context: 2048", "context: 2048\n  steps: 20\n  fast_forward: " + list);
}

TEST(HbfScenarioTest, YearsMayPassBetweenSteps) {
  const Plan plan = read(with_fast_forward("[{after_step: 5, days: 365}, {after_step: 10, days: 730}]"));
  ASSERT_EQ(plan.workload.fast_forwards.size(), 2U);
  EXPECT_EQ(plan.workload.fast_forwards[1].after_step, 10);
  EXPECT_EQ(plan.workload.fast_forwards[1].days, 730);
  EXPECT_EQ(test::at(plan, "workload.fast_forward.0.days").value, "365");
}

TEST(HbfScenarioTest, MistakesOfAFastForwardHaveTheirPlace) {
  EXPECT_EQ(mistakes(with_fast_forward("3 years")),
            "test.yaml:11:17: fast_forward is a value; expected a list of mappings with after_step and days");
  EXPECT_EQ(mistakes(with_fast_forward("[{after_step: 5, days: 365}, {after_step: 5, days: 1}]")),
            "test.yaml:11:59: after_step: 5 is not between two steps of this window; expected 6 to 19");
  EXPECT_EQ(mistakes(with_fast_forward("[{after_step: 20, days: 365}]")),
            "test.yaml:11:31: after_step: 20 is not between two steps of this window; expected 1 to 19");
  EXPECT_EQ(mistakes(with_fast_forward("[{after_step: 2, days: 1}]", "{use: hbf-ma-patterson, writes: zones}")),
            "test.yaml:11:18: fast_forward: in zones the host decides what wears; expected writes: log of tier 'hbf'");
  EXPECT_EQ(mistakes(replaced(kMinimal, "context: 2048",
                              "context: 2048\n  steps: 9\n  fast_forward: [{after_step: 2, days: 1}]")),
            "test.yaml:10:18: fast_forward: nothing here ages; expected a memory tier of flash");
}

}  // namespace
}  // namespace decodesim
