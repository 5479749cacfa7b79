// SPDX-License-Identifier: Apache-2.0
#include "models/compute/power_governor.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;

constexpr Power watts(std::int64_t n) { return Power(n * 1'000'000); }
constexpr Energy joules(Power power, Duration time) { return power * time; }
const Ratio kFull(kPartsPerMillion);

TEST(PowerGovernor, RunsAtTheFullClockAtTheLimitHoweverLong) {
  PowerGovernor governor(watts(400), 10_ms);
  EXPECT_EQ(governor.clock(TimePoint(), 5_s, joules(watts(400), 5_s)), kFull);
  EXPECT_EQ(governor.savings(), joules(watts(400), 10_ms));
}

TEST(PowerGovernor, SavingsPayForAShortExcess) {
  // 4 J are saved; 800 W take 400 W more than there is, for 10 ms.
  PowerGovernor governor(watts(400), 10_ms);
  EXPECT_EQ(governor.clock(TimePoint(), 10_ms, joules(watts(800), 10_ms)), kFull);
  EXPECT_EQ(governor.savings(), Energy());
  PowerGovernor another(watts(400), 10_ms);
  EXPECT_LT(another.clock(TimePoint(), 11_ms, joules(watts(800), 11_ms)), kFull);
}

TEST(PowerGovernor, ClockGoesWithTheCubeRootWhenSavingsAreSpent) {
  PowerGovernor governor(watts(400), 10_ms);
  governor.clock(TimePoint(), 10_ms, joules(watts(800), 10_ms));
  // (1/2)^(1/3) = 0.7937.
  EXPECT_NEAR(to_double(governor.clock(TimePoint(10_ms), 10_ms, joules(watts(800), 10_ms))), 0.7937, 1e-4);
}

TEST(PowerGovernor, PartAtTheFullClockAndPartBelow) {
  // 10 of 30 ms at the full clock, 20 ms at 0.7937: 30 / (10 + 25.198) = 0.8523.
  PowerGovernor governor(watts(400), 10_ms);
  EXPECT_NEAR(to_double(governor.clock(TimePoint(), 30_ms, joules(watts(800), 30_ms))), 0.8523, 1e-4);
  // It ends at 35.198 ms without savings; a millisecond later there is 0.4 J, 1 ms of 400 W in excess.
  EXPECT_EQ(governor.clock(TimePoint(36'199_us), 1_ms, joules(watts(800), 1_ms)), kFull);
}

TEST(PowerGovernor, SavingsComeBackOnlyToAWindowsWorth) {
  PowerGovernor governor(watts(400), 10_ms);
  governor.clock(TimePoint(), 10_ms, joules(watts(800), 10_ms));
  governor.clock(TimePoint(100_s), 1_ps, Energy());
  EXPECT_EQ(governor.savings(), joules(watts(400), 10_ms));
}

TEST(PowerGovernor, RestFillsTheSavings) {
  PowerGovernor governor(watts(400), 10_ms);
  governor.clock(TimePoint(), 10_ms, joules(watts(800), 10_ms));
  governor.rest();
  EXPECT_EQ(governor.clock(TimePoint(10_ms), 10_ms, joules(watts(800), 10_ms)), kFull);
}

TEST(PowerGovernor, NeverBelowTheLeastClock) {
  PowerGovernor governor(watts(1), 1_us);
  governor.clock(TimePoint(), 1_s, joules(watts(1000), 1_s));
  EXPECT_EQ(governor.clock(TimePoint(1000_s), 10_s, joules(watts(1000), 10_s)), PowerGovernor::kLeast);
}

TEST(PowerGovernor, WithoutALimitTheClockIsFull) {
  PowerGovernor governor(Power(), 10_ms);
  EXPECT_EQ(governor.clock(TimePoint(), 10_s, joules(watts(100'000), 10_s)), kFull);
}

}  // namespace
}  // namespace decodesim
