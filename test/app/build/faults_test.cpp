// SPDX-License-Identifier: Apache-2.0
// The laws of FaultInjector on a toy machine, against the same run without faults.
#include "sim/app/build/fault_injector.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "sim/app/scenario/capacity.hpp"
#include "test/app/build/fault_runs.hpp"

namespace decodesim {
namespace {
using namespace literals;
using test::checked;
using test::first_step;
using test::latencies;
using test::simulate_in_child;

// The end of a step's first command on one rank: what is held from its beginning on starts later by the hold less this.
Duration first_command(Duration step) {
  Plan plan = test::toy_plan(1);
  plan.faults.events.push_back({FaultKind::kStraggler, 0, 1_ps, 10_ms, 0});
  return 1_ps + 10_ms + step - latencies(simulate_in_child(plan, false)).at(0);
}

Plan with_failure(std::int64_t ranks, Duration at, std::int64_t spares) {
  Plan plan = test::toy_plan(ranks);
  plan.faults.detection = 1_ms;
  plan.faults.take_over = 2_ms;
  plan.faults.restart = 50_ms;
  plan.faults.reload = 1_GBps;
  plan.faults.spares = spares;
  plan.faults.events.push_back({FaultKind::kNode, ranks - 1, at, 0_ps, 0});
  return plan;
}

Duration reload(const Plan& plan) { return capacity_table(plan)[0].asked / plan.faults.reload; }

TEST(FaultsTest, AFailureCostsDetectionTakeOverReloadAndTheStepOnceMore) {
  const Plan plan = with_failure(1, 1_ps, 1);
  const Duration step = first_step(test::toy_plan(1));
  const Duration first = first_command(step);
  EXPECT_GT(first, 1_us);  // a kernel's start
  EXPECT_LT(first, 2_us);
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps[0].latency, 1_ps + 1_ms + 2_ms + reload(plan) - first + step + step);
  EXPECT_EQ(result.steps[1].latency, step);
  EXPECT_EQ(result.steps[2].latency, step);
  EXPECT_EQ(result.faults->failures, 1);
  EXPECT_EQ(result.faults->spares_used, 1);
  EXPECT_EQ(result.faults->steps_repeated, 1);
  EXPECT_EQ(result.faults->down, 1_ms + 2_ms + reload(plan));
}

TEST(FaultsTest, TheOthersWaitInTheirCollectives) {
  const Duration step = first_step(test::toy_plan(4));
  Plan plan = with_failure(4, 1_ps, 1);
  const Duration shorter = first_step(plan);
  plan.faults.take_over = 7_ms;
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps[0].latency, shorter + 5_ms);
  EXPECT_GT(result.steps[0].breakdown.network, 8_ms);
  EXPECT_EQ(result.steps[1].latency, step);
}

TEST(FaultsTest, TheFirstRanksFailureIsInItsBreakdown) {
  Plan plan = with_failure(4, 1_ps, 1);
  plan.faults.events[0].rank = 0;
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps[0].breakdown.total(), result.steps[0].latency);
  EXPECT_GT(result.steps[0].breakdown.overhead, 3_ms);
}

TEST(FaultsTest, WithoutASpareLeftItRestarts) {
  const Plan plan = with_failure(1, 1_ps, 0);
  const Duration step = first_step(test::toy_plan(1));
  const Duration first = first_command(step);
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps[0].latency, 1_ps + 1_ms + 50_ms + reload(plan) - first + step + step);
  EXPECT_EQ(result.faults->spares_used, 0);
}

TEST(FaultsTest, TheSecondFailureFindsNoSpare) {
  Plan plan = with_failure(2, 1_ps, 1);
  plan.faults.events.push_back({FaultKind::kNode, 0, 40_ms, 0_ps, 0});
  plan.workload.steps = 600;
  const RunResult result = checked(plan);
  EXPECT_EQ(result.faults->failures, 2);
  EXPECT_EQ(result.faults->spares_used, 1);
  EXPECT_EQ(result.faults->steps_repeated, 2);
  EXPECT_EQ(result.steps.size(), 600U);
}

TEST(FaultsTest, AFailureOfAFailedRankIsTheSameFailure) {
  Plan plan = with_failure(2, 1_ps, 2);
  plan.faults.events.push_back({FaultKind::kNode, 1, 1_ms, 0_ps, 0});
  const RunResult result = checked(plan);
  EXPECT_EQ(result.faults->failures, 1);
}

TEST(FaultsTest, ARateGoesOnAfterAFailureThatMetAnother) {
  // The rate's first failure, after some 100 us, falls into the outage of more than 3 ms that began before.
  Plan plan = with_failure(1, 1_ps, 1000);
  plan.workload.steps = 20;
  plan.faults.rates.push_back({FaultKind::kNode, 100_us, 0_ps, 0});
  EXPECT_GT(checked(plan).faults->failures, 1);
}

TEST(FaultsTest, AfterTheLastStepNothingFails) {
  const Duration step = first_step(test::toy_plan(2));
  const RunResult result = checked(with_failure(2, step * 3 + 1_ps, 1));
  EXPECT_EQ(result.faults->failures, 0);
  EXPECT_EQ(result.simulated, step * 3);
}

TEST(FaultsTest, BeforeTheLastStepsEndItDoes) {
  const Duration step = first_step(test::toy_plan(2));
  const RunResult result = checked(with_failure(2, step * 3 - 1_ps, 1));
  EXPECT_EQ(result.faults->failures, 1);
  EXPECT_EQ(result.faults->steps_repeated, 1);
}

TEST(FaultsTest, AStragglerThatStandsStillIsWaitedFor) {
  Plan plan = test::toy_plan(1);
  const Duration step = first_step(plan);
  const Duration first = first_command(step);
  plan.faults.events.push_back({FaultKind::kStraggler, 0, 1_ps, first - 1_ps, 0});
  EXPECT_EQ(first_step(plan), step);  // over when the first command is
  plan.faults.events[0].length = 400_us;
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps[0].latency, 1_ps + 400_us - first + step);
  EXPECT_EQ(result.steps[1].latency, step);
  EXPECT_EQ(result.faults->stragglers, 1);
  EXPECT_EQ(result.faults->steps_repeated, 0);
}

TEST(FaultsTest, ASlowOnesKernelsTakeTheFactor) {
  // A single rank whose kernels all take three times as long: three times memory and compute of the step without.
  Plan plan = test::toy_plan(1);
  plan.workload.steps = 1;
  const std::string alone = simulate_in_child(plan, false);
  std::istringstream words(alone);
  std::int64_t number = 0;
  std::int64_t latency = 0;
  std::int64_t memory = 0;
  std::int64_t compute = 0;
  words >> number >> number >> latency >> memory >> compute;
  plan.faults.events.push_back({FaultKind::kStraggler, 0, 1_ps, 1_s, 3});
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps[0].latency.count(), latency + 2 * (memory + compute));
}

// Everyone's time-out is 20 us; a step of the toy machine takes some tens of them.
Plan with_time_out(Duration standing_still) {
  Plan plan = test::toy_plan(4);
  plan.workload.steps = 40;
  plan.software.all_reduce = CollectiveAlgorithm::kOneShot;
  plan.faults.time_out = 20_us;
  plan.faults.events.push_back({FaultKind::kStraggler, 2, 1_ps, standing_still, 0});
  return plan;
}

TEST(FaultsTest, ATimeOutBoundsWhatAStragglerCosts) {
  Plan none = test::toy_plan(4);
  none.software.all_reduce = CollectiveAlgorithm::kOneShot;
  const Duration step = first_step(none);
  const RunResult result = checked(with_time_out(1_ms));
  EXPECT_LE(result.steps[0].latency, step + 20_us);
  EXPECT_GT(result.steps[0].latency, step);
  for (const StepRecord& record : result.steps) EXPECT_LE(record.latency, step + 20_us);
  EXPECT_GT(result.faults->inexact_collectives, 4);
  EXPECT_EQ(result.steps.back().latency, step);  // it is back
}

TEST(FaultsTest, ShorterThanTheTimeOutNothingIsInexact) {
  const RunResult result = checked(with_time_out(15_us));
  EXPECT_EQ(result.faults->inexact_collectives, 0);
  EXPECT_EQ(result.faults->late_messages, 0);
}

TEST(FaultsTest, ATimeOutOnTheFirstRankToo) {
  Plan plan = with_time_out(1_ms);
  plan.faults.events[0].rank = 0;
  const RunResult result = checked(plan);
  EXPECT_GT(result.faults->inexact_collectives, 4);
  for (const StepRecord& record : result.steps) EXPECT_EQ(record.breakdown.total(), record.latency);
}

TEST(FaultsTest, WithATimeOutAFailureIsGoneOnWithout) {
  Plan plan = with_time_out(1_ms);
  plan.faults.events[0] = {FaultKind::kNode, 1, 50_us, 0_ps, 0};
  plan.faults.spares = 1;
  plan.workload.steps = 400;
  const RunResult result = checked(plan);
  EXPECT_EQ(result.faults->failures, 1);
  EXPECT_EQ(result.faults->steps_repeated, 0);
  EXPECT_EQ(result.steps.size(), 400U);
}

TEST(FaultsTest, TimeOutsAreTheSameForOneSeed) {
  Plan plan = with_time_out(1_ms);
  plan.workload.steps = 300;
  plan.faults.rates.push_back({FaultKind::kStraggler, 2_ms, 300_us, 0});
  plan.faults.rates.push_back({FaultKind::kStraggler, 2_ms, 200_us, 9});
  const std::string once = simulate_in_child(plan, true);
  EXPECT_EQ(simulate_in_child(plan, true), once);
}

TEST(FaultsTest, RandomFaultsAreTheSameForOneSeed) {
  Plan plan = test::toy_plan(4);
  plan.workload.steps = 200;
  plan.faults.rates.push_back({FaultKind::kStraggler, 2_ms, 100_us, 0});
  const std::string once = simulate_in_child(plan, true);
  EXPECT_EQ(simulate_in_child(plan, true), once);
  plan.run.seed = 2;
  EXPECT_NE(simulate_in_child(plan, true), once);
}

TEST(FaultsTest, RandomFaultsComeAtTheirRate) {
  // 4 ranks, one in 2 ms each on average, and each lasts 100 us.
  Plan plan = test::toy_plan(4);
  plan.workload.steps = 2000;
  plan.faults.rates.push_back({FaultKind::kStraggler, 2_ms, 100_us, 0});
  const RunResult result = checked(plan);
  const double expected = 4 * to_seconds(result.simulated) / 2.1e-3;
  ASSERT_GT(expected, 100);
  EXPECT_NEAR(static_cast<double>(result.faults->stragglers), expected, 0.2 * expected);
}

}  // namespace
}  // namespace decodesim
