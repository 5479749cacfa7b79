// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/tree_shape.hpp"

#include <algorithm>
#include <bit>

namespace decodesim {

TreeShape::TreeShape(std::int32_t size, std::int32_t tree)
    : size_(size), shift_(tree), places_(static_cast<std::size_t>(size)) {
  root_ = grow(0, size, -1, 0);
}

// Of positions low to high - 1: its root, with a full subtree of 2^k - 1 positions on the left. Returns where it is.
std::int32_t TreeShape::grow(std::int32_t low, std::int32_t high, std::int32_t parent, std::int32_t depth) {
  if (low >= high) return -1;
  const auto full = static_cast<std::int32_t>(std::bit_floor(static_cast<std::uint32_t>(high - low)));
  const std::int32_t middle = low + full - 1;
  const std::int32_t here = moved(middle);
  depth_ = std::max(depth_, depth);
  Place place{parent, depth, {}};
  for (const std::int32_t child : {grow(low, middle, here, depth + 1), grow(middle + 1, high, here, depth + 1)})
    if (child >= 0) place.children.push_back(child);
  places_[static_cast<std::size_t>(here)] = std::move(place);
  return here;
}

std::int32_t TreeShape::moved(std::int32_t position) const { return (position + shift_) % size_; }

}  // namespace decodesim
