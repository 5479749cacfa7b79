// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/hbf_parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;

TEST(HbfParametersTest, DefaultStackIsThePublishedOne) {
  const HbfParameters p;
  EXPECT_THAT(p.problems(), testing::IsEmpty());
  // 25 planes x 16 dies x 4,096 B / 1 us; the same pages in 100 us each.
  EXPECT_EQ(p.array_read_rate(), Bandwidth(25LL * 16 * 4096 * 1'000'000));
  EXPECT_EQ(p.array_read_rate(), Bandwidth(1'638'400'000'000));
  EXPECT_EQ(p.array_program_rate(), Bandwidth(16'384'000'000));
  EXPECT_EQ(p.capacity, 512_GB);
  EXPECT_EQ(p.raw_capacity(), Bytes(400LL * 328 * 1024 * 4096));
  // Staging: 2 x bandwidth x latency.
  EXPECT_EQ(p.staging, 2 * (p.array_read_rate() * p.read));
  // 1,638.4 GB/s x 8 x 6.8 pJ/bit = 89.129 W, and 5 W idle.
  EXPECT_EQ(p.read_power(), Power(94'128'960));
}

TEST(HbfParametersTest, FlintsRefreshIsAnEraseAndABlockOfPrograms) {
  HbfParameters p;
  p.program = 50_us;
  p.erase = 3_ms;
  EXPECT_EQ(p.refresh_time(), 54'200_us);
}

TEST(HbfParametersTest, ContradictionsAreNamed) {
  HbfParameters p;
  p.page = 3072_B;
  EXPECT_THAT(p.problems(),
              testing::Contains("block 4.194304 MB is not 1024 pages of 3.072 kB; expected block = pages x page"));
  p = {};
  p.access = 96_B;
  EXPECT_THAT(p.problems(),
              testing::ElementsAre("page 4.096 kB is not a multiple of access 96 B; expected whole accesses"));
  p = {};
  p.channels = 3;
  EXPECT_THAT(p.problems(), testing::ElementsAre(
                                "channels do not divide the planes evenly; expected dies to be a multiple of channels, "
                                "or channels of dies"));
  p = {};
  p.capacity = Bytes(4096LL * 1'000'000'000);
  ASSERT_EQ(p.problems().size(), 1U);
  EXPECT_THAT(p.problems()[0], testing::HasSubstr("spares taken off; expected at most 543.5817984 GB"));
  p = {};
  p.staging = 4095_B;
  EXPECT_THAT(p.problems(), testing::ElementsAre("staging 4.095 kB holds no page; expected at least 4.096 kB"));
  p = {};
  p.program_suspend = 100_us;
  EXPECT_THAT(p.problems(), testing::ElementsAre("a suspend takes as long as the operation; expected program_suspend < "
                                                 "program and erase_suspend < erase"));
  p = {};
  p.energy.limit = Power(80'000'000);
  EXPECT_THAT(p.problems(),
              testing::ElementsAre("reading 400 planes at once draws 94.13 W; expected at most the limit of 80 W, or "
                                   "above_power_limit: fewer_planes"));
}

// 328 blocks of 1 ms + 1,024 x 100 us: 33.9152 s.
TEST(HbfParametersTest, DataCannotBeRewrittenMoreOftenThanThereIsTime) {
  HbfParameters p;
  p.endurance.retention = 33'915'200_us;
  EXPECT_TRUE(p.problems().empty());
  p.endurance.retention = 33'915'199_us;
  EXPECT_THAT(p.problems(), testing::ElementsAre(
                                "endurance.retention 33.915199 s is less than rewriting 328 blocks of a plane takes; "
                                "expected more, 0 for never, or refresh: off"));
  p.refresh = false;
  EXPECT_TRUE(p.problems().empty());
}

TEST(HbfParametersTest, PlanesShareChannelsByDie) {
  HbfParameters p;
  EXPECT_EQ(p.channel_of(24), 0);
  EXPECT_EQ(p.channel_of(25), 1);
  EXPECT_EQ(p.channel_of(399), 15);
  p.channels = 4;  // four dies a channel
  EXPECT_EQ(p.channel_of(99), 0);
  EXPECT_EQ(p.channel_of(100), 1);
  p.dies = 2;  // two channels a die
  p.planes = 4;
  EXPECT_EQ(p.channel_of(0), 0);
  EXPECT_EQ(p.channel_of(1), 1);
  EXPECT_EQ(p.channel_of(7), 3);
}

TEST(HbfParametersTest, LaterBitsOfACellTakeLonger) {
  HbfParameters p;
  p.bits_per_cell = 3;
  p.read = 58_us;
  p.read_step = 20_us;
  EXPECT_EQ(p.sense_time(0), 58_us);
  EXPECT_EQ(p.sense_time(1), 78_us);
  EXPECT_EQ(p.sense_time(2), 98_us);
  EXPECT_EQ(p.sense_time(3), 58_us);
  EXPECT_EQ(p.mean_sense_time(), 78_us);
}

TEST(HbfRetryTest, RateIsTheSumOfWhatWears) {
  const HbfRetryParameters r;
  EXPECT_EQ(r.rate(0, 0, 0), Ratio(10));
  EXPECT_EQ(r.rate(100'000, 0, 0), Ratio(10 + 100 * 100));
  EXPECT_EQ(r.rate(0, 2 * 86'400, 0), Ratio(10 + 2 * 500));
  EXPECT_EQ(r.rate(0, 0, 1'000'000), Ratio(10 + 10'000));
  EXPECT_EQ(r.rate(1'000'000'000, 0, 0), 100_percent);
}

TEST(HbfRetryTest, MeanSensesAreAGeometricSumThatEnds) {
  const HbfRetryParameters r;  // at most 3 more
  EXPECT_EQ(r.mean_senses_ppm(Ratio(0)), 1'000'000);
  EXPECT_EQ(r.mean_senses_ppm(10_percent), 1'111'000);
  EXPECT_EQ(r.mean_senses_ppm(100_percent), 4'000'000);
}

TEST(HbfParametersTest, SchemaSaysWhereEachDefaultComesFrom) {
  for (const FieldInfo& field : HbfParameters::schema().describe()) {
    EXPECT_NE(field.provenance.kind, Provenance::Kind::kRequired) << field.name;
    EXPECT_FALSE(field.provenance.text.empty()) << field.name;
  }
}

}  // namespace
}  // namespace decodesim
