// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units/fixed_point.hpp"

#include <array>

namespace decodesim::fixed_point {
namespace {

// The largest whole number whose square is not above x.
Int128 whole_root(Int128 x) {
  Int128 root = 0;
  for (int bit = 62; bit >= 0; --bit) {
    const Int128 next = root | Int128{1} << bit;
    if (next * next <= x) root = next;
  }
  return root;
}

// 2^(1/2), 2^(1/4), ...
std::array<Int128, kBits> roots_of_two() {
  std::array<Int128, kBits> roots{};
  Int128 last = 2 * kOne;
  for (Int128& root : roots) root = last = whole_root(last << kBits);
  return roots;
}

}  // namespace

Int128 log2(Int128 x) {
  Int128 whole = 0;
  for (; x >= 2 * kOne; x >>= 1) whole += kOne;
  for (; x < kOne; x <<= 1) whole -= kOne;
  Int128 fraction = 0;
  for (int bit = kBits - 1; bit >= 0; --bit) {
    x = product(x, x);
    if (x < 2 * kOne) continue;
    x >>= 1;
    fraction |= Int128{1} << bit;
  }
  return whole + fraction;
}

Int128 exp2(Int128 y) {
  static const std::array<Int128, kBits> kRoots = roots_of_two();
  const Int128 whole = y >> kBits;  // towards minus infinity
  const Int128 fraction = y - (whole << kBits);
  Int128 out = kOne;
  for (int bit = kBits - 1; bit >= 0; --bit)
    if ((fraction >> bit & 1) != 0) out = product(out, kRoots[static_cast<std::size_t>(kBits - 1 - bit)]);
  const int shift = static_cast<int>(whole);
  if (shift >= 0) return out << shift;
  return shift > -kBits ? out >> -shift : 0;
}

}  // namespace decodesim::fixed_point
