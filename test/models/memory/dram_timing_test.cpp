// SPDX-License-Identifier: Apache-2.0
// The laws of DramTiming as arithmetic. HBM3-6400: CK 1.6 GHz = 625 ps; a burst of 32 B takes 2 CK = 1.25 ns; 32
// pseudo-channels.
#include "models/memory/dram_timing.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/random.hpp"
#include "test/support/dram_traffic.hpp"

namespace decodesim {
namespace {
using namespace literals;

StreamShape sequential(Bytes length, bool write = false) {
  StreamShape shape;
  shape.write = write;
  shape.length = length;
  return shape;
}

StreamShape anywhere(Bytes run, Bytes length = 1_GB) {
  StreamShape shape = sequential(length);
  shape.run = run;
  return shape;
}

double share_of_peak(DramTiming& timing, const std::vector<StreamShape>& trains) {
  std::vector<Bandwidth> rates;
  timing.rates(trains, rates);
  double sum = 0;
  for (const Bandwidth rate : rates) sum += to_double(rate);
  return sum / to_double(timing.peak());
}

constexpr Int128 kSecond = 1'000'000'000'000;  // picoseconds

DramParameters all_bank() {
  DramParameters p = test::hbm3_pseudo_channel();
  p.channels = 16;
  p.pseudo_channels = 2;
  p.capacity = 16_GiB;
  return p;
}

TEST(DramTimingTest, PeakIsUnitsTimesBurstBytesOverBurstTime) {
  // 16 channels x 2 x 32 B / 1.25 ns = 819.2 GB/s.
  EXPECT_EQ(DramTiming(test::hbm3(), 1, 0_ps).peak(), Bandwidth(819'200'000'000));
  EXPECT_EQ(DramTiming(test::hbm3(), 5, 0_ps).peak(), Bandwidth(5 * 819'200'000'000));
}

TEST(DramTimingTest, LongSequentialReadLosesRefreshAndItsReopeningAndNothingElse) {
  // tRTP 9 + tRP 26 + tRFC 560 + tRCDRD 31 = 626 clocks of every tREFI 6240 (throughput_test.cpp).
  DramTiming timing(all_bank(), 1, 0_ps);
  EXPECT_NEAR(share_of_peak(timing, {sequential(1_GB)}), 1.0 - 626.0 / 6240.0, 0.003);
  DramTiming per_bank(test::hbm3(), 1, 0_ps);
  EXPECT_GT(share_of_peak(per_bank, {sequential(1_GB)}), 0.995);
}

TEST(DramTimingTest, AMixIsSampledOnce) {
  DramTiming timing(test::hbm3(), 5, 0_ps);
  const double first = share_of_peak(timing, {anywhere(256_B)});
  EXPECT_EQ(timing.samples(), 1U);
  EXPECT_EQ(share_of_peak(timing, {anywhere(256_B, 3_GB)}), first);  // the length does not matter
  EXPECT_EQ(timing.samples(), 1U);
  share_of_peak(timing, {anywhere(256_B), anywhere(256_B)});
  EXPECT_EQ(timing.samples(), 2U);
  DramTiming other(test::hbm3(), 5, 0_ps);
  EXPECT_EQ(share_of_peak(other, {anywhere(256_B)}), first);
}

TEST(DramTimingTest, ShortRunsAnywhereAreSlower) {
  DramTiming timing(test::hbm3(), 1, 0_ps);
  double before = 0;
  for (const Bytes run : {32_B, 64_B, 128_B, 256_B}) {
    const double share = share_of_peak(timing, {anywhere(run)});
    EXPECT_GT(share, before) << to_text(run);
    before = share;
  }
}

TEST(DramTimingTest, RunsThatDoNotFillTheirBurstsMoveTheRestForNothing) {
  DramTiming timing(test::hbm3(), 1, 0_ps);
  // Runs of 16 B take the bursts of runs of 32 B.
  EXPECT_NEAR(share_of_peak(timing, {anywhere(16_B)}), share_of_peak(timing, {anywhere(32_B)}) / 2, 0.004);
}

TEST(DramTimingTest, LikeStreamsShareEqually) {
  DramTiming timing(test::hbm3(), 1, 0_ps);
  std::vector<Bandwidth> rates;
  timing.rates(std::vector<StreamShape>{anywhere(256_B), anywhere(256_B)}, rates);
  EXPECT_NEAR(to_double(rates[0]) / to_double(rates[1]), 1.0, 0.03);
  const double alone = share_of_peak(timing, {anywhere(256_B)});
  EXPECT_NEAR(share_of_peak(timing, {anywhere(256_B), anywhere(256_B)}), alone, 0.02);
}

TEST(DramTimingTest, MixedReadsAndWritesPayTheirTurnarounds) {
  DramTiming timing(test::hbm3(), 1, 0_ps);
  const double read = share_of_peak(timing, {sequential(1_GB)});
  const double mixed = share_of_peak(timing, {sequential(1_GB), sequential(1_GB, true)});
  // There and back cost tRTW 20 + (CWL 10 + burst 2 + tWTR_L 10) clocks, less the two that a burst takes anyway: 38. At
  // most 64 reads and as many writes wait, so that is once in 256 clocks of data at best, and once in the 128 of a
  // drain and as many reads at worst.
  EXPECT_LT(mixed, read * 256.0 / (256.0 + 38.0));
  EXPECT_GT(mixed, read * 128.0 / (128.0 + 38.0) - 0.03);
}

TEST(DramTimingTest, FewBytesInFlightAreBoundByLatency) {
  // 64 accesses of 64 B over tRCD 31 + CL 20 + two bursts, and 300 ns of way: 4096 B / 335 ns = 12.2 GB/s; refresh
  // and conflicts take some of it.
  DramTiming timing(test::hbm3(), 1, 300_ns);
  StreamShape shape = anywhere(64_B);
  shape.in_flight = 4_KiB;
  std::vector<Bandwidth> rates;
  timing.rates({&shape, 1}, rates);
  EXPECT_LT(rates.front(), 4_KiB / Duration(334'000));
  EXPECT_GT(rates.front(), 4_KiB / Duration(360'000));
}

TEST(DramTimingTest, ShortTrainReachesFewChannels) {
  const DramTiming timing(test::hbm3(), 1, 0_ps);
  EXPECT_EQ(timing.cap(sequential(256_B)), Bandwidth(819'200'000'000 / 32));
  EXPECT_EQ(timing.cap(sequential(257_B)), Bandwidth(2 * 819'200'000'000 / 32));
  EXPECT_EQ(timing.cap(sequential(1_MiB)), timing.peak());
}

TEST(DramTimingTest, IdleReadLatencyIsActivateReadBurst) {
  // 31 + 20 + 2 clocks of 625 ps.
  EXPECT_EQ(DramTiming(test::hbm3(), 1, 0_ps).idle_latency(false), Duration(33'125));
}

TEST(DramTimingTest, TheFullestPseudoChannelEndsLast) {
  const DramTiming timing(test::hbm3(), 1, 0_ps);
  const Bandwidth rate = 409_GBps;
  StreamShape shape = anywhere(64_B, 32_MiB);
  // 524,288 accesses, 16,384 a pseudo-channel; ln 32 = 3.48 by H(32) - 0.577; the fullest holds
  // sqrt(16,384 x 2 x 3.48 x 31 / 32) = 332 more than the average, for 32 pseudo-channels' share of the rate.
  const double extra = to_seconds(timing.ending(shape, rate) - timing.idle_latency(false));
  EXPECT_NEAR(extra, 332 * 64.0 * 32 / 409e9, 0.01e-6);
  // A window of 1,024 accesses never lets it have more than (H(32) - 1) x 32 = 98 more.
  shape.in_flight = 64_KiB;
  const double windowed = to_seconds(timing.ending(shape, rate) - timing.idle_latency(false));
  EXPECT_NEAR(windowed, 3.058 * 32 * 64.0 * 32 / 409e9, 0.01e-6);
  EXPECT_EQ(timing.ending(sequential(32_MiB), rate), timing.idle_latency(false));
}

TEST(DramTimingTest, OfALowOfferedLoadLittleIsLeftAtTheEnd) {
  const DramTiming timing(test::hbm3(), 1, 0_ps);
  StreamShape shape = anywhere(64_B, 32_MiB);
  shape.offered = 40_GBps;
  // Twice the latency of 33.125 ns at 40 GB/s are 2,650 B outstanding; 3.06 times that on one pseudo-channel at most.
  EXPECT_LT(to_seconds(timing.ending(shape, 40_GBps) - timing.idle_latency(false)), 3.06 * 2650 / 40e9);
}

// A kilobyte a second is one access in 64 ms: far longer than any sample.
TEST(DramTimingTest, AHardlyOfferedLoadGetsItsRateAndTheIdleLatency) {
  for (const Bandwidth load : {Bandwidth(1'000), Bandwidth(1'000'000)}) {
    DramTiming timing(test::hbm3(), 1, 0_ps);
    StreamShape shape = anywhere(64_B, 32_MiB);
    shape.offered = load;
    std::vector<Bandwidth> rates;
    const std::vector<StreamShape> mix{shape};
    timing.rates(mix, rates);
    EXPECT_NEAR(to_double(rates.at(0)), to_double(load), 0.01 * to_double(load));
    timing.moved(mix, kSecond * shape.length.count());
    const Histogram latency = timing.activity(1_ms).latency_ps;
    EXPECT_GE(latency.mean(), 30'000);
    EXPECT_LE(latency.mean(), 60'000);
  }
}

// An access that outlasts the sample has the memory to itself: it takes its length over the rate.
TEST(DramTimingTest, AnAccessThatOutlastsTheSampleHasALatency) {
  DramTiming timing(test::hbm3(), 1, 0_ps);
  StreamShape shape = anywhere(1_GiB, 4_GiB);
  shape.in_flight = 1_GiB;  // one after the other
  const std::vector<StreamShape> mix{shape};
  std::vector<Bandwidth> rates;
  timing.rates(mix, rates);
  timing.moved(mix, kSecond * shape.length.count());
  const double latency = static_cast<double>(timing.activity(5_ms).latency_ps.mean()) * 1e-12;
  EXPECT_NEAR(latency, 1073741824.0 / to_double(rates.at(0)), 0.01e-3);
}

// Any part that the constraint table accepts, any mix: rates are positive and within the pins.
TEST(DramTimingTest, WhateverTheMixRatesArePositiveAndWithinThePins) {
  RandomStream random(3, "dram_timing_test", "mixes");
  for (int trial = 0; trial < 12; ++trial) {
    DramParameters p = all_bank();
    p.channels = random.between(1, 16);
    p.ranks = random.between(1, 2);
    p.capacity = Bytes(std::int64_t{1} << 30) * p.channels;
    if (random.below(2) == 0) p.refresh = RefreshMode::kPerBank;
    p.queue_depth = random.between(1, 64);
    DramTiming timing(p, 1, Duration(random.between(0, 400'000)));
    std::vector<StreamShape> mix;
    for (std::int64_t i = random.between(1, 4); i > 0; --i) {
      StreamShape shape = anywhere(Bytes(random.between(1, 10'000)), 1_GB);
      shape.write = random.below(2) == 0;
      if (random.below(2) == 0) shape.in_flight = Bytes(random.between(1, 100'000));
      mix.push_back(shape);
    }
    const double share = share_of_peak(timing, mix);
    EXPECT_GT(share, 0.0);
    EXPECT_LE(share, 1.001);
  }
}

}  // namespace
}  // namespace decodesim
