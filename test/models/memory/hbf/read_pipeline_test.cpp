// SPDX-License-Identifier: Apache-2.0
// The laws of ReadPipeline on the default stack: 16 dies x 25 planes, tR 1 us, 40 ns a page and channel, ECC 200 ns,
// link 1,638.4 GB/s: 2.5 ns a page, 40 ns a rank of 16.
#include "models/memory/hbf/read_pipeline.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;

PageTimes both(Duration t) { return {TimePoint(t), TimePoint(t)}; }

TEST(ReadPipelineTest, LoneRankTakesSenseTransferDecoderAndLink) {
  ReadPipeline p{HbfParameters()};
  const PageTimes ready = p.sense(both(0_ns));
  EXPECT_EQ(ready.last, TimePoint(1'240_ns));
  EXPECT_EQ(p.deliver(ready, p.rank_bytes()).last, TimePoint(1'280_ns));
  EXPECT_EQ(p.idle_from(), TimePoint(1_us));
}

TEST(ReadPipelineTest, BackToBackRanksLeaveAtTheLowestRate) {
  const auto time_of = [](const HbfParameters& parameters) {
    ReadPipeline p(parameters);
    PageTimes gone;
    for (int n = 0; n < 2'500; ++n) gone = p.deliver(p.sense(both(0_ns)), p.rank_bytes());
    return to_seconds(gone.last - TimePoint());
  };
  HbfParameters p;
  EXPECT_NEAR(time_of(p), 100e-6, 2e-6);  // 100 rounds of 25 ranks at 1 us
  p.read = 4_us;
  EXPECT_NEAR(time_of(p), 400e-6, 3e-6);
  p.host = 400_GBps;
  EXPECT_NEAR(time_of(p), 2'500 * 65'536 / 400e9, 5e-6);
  p.channel = 10_GBps;
  EXPECT_NEAR(time_of(p), 2'500 * 4'096 / 10e9, 6e-6);
}

TEST(ReadPipelineTest, BlockedPlanesSenseNothingBefore) {
  ReadPipeline p{HbfParameters()};
  p.block(TimePoint(50_us));
  EXPECT_EQ(p.sense(both(0_ns)).first, TimePoint(50_us + 1'240_ns));
}

TEST(ReadPipelineTest, RetriesTakeASenseATransferAndTheDecoderEach) {
  const HbfParameters parameters;
  ReadPipeline p(parameters);
  p.set_retry(parameters, 50_percent);
  // 1 + 0.5 + 0.25 + 0.125 senses: 0.875 x 1.24 us more.
  EXPECT_EQ(p.sense(both(0_ns)).first, TimePoint(1'240_ns + 1'085_ns));
}

TEST(RankTimesTest, BytesWithinARankPassInProportion) {
  RankTimes times(4_KiB, 64_KiB, 1_MiB);
  times.set(0, {TimePoint(100_ns), TimePoint(115_ns)});
  times.set(1, {TimePoint(200_ns), TimePoint(230_ns)});
  EXPECT_EQ(times.when(0_B), TimePoint());
  EXPECT_EQ(times.when(4_KiB), TimePoint(100_ns));
  EXPECT_EQ(times.when(8_KiB), TimePoint(101_ns));  // the second of sixteen pages
  EXPECT_EQ(times.when(64_KiB), TimePoint(115_ns));
  EXPECT_EQ(times.when(68_KiB), TimePoint(200_ns));
  EXPECT_EQ(times.when(128_KiB), TimePoint(230_ns));
}

}  // namespace
}  // namespace decodesim
