// SPDX-License-Identifier: Apache-2.0
// StreamShape: one train as its timing depends on it: which bytes it asks for, in what order and how eagerly.
//
// A train is a series of accesses ("runs"). By `run` and `stride`:
//   run zero, or the whole length   one contiguous run
//   stride given                    runs of `run` bytes, `stride` apart, over and over in the region
//   else                            runs of `run` bytes at places of the region that a hash of their number picks
#pragma once

#include "sim/core/units/units.hpp"

namespace decodesim {

struct StreamShape {
  bool write = false;
  Bytes length{};             ///< whole train
  Bytes run{};                ///< contiguous bytes
  Bytes stride{};             ///< from the start of a run to the next one's; zero: see above
  Bytes region{};             ///< from `address` on; zero: the whole memory
  Bytes in_flight{};          ///< most bytes outstanding; zero: as many as the memory's queues hold
  Ratio writes{};             ///< of a read train: share of its runs that are writes
  Bandwidth offered{};        ///< rate at which runs start at most; zero: as in_flight lets them
  std::uint64_t address = 0;  ///< first byte

  /// Whether all of it is one contiguous run.
  [[nodiscard]] bool contiguous() const { return run.is_zero() || (run >= length && stride.is_zero()); }
  /// Bytes of one access.
  [[nodiscard]] Bytes access() const { return contiguous() ? length : std::min(run, length); }

  /// As it is on the bus when `check_bits` a data bit move with the data.
  [[nodiscard]] StreamShape with_check_bits(Ratio check_bits) const {
    StreamShape out = *this;
    if (check_bits.is_zero()) return out;
    for (Bytes* bytes : {&out.length, &out.run, &out.in_flight})
      *bytes += Bytes(checked::multiply_divide_up(bytes->count(), check_bits.count(), kPartsPerMillion));
    out.offered += scaled(out.offered, check_bits);
    return out;
  }

  friend bool operator==(const StreamShape&, const StreamShape&) = default;
};

}  // namespace decodesim
