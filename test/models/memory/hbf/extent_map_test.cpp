// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/extent_map.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/random.hpp"

namespace decodesim {
namespace {

using Extents = std::vector<FlashExtent>;

TEST(ExtentMapTest, AssigningWithinARunHandsBackThatPart) {
  ExtentMap map;
  Extents replaced;
  map.assign({100, 1000, 10}, replaced);
  EXPECT_TRUE(replaced.empty());
  map.assign({103, 5000, 2}, replaced);
  EXPECT_EQ(replaced, (Extents{{103, 1003, 2}}));
  EXPECT_EQ(map.find(102), 1002U);
  EXPECT_EQ(map.find(103), 5000U);
  EXPECT_EQ(map.find(105), 1005U);
  EXPECT_EQ(map.find(99), std::nullopt);
  EXPECT_EQ(map.find(110), std::nullopt);
  Extents found;
  map.find(101, 6, found);
  EXPECT_EQ(found, (Extents{{101, 1001, 2}, {103, 5000, 2}, {105, 1005, 2}}));
}

TEST(ExtentMapTest, RunsThatContinueOnBothSidesAreOne) {
  ExtentMap map;
  Extents replaced;
  map.assign({0, 50, 4}, replaced);
  map.assign({8, 58, 4}, replaced);
  map.assign({4, 54, 4}, replaced);
  EXPECT_EQ(map.size(), 1U);
  map.assign({12, 90, 4}, replaced);  // continues on one side only
  EXPECT_EQ(map.size(), 2U);
}

TEST(ExtentMapTest, EqualsATableOfPages) {
  constexpr std::uint64_t kPages = 500;
  std::vector<std::int64_t> table(kPages, -1);
  ExtentMap map;
  RandomStream random(1, "extent_map", "test");
  for (std::int64_t round = 0; round < 20'000; ++round) {
    const std::uint64_t first = random.below(kPages);
    const std::uint64_t pages = 1 + random.below(std::min<std::uint64_t>(40, kPages - first));
    const std::uint64_t physical = random.below(1'000'000);
    std::int64_t before = 0;
    for (std::uint64_t n = 0; n < pages; ++n) before += table[first + n] >= 0 ? 1 : 0;
    Extents gone;
    const bool assign = random.below(3) > 0;
    if (assign)
      map.assign({first, physical, pages}, gone);
    else
      map.remove(first, pages, gone);
    for (const FlashExtent& e : gone)
      for (std::uint64_t n = 0; n < e.pages; ++n, --before)
        ASSERT_EQ(table[e.logical + n], static_cast<std::int64_t>(e.physical + n));
    ASSERT_EQ(before, 0);
    for (std::uint64_t n = 0; n < pages; ++n) table[first + n] = assign ? static_cast<std::int64_t>(physical + n) : -1;
  }
  for (std::uint64_t n = 0; n < kPages; ++n) {
    const auto found = map.find(n);
    EXPECT_EQ(found ? static_cast<std::int64_t>(*found) : -1, table[n]);
  }
}

}  // namespace
}  // namespace decodesim
