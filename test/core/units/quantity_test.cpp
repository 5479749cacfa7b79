// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the unit types, and what must not compile.
#include <gtest/gtest.h>

#include <concepts>
#include <limits>

#include "sim/core/units/units.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
template <class A, class B>
concept Subtractable = requires(A a, B b) {
  a - b;
};
template <class A, class B>
concept Multipliable = requires(A a, B b) {
  a* b;
};
template <class A, class B>
concept Divisible = requires(A a, B b) {
  a / b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
  a < b;
};

// Like with like only.
static_assert(Addable<Duration, Duration> && !Addable<Duration, Bytes> && !Addable<Bandwidth, FlopRate>);
static_assert(!Subtractable<Energy, Power> && !Subtractable<Money, Carbon>);
static_assert(Comparable<Bytes, Bytes> && !Comparable<Bytes, Duration> && !Comparable<Duration, int>);
// A bare number does not become a quantity by itself, nor the other way round.
static_assert(!std::convertible_to<std::int64_t, Duration> && !std::convertible_to<Duration, std::int64_t>);
static_assert(!Addable<Duration, int> && !Addable<int, Bytes>);
static_assert(std::constructible_from<Duration, std::int64_t>);
// Whole multiples only: a fraction has to be rounded by whoever asks for it.
static_assert(Multipliable<Bytes, std::int64_t> && Multipliable<int, Bytes> && Divisible<Bytes, int>);
static_assert(!Multipliable<Bytes, double> && !Multipliable<float, Bytes> && !Divisible<Bytes, double>);
static_assert(!std::constructible_from<Duration, double>);
// Products that are nothing physical here.
static_assert(!Multipliable<Duration, Duration> && !Multipliable<Bytes, Bytes> && !Multipliable<Bytes, Duration>);
// Rates of different things.
static_assert(Divisible<Bytes, Bandwidth> && Divisible<Flops, FlopRate>);
static_assert(!Divisible<Bytes, FlopRate> && !Divisible<Flops, Bandwidth> && !Divisible<Bandwidth, Duration>);
// Points in time are affine.
static_assert(Addable<TimePoint, Duration> && Subtractable<TimePoint, TimePoint>);
static_assert(!Addable<TimePoint, TimePoint> && !Multipliable<TimePoint, int> && !Comparable<TimePoint, Duration>);
static_assert(std::same_as<decltype(TimePoint{} - TimePoint{}), Duration>);
static_assert(!std::convertible_to<Duration, TimePoint>);
// A quantity is its count and no more.
static_assert(sizeof(Duration) == sizeof(std::int64_t) && std::is_trivially_copyable_v<Duration>);

TEST(QuantityTest, LiteralsAreCountsOfBaseUnits) {
  EXPECT_EQ((3_s).count(), 3'000'000'000'000);
  EXPECT_EQ((3_ms).count(), 3'000'000'000);
  EXPECT_EQ((3_us).count(), 3'000'000);
  EXPECT_EQ((3_ns).count(), 3'000);
  EXPECT_EQ((3_ps).count(), 3);
  EXPECT_EQ((2_KiB).count(), 2048);
  EXPECT_EQ((2_MiB).count(), 2'097'152);
  EXPECT_EQ((2_GiB).count(), 2'147'483'648);
  EXPECT_EQ((2_GB).count(), 2'000'000'000);
  EXPECT_EQ((2_B).count(), 2);
  EXPECT_EQ((2_MBps).count(), 2'000'000);
  EXPECT_EQ((2_GBps).count(), 2'000'000'000);
  EXPECT_EQ((2_TBps).count(), 2'000'000'000'000);
  EXPECT_EQ((2_TFLOPs).count(), 2'000'000'000'000);
  EXPECT_EQ((2_MHz).count(), 2'000'000);
  EXPECT_EQ((2_percent).count(), 20'000);
}

TEST(QuantityTest, SumsDifferencesAndMultiplesAreThoseOfTheCounts) {
  Duration d = 3_ns;
  d += 2_ns;
  EXPECT_EQ(d, 5_ns);
  d -= 1_ns;
  EXPECT_EQ(d, 4_ns);
  EXPECT_EQ(d * 3, 12_ns);
  EXPECT_EQ(3 * d, 12_ns);
  EXPECT_EQ(d / 3, Duration(1333));
  EXPECT_EQ(1_KiB / 100_B, 10);
  EXPECT_EQ(divide_up(1_KiB, 100_B), 11);
  EXPECT_EQ(divide_up(1_KiB, 64_B), 16);
  EXPECT_LT(1_ns, 1_us);
  EXPECT_TRUE(Bytes{}.is_zero());
  EXPECT_FALSE((1_B).is_zero());
}

TEST(QuantityTest, LeavingTheRangeThrowsInsteadOfWrapping) {
  EXPECT_THROW(Duration(kMax) + 1_ps, OverflowError);
  EXPECT_THROW(Duration(kMin) - 1_ps, OverflowError);
  EXPECT_THROW(Duration(kMax) * 2, OverflowError);
  EXPECT_THROW(Duration(kMin) / -1, OverflowError);
  EXPECT_THROW(Duration(kMin) / Duration(-1), OverflowError);
  EXPECT_THROW(TimePoint(Duration(kMax)) + 1_ps, OverflowError);
  EXPECT_THROW(TimePoint(Duration(kMin)) - TimePoint(1_ps), OverflowError);
  EXPECT_THROW(Bytes(kMax) / 1_MBps, OverflowError);
  EXPECT_THROW(Bandwidth(kMax) * 2_s, OverflowError);
  EXPECT_THROW(Bytes(kMax) * EnergyPerBit(1), OverflowError);
  EXPECT_THROW(Power(kMax) * 1_s, OverflowError);
}

TEST(QuantityTest, AFailedCompoundAssignmentLeavesTheValue) {
  Bytes b(kMax);
  EXPECT_THROW(b += 1_B, OverflowError);
  EXPECT_EQ(b, Bytes(kMax));
}

TEST(QuantityTest, DivisionByZeroThrows) {
  EXPECT_THROW(1_ns / 0, OverflowError);
  EXPECT_THROW(1_ns / Duration{}, OverflowError);
  EXPECT_THROW(1_B / Bandwidth{}, OverflowError);
  EXPECT_THROW(1_B / Duration{}, OverflowError);
  EXPECT_THROW(Flops(1) / FlopRate{}, OverflowError);
  EXPECT_THROW(cycles_at(1, Frequency{}), OverflowError);
  EXPECT_THROW(divide_up(1_B, 0_B), OverflowError);
}

TEST(UnitsTest, BytesOverBandwidthIsADurationRoundedUp) {
  EXPECT_EQ(1000_B / 1_GBps, 1_us);
  EXPECT_EQ(1_B / Bandwidth(3), Duration(333'333'333'334));
  EXPECT_EQ(0_B / 1_GBps, 0_ps);
  // 70 GB at 3.35 TB/s: 70e9 / 3.35e12 s = 20,895,522,388.06 ps.
  EXPECT_EQ(70_GB / Bandwidth(3'350'000'000'000), Duration(20'895'522'389));
}

TEST(UnitsTest, BandwidthTimesDurationIsBytesRoundedDown) {
  EXPECT_EQ(1_GBps * 1_us, 1000_B);
  EXPECT_EQ(1_GBps * 1999_ps, 1_B);
}

TEST(UnitsTest, MovingForTheTimeThatAMoveTakesMovesAllOfIt) {
  for (std::int64_t bytes = 1; bytes < 5000; bytes += 7) {
    const Bandwidth rate(3'350'000'000'000 / bytes + 1);
    const Duration time = Bytes(bytes) / rate;
    EXPECT_GE(rate * time, Bytes(bytes));
    EXPECT_LT(rate * (time - 1_ps), Bytes(bytes));
  }
}

TEST(UnitsTest, BytesOverDurationIsABandwidthRoundedDown) {
  EXPECT_EQ(1000_B / 1_us, 1_GBps);
  EXPECT_EQ(1_B / 3_s, Bandwidth(0));
}

TEST(UnitsTest, FlopsOverFlopRateIsADurationRoundedUp) {
  EXPECT_EQ(Flops(1'000'000'000'000) / 1_TFLOPs, 1_s);
  EXPECT_EQ(Flops(1) / 3_TFLOPs, 1_ps);
}

TEST(UnitsTest, LongCountsOfCyclesDoNotDrift) {
  // 1.755 GHz has a period of 569.8 ps: rounding each cycle would be off by 351 us after a second.
  EXPECT_EQ(cycles_at(1'755'000'000, 1755_MHz), 1_s);
  EXPECT_EQ(cycles_at(1, 1755_MHz), 570_ps);
}

TEST(UnitsTest, ScalingByARatioRoundsDown) {
  EXPECT_EQ(scaled(1000_B, 50_percent), 500_B);
  EXPECT_EQ(scaled(3_B, 50_percent), 1_B);
  EXPECT_EQ(scaled(3_B, 100_percent), 3_B);
  EXPECT_EQ(scaled(Bandwidth(3'350'000'000'000), 90_percent), Bandwidth(3'015'000'000'000));
}

TEST(UnitsTest, EnergyIsBytesTimesCostAndPowerTimesTime) {
  // 1 GB at 4 pJ/bit: 8e9 bit x 4 pJ = 32e9 pJ = 32 mJ.
  EXPECT_EQ(1_GB * EnergyPerBit(4'000'000), Energy(32'000'000'000));
  // 700 W for 1 ms = 0.7 J.
  EXPECT_EQ(Power(700'000'000) * 1_ms, Energy(700'000'000'000));
}

TEST(UnitsTest, ReportsConvertToDoublesInSiUnits) {
  EXPECT_DOUBLE_EQ(to_seconds(250_ms), 0.25);
  EXPECT_DOUBLE_EQ(to_double(2_GBps), 2e9);
  EXPECT_DOUBLE_EQ(to_double(2_KiB), 2048.0);
  EXPECT_DOUBLE_EQ(to_double(50_percent), 0.5);
}

TEST(UnitsTest, TimePointsDifferByDurations) {
  const TimePoint start(2_ns);
  EXPECT_EQ(start + 3_ns, TimePoint(5_ns));
  EXPECT_EQ((start + 3_ns) - start, 3_ns);
  EXPECT_LT(start, start + 1_ps);
  EXPECT_EQ(TimePoint{}.since_start(), 0_ps);
}

}  // namespace
}  // namespace decodesim
