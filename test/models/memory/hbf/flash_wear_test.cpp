// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/flash_wear.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/memory/hbf/write_path.hpp"

#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {
using namespace literals;

// Blocks of 1,024 pages read over and over at 25 us a page of theirs: FLINT's case. 10^6 reads x 10^5 cycles x 25 us
// are 2.5 million seconds, 28.9 days.
TEST(FlashWearTest, WhatIsOnlyReadIsWornByReadDisturb) {
  HbfParameters p;
  p.endurance.retention = Duration();
  WritePath path(p);
  const Bytes region = p.block * p.total_planes() * 4;
  path.hold({TrafficClass::kWeights, 0, region});
  // A block's 1,024 pages each 25.6 ms: a pass over the region in that time.
  for (int pass = 0; pass < 10; ++pass) path.count_read(TrafficClass::kWeights, region);
  const FlashWear wear = wear_of(path, p, 256_ms);
  EXPECT_EQ(wear.life.cause, WearCause::kReadDisturb);
  EXPECT_NEAR(wear.life.years * 365.25, 28.9, 0.1);
  EXPECT_DOUBLE_EQ(wear.write_amplification, 1);
  EXPECT_EQ(wear.state, "good");
  // Each of a plane's four blocks is due each 25 s and takes 1 ms + 1,024 x 100 us.
  EXPECT_NEAR(wear.refresh_share, 4 * 0.1034 / 25, 1e-4);
}

TEST(FlashWearTest, RetentionRewritesEachBlockEachInterval) {
  const HbfParameters p;  // a day
  WritePath path(p);
  path.hold({TrafficClass::kWeights, 0, 1_GB});
  const FlashWear wear = wear_of(path, p, 1_s);
  EXPECT_EQ(wear.life.cause, WearCause::kRetention);
  EXPECT_NEAR(wear.life.years, 100'000 / 365.25, 0.1);
}

// Read 500,000 times and 1.5 million times before it is written anew: not due, and due once less than its reads say.
TEST(FlashWearTest, WhatIsWrittenAnewIsNotRefreshed) {
  HbfParameters p;
  p.endurance.retention = Duration();
  for (const std::int64_t passes : {488, 1'465}) {
    WritePath path(p);
    const Bytes region = p.block * p.total_planes();
    path.hold({TrafficClass::kKvCache, 0, region});
    WriteTrain train{0, Bytes(), region, TrafficClass::kKvCache};
    while (!path.put(train)) path.round_done(path.take_round());
    for (std::int64_t pass = 0; pass < passes; ++pass) path.count_read(TrafficClass::kKvCache, region);
    const FlashWear wear = wear_of(path, p, 1_s);
    const double expected = static_cast<double>(passes * 1'024) / 1e6 - 1;
    if (passes == 488) {
      EXPECT_TRUE(std::isinf(wear.life.years_by_cause[static_cast<std::size_t>(WearCause::kReadDisturb)]));
    } else {
      EXPECT_NEAR(wear.life.years_by_cause[static_cast<std::size_t>(WearCause::kReadDisturb)],
                  100'000 / expected / kSecondsPerYear, 1e-6);
    }
  }
}

TEST(FlashWearTest, WornBlocksLastWhatTheyHaveLeft) {
  HbfParameters p;
  p.endurance.retention = Duration();
  p.age.cycles = 75'000;
  WritePath path(p);
  path.hold({TrafficClass::kWeights, 0, p.block * p.total_planes()});
  for (int pass = 0; pass < 10; ++pass) path.count_read(TrafficClass::kWeights, p.block * p.total_planes());
  EXPECT_NEAR(wear_of(path, p, 256_ms).life.years * 365.25, 28.9 / 4, 0.03);
}

TEST(FlashWearTest, WritesWearAllBlocksAlike) {
  HbfParameters p = test::small_stack(4, 16, 1);
  WritePath path(p);
  path.hold({TrafficClass::kKvCache, 0, 4_KiB * 128});
  for (int n = 0; n < 128; ++n) {
    WriteTrain train{0, Bytes(), 4_KiB * 4, TrafficClass::kKvCache};
    ASSERT_TRUE(path.put(train));
    path.round_done(path.take_round());
  }
  const FlashWear wear = wear_of(path, p, 1_s);
  EXPECT_EQ(wear.life.cause, WearCause::kHostWrites);
  EXPECT_EQ(wear.bytes_written[static_cast<std::size_t>(TrafficClass::kKvCache)], 128 * 4 * 4096);
  // 512 pages a second; 68 blocks of 16 pages, each 100,000 times.
  EXPECT_NEAR(wear.life.years, 68.0 * 16 * 100'000 / 512 / kSecondsPerYear, 1e-5);
  std::int64_t blocks = 0;
  for (const FlashWear::Bucket& bucket : wear.cycles) blocks += bucket.blocks;
  EXPECT_EQ(blocks, 68);
}

}  // namespace
}  // namespace decodesim
