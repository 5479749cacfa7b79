// SPDX-License-Identifier: Apache-2.0
// At 1 GB/s a byte takes a nanosecond.
#include "models/memory/rate_sharing.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/random.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr Bandwidth kNoCap = 1000_TBps;

// All trains alike: each the same part of 1 GB/s.
void share_equally(RateSharing& sharing) {
  const auto count = static_cast<std::int64_t>(sharing.trains().size());
  sharing.share(std::vector<Bandwidth>(sharing.trains().size(), count == 0 ? Bandwidth() : 1_GBps / count));
}

TEST(RateSharingTest, LoneTrainTakesItsBytesOverTheRate) {
  RateSharing sharing;
  sharing.add(7, 1000_B, kNoCap);
  share_equally(sharing);
  EXPECT_EQ(sharing.next_completion(), TimePoint(1000_ns));
  std::uint64_t id = 0;
  sharing.advance(TimePoint(Duration(999'999)));
  EXPECT_FALSE(sharing.take_finished(id));
  sharing.advance(TimePoint(1000_ns));
  ASSERT_TRUE(sharing.take_finished(id));
  EXPECT_EQ(id, 7U);
}

TEST(RateSharingTest, SecondTrainHalvesTheRateFromWhenItComes) {
  RateSharing sharing;
  sharing.add(0, 1000_B, kNoCap);
  share_equally(sharing);
  sharing.advance(TimePoint(400_ns));  // 600 B left
  sharing.add(1, 1000_B, kNoCap);
  share_equally(sharing);
  // 600 B at half a GB/s: 1200 ns more.
  EXPECT_EQ(sharing.next_completion(), TimePoint(1600_ns));
  sharing.advance(TimePoint(1600_ns));
  std::uint64_t id = 9;
  ASSERT_TRUE(sharing.take_finished(id));
  EXPECT_EQ(id, 0U);
  share_equally(sharing);
  // The second moved 600 B by then; 400 B at the full rate. Work is conserved: 2000 B in 2000 ns.
  EXPECT_EQ(sharing.next_completion(), TimePoint(2000_ns));
}

TEST(RateSharingTest, CapLeavesTheRestToOthers) {
  RateSharing sharing;
  sharing.add(0, 1000_B, 100_MBps);
  sharing.add(1, 1000_B, kNoCap);
  share_equally(sharing);
  EXPECT_EQ(sharing.trains()[0].rate, 100_MBps);
  EXPECT_EQ(sharing.trains()[1].rate, 900_MBps);
}

TEST(RateSharingTest, WhatACapLeavesGoesToTheOthersInProportion) {
  RateSharing sharing;
  for (int i = 0; i < 3; ++i) sharing.add(static_cast<std::uint64_t>(i), 1000_B, i == 0 ? 100_MBps : kNoCap);
  sharing.share(std::vector<Bandwidth>{400_MBps, 400_MBps, 200_MBps});
  // 900 MB/s are left for rates of 400 and 200.
  EXPECT_EQ(sharing.trains()[0].rate, 100_MBps);
  EXPECT_EQ(sharing.trains()[1].rate, 600_MBps);
  EXPECT_EQ(sharing.trains()[2].rate, 300_MBps);
}

TEST(RateSharingTest, AdvanceSaysWhatHasMovedAndNoMore) {
  RateSharing sharing;
  sharing.add(0, 1000_B, kNoCap);
  share_equally(sharing);
  EXPECT_TRUE(sharing.advance(TimePoint(400_ns)) == static_cast<Int128>(400) * kPicosecondsPerSecond);
  EXPECT_TRUE(sharing.advance(TimePoint(2000_ns)) == static_cast<Int128>(600) * kPicosecondsPerSecond);
}

// Whatever comes and goes: the sum of rates stays within the total, nobody exceeds its cap, and all bytes are moved.
TEST(RateSharingTest, RandomMixConservesWork) {
  RandomStream random(1, "rate_sharing_test", "mix");
  RateSharing sharing;
  TimePoint now;
  std::int64_t asked = 0;
  std::int64_t finished = 0;
  std::int64_t added = 0;
  Int128 capacity_used = 0;
  while (finished < 500) {
    if (added < 500 && (sharing.empty() || random.below(2) == 0)) {
      const Bytes bytes(random.between(1, 100'000));
      asked += bytes.count();
      sharing.add(static_cast<std::uint64_t>(added++), bytes, Bandwidth(random.between(1'000'000, 2'000'000'000)));
    } else {
      const TimePoint next = sharing.next_completion();
      for (const auto& train : sharing.trains())
        capacity_used += static_cast<Int128>(train.rate.count()) * (next - now).count();
      now = next;
      sharing.advance(now);
      std::uint64_t id = 0;
      while (sharing.take_finished(id)) ++finished;
    }
    share_equally(sharing);
    Bandwidth sum;
    for (const auto& train : sharing.trains()) {
      EXPECT_LE(train.rate, train.cap);
      sum += train.rate;
    }
    EXPECT_LE(sum, 1_GBps);
  }
  // Rounding to whole picoseconds only ever gives a train up to one picosecond of its rate too much.
  EXPECT_GE(capacity_used, static_cast<Int128>(asked) * kPicosecondsPerSecond);
  EXPECT_LE(capacity_used, static_cast<Int128>(asked) * kPicosecondsPerSecond + Int128{500} * 2'000'000'000);
}

}  // namespace
}  // namespace decodesim
