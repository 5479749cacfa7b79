// SPDX-License-Identifier: Apache-2.0
#include "models/compute/tile_list.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace decodesim {
namespace {

constexpr std::size_t kMostTiles = 64;
constexpr std::int64_t kLongestSide = 65'536;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::int64_t> side(std::string_view text) {
  const auto parsed = parse_integer(std::string(trimmed(text)));
  if (!parsed.value || *parsed.value < 1 || *parsed.value > kLongestSide) return std::nullopt;
  return *parsed.value;
}

// "64x128" or "64x128 @ 64".
std::optional<Tile> tile_of(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::size_t by = text.find('x');
  if (by == std::string_view::npos || by > at) return std::nullopt;
  const auto rows = side(text.substr(0, by));
  const auto columns = side(text.substr(by + 1, at == std::string_view::npos ? at : at - by - 1));
  const auto serves = at == std::string_view::npos ? std::optional<std::int64_t>(0) : side(text.substr(at + 1));
  if (!rows || !columns || !serves) return std::nullopt;
  return Tile{*rows, *columns, *serves};
}

}  // namespace

TileList::TileList(std::vector<Tile> tiles)
    : tiles_(std::move(tiles)),
      by_rows_(std::any_of(tiles_.begin(), tiles_.end(), [](const Tile& t) { return t.serves > 0; })) {}

ParseResult<TileList> TileList::from_text(const std::string& text) {
  ParseResult<TileList> result;
  const auto wrong = [&] {
    result.error = "'" + text +
                   "' is no list of tiles; expected rows x columns, as 64x128, 128x128, or by rows with a "
                   "last one for any number, as 64x64 @ 64, 128x128";
    return result;
  };
  std::vector<Tile> tiles;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto tile = tile_of(std::string_view(text).substr(begin, end - begin));
    if (!tile || tiles.size() == kMostTiles) return wrong();
    tiles.push_back(*tile);
    begin = end + 1;
  }
  TileList list(std::move(tiles));
  if (list.by_rows_ && list.tiles_.back().serves != 0) return wrong();  // some number of rows would have no tile
  result.value = std::move(list);
  return result;
}

std::string TileList::text() const {
  std::string out;
  for (const Tile& tile : tiles_) {
    out += (out.empty() ? "" : ", ") + std::to_string(tile.rows) + "x" + std::to_string(tile.columns);
    if (tile.serves > 0) out += " @ " + std::to_string(tile.serves);
  }
  return out;
}

std::span<const Tile> TileList::candidates(std::int64_t rows) const {
  if (!by_rows_) return tiles_;
  const auto first = std::find_if(tiles_.begin(), tiles_.end(),
                                  [rows](const Tile& tile) { return tile.serves == 0 || rows <= tile.serves; });
  return {first, 1};
}

}  // namespace decodesim
