// SPDX-License-Identifier: Apache-2.0
#include "sim/core/component/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>
#include <vector>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

using Words = std::vector<std::uint64_t>;

Words draw(RandomStream stream, int count) {
  Words out;
  for (int i = 0; i < count; ++i) out.push_back(stream.next());
  return out;
}

// From an independent implementation of the same definitions.
TEST(RandomStreamTest, TheFirstDrawsOfSeedOneNeverChange) {
  EXPECT_EQ(draw({1, "node.hbm", "refresh"}, 4),
            (Words{0xa91ec9b5fd8f218d, 0x2ade2defb0704767, 0xa87116dedb9d7d29, 0x747c7b7496241bcf}));
  EXPECT_EQ(draw({1, "", ""}, 4),
            (Words{0x3b1a31fff69bf7bd, 0x74ce2d3f21e71de, 0xed8e641cf8c844a5, 0xf3806bf30ef95562}));
}

TEST(RandomStreamTest, TheHashesAreTheirPublishedOnes) {
  static_assert(fnv1a("") == 0xcbf29ce484222325ULL);
  static_assert(fnv1a("a") == 0xaf63dc4c8601ec8cULL);
  static_assert(fnv1a("foobar") == 0x85944171f73967e8ULL);
  static_assert(mix64(1) == 0x5692161d100b05e5ULL);
}

TEST(RandomStreamTest, TheSameNameGivesTheSameStream) {
  EXPECT_EQ(draw({7, "node.acc0", "arrivals"}, 100), draw({7, "node.acc0", "arrivals"}, 100));
}

TEST(RandomStreamTest, SeedPathAndPurposeEachMakeAnotherStream) {
  std::set<std::uint64_t> first;
  const std::array<RandomStream, 6> streams{
      {{1, "a", "b"}, {2, "a", "b"}, {1, "c", "b"}, {1, "a", "c"}, {1, "ab", ""}, {1, "", "ab"}}};
  for (RandomStream stream : streams) first.insert(stream.next());
  EXPECT_EQ(first.size(), streams.size());
}

TEST(RandomStreamTest, DrawingFromOneStreamDisturbsNoOther) {
  RandomStream noisy(1, "node.acc0", "x");
  RandomStream quiet(1, "node.acc1", "x");
  const Words undisturbed = draw(quiet, 10);
  Words disturbed;
  for (int i = 0; i < 10; ++i) {
    noisy.next();
    disturbed.push_back(quiet.next());
  }
  EXPECT_EQ(disturbed, undisturbed);
}

TEST(RandomStreamTest, NeighbouringSeedsAndNamesAreUncorrelated) {
  // Of 64 bits, two independent words agree in 32 +- 4: over 400 pairs the mean agreement is 32 +- 0.2 (one sigma).
  int agreeing = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    agreeing +=
        __builtin_popcountll(~(RandomStream(seed, "acc0", "x").next() ^ RandomStream(seed + 1, "acc0", "x").next()));
  EXPECT_NEAR(agreeing / 400.0, 32.0, 1.0);
}

TEST(RandomStreamTest, BelowStaysBelowAndReachesEveryValue) {
  RandomStream stream(1, "test", "below");
  for (const std::uint64_t bound : {1U, 2U, 3U, 7U, 10U}) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 500; ++i) seen.insert(stream.below(bound));
    EXPECT_EQ(seen.size(), bound);
    EXPECT_LT(*seen.rbegin(), bound);
  }
}

TEST(RandomStreamTest, BelowIsUnbiasedWhereTheModuloWouldNotBe) {
  // Of [0, 3 * 2^62), a plain modulo of 64 bits would hit the lowest third twice as often (1/2 instead of 1/3).
  constexpr std::uint64_t kThird = std::uint64_t{1} << 62U;
  constexpr int kDraws = 30'000;
  RandomStream stream(1, "test", "bias");
  std::array<int, 3> hits{};
  for (int i = 0; i < kDraws; ++i) ++hits.at(stream.below(3 * kThird) / kThird);
  for (const int hit : hits) EXPECT_NEAR(hit, kDraws / 3.0, 500.0);  // six sigma
}

TEST(RandomStreamTest, BetweenIncludesBothEnds) {
  RandomStream stream(1, "test", "between");
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(stream.between(-2, 2));
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  EXPECT_EQ(stream.between(5, 5), 5);
}

TEST(RandomStreamTest, BetweenSpansTheWholeRange) {
  RandomStream stream(1, "test", "wide");
  bool negative = false;
  bool positive = false;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t x =
        stream.between(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
    (x < 0 ? negative : positive) = true;
  }
  EXPECT_TRUE(negative && positive);
}

TEST(RandomStreamTest, AnEmptyRangeIsAnInternalError) {
  RandomStream stream(1, "test", "empty");
  EXPECT_THROW(stream.below(0), InternalError);
  EXPECT_THROW(stream.between(2, 1), InternalError);
}

}  // namespace
}  // namespace decodesim
