// SPDX-License-Identifier: Apache-2.0
// TileList: the shapes of output tile that a matrix kernel comes in, as text: "64x128, 128x128". Rows are tokens. With
// "@" a tile serves up to so many rows: "64x64 @ 64, 128x128" takes the first that serves; without, the kernel library
// knows which is the fastest. An empty list means the accelerator's own tile.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/core/units/text.hpp"

namespace decodesim {

struct Tile {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t serves = 0;  ///< most rows of a product that take this tile; 0: any

  friend bool operator==(const Tile&, const Tile&) = default;
};

class TileList {
 public:
  TileList() = default;
  explicit TileList(std::vector<Tile> tiles);

  /// What is wrong, as "'..' is no list of tiles; expected ..": at most 64 tiles, each side 1 to 65,536.
  static ParseResult<TileList> from_text(const std::string& text);
  /// "" or "64x64 @ 64, 128x128".
  [[nodiscard]] std::string text() const;

  [[nodiscard]] bool empty() const { return tiles_.empty(); }
  /// Those to choose the fastest from for a product of `rows` rows: all, or the first that serves so many.
  [[nodiscard]] std::span<const Tile> candidates(std::int64_t rows) const;

  friend bool operator==(const TileList&, const TileList&) = default;

 private:
  std::vector<Tile> tiles_;
  bool by_rows_ = false;
};

}  // namespace decodesim
