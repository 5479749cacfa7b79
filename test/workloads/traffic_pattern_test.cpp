// SPDX-License-Identifier: Apache-2.0
// Who sends to whom, against digits and bits written out.
#include "workloads/traffic/traffic_pattern.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace decodesim {
namespace {

const TrafficLayout kSixteen{{4, 4}, 1};

TrafficPattern of(TrafficKind kind) { return {.kind = kind, .hot_share = Ratio(100'000), .target = 0, .distance = 1}; }

std::vector<std::int32_t> images(const TrafficPattern& pattern, const TrafficLayout& layout) {
  const TrafficDestinations destinations(pattern, layout, 1);
  RandomStream random(1, "test", "destinations");
  std::vector<std::int32_t> out;
  for (std::int32_t s = 0; s < layout.endpoints(); ++s)
    out.push_back(destinations.sends(s) ? destinations.next(s, 0, random) : -1);
  return out;
}

using Images = std::vector<std::int32_t>;

TEST(TrafficPatternTest, BitsOfEightEndpoints) {
  const TrafficLayout eight{{8}, 1};
  EXPECT_EQ(images(of(TrafficKind::kBitComplement), eight), (Images{7, 6, 5, 4, 3, 2, 1, 0}));
  // 001 -> 100, 011 -> 110; 000, 010, 101 and 111 stay as they are and send nothing
  EXPECT_EQ(images(of(TrafficKind::kBitReverse), eight), (Images{-1, 4, -1, 6, 1, -1, 3, -1}));
  // 001 -> 010, 011 -> 110, 100 -> 001, 101 -> 011
  EXPECT_EQ(images(of(TrafficKind::kShuffle), eight), (Images{-1, 2, 4, 6, 1, 3, 5, -1}));
}

TEST(TrafficPatternTest, TransposeSwapsRowAndColumn) {
  const Images got = images(of(TrafficKind::kTranspose), kSixteen);
  for (std::int32_t s = 0; s < 16; ++s) {
    const std::int32_t x = s % 4;
    const std::int32_t y = s / 4;
    EXPECT_EQ(got[static_cast<std::size_t>(s)], x == y ? -1 : 4 * x + y) << s;
  }
}

TEST(TrafficPatternTest, DigitsOfATorus) {
  // k = 4: half way round is 4/2 - 1 = 1 further; k = 5: ceil(5/2) - 1 = 2
  const TrafficLayout layout{{5, 4}, 2};
  const Images tornado = images(of(TrafficKind::kTornado), layout);
  const Images neighbour = images(of(TrafficKind::kNeighbour), layout);
  for (std::int32_t s = 0; s < 40; ++s) {
    const std::int32_t x = s / 2 % 5;
    const std::int32_t y = s / 10;
    EXPECT_EQ(tornado[static_cast<std::size_t>(s)], ((x + 2) % 5 + (y + 1) % 4 * 5) * 2 + s % 2);
    EXPECT_EQ(neighbour[static_cast<std::size_t>(s)], ((x + 1) % 5 + (y + 1) % 4 * 5) * 2 + s % 2);
  }
}

TEST(TrafficPatternTest, ShiftAndIncast) {
  EXPECT_EQ(images({.kind = TrafficKind::kShift, .distance = 3}, {{4}, 1}), (Images{3, 0, 1, 2}));
  EXPECT_EQ(images({.kind = TrafficKind::kIncast, .target = 2}, {{4}, 1}), (Images{2, 2, -1, 2}));
}

TEST(TrafficPatternTest, PermutationsHaveNoDestinationTwice) {
  for (const TrafficKind kind :
       {TrafficKind::kTranspose, TrafficKind::kBitComplement, TrafficKind::kBitReverse, TrafficKind::kShuffle,
        TrafficKind::kTornado, TrafficKind::kNeighbour, TrafficKind::kShift, TrafficKind::kRandomPermutation}) {
    std::set<std::int32_t> seen;
    std::int64_t senders = 0;
    for (const std::int32_t image : images(of(kind), {{16, 4}, 1})) {
      if (image < 0) continue;
      ++senders;
      seen.insert(image);
    }
    EXPECT_EQ(static_cast<std::int64_t>(seen.size()), senders);
    EXPECT_GT(senders, 32);
  }
}

TEST(TrafficPatternTest, RandomPermutationsFollowTheSeed) {
  const TrafficPattern pattern = of(TrafficKind::kRandomPermutation);
  const TrafficDestinations one(pattern, kSixteen, 1);
  const TrafficDestinations same(pattern, kSixteen, 1);
  const TrafficDestinations other(pattern, kSixteen, 2);
  RandomStream random(1, "test", "destinations");
  std::int64_t differ = 0;
  for (std::int32_t s = 0; s < 16; ++s) {
    if (!one.sends(s)) continue;
    EXPECT_EQ(one.next(s, 0, random), same.next(s, 7, random));
    if (!other.sends(s) || one.next(s, 0, random) != other.next(s, 0, random)) ++differ;
  }
  EXPECT_GT(differ, 8);
}

TEST(TrafficPatternTest, AllToAllTakesTurns) {
  const TrafficDestinations destinations(of(TrafficKind::kAllToAll), {{4}, 1}, 1);
  RandomStream random(1, "test", "destinations");
  Images got;
  for (std::uint64_t i = 0; i < 4; ++i) got.push_back(destinations.next(2, i, random));
  EXPECT_EQ(got, (Images{3, 0, 1, 3}));
}

TEST(TrafficPatternTest, UniformReachesAllOthersAlike) {
  const TrafficDestinations destinations(of(TrafficKind::kUniform), {{5}, 1}, 1);
  RandomStream random(1, "test", "destinations");
  std::map<std::int32_t, int> seen;
  for (std::uint64_t i = 0; i < 40'000; ++i) ++seen[destinations.next(3, i, random)];
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_FALSE(seen.contains(3));
  for (const auto& [endpoint, count] : seen) EXPECT_NEAR(count, 10'000, 400) << endpoint;  // sigma 87
}

TEST(TrafficPatternTest, AHotSpotGetsItsShare) {
  const TrafficDestinations destinations({.kind = TrafficKind::kHotSpot, .hot_share = Ratio(200'000), .target = 1},
                                         {{5}, 1}, 1);
  RandomStream random(1, "test", "destinations");
  int hot = 0;
  for (std::uint64_t i = 0; i < 40'000; ++i) hot += destinations.next(3, i, random) == 1 ? 1 : 0;
  EXPECT_NEAR(hot, 40'000 * (0.2 + 0.8 / 4), 400);  // sigma 98
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_NE(destinations.next(1, i, random), 1);
}

TEST(TrafficPatternTest, SaysWhatDoesNotFit) {
  const TrafficLayout six{{6}, 1};
  EXPECT_EQ(traffic_problem(of(TrafficKind::kUniform), {{1}, 1}),
            "pattern: a network of 1 endpoint has no traffic; expected 2 or more");
  EXPECT_EQ(traffic_problem(of(TrafficKind::kShuffle), six),
            "pattern: shuffle on 6 endpoints; expected a power of two of them");
  EXPECT_EQ(traffic_problem(of(TrafficKind::kTranspose), {{8}, 1}),
            "pattern: transpose on 8 endpoints; expected an even power of two of them");
  EXPECT_EQ(traffic_problem({.kind = TrafficKind::kIncast, .target = 6}, six),
            "target: endpoint 6 of 6; expected 0 to 5");
  EXPECT_EQ(traffic_problem({.kind = TrafficKind::kShift, .distance = 12}, six),
            "distance: 12 on 6 endpoints leads back to the sender; expected no multiple of 6");
  EXPECT_EQ(traffic_problem({.kind = TrafficKind::kShift, .distance = 13}, six), "");
}

}  // namespace
}  // namespace decodesim
