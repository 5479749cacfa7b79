// SPDX-License-Identifier: Apache-2.0
// Logarithm and power in fixed point: those of the standard library differ between machines in the last bit.
#pragma once

#include "sim/core/units/checked.hpp"

namespace decodesim::fixed_point {

/// Numbers are multiples of 2^-44; magnitudes up to 2^19 keep clear of 128 bits.
inline constexpr int kBits = 44;
inline constexpr Int128 kOne = Int128{1} << kBits;

/// a / b.
constexpr Int128 ratio(Int128 a, Int128 b) { return (a << kBits) / b; }
constexpr Int128 product(Int128 a, Int128 b) { return a * b >> kBits; }

/// Base-2 logarithm of x > 0, and 2^y.
Int128 log2(Int128 x);
Int128 exp2(Int128 y);

}  // namespace decodesim::fixed_point
