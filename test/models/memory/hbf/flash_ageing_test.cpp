// SPDX-License-Identifier: Apache-2.0
// What days do to flash, against numbers worked out by hand.
#include "models/memory/hbf/flash_ageing.hpp"

#include <gtest/gtest.h>

#include "models/memory/hbf/flash_wear.hpp"
#include "models/memory/hbf/write_path.hpp"
#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr std::int64_t kDay = 86'400;

// Nothing is rewritten for its reads or its age.
HbfParameters kept() {
  HbfParameters p;
  p.endurance.disturb_reads = 0;
  p.endurance.retention = Duration();
  return p;
}

TEST(FlashAgeingTest, WithoutRewritesDataAgesAsTimeGoes) {
  // A block's 1,024 pages once in 100 s: 864 times a day.
  const ClassAgeing ageing = aged(kept(), {1_GB, 1'000'000'000, 0}, {5, 7}, 10, 100_s);
  EXPECT_EQ(ageing.age.seconds, 5 + 10 * kDay);
  EXPECT_EQ(ageing.age.reads, 7 + 864 * 10 * 1'024);
  EXPECT_EQ(ageing.refreshes, 0);
}

TEST(FlashAgeingTest, RefreshesForReadsKeepDataYoung) {
  HbfParameters p = kept();
  p.endurance.disturb_reads = 1'000'000;
  // 10,240 reads a second of a block: 884,736,000 a day.
  const ClassAgeing ageing = aged(p, {1_GB, 1'000'000'000, 0}, {}, 10, 100_ms);
  EXPECT_EQ(ageing.refreshes, 8'847);
  EXPECT_EQ(ageing.age.seconds, 10 * kDay / 8'847 / 2);  // half of the 97 s between two
  EXPECT_EQ(ageing.age.reads, 8'847'360'000 / 8'847 / 2);
}

TEST(FlashAgeingTest, LastRefreshComesAtItsReadAndNotBefore) {
  HbfParameters p = kept();
  p.endurance.disturb_reads = 1'024 * 864 * 10;
  const auto refreshes = [&](std::int64_t before) {
    return aged(p, {1_GB, 1'000'000'000, 0}, {0, before}, 10, 100_s).refreshes;
  };
  EXPECT_EQ(refreshes(0), 1);
  ++p.endurance.disturb_reads;
  EXPECT_EQ(refreshes(0), 0);
  EXPECT_EQ(refreshes(1), 1);
}

TEST(FlashAgeingTest, PatrolKeepsDataYoungerThanItsRetention) {
  HbfParameters p = kept();
  p.endurance.retention = Duration(kDay * kPicosecondsPerSecond);
  const ClassAgeing ageing = aged(p, {1_GB, 0, 0}, {}, 1'000, 1_s);
  EXPECT_EQ(ageing.refreshes, 1'000);
  EXPECT_EQ(ageing.age.seconds, kDay / 2);
  p.refresh = false;
  EXPECT_EQ(aged(p, {1_GB, 0, 0}, {}, 1'000, 1_s).age.seconds, 1'000 * kDay);
}

TEST(FlashAgeingTest, WhatTheHostWritesAnewNeedsNoRefresh) {
  HbfParameters p = kept();
  p.endurance.retention = Duration(kDay * kPicosecondsPerSecond);
  p.endurance.disturb_reads = 1'000'000;
  // All of it each 1,000 s, read once each second.
  const ClassAgeing ageing = aged(p, {1_GB, 1'000'000'000, 1'000'000}, {}, 10, 1_s);
  EXPECT_EQ(ageing.refreshes, 20);  // 884 for reads and 10 for age, less the 864 times that it was written: 884 - 864
  EXPECT_EQ(ageing.age.seconds, 10 * kDay / 884 / 2);
}

TEST(FlashAgeingTest, WrittenPagesWearAllBlocksAlike) {
  // 1,024 pages in 10 ms on 100 blocks of 1,024: a cycle of each in a second.
  EXPECT_EQ(levelled_cycles(HbfParameters(), 1'024, 100, 1, 10_ms), kDay);
}

// 68 blocks of 16 pages; the KV cache is written at 512 pages a second, weights are read 20 times a second.
TEST(FlashAgeingTest, WearAfterIsWearBeforeAndRateTimesTime) {
  HbfParameters p = test::small_stack(8, 16, 1);
  p.endurance.cycles = 1'000'000'000;
  p.endurance.disturb_reads = 1'000;
  p.age.cycles = 77;
  WritePath path(p);
  path.hold({TrafficClass::kKvCache, 0, 4_KiB * 128});
  path.hold({TrafficClass::kWeights, 4'096 * 256, 4_KiB * 64});
  for (int n = 0; n < 128; ++n) {
    WriteTrain train{0, Bytes(), 4_KiB * 4, TrafficClass::kKvCache};
    ASSERT_TRUE(path.put(train));
    path.round_done(path.take_round());
  }
  for (int pass = 0; pass < 20; ++pass) path.count_read(TrafficClass::kWeights, 4_KiB * 64);
  const std::int64_t before = path.cycles();
  const std::int64_t kv_before = path.translation()->max_cycles(TrafficClass::kKvCache);
  path.fast_forward(10, 1_s);
  const std::int64_t levelled = 10 * kDay * 512 / (68 * 16);
  EXPECT_EQ(path.translation()->max_cycles(TrafficClass::kKvCache), kv_before + levelled);
  // 20 x 16 reads of a block a second, each 1,000 of them a cycle more.
  EXPECT_EQ(path.cycles(), before + levelled + 10 * kDay * 320 / 1'000);
  EXPECT_EQ(condition_of(path).state, "good");
  EXPECT_EQ(condition_of(path).cycles, path.cycles());
}

TEST(FlashAgeingTest, DeviceThatWearsOutMeanwhileSaysSo) {
  HbfParameters p = test::small_stack(8, 16, 1);
  p.endurance.cycles = 50;
  p.endurance.disturb_reads = 1'000;
  WritePath path(p);
  path.hold({TrafficClass::kWeights, 0, 4_KiB * 64});
  for (int pass = 0; pass < 20; ++pass) path.count_read(TrafficClass::kWeights, 4_KiB * 64);
  path.fast_forward(1, 1_s);
  EXPECT_EQ(path.cycles(), 50);
  EXPECT_EQ(condition_of(path).state, "worn out: 4 of 68 blocks have all the P/E cycles that they are rated for");
  const FlashWear wear = wear_of(path, p, 1_s);
  EXPECT_EQ(wear.state, condition_of(path).state);
  EXPECT_EQ(wear.life.years, 0);
  EXPECT_EQ(wear.life.cause, WearCause::kReadDisturb);
}

}  // namespace
}  // namespace decodesim
