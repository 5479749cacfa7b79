// SPDX-License-Identifier: Apache-2.0
// AccessSequence: the accesses of a train in order, one at a time: where each lies, how long it is and whether it
// writes. Both fidelities of DRAM read trains through it.
//
// Laws, each a test in test/models/memory/dram/access_sequence_test.cpp:
//   1. The accesses' bytes add up to the train's length; every access lies within the region (and the capacity).
//   2. Strided runs start again at the region's beginning when the next one would not fit.
//   3. The share of writes among many runs is the train's `writes`; a write train only writes.
#pragma once

#include <cstdint>

#include "models/memory/stream_shape.hpp"

namespace decodesim {

struct Access {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  bool write = false;
};

class AccessSequence {
 public:
  AccessSequence() = default;
  /// `burst`: runs that may lie anywhere begin at a burst.
  AccessSequence(const StreamShape& shape, Bytes capacity, Bytes burst);

  [[nodiscard]] bool done() const { return left_ == 0; }
  /// Accesses taken so far.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  /// Bytes of the next access; 0 at the end.
  [[nodiscard]] std::uint64_t next_bytes() const { return left_ < run_ ? left_ : run_; }
  /// REQUIRES !done().
  Access next();

 private:
  [[nodiscard]] std::uint64_t place_of(std::uint64_t number) const;

  std::uint64_t base_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t spacing_ = 0;  ///< between neighbouring places
  std::uint64_t places_ = 1;
  std::uint64_t left_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t write_ppm_ = 0;
  bool hashed_ = false;
};

}  // namespace decodesim
