// SPDX-License-Identifier: Apache-2.0
// Integer arithmetic that reports overflow instead of wrapping. Everything on the simulated-time path goes through it.
#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>

namespace decodesim {

/// A quantity left the range of its 64-bit representation. Before simulated time it is an input error
/// (an absurd value); during simulation it is an internal error.
class OverflowError : public std::overflow_error {
 public:
  using std::overflow_error::overflow_error;
};

__extension__ typedef __int128 Int128;  // NOLINT(modernize-use-using): __extension__ needs the typedef form

namespace checked {

[[noreturn]] inline void overflow(const char* what) { throw OverflowError(what); }

/// a + b; throws OverflowError.
constexpr std::int64_t add(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (__builtin_add_overflow(a, b, &out)) overflow("integer overflow in addition");
  return out;
}

/// a - b; throws OverflowError.
constexpr std::int64_t subtract(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (__builtin_sub_overflow(a, b, &out)) overflow("integer overflow in subtraction");
  return out;
}

/// a * b; throws OverflowError.
constexpr std::int64_t multiply(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (__builtin_mul_overflow(a, b, &out)) overflow("integer overflow in multiplication");
  return out;
}

/// a / b, truncated; throws OverflowError for b == 0 and for the one quotient that does not fit.
constexpr std::int64_t divide(std::int64_t a, std::int64_t b) {
  if (b == 0) overflow("division by zero");
  return b == -1 ? subtract(0, a) : a / b;
}

/// 128-bit value back into 64 bits; throws OverflowError.
constexpr std::int64_t narrow(Int128 value) {
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
    overflow("value does not fit 64 bits");
  return static_cast<std::int64_t>(value);
}

/// ceil(a / b) for b > 0, a >= 0.
constexpr Int128 divide_up(Int128 a, Int128 b) {
  if (b <= 0) overflow("division by zero");
  return (a + b - 1) / b;
}

/// ceil(a * b / c) without an intermediate overflow, for a, b >= 0 and c > 0.
constexpr std::int64_t multiply_divide_up(std::int64_t a, std::int64_t b, std::int64_t c) {
  return narrow(divide_up(static_cast<Int128>(a) * b, c));
}

/// floor(a * b / c) without an intermediate overflow, for a, b >= 0 and c > 0.
constexpr std::int64_t multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c) {
  if (c <= 0) overflow("division by zero");
  return narrow(static_cast<Int128>(a) * b / c);
}

}  // namespace checked
}  // namespace decodesim
