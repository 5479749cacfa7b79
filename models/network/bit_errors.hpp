// SPDX-License-Identifier: Apache-2.0
// BitErrors: which of the bits that pass are damaged, at random: a Poisson process over bits, in integers alone.
#pragma once

#include <cstdint>

#include "sim/core/component/random.hpp"
#include "sim/core/units/units.hpp"

namespace decodesim {

/// In 10^18 bits. A repetition of 8 KiB, 65,536 bits, is then damaged itself in two of three cases at most.
inline constexpr std::int64_t kMostBitErrors = 10'000'000'000'000;

class BitErrors {
 public:
  /// `in_1e18_bits`: how many in the mean, 1 to kMostBitErrors.
  BitErrors(std::int64_t in_1e18_bits, const RandomStream& random);

  /// Errors among the next `wire` bytes and among the repetitions of `piece` bytes that they and their own errors need.
  std::int64_t pieces_to_repeat(Bytes wire, Bytes piece);

 private:
  Int128 gap();  // bits from one error to the next

  std::int64_t mean_;  // of the gaps
  RandomStream random_;
  Int128 left_;  // bits before the next error
};

}  // namespace decodesim
