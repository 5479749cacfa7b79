// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace decodesim {

namespace {

// In units of 10^decimals picoseconds.
std::string exact_text(Duration duration, std::int64_t unit, std::size_t decimals) {
  const Int128 count = duration.count();
  const Int128 magnitude = count < 0 ? -count : count;
  std::string fraction = std::to_string(static_cast<std::int64_t>(magnitude % unit));
  fraction.insert(0, decimals - fraction.size(), '0');
  return (count < 0 ? "-" : "") + std::to_string(static_cast<std::int64_t>(magnitude / unit)) + "." + fraction;
}

}  // namespace

std::string exact_seconds(Duration duration) { return exact_text(duration, kPicosecondsPerSecond, 12); }
std::string exact_microseconds(Duration duration) { return exact_text(duration, 1'000'000, 6); }

std::string fixed_text(double value, int decimals) {
  std::array<char, 400> buffer{};  // the largest double has 309 digits before the point
  const int written = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return {buffer.data(), static_cast<std::size_t>(written)};
}

std::string significant_text(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return fixed_text(value, 0);
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
  return fixed_text(value, std::clamp(digits - 1 - magnitude, 0, 20));
}

std::string grouped_text(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3;) text.insert(place -= 3, ",");
  return text;
}

std::string counted(std::int64_t count, std::string_view noun) {
  return grouped_text(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string percent_text(double share) { return fixed_text(share * 100, 1) + " %"; }

TimeColumn::TimeColumn(Duration largest) {
  struct Unit {
    std::string_view symbol;
    std::int64_t picoseconds;
  };
  constexpr std::array kUnits{Unit{"s", kPicosecondsPerSecond}, Unit{"ms", 1'000'000'000}, Unit{"us", 1'000'000},
                              Unit{"ns", 1'000}};
  for (const Unit& unit : kUnits) {
    symbol_ = unit.symbol;
    picoseconds_ = unit.picoseconds;
    if (largest.count() >= unit.picoseconds) return;
  }
}

std::string TimeColumn::text(Duration duration) const {
  return fixed_text(static_cast<double>(duration.count()) / static_cast<double>(picoseconds_), 3) + " " +
         std::string(symbol_);
}

}  // namespace decodesim
