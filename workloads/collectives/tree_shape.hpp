// SPDX-License-Identifier: Apache-2.0
// TreeShape: two binary trees over positions 0 to n - 1. In each, positions read from left to right are in order and
// every left subtree is full; so leaves and inner positions alternate, and the second tree, which is the first one
// moved by a position, has its leaves where the first has inner positions. Sending half of a vector through each
// loads every rank alike.
//
// Law, tested: no position is inside both trees, and every tree reaches all positions in depth() steps.
#pragma once

#include <cstdint>
#include <vector>

namespace decodesim {

class TreeShape {
 public:
  /// Tree 0 or 1 over `size` >= 1 positions.
  TreeShape(std::int32_t size, std::int32_t tree);

  struct Place {
    std::int32_t parent = -1;  ///< -1: the root
    std::int32_t depth = 0;
    std::vector<std::int32_t> children;
  };
  [[nodiscard]] const Place& at(std::int32_t position) const { return places_[static_cast<std::size_t>(position)]; }
  /// Of the deepest position.
  [[nodiscard]] std::int32_t depth() const { return depth_; }
  [[nodiscard]] std::int32_t root() const { return root_; }

 private:
  std::int32_t grow(std::int32_t low, std::int32_t high, std::int32_t parent, std::int32_t depth);
  [[nodiscard]] std::int32_t moved(std::int32_t position) const;

  std::int32_t size_;
  std::int32_t shift_;
  std::int32_t depth_ = 0;
  std::int32_t root_ = 0;
  std::vector<Place> places_;
};

}  // namespace decodesim
