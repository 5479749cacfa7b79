// SPDX-License-Identifier: Apache-2.0
// LastLevelCache: how much of a working set that is read over and over, always in the same order, is found in the cache
// that all cores share. Plain arithmetic.
//
// Random replacement, which is how hashed sets with pseudo-LRU ages look to a long stream: of a working set of W bytes
// a line stays if none of the misses until its next turn replaces it. With a hit share h there are (1 - h) W of them,
// each replaces any of the C bytes alike, so
//
//     h = exp(-(1 - h) W / C),
//
// whose smallest root is the share that settles. (Strict LRU would fall from all to nothing at W = C; measured kernels
// fade from C to about 2 C.) A cache that keeps a copy of a line in each of its partitions holds less: capacity /
// copies.
//
// Laws, each a test in test/models/compute/last_level_cache_test.cpp: all is found up to the capacity; the share never
// grows with the working set; it is that of a simulated cache with random replacement.
//
// Not modelled: associativity, write-back traffic, prefetch, what other kernels leave behind.
#pragma once

#include "sim/core/units/units.hpp"

namespace decodesim {

class LastLevelCache {
 public:
  /// `capacity` > 0, of all partitions; `copies` >= 1: partitions that each keep a line which is used on all sides.
  LastLevelCache(Bytes capacity, std::int64_t copies);

  /// Bytes of different lines that it holds.
  [[nodiscard]] Bytes capacity() const { return capacity_; }
  /// Share of reads that hit, in millionths, when `working_set` bytes are read again and again in the same order.
  [[nodiscard]] std::int64_t hit_ppm(Bytes working_set) const;

 private:
  Bytes capacity_;
};

}  // namespace decodesim
