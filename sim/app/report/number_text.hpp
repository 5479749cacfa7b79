// SPDX-License-Identifier: Apache-2.0
// Numbers as the report prints them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/units/units.hpp"

namespace decodesim {

/// Seconds with all twelve decimals, "0.009201234567": exact, from the integer.
[[nodiscard]] std::string exact_seconds(Duration duration);

/// Microseconds with all six decimals, "9201.234567": likewise.
[[nodiscard]] std::string exact_microseconds(Duration duration);

/// `value` with `decimals` digits behind the point.
[[nodiscard]] std::string fixed_text(double value, int decimals);

/// `value` with at least `digits` significant digits and no exponent: "1739", "108.7", "0.01234".
[[nodiscard]] std::string significant_text(double value, int digits);

/// "1,234,567".
[[nodiscard]] std::string grouped_text(std::int64_t value);

/// "64 steps", "1 step".
[[nodiscard]] std::string counted(std::int64_t count, std::string_view noun);

/// "61.0 %".
[[nodiscard]] std::string percent_text(double share);

/// One unit for a column of times, so that they compare by eye.
class TimeColumn {
 public:
  /// The unit in which `largest` reads best.
  explicit TimeColumn(Duration largest);
  /// "9.201 ms": three decimals always.
  [[nodiscard]] std::string text(Duration duration) const;

 private:
  std::string_view symbol_ = "ps";
  std::int64_t picoseconds_ = 1;
};

}  // namespace decodesim
