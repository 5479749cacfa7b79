// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/zoned_flash.hpp"

#include <gtest/gtest.h>

#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {

constexpr TrafficClass kKv = TrafficClass::kKvCache;

TEST(ZonedFlashTest, WritesBeginAtTheWritePointerOnly) {
  ZonedFlash flash(test::small_stack(10, 24, 1));
  EXPECT_EQ(flash.write(3, 0, 10, kKv), ZoneWrite::kDone);
  EXPECT_EQ(flash.state(3), ZoneState::kOpen);
  EXPECT_EQ(flash.write(3, 9, 1, kKv), ZoneWrite::kOutOfOrder);
  EXPECT_EQ(flash.write(3, 11, 1, kKv), ZoneWrite::kOutOfOrder);
  EXPECT_EQ(flash.write_pointer(3), 10);
  EXPECT_EQ(flash.write(24, 0, 1, kKv), ZoneWrite::kNoSuchZone);
  EXPECT_EQ(explain(ZoneWrite::kOutOfOrder), "zone written out of order; expected a write at its write pointer");
  EXPECT_TRUE(flash.where(3, 9).has_value());
  EXPECT_FALSE(flash.where(3, 10).has_value());
  EXPECT_FALSE(flash.read(3, 9, 2));
}

TEST(ZonedFlashTest, FullZoneTakesNothingUntilReset) {
  ZonedFlash flash(test::small_stack(10, 24, 1));
  EXPECT_EQ(flash.write(0, 0, 65, kKv), ZoneWrite::kPastEnd);
  EXPECT_EQ(flash.write_pointer(0), 0);
  EXPECT_EQ(flash.write(0, 0, 64, kKv), ZoneWrite::kDone);
  EXPECT_EQ(flash.state(0), ZoneState::kFull);
  EXPECT_EQ(flash.write(0, 64, 1, kKv), ZoneWrite::kPastEnd);
  EXPECT_EQ(flash.reset(0), ZoneWrite::kDone);
  EXPECT_EQ(flash.state(0), ZoneState::kEmpty);
  EXPECT_EQ(flash.cycles(0), 1);
  EXPECT_EQ(flash.cycles(1), 0);
  EXPECT_EQ(flash.write(0, 0, 1, kKv), ZoneWrite::kDone);
  EXPECT_EQ(flash.log().write_amplification(), 1.0);
}

TEST(ZonedFlashTest, WithoutSparesABadBlockEndsTheZone) {
  ZonedFlash flash(test::small_stack(10, 24, 1));
  ASSERT_EQ(flash.write(0, 0, 10, kKv), ZoneWrite::kDone);
  flash.inject_bad({2, 0, 0});
  EXPECT_EQ(flash.write(0, 10, 10, kKv), ZoneWrite::kDone);  // the 3 pages of plane 2 copied to its spare
  EXPECT_EQ(flash.log().pages(WearCause::kBadBlocks, kKv), 3U);
  EXPECT_EQ(flash.where(0, 1), (FlashPlace{2, 24, 0}));
  for (std::int64_t zone = 1; zone < 4; ++zone) {  // the other three spares
    flash.inject_bad({0, zone, 0});
    EXPECT_EQ(flash.write(zone, 0, 1, kKv), ZoneWrite::kDone);
  }
  flash.inject_bad({0, 4, 0});
  EXPECT_EQ(flash.write(4, 0, 1, kKv), ZoneWrite::kOffline);
  flash.inject_bad({2, 1, 0});  // the second page's
  EXPECT_EQ(flash.write(1, 1, 1, kKv), ZoneWrite::kReadOnly);
  EXPECT_EQ(flash.state(1), ZoneState::kReadOnly);
  EXPECT_TRUE(flash.read(1, 0, 1));
  EXPECT_EQ(flash.reset(1), ZoneWrite::kReadOnly);
}

TEST(ZonedFlashTest, DisturbedZonesAreToldToTheHost) {
  HbfParameters p = test::small_stack(10, 24, 1);
  p.endurance.disturb_reads = 100;
  ZonedFlash flash(p);
  ASSERT_EQ(flash.write(7, 0, 4, kKv), ZoneWrite::kDone);
  ASSERT_TRUE(flash.read(7, 0, 4, 99));
  EXPECT_TRUE(flash.disturbed().empty());
  ASSERT_TRUE(flash.read(7, 3, 1));
  EXPECT_EQ(flash.disturbed(), (std::vector<std::int64_t>{7}));
  ASSERT_EQ(flash.reset(7), ZoneWrite::kDone);
  EXPECT_TRUE(flash.disturbed().empty());
}

}  // namespace
}  // namespace decodesim
