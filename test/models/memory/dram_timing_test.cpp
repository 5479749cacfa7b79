// SPDX-License-Identifier: Apache-2.0
// The laws of DramTiming as arithmetic. HBM3-6400: CK 1.6 GHz = 625 ps; a burst of 32 B takes 2 CK = 1.25 ns; 32
// pseudo-channels.
#include "models/memory/dram_timing.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "test/support/hbm3.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr StreamShape kSequentialRead{false, 1_GB, 1_GB};

Bandwidth sustained(const DramTiming& timing, std::vector<StreamShape> streams) { return timing.sustained(streams); }

TEST(DramTimingTest, PeakIsUnitsTimesBurstBytesOverBurstTime) {
  // 16 channels x 2 pseudo-channels x 32 B / 1.25 ns = 819.2 GB/s.
  EXPECT_EQ(DramTiming(test::hbm3(), 1).peak(), Bandwidth(819'200'000'000));
  EXPECT_EQ(DramTiming(test::hbm3(), 5).peak(), Bandwidth(5 * 819'200'000'000));
}

TEST(DramTimingTest, LongSequentialReadLosesAllBankRefreshAndNothingElse) {
  DramParameters p = test::hbm3();
  p.refresh = RefreshMode::kAllBank;
  // A visit is bus-bound: 32 bursts x 1.25 ns = 40 ns. Refresh leaves 1 - 350/3900 = 0.910256.
  const DramTiming timing(p, 1);
  EXPECT_EQ(timing.visit_time(32, false, false), 40_ns);
  const double expected = 819.2e9 * (1.0 - 350.0 / 3900.0);
  EXPECT_NEAR(to_double(sustained(timing, {kSequentialRead})), expected, expected * 1e-4);
}

TEST(DramTimingTest, PerBankRefreshCostsAVisitThatWaitsForItsBank) {
  // Queue of 64: 32 bursts = 40 ns keep the bus busy; a bank in refresh (200/3900 of the time) is waited for
  // 100 - 40 = 60 ns: 3.08 ns a visit of 40 ns, so 40 / 43.08 of the peak.
  const DramTiming timing(test::hbm3(), 1);
  const double expected = 819.2e9 * 40.0 / (40.0 + 60.0 * 200.0 / 3900.0);
  EXPECT_NEAR(to_double(sustained(timing, {kSequentialRead})), expected, expected * 1e-3);
}

TEST(DramTimingTest, RandomShortReadsAreBoundByBanks) {
  // 64 B = 2 bursts a visit: bus 2.5 ns, activation max(2.5, 15/4) = 3.75 ns. A bank is busy for
  // max(tRAS 28.125, tRCD 19.375 + tCCD_L 2.5 + tRTP 5.625) + tRP 16.25 = 44.375 ns, and 32 visits in the queue fall on
  // 16 x (1 - (15/16)^32) = 13.97 banks: 3.18 ns. So activation wins: 64 B / 3.75 ns of 51.2 GB/s a channel.
  const DramTiming timing(test::hbm3(), 1);
  EXPECT_EQ(timing.visit_time(2, false, true), Duration(3'750));
  const Bandwidth random = sustained(timing, {{false, 1_GB, 64_B}});
  EXPECT_LT(to_double(random), 0.67 * to_double(timing.peak()));
  EXPECT_GT(to_double(random), 0.30 * to_double(timing.peak()));
}

TEST(DramTimingTest, ShallowQueueMakesRandomReadsBankBound) {
  // One visit in the queue: one bank busy, so the whole bank cycle: 44.375 ns.
  DramParameters p = test::hbm3();
  p.queue_depth = 2;
  EXPECT_EQ(DramTiming(p, 1).visit_time(2, false, true), Duration(44'375));
}

TEST(DramTimingTest, ShorterRunsAreNeverFaster) {
  const DramTiming timing(test::hbm3(), 5);
  Bandwidth last;
  for (std::int64_t run = 32; run <= 1 << 24; run *= 2) {
    const Bandwidth now = sustained(timing, {{false, 1_GB, Bytes(run)}});
    EXPECT_GE(now, last) << run;
    EXPECT_LE(now, timing.peak());
    last = now;
  }
}

TEST(DramTimingTest, MisalignedShortRunsWasteTheRestOfTheirBursts) {
  const DramTiming timing(test::hbm3(), 1);
  // 33 bytes need two bursts of 32.
  const Bandwidth whole = sustained(timing, {{false, 1_GB, 64_B}});
  const Bandwidth part = sustained(timing, {{false, 1_GB, 33_B}});
  EXPECT_NEAR(to_double(part) / to_double(whole), 33.0 / 64.0, 1e-3);
}

TEST(DramTimingTest, MixedReadsAndWritesPayOneTurnaroundADrainedBatch) {
  DramParameters p = test::hbm3();
  p.refresh = RefreshMode::kAllBank;
  const DramTiming timing(p, 1);
  const StreamShape write{true, 1_GB, 1_GB};
  // Half of the bursts are writes, 32 a batch: tRTW 12.5 + CWL 6.25 + burst 1.25 + tWTR 6.25 = 26.25 ns every 64 bursts
  // of 1.25 ns = 80 ns.
  const double expected = 819.2e9 * (1.0 - 350.0 / 3900.0) * 1.0;
  const double with_turnaround = 819.2e9 / (80.0 / (1.0 - 350.0 / 3900.0) + 26.25) * 80.0;
  EXPECT_LT(with_turnaround, expected);
  EXPECT_NEAR(to_double(sustained(timing, {kSequentialRead, write})), with_turnaround, with_turnaround * 2e-3);
}

TEST(DramTimingTest, WritesAloneAndReadsAloneDoNotTurnAround) {
  const DramTiming timing(test::hbm3(), 1);
  const StreamShape write{true, 1_GB, 1_GB};
  EXPECT_EQ(sustained(timing, {write}), sustained(timing, {write, write}));
}

TEST(DramTimingTest, TwoStreamsAreNeverFasterTogetherThanOne) {
  DramParameters p = test::hbm3();
  p.queue_depth = 8;
  const DramTiming timing(p, 1);
  // A queue of 8 shows each of two streams only 4 bursts of a row: shorter visits, more activations.
  EXPECT_EQ(timing.bursts_per_visit(kSequentialRead, 1), 32);
  EXPECT_EQ(timing.bursts_per_visit(kSequentialRead, 2), 4);
  EXPECT_LE(sustained(timing, {kSequentialRead, kSequentialRead}), sustained(timing, {kSequentialRead}));
}

TEST(DramTimingTest, ShortTrainReachesFewChannels) {
  // 1 KiB at an interleave of 256 B lies on 4 of 32 pseudo-channels.
  const DramTiming timing(test::hbm3(), 1);
  EXPECT_EQ(timing.reach({false, 1_KiB, 1_KiB}), Bandwidth(819'200'000'000 / 32 * 4));
  EXPECT_EQ(timing.reach(kSequentialRead), timing.peak());
}

TEST(DramTimingTest, IdleReadLatencyIsActivateReadBurst) {
  // tRCDRD 19.375 + CL 12.5 + burst 1.25 ns.
  EXPECT_EQ(DramTiming(test::hbm3(), 1).idle_latency(false), Duration(33'125));
}

TEST(DramParametersTest, ContradictionsAreNamed) {
  DramParameters p = test::hbm3();
  EXPECT_TRUE(p.problems().empty());
  p.ras = 1_ns;
  p.ccd_l = 1;
  const auto problems = p.problems();
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0], "ccd_l is below ccd_s; expected tCCD_L >= tCCD_S");
  EXPECT_EQ(problems[1], "ras is below rcd_read; expected tRAS >= tRCDRD");
}

TEST(DramParametersTest, BurstLongerThanCcdWouldSilentlyHalveTheBandwidth) {
  DramParameters p = test::hbm3();
  p.ccd_s = 1;
  EXPECT_EQ(p.problems().size(), 1U);
}

}  // namespace
}  // namespace decodesim
