// SPDX-License-Identifier: Apache-2.0
// The unit types of the simulator and the arithmetic between them. Integers everywhere on the simulated-time
// path; doubles appear only in reports.
//
// Base units: Duration, TimePoint 1 ps; Bytes 1 B; Bandwidth 1 B/s; Flops 1 FLOP; FlopRate 1 FLOP/s;
// Frequency 1 Hz; Energy 1 pJ; EnergyPerBit 1 aJ/bit; Power 1 uW; Money 1 micro-dollar; Carbon 1 mg CO2e;
// Ratio 1 ppm. A signed 64-bit count of picoseconds spans 106 days.
#pragma once

#include <algorithm>
#include <compare>

#include "sim/core/units/quantity.hpp"

namespace decodesim {

using Duration = Quantity<struct DurationTag>;
using Bytes = Quantity<struct BytesTag>;
using Bandwidth = Quantity<struct BandwidthTag>;
using Flops = Quantity<struct FlopsTag>;
using FlopRate = Quantity<struct FlopRateTag>;
using Frequency = Quantity<struct FrequencyTag>;
using Energy = Quantity<struct EnergyTag>;
using EnergyPerBit = Quantity<struct EnergyPerBitTag>;
using Power = Quantity<struct PowerTag>;
using Money = Quantity<struct MoneyTag>;
using Carbon = Quantity<struct CarbonTag>;
using Ratio = Quantity<struct RatioTag>;

inline constexpr std::int64_t kPicosecondsPerSecond = 1'000'000'000'000;
inline constexpr std::int64_t kPartsPerMillion = 1'000'000;

/// A point in simulated time. Affine: two points have a difference but no sum.
class TimePoint {
 public:
  constexpr TimePoint() = default;
  /// The point `since_start` after the start of simulated time.
  constexpr explicit TimePoint(Duration since_start) : since_start_(since_start) {}
  [[nodiscard]] constexpr Duration since_start() const { return since_start_; }

  friend constexpr auto operator<=>(const TimePoint&, const TimePoint&) = default;
  friend constexpr TimePoint operator+(TimePoint t, Duration d) { return TimePoint(t.since_start_ + d); }
  friend constexpr Duration operator-(TimePoint a, TimePoint b) { return a.since_start_ - b.since_start_; }

 private:
  Duration since_start_;
};

/// Time to move `bytes` at `rate`, rounded up to the next picosecond. Throws OverflowError when rate is zero.
constexpr Duration operator/(Bytes bytes, Bandwidth rate) {
  return Duration(checked::multiply_divide_up(bytes.count(), kPicosecondsPerSecond, rate.count()));
}

/// Bytes moved at `rate` within `time`, rounded down.
constexpr Bytes operator*(Bandwidth rate, Duration time) {
  return Bytes(checked::multiply_divide(rate.count(), time.count(), kPicosecondsPerSecond));
}

/// The rate that moves `bytes` in `time`, rounded down; `time` > 0.
constexpr Bandwidth operator/(Bytes bytes, Duration time) {
  return Bandwidth(checked::multiply_divide(bytes.count(), kPicosecondsPerSecond, time.count()));
}

/// Time for `flops` at `rate`, rounded up to the next picosecond.
constexpr Duration operator/(Flops flops, FlopRate rate) {
  return Duration(checked::multiply_divide_up(flops.count(), kPicosecondsPerSecond, rate.count()));
}

/// `cycles` of a clock of `frequency`: computed from the total and rounded once, so long counts do not drift.
constexpr Duration cycles_at(std::int64_t cycles, Frequency frequency) {
  return Duration(checked::multiply_divide_up(cycles, kPicosecondsPerSecond, frequency.count()));
}

/// `share` of `whole`, rounded down: for rates and capacities that an efficiency derates.
template <class Tag>
constexpr Quantity<Tag> scaled(Quantity<Tag> whole, Ratio share) {
  return Quantity<Tag>(checked::multiply_divide(whole.count(), share.count(), kPartsPerMillion));
}

/// Energy of moving `bytes` at `cost` per bit, rounded down to a picojoule.
constexpr Energy operator*(Bytes bytes, EnergyPerBit cost) {
  return Energy(checked::multiply_divide(checked::multiply(bytes.count(), 8), cost.count(), 1'000'000));
}

/// Energy of drawing `power` for `time`, rounded down to a picojoule: 1 uW x 1 ps = 1e-6 pJ.
constexpr Energy operator*(Power power, Duration time) {
  return Energy(checked::multiply_divide(power.count(), time.count(), 1'000'000));
}

// For reports only.
constexpr double to_seconds(Duration d) { return static_cast<double>(d.count()) * 1e-12; }
constexpr double to_double(Bandwidth b) { return static_cast<double>(b.count()); }
constexpr double to_double(Bytes b) { return static_cast<double>(b.count()); }
constexpr double to_double(Ratio r) { return static_cast<double>(r.count()) * 1e-6; }

namespace literals {
/// `n` times `unit`; a literal that does not fit does not compile.
template <class Q>
consteval Q literal(unsigned long long n, std::int64_t unit) {
  return Q(checked::multiply(checked::narrow(static_cast<Int128>(n)), unit));
}
consteval Duration operator""_ps(unsigned long long n) { return literal<Duration>(n, 1); }
consteval Duration operator""_ns(unsigned long long n) { return literal<Duration>(n, 1'000); }
consteval Duration operator""_us(unsigned long long n) { return literal<Duration>(n, 1'000'000); }
consteval Duration operator""_ms(unsigned long long n) { return literal<Duration>(n, 1'000'000'000); }
consteval Duration operator""_s(unsigned long long n) { return literal<Duration>(n, kPicosecondsPerSecond); }
consteval Bytes operator""_B(unsigned long long n) { return literal<Bytes>(n, 1); }
consteval Bytes operator""_KiB(unsigned long long n) { return literal<Bytes>(n, 1024); }
consteval Bytes operator""_MiB(unsigned long long n) { return literal<Bytes>(n, 1'048'576); }
consteval Bytes operator""_GiB(unsigned long long n) { return literal<Bytes>(n, 1'073'741'824); }
consteval Bytes operator""_GB(unsigned long long n) { return literal<Bytes>(n, 1'000'000'000); }
consteval Bandwidth operator""_MBps(unsigned long long n) { return literal<Bandwidth>(n, 1'000'000); }
consteval Bandwidth operator""_GBps(unsigned long long n) { return literal<Bandwidth>(n, 1'000'000'000); }
consteval Bandwidth operator""_TBps(unsigned long long n) { return literal<Bandwidth>(n, 1'000'000'000'000); }
consteval FlopRate operator""_TFLOPs(unsigned long long n) { return literal<FlopRate>(n, 1'000'000'000'000); }
consteval Frequency operator""_MHz(unsigned long long n) { return literal<Frequency>(n, 1'000'000); }
consteval Ratio operator""_percent(unsigned long long n) { return literal<Ratio>(n, 10'000); }
}  // namespace literals

}  // namespace decodesim
