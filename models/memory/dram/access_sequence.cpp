// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/access_sequence.hpp"

#include <algorithm>

#include "sim/core/component/random.hpp"

namespace decodesim {
namespace {

std::uint64_t count_of(Bytes bytes) { return static_cast<std::uint64_t>(bytes.count()); }

// Distinguishes what is drawn for a run: its place, its direction.
constexpr std::uint64_t kDirection = 0x9e3779b97f4a7c15ULL;

}  // namespace

AccessSequence::AccessSequence(const StreamShape& shape, Bytes capacity, Bytes burst)
    : base_(shape.address),
      run_(count_of(shape.access())),
      left_(count_of(shape.length)),
      write_ppm_(shape.write ? kPartsPerMillion : static_cast<std::uint64_t>(shape.writes.count())) {
  if (shape.contiguous()) return;
  hashed_ = shape.stride.is_zero();
  std::uint64_t region = count_of(shape.region);
  spacing_ = hashed_ ? run_ : count_of(shape.stride);
  if (region == 0) {
    region = count_of(capacity);
    if (hashed_) {
      base_ = 0;
      spacing_ = (run_ + count_of(burst) - 1) / count_of(burst) * count_of(burst);
    } else {
      region -= base_;
    }
  }
  if (region >= run_) places_ = (region - run_) / std::max<std::uint64_t>(1, spacing_) + 1;
}

std::uint64_t AccessSequence::place_of(std::uint64_t number) const {
  const std::uint64_t place = hashed_ ? mix64(base_ + mix64(number)) : number;
  return base_ + place % places_ * spacing_;
}

Access AccessSequence::next() {
  const std::uint64_t number = taken_++;
  const std::uint64_t bytes = next_bytes();
  left_ -= bytes;
  const bool write = write_ppm_ != 0 && mix64(mix64(number) + kDirection) % kPartsPerMillion < write_ppm_;
  return {place_of(number), bytes, write};
}

}  // namespace decodesim
