// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/limiter.hpp"

#include <gtest/gtest.h>

#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

using namespace literals;

std::string limiter_of(const Plan& plan, const RunResult& result) {
  return limiter(plan, result, decode_metrics(plan, result));
}

std::string limiter_with(Breakdown breakdown) {
  RunResult result = made_up_result();
  result.steps.resize(1);
  result.steps.front().breakdown = breakdown;
  result.steps.front().latency = breakdown.total();
  return limiter_of(made_up_plan(), result);
}

TEST(Limiter, NamesTheTierAndItsRate) {
  EXPECT_EQ(limiter_of(made_up_plan(), made_up_result()),
            "memory bandwidth: 64 percent of step time streams from hbm at 8 x 2.923 TB/s, 87 percent of peak; "
            "then overhead, 20 percent");
}

TEST(Limiter, SaysWhenMemoryIsNotStreaming) {
  RunResult result = made_up_result();
  result.memory.front().busy = 40_ms;  // 304.04 GB in 40 ms: 28 percent of 26.8 TB/s
  EXPECT_EQ(limiter_of(made_up_plan(), result),
            "memory latency and bytes in flight: 64 percent of step time streams from hbm at only 8 x 950.1 "
            "GB/s, 28 percent of peak; then overhead, 20 percent");
}

TEST(Limiter, NamesTheLargestPartAndTheSecond) {
  EXPECT_EQ(limiter_with({1_us, 6_us, 3_us, 0_us}),
            "compute: the cores are busy for 60 percent of step time, at 3 percent of their peak over the run; then "
            "network, 30 percent");
  EXPECT_EQ(limiter_with({1_us, 0_us, 6_us, 3_us}),
            "network: collectives take 60 percent of step time, all-reduce as one_shot; then overhead, 30 percent");
  EXPECT_EQ(limiter_with({3_us, 0_us, 1_us, 6_us}),
            "overhead: kernel starts, drains and host work take 60 percent of step time; then memory, 30 percent");
}

TEST(Limiter, DoesNotNameASecondPartThatIsNot) {
  EXPECT_EQ(limiter_with({0_us, 0_us, 0_us, 6_us}),
            "overhead: kernel starts, drains and host work take 100 percent of step time");
}

TEST(Limiter, BreaksATieByTheOrderOfTheParts) {
  EXPECT_EQ(limiter_with({0_us, 0_us, 5_us, 5_us}),
            "network: collectives take 50 percent of step time, all-reduce as one_shot; then overhead, 50 percent");
}

TEST(Limiter, SaysWhenThereIsNothing) {
  EXPECT_EQ(limiter_of(made_up_plan(), RunResult()), "nothing: no step has finished");
}

}  // namespace
}  // namespace decodesim
