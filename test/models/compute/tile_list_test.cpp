// SPDX-License-Identifier: Apache-2.0
#include "models/compute/tile_list.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

TileList list(const std::string& text) {
  const auto parsed = TileList::from_text(text);
  EXPECT_TRUE(parsed.value) << parsed.error;
  return parsed.value.value_or(TileList());
}

TEST(TileListTest, WithoutRowsAllTilesAreCandidates) {
  const TileList tiles = list("64x128, 128 x 256");
  EXPECT_EQ(tiles.text(), "64x128, 128x256");
  for (const std::int64_t rows : {1, 64, 1000}) {
    ASSERT_EQ(tiles.candidates(rows).size(), 2U);
    EXPECT_EQ(tiles.candidates(rows)[1], (Tile{128, 256, 0}));
  }
  EXPECT_TRUE(list("").empty());
}

TEST(TileListTest, WithRowsTheFirstThatServesIsTaken) {
  const TileList tiles = list("64x64 @ 64, 64x128 @ 128, 128x128");
  EXPECT_EQ(tiles.text(), "64x64 @ 64, 64x128 @ 128, 128x128");
  const auto columns = [&](std::int64_t rows) { return tiles.candidates(rows).front().columns; };
  EXPECT_EQ(tiles.candidates(1).size(), 1U);
  EXPECT_EQ(columns(64), 64);
  EXPECT_EQ(columns(65), 128);
  EXPECT_EQ(tiles.candidates(128).front().rows, 64);
  EXPECT_EQ(tiles.candidates(129).front().rows, 128);
  EXPECT_EQ(tiles, list(tiles.text()));
}

TEST(TileListTest, MistakesAreAnsweredWithTheForm) {
  for (const std::string text : {"64", "64x", "x64", "0x64", "64x-1", "64x64 @", ",64x64", "64x64 @ 64", "a x b",
                                 "64x64 @ 0, 128x128", "65537x1", "64 @ 64x64"}) {
    const auto parsed = TileList::from_text(text);
    EXPECT_FALSE(parsed.value) << text;
    EXPECT_EQ(parsed.error.find("'" + text + "' is no list of tiles; expected rows x columns"), 0U) << parsed.error;
  }
  std::string many = "1x1";
  for (int i = 0; i < 64; ++i) many += ", 1x1";
  EXPECT_FALSE(TileList::from_text(many).value);
}

}  // namespace
}  // namespace decodesim
