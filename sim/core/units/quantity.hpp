// SPDX-License-Identifier: Apache-2.0
// Quantity<Tag>: a 64-bit integer count of one base unit. Two quantities of different tags do not mix, a bare
// number does not turn into one by itself, and all arithmetic is checked.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>

#include "sim/core/units/checked.hpp"

namespace decodesim {

template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  /// `count` base units (picoseconds, bytes, bytes a second, ...; see units.hpp).
  constexpr explicit Quantity(std::int64_t count) : count_(count) {}
  /// Rounding is the caller's decision: convert to an integer first.
  explicit Quantity(std::floating_point auto count) = delete;

  /// The number of base units.
  [[nodiscard]] constexpr std::int64_t count() const { return count_; }
  [[nodiscard]] constexpr bool is_zero() const { return count_ == 0; }

  friend constexpr auto operator<=>(const Quantity&, const Quantity&) = default;

  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(checked::add(a.count_, b.count_)); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity(checked::subtract(a.count_, b.count_));
  }
  friend constexpr Quantity operator*(Quantity a, std::int64_t n) { return Quantity(checked::multiply(a.count_, n)); }
  friend constexpr Quantity operator*(std::int64_t n, Quantity a) { return a * n; }
  friend Quantity operator*(Quantity a, std::floating_point auto n) = delete;
  friend Quantity operator*(std::floating_point auto n, Quantity a) = delete;
  friend Quantity operator/(Quantity a, std::floating_point auto n) = delete;
  /// Floor division, for non-negative quantities.
  friend constexpr Quantity operator/(Quantity a, std::int64_t n) { return Quantity(checked::divide(a.count_, n)); }
  /// How many whole `b` fit into `a`.
  friend constexpr std::int64_t operator/(Quantity a, Quantity b) { return checked::divide(a.count_, b.count_); }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity& operator-=(Quantity other) { return *this = *this - other; }

 private:
  std::int64_t count_ = 0;
};

/// How many `part` are needed to cover `whole` (rounded up).
template <class Tag>
constexpr std::int64_t divide_up(Quantity<Tag> whole, Quantity<Tag> part) {
  return checked::narrow(checked::divide_up(whole.count(), part.count()));
}

}  // namespace decodesim
