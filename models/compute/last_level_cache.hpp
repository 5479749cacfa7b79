// SPDX-License-Identifier: Apache-2.0
// LastLevelCache: how much of an operand is still in the cache that all cores share when it is used again. Plain
// arithmetic.
//
// Lines are hashed over sets of `ways` places, and a set replaces the line that was used longest ago. When D bytes pass
// between two uses of a line, its own among them, a set of a cache of C bytes sees ways x D / C lines on average, and
// by chance a number that is Poisson distributed about it. The line is found if no more than `ways` - 1 others came to
// its set:
//
//     share found = P(Poisson(ways x D / C) < ways).
//
// So nearly all is found up to half of the capacity and nearly nothing from twice the capacity on, more sharply with
// more ways. A cache that keeps a copy of a line in each of its partitions holds less: capacity x share.
//
// Laws, each a test in test/models/compute/last_level_cache_test.cpp: all is found up to a quarter of the capacity, and
// nothing from four times; the share never grows with the distance; it is that of a simulated cache.
//
// Not modelled: write-back traffic of its own, hardware prefetch, what other programs leave behind.
#pragma once

#include <array>

#include "sim/core/units/units.hpp"

namespace decodesim {

struct Transfer;

class LastLevelCache {
 public:
  /// `ways` = 0: there is no cache. Else `capacity` x `share` > 0.
  LastLevelCache(Bytes capacity, std::int64_t ways, Ratio share);

  /// Bytes of different lines that it holds.
  [[nodiscard]] Bytes capacity() const { return capacity_; }
  /// Share of an operand that is found, when `distance` bytes pass between its uses.
  [[nodiscard]] Ratio found(Bytes distance) const;
  /// Bytes of a transfer that the memory has to move.
  [[nodiscard]] Bytes from_memory(const Transfer& transfer) const;

 private:
  [[nodiscard]] Ratio share_at(Bytes distance) const;

  Bytes capacity_;
  std::int64_t ways_;
  // The last answers: a step asks for the same few distances over and over.
  struct Answer {
    Bytes distance;
    Ratio share;
  };
  mutable std::array<Answer, 4> answers_{};
  mutable std::size_t oldest_ = 0;
};

}  // namespace decodesim
