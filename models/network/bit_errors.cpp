// SPDX-License-Identifier: Apache-2.0
#include "models/network/bit_errors.hpp"

namespace decodesim {

BitErrors::BitErrors(std::int64_t in_1e18_bits, const RandomStream& random)
    : mean_(1'000'000'000'000'000'000 / in_1e18_bits), random_(random), left_(gap()) {}

// Exponential after von Neumann: of a run of uniform numbers that fall, the first is accepted when the run's length is
// odd; each run that is not adds one.
Int128 BitErrors::gap() {
  for (std::uint64_t whole = 0;; ++whole) {
    const std::uint64_t first = random_.next();
    std::uint64_t least = first;
    std::int64_t length = 1;
    for (std::uint64_t draw = random_.next(); draw < least; draw = random_.next()) {
      least = draw;
      ++length;
    }
    if (length % 2 == 0) continue;
    const auto part = static_cast<Int128>(first >> 1U) * mean_ >> 63;
    return static_cast<Int128>(whole) * mean_ + part;
  }
}

std::int64_t BitErrors::pieces_to_repeat(Bytes wire, Bytes piece) {
  std::int64_t pieces = 0;
  left_ -= static_cast<Int128>(wire.count()) * 8;
  while (left_ < 0) {
    left_ += gap();
    left_ -= static_cast<Int128>(piece.count()) * 8;
    ++pieces;
  }
  return pieces;
}

}  // namespace decodesim
