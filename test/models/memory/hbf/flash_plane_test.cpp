// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/flash_plane.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;

constexpr TimePoint at(Duration d) { return TimePoint(d); }
constexpr Duration kTick = 1_ps;

TEST(FlashPlaneTest, ReadTakesTrAndHoldsItsRegister) {
  HbfParameters p;
  p.cached_reads = false;
  FlashPlane plane(p);
  EXPECT_EQ(plane.read(at(0_ps), 7, 1_us), at(1_us));
  EXPECT_FALSE(plane.array_idle(at(1_us - kTick)));
  EXPECT_TRUE(plane.array_idle(at(1_us)));
  EXPECT_FALSE(plane.can_read(at(1_us)));  // the one register is full
  EXPECT_EQ(plane.open_page(at(1_us - kTick)), -1);
  EXPECT_EQ(plane.open_page(at(1_us)), 7);
  plane.release();
  EXPECT_TRUE(plane.can_read(at(1_us)));
  EXPECT_EQ(plane.open_page(at(5_us)), 7);
}

TEST(FlashPlaneTest, CachedReadSensesWhileTheLastPageLeaves) {
  FlashPlane plane{HbfParameters{}};
  EXPECT_EQ(plane.read(at(0_ps), 0, 1_us), at(1_us));
  EXPECT_FALSE(plane.can_read(at(1_us - kTick)));
  ASSERT_TRUE(plane.can_read(at(1_us)));
  EXPECT_EQ(plane.read(at(1_us), 1, 1_us), at(2_us));
  EXPECT_FALSE(plane.can_read(at(2_us)));  // both registers are full
  plane.release();
  EXPECT_TRUE(plane.can_read(at(2_us)));
}

TEST(FlashPlaneTest, ProgramsAndErasesTakeTheirTimes) {
  FlashPlane plane{HbfParameters{}};
  EXPECT_EQ(plane.program(at(0_ps)), at(100_us));
  EXPECT_FALSE(plane.can_erase(at(100_us - kTick)));
  ASSERT_TRUE(plane.can_erase(at(100_us)));
  EXPECT_EQ(plane.erase(at(100_us)), at(1'100_us));
  EXPECT_FALSE(plane.can_read(at(1'100_us - kTick)));
  EXPECT_TRUE(plane.can_read(at(1'100_us)));
}

TEST(FlashPlaneTest, SuspendedProgramTakesWhatWasLeftAndTheResume) {
  FlashPlane plane{HbfParameters{}};  // suspend 5 us, resume 5 us
  plane.program(at(0_ps));
  ASSERT_TRUE(plane.can_suspend(at(40_us)));
  EXPECT_EQ(plane.suspend(at(40_us)), at(45_us));
  EXPECT_FALSE(plane.can_read(at(45_us - kTick)));
  ASSERT_TRUE(plane.can_read(at(45_us)));
  EXPECT_FALSE(plane.can_program(at(45_us)));  // one is waiting to go on
  EXPECT_EQ(plane.read(at(45_us), 3, 1_us), at(46_us));
  EXPECT_EQ(plane.resume(at(46_us)), at(46_us + 5_us + 60_us));
}

TEST(FlashPlaneTest, SuspendIsRefusedWhenTheEndIsNearOrTheLimitReached) {
  HbfParameters p;
  p.suspends = 2;
  FlashPlane plane(p);
  EXPECT_FALSE(plane.can_suspend(at(0_ps)));
  plane.program(at(0_ps));
  EXPECT_TRUE(plane.can_suspend(at(95_us - kTick)));
  EXPECT_FALSE(plane.can_suspend(at(95_us)));  // ends in the 5 us that a suspend takes
  plane.suspend(at(10_us));
  plane.resume(at(15_us));
  plane.suspend(at(30_us));
  plane.resume(at(35_us));
  EXPECT_FALSE(plane.can_suspend(at(50_us)));
}

}  // namespace
}  // namespace decodesim
