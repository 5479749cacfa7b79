// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/decode_metrics.hpp"

#include <gtest/gtest.h>

#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

using namespace literals;

std::vector<Duration> one_to(std::int64_t last) {
  std::vector<Duration> out;
  for (std::int64_t i = 1; i <= last; ++i) out.emplace_back(i);
  return out;
}

TEST(Percentile, IsTheNearestRank) {
  // 100 elements: p % of them is the p-th.
  EXPECT_EQ(percentile(one_to(100), 50), 50_ps);
  EXPECT_EQ(percentile(one_to(100), 90), 90_ps);
  EXPECT_EQ(percentile(one_to(100), 99), 99_ps);
  EXPECT_EQ(percentile(one_to(100), 100), 100_ps);
  // 5 elements: ranks ceil(2.5), ceil(4.5), ceil(4.95).
  EXPECT_EQ(percentile(one_to(5), 50), 3_ps);
  EXPECT_EQ(percentile(one_to(5), 90), 5_ps);
  EXPECT_EQ(percentile(one_to(5), 99), 5_ps);
  EXPECT_EQ(percentile(one_to(4), 50), 2_ps);
  EXPECT_EQ(percentile(one_to(1000), 99), 990_ps);
}

TEST(Percentile, OfOneIsThatAndOfNoneIsZero) {
  EXPECT_EQ(percentile(one_to(1), 1), 1_ps);
  EXPECT_EQ(percentile(one_to(1), 99), 1_ps);
  EXPECT_EQ(percentile({}, 50), 0_ps);
}

TEST(DurationSummary, NeedsNoOrderAndRoundsItsMeanToTheNearest) {
  const DurationSummary summary = summarise({9_ps, 1_ps, 4_ps});  // 14 / 3 = 4.67
  EXPECT_EQ(summary.mean, 5_ps);
  EXPECT_EQ(summary.p50, 4_ps);
  EXPECT_EQ(summary.max, 9_ps);
  EXPECT_EQ(summarise({4_ps, 4_ps, 5_ps}).mean, 4_ps);  // 13 / 3 = 4.33
  EXPECT_EQ(summarise({}).max, 0_ps);
}

TEST(DecodeMetrics, FollowFromTheSteps) {
  const DecodeMetrics metrics = decode_metrics(made_up_plan(), made_up_result());
  EXPECT_EQ(metrics.steps, 4);
  EXPECT_EQ(metrics.tokens, 64);
  EXPECT_EQ(metrics.total, 20_ms);
  EXPECT_EQ(metrics.step_latency.mean, 5_ms);
  EXPECT_EQ(metrics.step_latency.p50, 4'500_us);
  EXPECT_EQ(metrics.step_latency.p90, 6_ms);
  EXPECT_EQ(metrics.step_latency.max, 6_ms);
  EXPECT_EQ(metrics.breakdown.memory, 12'800_us);
  EXPECT_EQ(metrics.mean_breakdown.memory, 3'200_us);
  EXPECT_EQ(metrics.mean_breakdown.total(), metrics.step_latency.mean);
  EXPECT_EQ(metrics.tokens_per_s, 3'200);         // 64 / 20 ms
  EXPECT_EQ(metrics.tokens_per_s_per_user, 200);  // 1 / 5 ms
}

TEST(DecodeMetrics, UsersWeighByTheirSteps) {
  RunResult result = made_up_result();
  result.steps.resize(2);
  result.steps[0].sequences = result.steps[0].tokens = 1;
  result.steps[0].latency = 1_ms;
  result.steps[1].sequences = result.steps[1].tokens = 3;
  result.steps[1].latency = 5_ms;
  const DecodeMetrics metrics = decode_metrics(made_up_plan(), result);
  EXPECT_DOUBLE_EQ(metrics.tokens_per_s, 4 / 0.006);
  EXPECT_EQ(metrics.tokens_per_s_per_user, 250);  // 4 tokens in 1 x 1 + 3 x 5 = 16 ms
}

TEST(DecodeMetrics, MbuCountsWeightsAndCacheOnce) {
  // 70 GB of weights and 16 x 2048 tokens of 163,840 B a step; 20 ms of 26.8 TB/s.
  const double bytes = 4 * (70e9 + 16.0 * 2'048 * 163'840);
  EXPECT_DOUBLE_EQ(decode_metrics(made_up_plan(), made_up_result()).mbu, bytes / (0.020 * 26.8e12));
}

TEST(DecodeMetrics, MbuOnlyCountsTiersThatHoldWhatIsRead) {
  Plan plan = made_up_plan();
  RunResult result = made_up_result();
  const double alone = decode_metrics(plan, result).mbu;
  plan.memory.push_back(plan.memory.front());
  plan.memory.back().name = "ddr";
  result.memory.push_back(result.memory.front());
  result.memory.back().name = "ddr";
  EXPECT_DOUBLE_EQ(decode_metrics(plan, result).mbu, alone);
  plan.placement.kv_cache = 1;
  EXPECT_DOUBLE_EQ(decode_metrics(plan, result).mbu, alone / 2);
}

TEST(DecodeMetrics, MfuIsOfThePeakAtTheWeightsFormat) {
  Plan plan = made_up_plan();
  // 9.6 TFLOP in 20 ms on 8 x 2 PFLOP/s.
  EXPECT_DOUBLE_EQ(decode_metrics(plan, made_up_result()).mfu, 0.03);
  plan.workload.decode.precision.weights = DataType::kBf16;
  EXPECT_DOUBLE_EQ(decode_metrics(plan, made_up_result()).mfu, 0.03 * 2'000 / 989);
}

TEST(DecodeMetrics, TiersHaveARateOverTheRunAndOneWhileBusy) {
  const DecodeMetrics metrics = decode_metrics(made_up_plan(), made_up_result());
  ASSERT_EQ(metrics.tiers.size(), 1U);
  const TierMetrics& hbm = metrics.tiers.front();
  EXPECT_EQ(hbm.bandwidth, 15'202e9);  // 304.04 GB / 20 ms
  EXPECT_DOUBLE_EQ(hbm.utilisation, 15.202 / 26.8);
  EXPECT_DOUBLE_EQ(hbm.streaming, 304.04e9 / 0.013);
  EXPECT_DOUBLE_EQ(hbm.streaming_share, 304.04e9 / 0.013 / 26.8e12);
}

TEST(DecodeMetrics, OfNothingAreZero) {
  RunResult nothing;
  nothing.memory = {{"hbm", "hbm3-16gb", 0_B, 0_B, 26'800_GBps, 0_ms}};
  const DecodeMetrics metrics = decode_metrics(made_up_plan(), nothing);
  EXPECT_EQ(metrics.steps, 0);
  EXPECT_EQ(metrics.tokens_per_s, 0);
  EXPECT_EQ(metrics.tokens_per_s_per_user, 0);
  EXPECT_EQ(metrics.mbu, 0);
  EXPECT_EQ(metrics.mfu, 0);
  EXPECT_EQ(metrics.tiers.front().streaming, 0);
}

}  // namespace
}  // namespace decodesim
