// SPDX-License-Identifier: Apache-2.0
// Decode with weights, or all, in High Bandwidth Flash, on a toy model.
#include <gtest/gtest.h>

#include <sstream>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "test/support/simulate_in_child.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;

// A model of 2 x 33 MB of weights, in the second tier.
Plan flash_plan(std::int64_t ranks = 1) {
  Plan plan = test::toy_plan(ranks);
  Architecture& a = plan.workload.decode.architecture;
  a.hidden = 2048;
  a.q_heads = 16;
  a.head_dim = 128;
  a.intermediate = 4096;
  MemoryPlan flash;
  flash.name = "hbf";
  flash.part = "hbf";
  flash.hbf = HbfParameters();
  plan.memory.push_back(flash);
  plan.placement.weights = plan.placement.experts = 1;
  return plan;
}

// Latency of the last step, simulated in a process of its own.
Duration step_of(const Plan& plan) {
  std::istringstream text(test::simulate_in_child(plan, false));
  std::int64_t latency = 0;
  std::string line;
  for (std::int64_t step = 0; step < plan.workload.steps && std::getline(text, line); ++step) {
    std::istringstream words(line);
    std::int64_t number = 0;
    std::int64_t begin = 0;
    words >> number >> begin >> latency;
  }
  EXPECT_GT(latency, 0);
  return Duration(latency);
}

TEST(SimulateHbfTest, WeightsComeFromFlashAndTheCacheFromDram) {
  Plan plan = flash_plan();
  plan.workload.steps = 1;
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  const std::int64_t layer = 2048 * 4096 + 2048 * 2048 + 2048 * 8192 + 4096 * 2048 + 2 * 2048;
  const std::int64_t embedding = 2 * 4 * 2048;
  EXPECT_EQ(result.memory[1].bytes_read, Bytes(2 * (2 * layer + 2048 + 2048 * 1024) + embedding));
  ASSERT_TRUE(result.memory[1].flash.has_value());
  EXPECT_FALSE(result.memory[0].flash.has_value());
  EXPECT_GT(result.memory[1].flash->activity.staged, 0);
  EXPECT_GT(result.memory[1].flash->energy.read, Energy());
  EXPECT_EQ(result.memory[1].flash->energy.program, Energy());
}

TEST(SimulateHbfTest, WithoutReadAheadEachKernelWaitsForAPage) {
  const Plan ahead = flash_plan();
  Plan waits = ahead;
  waits.memory[1].hbf->read_ahead = false;
  const Duration with = step_of(ahead);
  const Duration without = step_of(waits);
  // Two norms, qkv, o, gate and up, and down in each of two layers, the final norm and lm_head read weights: 14 kernels
  // that wait 1.24 us each for their first page, but where the cores take longer than the loads.
  EXPECT_GT(without, with + 3 * 1'240_ns);
  EXPECT_LT(without, with + 20 * 1'240_ns);
}

TEST(SimulateHbfTest, BothFidelitiesTakeTheSameTime) {
  const Plan train = flash_plan();
  Plan pages = train;
  pages.memory[1].fidelity = Fidelity::kPage;
  const double ratio = to_seconds(step_of(train)) / to_seconds(step_of(pages));
  EXPECT_NEAR(ratio, 1, 0.02);
}

TEST(SimulateHbfTest, CacheInFlashIsProgrammedAndWears) {
  Plan plan = flash_plan();
  plan.placement.kv_cache = 1;
  plan.workload.steps = 400;
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  // Four sequences x 2 x 8 heads of 128 x 2 B a layer and step: 32 KiB a step. Whole stripes of 400 pages are
  // programmed.
  const std::int64_t pages = 400LL * 4 * 2 * 8 * 128 * 2 * 2 / 4096;
  const FlashRecord& flash = *result.memory[1].flash;
  EXPECT_EQ(flash.activity.programs - flash.activity.refreshed, pages / 400 * 400);
  EXPECT_GT(flash.energy.program, Energy());
  EXPECT_LT(flash.wear.life.years, 1e6);
  EXPECT_EQ(flash.wear.state, "good");
}

// 32 KiB a step of the batch's own tokens, and of prompts of 100 for each 10 steps of a sequence ten times that.
TEST(SimulateHbfTest, PromptsFromElsewhereAreProgrammedToo) {
  Plan plan = flash_plan();
  plan.placement.kv_cache = 1;
  plan.workload.steps = 40;
  plan.workload.kinds.arrivals = Arrivals{100, 10};
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  const std::int64_t pages = 40LL * (4 + 40) * 2 * 8 * 128 * 2 * 2 / 4096;
  const FlashActivity& activity = result.memory[1].flash->activity;
  EXPECT_EQ(activity.programs - activity.refreshed, pages / 400 * 400);
  EXPECT_EQ(result.memory[1].bytes_written, Bytes(pages * 4096));
}

// Without gathering, a head's 256 B of a token take a page: 16 times as many pages.
TEST(SimulateHbfTest, WithoutGatheringEachHeadOfATokenTakesAPage) {
  Plan plan = flash_plan();
  plan.placement.kv_cache = 1;
  plan.workload.steps = 40;
  plan.memory[1].hbf->gather = false;
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  const std::int64_t pages = 40LL * 4 * 2 * 8 * 2;  // sequences, layers, heads, sides
  const FlashActivity& activity = result.memory[1].flash->activity;
  EXPECT_EQ(activity.programs - activity.refreshed, pages / 400 * 400);
}

// 66 MB of weights are 16,700 pages a step; a round of 100 us is due each 4,000 of them.
TEST(SimulateHbfTest, RefreshesTakeTheArrayWithinTheRun) {
  Plan plan = flash_plan();
  plan.workload.steps = 20;
  plan.memory[1].hbf->endurance.disturb_reads = 10'250;
  Plan off = plan;
  off.memory[1].hbf->refresh = false;
  EXPECT_GT(step_of(plan), step_of(off) + 2 * 100_us);
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  const FlashRecord& flash = *result.memory[1].flash;
  const std::int64_t rounds = flash.activity.read_pages / 4'000;
  EXPECT_NEAR(static_cast<double>(flash.activity.refreshed), static_cast<double>(rounds * 400), 400);
  EXPECT_EQ(flash.energy.program, HbfParameters().page * flash.activity.refreshed * HbfParameters().energy.program);
}

// What pages of a chance of nothing to be sensed again take does not change with their age: the steps are the same.
TEST(SimulateHbfTest, NoTimePassesInAFastForward) {
  Plan plan = flash_plan();
  plan.workload.steps = 20;
  plan.memory[1].hbf->retry = {Ratio(0), Ratio(0), Ratio(0), Ratio(0), 3};
  Plan years = plan;
  years.workload.fast_forwards = {{7, 365}, {14, 365}};
  EXPECT_EQ(test::simulate_in_child(plan, false), test::simulate_in_child(years, false));
}

TEST(SimulateHbfTest, WornStackIsSlowerThanANewOne) {
  Plan plan = flash_plan();
  plan.workload.steps = 20;
  plan.workload.fast_forwards = {{10, 10}};
  plan.memory[1].hbf->endurance.disturb_reads = 100'000'000;
  plan.memory[1].hbf->retry.per_kilocycle = Ratio(20'000);
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  ASSERT_EQ(result.windows.size(), 2U);
  EXPECT_EQ(result.windows[1].first_step, 10);
  EXPECT_EQ(result.windows[1].days, 10);
  const FlashCondition& before = result.windows[0].flash.at(0).flash;
  const FlashCondition& after = result.windows[1].flash.at(0).flash;
  EXPECT_EQ(result.windows[1].flash[0].tier, "hbf");
  EXPECT_EQ(before.cycles, 0);
  // Ten steps of each block's 1,024 pages within their time, at that rate for ten days; of the embedding table, a
  // fortieth of the weights, hardly anything is read.
  const double begun = to_seconds(result.steps[10].begin.since_start());
  EXPECT_NEAR(static_cast<double>(after.cycles), 864'000.0 * 10'240 / begun / 1e8,
              0.04 * static_cast<double>(after.cycles));
  EXPECT_GT(after.retry, before.retry);
  EXPECT_GT(result.steps[19].latency, result.steps[9].latency);
}

TEST(SimulateHbfTest, FoldingGivesTheSameResults) {
  const Plan all = flash_plan(4);
  Plan folded = all;
  folded.run.fold = true;
  EXPECT_EQ(test::simulate_in_child(all, false), test::simulate_in_child(folded, false));
}

TEST(SimulateHbfTest, TwoRunsAreIdentical) {
  const Plan plan = flash_plan();
  EXPECT_EQ(test::simulate_in_child(plan, true), test::simulate_in_child(plan, true));
}

}  // namespace
}  // namespace decodesim
