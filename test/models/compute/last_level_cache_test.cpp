// SPDX-License-Identifier: Apache-2.0
#include "models/compute/last_level_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/compute/command.hpp"
#include "sim/core/component/random.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr Ratio kAll = 100_percent;

TEST(LastLevelCacheTest, AllIsFoundUpToAQuarterOfTheCapacityAndNothingFromFourTimes) {
  const LastLevelCache cache(50_MiB, 16, 80_percent);
  EXPECT_EQ(cache.capacity(), 40_MiB);
  EXPECT_EQ(cache.found(Bytes()), kAll);
  EXPECT_EQ(cache.found(10_MiB), kAll);
  EXPECT_LT(cache.found(30_MiB), kAll);
  EXPECT_GT(cache.found(30_MiB), Ratio());
  EXPECT_EQ(cache.found(160_MiB), Ratio());
  EXPECT_EQ(cache.found(Transfer::kNeverAgain), Ratio());
}

TEST(LastLevelCacheTest, WithoutWaysThereIsNoCache) {
  const LastLevelCache none(50_MiB, 0, kAll);
  EXPECT_EQ(none.found(1_B), Ratio());
  EXPECT_EQ(none.capacity(), Bytes());
}

TEST(LastLevelCacheTest, TheShareIsThatOfAPoissonDistribution) {
  // One way: a line is found if no other comes to its place: e^-(D / C). e^-1 = 0.367879, e^-0.5 = 0.606531.
  const LastLevelCache one(1_MiB, 1, kAll);
  EXPECT_NEAR(static_cast<double>(one.found(1_MiB).count()), 367'879, 2);
  EXPECT_NEAR(static_cast<double>(one.found(Bytes(524'288)).count()), 606'531, 2);
  // Two ways, D = C: x = 2, e^-2 (1 + 2) = 0.406006.
  EXPECT_NEAR(static_cast<double>(LastLevelCache(1_MiB, 2, kAll).found(1_MiB).count()), 406'006, 2);
  // Sixteen ways, D = 1.25 C: x = 20, P(Poisson(20) <= 15) = 0.156513.
  EXPECT_NEAR(static_cast<double>(LastLevelCache(4_MiB, 16, kAll).found(5_MiB).count()), 156'513, 2);
}

TEST(LastLevelCacheTest, TheShareNeverGrowsWithTheDistance) {
  const LastLevelCache cache(10_MiB, 16, kAll);
  Ratio last = kAll;
  for (std::int64_t kb = 100; kb < 60'000; kb += 250) {
    const Ratio share = cache.found(Bytes(kb * 1024));
    EXPECT_LE(share, last) << kb;
    last = share;
  }
}

TEST(LastLevelCacheTest, MemoryMovesWhatIsNotFound) {
  const LastLevelCache cache(1_MiB, 1, kAll);
  Transfer transfer;
  transfer.bytes = Bytes(1'000'000);
  EXPECT_EQ(cache.from_memory(transfer), transfer.bytes);  // never again
  transfer.reuse_distance = 1_MiB;
  EXPECT_EQ(cache.from_memory(transfer), Bytes(1'000'000 - 367'879));
  transfer.reuse_distance = 1_B;
  EXPECT_EQ(cache.from_memory(transfer), Bytes());
}

// Lines of 1..D in turn through C places in hashed sets that replace the line used longest ago.
TEST(LastLevelCacheTest, ItIsThatOfASimulatedCache) {
  constexpr std::int64_t kWays = 16;
  constexpr std::int64_t kSets = 500;
  for (const std::int64_t lines : {4'000, 6'000, 8'000, 10'000, 12'000}) {
    RandomStream random(5, "last_level_cache_test", "sets");
    std::vector<std::int64_t> set_of(static_cast<std::size_t>(lines));
    for (std::int64_t& set : set_of) set = static_cast<std::int64_t>(random.below(kSets));
    std::vector<std::vector<std::int64_t>> sets(kSets);  // oldest first
    std::int64_t hits = 0;
    constexpr int kRounds = 4;
    for (int round = 0; round < kRounds; ++round) {
      for (std::int64_t line = 0; line < lines; ++line) {
        auto& set = sets[static_cast<std::size_t>(set_of[static_cast<std::size_t>(line)])];
        const auto found = std::find(set.begin(), set.end(), line);
        if (found != set.end()) {
          hits += round > 0 ? 1 : 0;
          set.erase(found);
        } else if (static_cast<std::int64_t>(set.size()) == kWays) {
          set.erase(set.begin());
        }
        set.push_back(line);
      }
    }
    const double simulated = static_cast<double>(hits) / static_cast<double>(lines * (kRounds - 1));
    const LastLevelCache model(Bytes(kWays * kSets), kWays, kAll);
    EXPECT_NEAR(static_cast<double>(model.found(Bytes(lines)).count()) * 1e-6, simulated, 0.03) << lines << " lines";
  }
}

}  // namespace
}  // namespace decodesim
