// SPDX-License-Identifier: Apache-2.0
#include "models/compute/last_level_cache.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "sim/core/component/random.hpp"

namespace decodesim {
namespace {
using namespace literals;

TEST(LastLevelCacheTest, AllIsFoundUpToTheCapacityAndNotBeyond) {
  const LastLevelCache cache(50_MiB, 2);
  EXPECT_EQ(cache.capacity(), 25_MiB);
  EXPECT_EQ(cache.hit_ppm(Bytes()), 1'000'000);
  EXPECT_EQ(cache.hit_ppm(25_MiB), 1'000'000);
  EXPECT_LT(cache.hit_ppm(26_MiB), 1'000'000);
  EXPECT_EQ(cache.hit_ppm(400_MiB), 0);
  EXPECT_EQ(cache.hit_ppm(Bytes(INT64_MAX)), 0);
}

TEST(LastLevelCacheTest, TheShareIsTheSmallestRootOfItsEquation) {
  const LastLevelCache cache(100_MiB, 1);
  // h = exp(-(1 - h) w): 0.203188 = exp(-0.796812 x 2); 0.417188 = exp(-0.582812 x 1.5); 0.059520 = exp(-0.940480 x 3).
  EXPECT_NEAR(static_cast<double>(cache.hit_ppm(200_MiB)), 203'188, 2);
  EXPECT_NEAR(static_cast<double>(cache.hit_ppm(150_MiB)), 417'188, 2);
  EXPECT_NEAR(static_cast<double>(cache.hit_ppm(300_MiB)), 59'520, 2);
}

TEST(LastLevelCacheTest, TheShareNeverGrowsWithTheWorkingSet) {
  const LastLevelCache cache(10_MiB, 1);
  std::int64_t last = 1'000'000;
  for (std::int64_t kb = 9'000; kb < 200'000; kb += 250) {
    const std::int64_t share = cache.hit_ppm(Bytes(kb * 1024));
    EXPECT_LE(share, last) << kb;
    last = share;
  }
}

// Lines of 1..W in turn through C places; a miss replaces a place at random.
TEST(LastLevelCacheTest, ItIsThatOfASimulatedCacheWithRandomReplacement) {
  constexpr std::int64_t kPlaces = 4'000;
  for (const std::int64_t lines : {5'000, 6'000, 8'000, 12'000}) {
    RandomStream random(5, "last_level_cache_test", "victims");
    std::vector<std::int64_t> place_of(static_cast<std::size_t>(lines), -1);
    std::vector<std::int64_t> line_at(kPlaces, -1);
    std::int64_t hits = 0;
    constexpr int kRounds = 60;
    constexpr int kWarm = 30;
    for (int round = 0; round < kRounds; ++round) {
      for (std::int64_t line = 0; line < lines; ++line) {
        std::int64_t& place = place_of[static_cast<std::size_t>(line)];
        if (place >= 0) {
          hits += round >= kWarm ? 1 : 0;
          continue;
        }
        place = static_cast<std::int64_t>(random.below(kPlaces));
        std::int64_t& old = line_at[static_cast<std::size_t>(place)];
        if (old >= 0) place_of[static_cast<std::size_t>(old)] = -1;
        old = line;
      }
    }
    const double simulated = static_cast<double>(hits) / static_cast<double>(lines * (kRounds - kWarm));
    const double model = static_cast<double>(LastLevelCache(Bytes(kPlaces), 1).hit_ppm(Bytes(lines))) * 1e-6;
    EXPECT_NEAR(model, simulated, 0.02) << lines << " lines";
  }
}

}  // namespace
}  // namespace decodesim
