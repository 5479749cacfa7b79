// SPDX-License-Identifier: Apache-2.0
// The laws of DramTiming as arithmetic. HBM3-6400: CK 1.6 GHz = 625 ps; a burst of 32 B takes 2 CK = 1.25 ns; 32
// pseudo-channels.
#include "models/memory/dram_timing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/core/component/random.hpp"
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

// Runs of 1 to 40 bursts, then doubling up to whole rows everywhere.
std::vector<StreamShape> runs_of_whole_bursts() {
  std::vector<StreamShape> out;
  for (std::int64_t bursts = 1; bursts < 1 << 20; bursts = bursts < 40 ? bursts + 1 : bursts * 2)
    for (const bool write : {false, true}) out.push_back({write, 1_GB, 32_B * bursts});
  return out;
}

TEST(DramTimingTest, RunsOfFewerBurstsAreNeverFaster) {
  const DramTiming timing(test::hbm3(), 5);
  Bandwidth last_read;
  Bandwidth last_write;
  for (const StreamShape& stream : runs_of_whole_bursts()) {
    Bandwidth& last = stream.write ? last_write : last_read;
    EXPECT_GE(sustained(timing, {stream}), last) << stream.run.count();
    last = sustained(timing, {stream});
  }
}

TEST(DramTimingTest, NoTwoStreamsAreFasterTogetherThanTheFasterAlone) {
  const DramTiming timing(test::hbm3(), 5);
  for (const StreamShape& a : runs_of_whole_bursts())
    for (const StreamShape& b : runs_of_whole_bursts())
      EXPECT_LE(sustained(timing, {a, b}), std::max(sustained(timing, {a}), sustained(timing, {b})))
          << a.run.count() << ' ' << b.run.count();
}

// A part that does not contradict itself, with anything in it that datasheets might have.
DramParameters any_part(RandomStream& random) {
  const auto ns = [&random](std::int64_t low, std::int64_t high) {
    return Duration(random.between(low * 1000, high * 1000));
  };
  for (;;) {
    DramParameters p = test::hbm3();
    p.channels = random.between(1, 64);
    p.width_bits = std::int64_t{8} << random.below(5);
    p.burst_length = std::int64_t{4} << random.below(3);
    p.transfers_per_clock = std::int64_t{1} << random.below(4);
    p.bank_groups = random.between(1, 8);
    p.banks_per_group = random.between(1, 8);
    p.row_bytes = Bytes(std::int64_t{512} << random.below(5));
    p.interleave = Bytes(std::int64_t{64} << random.below(7));
    p.clock = 1_MHz * random.between(100, 4000);
    p.ccd_s = random.between(1, 8);
    p.ccd_l = random.between(1, 16);
    for (Duration* d : {&p.rcd_read, &p.rcd_write, &p.rp, &p.rtp, &p.wr, &p.wtr_l, &p.rtw, &p.rrd_s}) *d = ns(0, 40);
    p.ras = p.rcd_read + ns(0, 30);
    p.faw = ns(0, 60);
    p.refi = ns(500, 8000);
    p.rfc = ns(0, 8000);
    p.rfc_per_bank = ns(0, 4000);
    p.refresh = random.below(2) == 0 ? RefreshMode::kAllBank : RefreshMode::kPerBank;
    p.queue_depth = random.between(1, 300);
    p.write_drain = random.between(1, 128);
    if (p.problems().empty()) return p;
  }
}

TEST(DramTimingTest, WhateverThePartRatesArePositiveAndWithinThePins) {
  RandomStream random(1, "dram_timing_test", "parts");
  for (int i = 0; i < 500; ++i) {
    const DramTiming timing(any_part(random), random.between(1, 8));
    std::vector<StreamShape> mix;
    for (int n = 0; n < 4; ++n) {
      const Bytes length(random.between(1, 1 << 30));
      mix.push_back({random.below(2) == 0, length, Bytes(random.between(1, length.count()))});
      EXPECT_GT(sustained(timing, mix), Bandwidth()) << "part " << i;
      EXPECT_LE(sustained(timing, mix), timing.peak()) << "part " << i;
      EXPECT_LE(timing.reach(mix.back()), timing.peak());
      EXPECT_GT(timing.reach(mix.back()), Bandwidth());
    }
  }
}

TEST(DramTimingTest, RefreshThatLeavesAlmostNothingStillLeavesSomething) {
  DramParameters p = test::hbm3();
  p.refresh = RefreshMode::kAllBank;
  p.rfc = p.refi - Duration(1);
  ASSERT_TRUE(p.problems().empty());
  EXPECT_GT(sustained(DramTiming(p, 1), {kSequentialRead}), Bandwidth());
}

TEST(DramTimingTest, MisalignedShortRunsWasteTheRestOfTheirBursts) {
  const DramTiming timing(test::hbm3(), 1);
  // 33 bytes need two bursts of 32.
  const Bandwidth whole = sustained(timing, {{false, 1_GB, 64_B}});
  const Bandwidth part = sustained(timing, {{false, 1_GB, 33_B}});
  EXPECT_NEAR(to_double(part) / to_double(whole), 33.0 / 64.0, 1e-3);
}

TEST(DramTimingTest, WasteOfShortRunsCountsBesideALongStreamToo) {
  // Burst by burst in turn, half of the bursts carry 33 of 64 bytes.
  const DramTiming timing(test::hbm3(), 1);
  const Bandwidth whole = sustained(timing, {kSequentialRead, {false, 1_GB, 64_B}});
  const Bandwidth part = sustained(timing, {kSequentialRead, {false, 1_GB, 33_B}});
  EXPECT_NEAR(to_double(part) / to_double(whole), (1.0 + 33.0 / 64.0) / 2, 1e-3);
}

TEST(DramTimingTest, MixedReadsAndWritesPayOneTurnaroundADrainedBatch) {
  DramParameters p = test::hbm3();
  p.refresh = RefreshMode::kAllBank;
  const DramTiming timing(p, 1);
  const StreamShape write{true, 1_GB, 1_GB};
  // Half of the bursts are writes, 32 a batch. From command to command tRTW 12.5 and CWL 6.25 + burst 1.25 + tWTR 6.25
  // = 13.75 ns, each less a slot of 1.25 ns: 23.75 ns every 64 bursts of 1.25 ns = 80 ns.
  const double expected = 819.2e9 * (1.0 - 350.0 / 3900.0) * 1.0;
  const double with_turnaround = 819.2e9 / (80.0 / (1.0 - 350.0 / 3900.0) + 23.75) * 80.0;
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
