// SPDX-License-Identifier: Apache-2.0
// The laws of RefreshPace on a small stack: 4 planes, 16 pages of 4 KiB a block. A segment of 64 pages is due each
// 1,600 x 4 = 6,400 pages read, in 17 rounds.
#include "models/memory/hbf/refresh_pace.hpp"

#include <gtest/gtest.h>

#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr TrafficClass kWeights = TrafficClass::kWeights;
constexpr TrafficClass kKv = TrafficClass::kKvCache;
constexpr Bytes kPage = 4_KiB;
constexpr Bytes kSegment = 4_KiB * 64;

HbfParameters stack() {
  HbfParameters p = test::small_stack(4, 16, 1);
  p.endurance.disturb_reads = 1'600;
  return p;
}

TEST(RefreshPaceTest, SegmentIsRewrittenAtItsLimitOfReadsAndNotBefore) {
  RefreshPace pace(stack());
  pace.read(kWeights, kPage * 6'399);
  EXPECT_EQ(pace.due(), 16);
  pace.read(kWeights, kPage);
  EXPECT_EQ(pace.due(), 17);
  for (int round = 0; round < 16; ++round) EXPECT_FALSE(pace.take().erase) << round;
  const RefreshPace::Round last = pace.take();
  EXPECT_TRUE(last.erase);
  EXPECT_EQ(last.cause, WearCause::kReadDisturb);
  EXPECT_EQ(last.traffic, kWeights);
  EXPECT_EQ(pace.due(), 0);
}

TEST(RefreshPaceTest, RoundsComeEvenly) {
  RefreshPace pace(stack());
  std::int64_t taken = 0;
  for (std::int64_t pages = 1; pages <= 5 * 6'400; ++pages) {
    pace.read(kWeights, kPage);
    EXPECT_EQ(pace.due(), pages * 17 / 6'400 - taken);
    for (; pace.due() > 0; ++taken) static_cast<void>(pace.take());
  }
  EXPECT_EQ(taken, 5 * 17);
}

TEST(RefreshPaceTest, WhatIsHeldIsRewrittenOnceInItsRetention) {
  HbfParameters p = stack();
  p.endurance.retention = Duration(100 * kPicosecondsPerSecond);
  RefreshPace pace(p);
  pace.hold(kWeights, kSegment * 2);
  pace.advance(TimePoint() + (p.endurance.retention - Duration(1)));
  EXPECT_EQ(pace.due(), 2 * 17 - 1);
  pace.advance(TimePoint() + p.endurance.retention);
  EXPECT_EQ(pace.due(), 2 * 17);
  EXPECT_EQ(pace.take().cause, WearCause::kRetention);
}

TEST(RefreshPaceTest, WhatIsWrittenAnewBeforeItIsDueIsNotRefreshed) {
  HbfParameters p = stack();
  p.endurance.retention = Duration(100 * kPicosecondsPerSecond);
  RefreshPace pace(p);
  pace.hold(kKv, kSegment);
  TimePoint now;
  for (int n = 0; n < 50; ++n) {
    pace.write(kKv, kSegment);
    pace.read(kKv, kPage * 6'400);
    now = now + p.endurance.retention;
    pace.advance(now);
    EXPECT_EQ(pace.due(), 0);
  }
}

// 9,600 pages read between two writings: half a segment's 17 rounds beyond what each writing forgives.
TEST(RefreshPaceTest, DataThatLastsLongerIsRefreshedByWhatItLastsLonger) {
  RefreshPace pace(stack());
  for (int n = 0; n < 10; ++n) {
    pace.write(kKv, kSegment);
    pace.read(kKv, kPage * 9'600);
  }
  EXPECT_EQ(pace.due(), 85);
  EXPECT_EQ(pace.take().traffic, kKv);
  // What another class writes forgives it nothing.
  pace.write(kWeights, kSegment * 100);
  EXPECT_EQ(pace.due(), 84);
}

TEST(RefreshPaceTest, SwitchedOffNothingIsDue) {
  HbfParameters p = stack();
  p.refresh = false;
  p.endurance.retention = 1_s;
  RefreshPace pace(p);
  pace.hold(kWeights, kSegment);
  pace.read(kWeights, kPage * 1'000'000);
  pace.advance(TimePoint() + 100_s);
  EXPECT_EQ(pace.due(), 0);
  p.refresh = true;
  p.endurance.disturb_reads = 0;
  p.endurance.retention = Duration();
  RefreshPace never(p);
  never.hold(kWeights, kSegment);
  never.read(kWeights, kPage * 1'000'000);
  never.advance(TimePoint() + 100_s);
  EXPECT_EQ(never.due(), 0);
}

}  // namespace
}  // namespace decodesim
