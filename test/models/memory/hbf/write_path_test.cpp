// SPDX-License-Identifier: Apache-2.0
// The laws of WritePath on a small stack: 4 planes, segments of 64 pages, so a stripe is 4 pages.
#include "models/memory/hbf/write_path.hpp"

#include <gtest/gtest.h>

#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr Bytes kPage = 4_KiB;

HbfParameters stack(std::int64_t buffer_pages = 8) {
  HbfParameters p = test::small_stack(4, 16, 1);
  p.write_buffer = kPage * buffer_pages;
  return p;
}

WriteTrain kv(Bytes bytes) { return {0, Bytes(), bytes, TrafficClass::kKvCache}; }

// Takes and ends all rounds there are; returns their time.
Duration drain(WritePath& path, bool flush = false) {
  Duration sum;
  while (path.has_round(flush)) {
    const ArrayRound round = path.take_round();
    sum += round.time;
    path.round_done(round);
  }
  return sum;
}

TEST(WritePathTest, APageIsProgrammedWhenItIsFull) {
  WritePath path(stack());
  path.hold({TrafficClass::kKvCache, 0, kPage * 64});
  WriteTrain token = kv(256_B);
  for (int n = 0; n < 15; ++n) {
    token.left = 256_B;
    EXPECT_TRUE(path.put(token));
  }
  EXPECT_EQ(path.waiting_pages(), 0);
  token.left = 256_B;
  EXPECT_TRUE(path.put(token));
  EXPECT_EQ(path.waiting_pages(), 1);
  EXPECT_EQ(path.bytes_put(), kPage);
  EXPECT_FALSE(path.has_round(false));  // a stripe is four pages
  EXPECT_TRUE(path.has_round(true));
}

// 6 runs of 256 B and one of 5,000 B: a page each and two.
TEST(WritePathTest, WithoutGatheringEachRunHasPagesOfItsOwn) {
  HbfParameters p = stack(16);
  p.gather = false;
  WritePath path(p);
  path.hold({TrafficClass::kKvCache, 0, kPage * 64});
  WriteTrain tokens{0, 256_B, 256_B * 6, TrafficClass::kKvCache};
  EXPECT_TRUE(path.put(tokens));
  EXPECT_EQ(path.waiting_pages(), 6);
  WriteTrain run{0, 5'000_B, 5'000_B, TrafficClass::kKvCache};
  EXPECT_TRUE(path.put(run));
  EXPECT_EQ(path.waiting_pages(), 8);
  WriteTrain prompt = kv(kPage * 3 + 100_B);  // one run: its last page waits for more
  EXPECT_TRUE(path.put(prompt));
  EXPECT_EQ(path.waiting_pages(), 11);
  EXPECT_EQ(path.bytes_put(), 256_B * 6 + 5'000_B + kPage * 3 + 100_B);
}

TEST(WritePathTest, WithoutGatheringAFullBufferTakesTheRestLater) {
  HbfParameters p = stack(8);
  p.gather = false;
  WritePath path(p);
  path.hold({TrafficClass::kKvCache, 0, kPage * 64});
  WriteTrain tokens{0, 256_B, 256_B * 10, TrafficClass::kKvCache};
  EXPECT_FALSE(path.put(tokens));
  EXPECT_EQ(tokens.left, 512_B);
  static_cast<void>(drain(path));
  EXPECT_TRUE(path.put(tokens));
  EXPECT_EQ(path.waiting_pages(), 2);
}

TEST(WritePathTest, FullBufferTakesNothingUntilARoundHasEnded) {
  WritePath path(stack(8));
  path.hold({TrafficClass::kKvCache, 0, kPage * 64});
  WriteTrain train = kv(kPage * 9);
  EXPECT_FALSE(path.put(train));
  EXPECT_EQ(train.left, kPage);
  const ArrayRound round = path.take_round();
  EXPECT_EQ(round.planes, 4);
  EXPECT_EQ(round.time, 100_us);
  EXPECT_FALSE(path.put(train));  // its pages are still being programmed
  path.round_done(round);
  EXPECT_TRUE(path.put(train));
  EXPECT_EQ(path.waiting_pages(), 5);
  EXPECT_EQ(path.programs(), 4);
}

TEST(WritePathTest, SequentialRewritingErasesAndMovesNothing) {
  WritePath path(stack());
  path.hold({TrafficClass::kKvCache, 0, kPage * 128});
  Duration time;
  for (int n = 0; n < 128 * 50 / 4; ++n) {  // the region, fifty times
    WriteTrain train = kv(kPage * 4);
    ASSERT_TRUE(path.put(train));
    time += drain(path);
  }
  EXPECT_DOUBLE_EQ(path.log().write_amplification(), 1);
  EXPECT_EQ(path.programs(), 128 * 50);
  // 100 segments written, 16 - 2 of them into what had never been; 4 blocks each.
  EXPECT_NEAR(static_cast<double>(path.erases()), 4 * 100, 4 * 16);
  EXPECT_EQ(time, 100_us * (128 * 50 / 4) + 1_ms * (path.erases() / 4));
}

TEST(WritePathTest, ScatteredRewritingMovesPagesToo) {
  WritePath path(stack());
  path.hold({TrafficClass::kOther, 0, kPage * 64 * 4});
  for (int n = 0; n < 2'000; ++n) {
    WriteTrain train{0, kPage, kPage * 4, TrafficClass::kOther};
    ASSERT_TRUE(path.put(train));
    static_cast<void>(drain(path, true));
  }
  EXPECT_GT(path.log().write_amplification(), 1.01);
  EXPECT_EQ(path.programs(), static_cast<std::int64_t>(path.log().total()));
  EXPECT_EQ(path.refused_pages(), 0);
}

TEST(WritePathTest, WhatTheFlashCannotTakeIsCounted) {
  HbfParameters p = stack();
  p.endurance.cycles = 3;
  WritePath path(p);
  path.hold({TrafficClass::kKvCache, 0, kPage * 128});
  for (int n = 0; n < 128 * 100 / 4; ++n) {
    WriteTrain train = kv(kPage * 4);
    ASSERT_TRUE(path.put(train));
    static_cast<void>(drain(path));
  }
  EXPECT_LT(path.translation()->usable_segments(), 16);
  EXPECT_GT(path.refused_pages(), 0);
  EXPECT_EQ(path.bytes_put(), kPage * 128 * 100);
}

// 17 rounds of a segment each 1,600 x 4 pages read; they go before what waits to be written.
TEST(WritePathTest, RefreshesAreRoundsAndWearTheirSegment) {
  HbfParameters p = stack();
  p.endurance.disturb_reads = 1'600;
  WritePath path(p);
  path.hold({TrafficClass::kWeights, 0, kPage * 128});
  WriteTrain train{4096 * 200, Bytes(), kPage * 4, TrafficClass::kOther};
  ASSERT_TRUE(path.put(train));
  path.count_read(TrafficClass::kWeights, kPage * 6'400);
  EXPECT_TRUE(path.refresh_late());
  Duration time;
  for (int n = 0; n < 17; ++n) {
    const ArrayRound round = path.take_round();
    ASSERT_TRUE(round.refresh.has_value());
    EXPECT_EQ(path.cycles(), 0);
    time += round.time;
    path.round_done(round);
  }
  EXPECT_EQ(time, 100_us * 16 + 1_ms);
  EXPECT_EQ(path.cycles(), 1);
  EXPECT_FALSE(path.refresh_late());
  EXPECT_FALSE(path.take_round().refresh.has_value());
  EXPECT_EQ(path.log().pages(WearCause::kReadDisturb), 0);  // the projection counts reads, not rounds
}

TEST(WritePathTest, ZonesAreAppendedToAndReset) {
  HbfParameters p = stack();
  p.writes = FlashWrites::kZones;
  WritePath path(p);
  path.hold({TrafficClass::kKvCache, 0, kPage * 128});  // two zones
  for (int n = 0; n < 128 * 10 / 4; ++n) {
    WriteTrain train = kv(kPage * 4);
    ASSERT_TRUE(path.put(train));
    static_cast<void>(drain(path));
  }
  EXPECT_EQ(path.refused_pages(), 0);
  EXPECT_DOUBLE_EQ(path.log().write_amplification(), 1);
  EXPECT_EQ(path.erases(), 4 * (20 - 2));  // each zone but the first time
}

TEST(WritePathTest, ZonesWrittenOutOfOrderAreRefusedAndTold) {
  HbfParameters p = stack();
  p.writes = FlashWrites::kZones;
  WritePath path(p);
  WriteTrain train{4096 * 7, Bytes(), kPage * 4, TrafficClass::kOther};
  ASSERT_TRUE(path.put(train));
  static_cast<void>(drain(path));
  EXPECT_EQ(path.refused_pages(), 4);
  EXPECT_EQ(path.refusal(), "zone written out of order; expected a write at its write pointer");
}

TEST(WritePathTest, WeightsAreReadOnly) {
  WritePath path(stack());
  path.hold({TrafficClass::kWeights, 4096, kPage * 10});
  EXPECT_FALSE(path.read_only(4095));
  EXPECT_TRUE(path.read_only(4096));
  EXPECT_TRUE(path.read_only(4096 + 40'959));
  EXPECT_FALSE(path.read_only(4096 + 40'960));
}

// A model and what drafts for it: the second cache must not lengthen the first one's round.
TEST(WritePathTest, AppendsStayInTheFirstRegionOfTheirClass) {
  WritePath path(stack());
  path.hold({TrafficClass::kKvCache, 0, kPage * 64});
  path.hold({TrafficClass::kKvCache, 4096 * 192, kPage * 64});
  for (int n = 0; n < 100; ++n) {
    WriteTrain train = kv(kPage * 4);
    ASSERT_TRUE(path.put(train));
    static_cast<void>(drain(path));
  }
  EXPECT_EQ(path.refused_pages(), 0);
  path.count_read(TrafficClass::kKvCache, kPage * 64);
  EXPECT_DOUBLE_EQ(path.passes(TrafficClass::kKvCache), 0.5);
}

TEST(WritePathTest, PassesAreReadsOfEachByteOfARegion) {
  WritePath path(stack());
  path.hold({TrafficClass::kWeights, 0, kPage * 10});
  for (int n = 0; n < 3; ++n) path.count_read(TrafficClass::kWeights, kPage * 5);
  EXPECT_DOUBLE_EQ(path.passes(TrafficClass::kWeights), 1.5);
}

}  // namespace
}  // namespace decodesim
