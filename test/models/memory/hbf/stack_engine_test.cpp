// SPDX-License-Identifier: Apache-2.0
// The laws of StackTrain and StackPages, each at both fidelities where they share it. Default stack: 400 planes of
// 4 KiB pages at 1 us, 16 channels of 102.4 GB/s (40 ns a page), ECC 200 ns, link 1,638.4 GB/s (2.5 ns a page), access
// 100 ns: a lone page takes 1,000 + 40 + 200 + 2.5 + 100 ns. Staging 800 pages, half of them ahead.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "test/models/memory/hbf/engine_driver.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr Bytes kPage = 4_KiB;

class StackEngineTest : public ::testing::TestWithParam<bool> {
 public:
  // Without the few retries of a new stack, so that times are exact.
  [[nodiscard]] static HbfParameters stack() {
    HbfParameters p;
    p.retry.fresh = Ratio(0);
    return p;
  }

 protected:
  [[nodiscard]] test::EngineDriver driver(const HbfParameters& p = stack(), Duration way = {}) const {
    return {p, GetParam(), way};
  }
};

TEST_P(StackEngineTest, AnnouncedTrainWithFullStagingIsBoundByTheLink) {
  test::EngineDriver d = driver();
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  // 400 pages are staged: 400 x 2.5 ns + 100 ns.
  EXPECT_EQ(d.serve(test::weights(kPage * 400)), 1'100_ns);
  EXPECT_EQ(d.engine().activity().staged, 400);
}

TEST_P(StackEngineTest, LongAnnouncedTrainTakesTheRateOfTheArray) {
  test::EngineDriver d = driver();
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  const Duration taken = d.serve(test::weights(kPage * 40'000));
  EXPECT_NEAR(to_seconds(taken), to_seconds(100'100_ns), 0.02 * 100e-6);  // 40,000 x 2.5 ns
}

TEST_P(StackEngineTest, WithoutReadAheadEachTrainWaitsForThePageLatency) {
  HbfParameters p = stack();
  p.read_ahead = false;
  test::EngineDriver d = driver(p);
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  EXPECT_EQ(d.serve(test::weights(kPage)), 1'342'500_ps);
  d.run_until(TimePoint(20_us));
  // All planes at once: the first page after 1,242.5 ns, 399 more at the link's rate.
  EXPECT_NEAR(to_seconds(d.serve(test::weights(kPage * 400))), 1'342.5e-9 + 399 * 2.5e-9, 0.25e-6);
  EXPECT_EQ(d.engine().activity().staged, 0);
}

TEST_P(StackEngineTest, WhatIsNotAnnouncedIsNotStaged) {
  test::EngineDriver d = driver();
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  FlashRequest elsewhere = test::weights(kPage, false);
  elsewhere.address = 500'000'000;
  EXPECT_EQ(d.serve(elsewhere), 1'342'500_ps);
}

TEST_P(StackEngineTest, IdleTimeFillsTheStagingAndNotMore) {
  test::EngineDriver d = driver();
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  // No more senses than half the staging's pages, however long nobody asks.
  d.run_until(TimePoint(1_ms));
  static_cast<void>(d.serve(test::weights(kPage * 400)));
  EXPECT_EQ(d.engine().activity().staged, 400);
  d.run_until(TimePoint(2_ms));
  static_cast<void>(d.serve(test::weights(kPage * 1000)));
  EXPECT_GE(d.engine().activity().staged, 800);
}

TEST_P(StackEngineTest, WindowOfTheInitiatorBoundsTheRate) {
  HbfParameters p = stack();
  p.read_ahead = false;
  test::EngineDriver d = driver(p, 300_ns);
  // 100 pages outstanding over 1,242.5 + 100 + 300 ns: 10,000 pages take 100 round trips.
  const Duration taken = d.serve(test::weights(kPage * 10'000, false, kPage * 100));
  EXPECT_NEAR(to_seconds(taken), 100 * 1'642.5e-9, 0.02 * 164e-6);
}

TEST_P(StackEngineTest, ReadWaitsForTheSuspendOfAProgram) {
  test::EngineDriver d = driver();
  d.hold_weights(1_GB);
  d.engine().writes().hold({TrafficClass::kKvCache, 1'000'000'000, 100_MiB});
  d.run_until(TimePoint(10_us));
  static_cast<void>(d.begin(test::kv_write(kPage * 400, 1'000'000'000)));  // a stripe
  d.run_until(TimePoint(50_us));
  // Staged pages go out at once; the page after them waits for 5 us of suspend, not for the 60 us that are left.
  const Duration taken = d.serve(test::weights(kPage * 401));
  EXPECT_NEAR(to_seconds(taken), 5e-6 + 1.34e-6, 1.4e-6);
  EXPECT_EQ(d.engine().activity().programs, 0);
  d.run_until(TimePoint(50_us) + 6_us + 60_us);
  EXPECT_EQ(d.engine().activity().programs, 0);  // 60 us were left, and the resume takes 5
  d.run_until_idle();
  EXPECT_EQ(d.engine().activity().programs, 400);
  EXPECT_EQ(d.engine().writes().waiting_pages(), 0);
}

TEST_P(StackEngineTest, WithoutSuspendsAReadWaitsForTheProgramToEnd) {
  HbfParameters p = stack();
  p.suspends = 0;
  test::EngineDriver d = driver(p);
  d.hold_weights(1_GB);
  d.engine().writes().hold({TrafficClass::kKvCache, 1'000'000'000, 100_MiB});
  d.run_until(TimePoint(10_us));
  static_cast<void>(d.begin(test::kv_write(kPage * 400, 1'000'000'000)));
  d.run_until(TimePoint(50_us));
  const Duration taken = d.serve(test::weights(kPage * 401));
  EXPECT_NEAR(to_seconds(taken), 61e-6 + 1.34e-6, 2e-6);  // the program began at 11 us: 1 us over the link
  EXPECT_EQ(d.engine().activity().suspends, 0);
}

TEST_P(StackEngineTest, FullBufferMakesTheWriterWaitAtTheProgramRate) {
  HbfParameters p = stack();
  p.write_buffer = kPage * 800;
  test::EngineDriver d = driver(p);
  d.engine().writes().hold({TrafficClass::kKvCache, 0, 100_MiB});
  // 4,000 pages into a buffer of 800: eight stripes have to be programmed first.
  const Duration taken = d.serve(test::kv_write(kPage * 4'000, 0));
  EXPECT_NEAR(to_seconds(taken), 8 * 100e-6, 0.02 * 800e-6);
  d.run_until_idle();
  EXPECT_EQ(d.engine().activity().programs, 4'000);
}

TEST_P(StackEngineTest, HotStackSensesWithFewerPlanes) {
  HbfParameters p = stack();
  p.throttle.state = ThermalState::kSevere;  // 40 percent of the planes
  test::EngineDriver d = driver(p);
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  const Duration taken = d.serve(test::weights(kPage * 40'000));
  EXPECT_NEAR(to_seconds(taken), 100e-6 / 0.4, 0.02 * 250e-6);
}

TEST_P(StackEngineTest, PowerLimitLeavesFewerPlanes) {
  HbfParameters p = stack();  // 1,638.4 GB/s x 8 x 6.8 pJ are 89.1 W, and 5 W idle
  p.energy.limit = Power(49'560'000);
  p.fewer_planes = true;
  EXPECT_NEAR(to_double(p.sensing_share()), 0.5, 0.001);
  test::EngineDriver d = driver(p);
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  EXPECT_NEAR(to_seconds(d.serve(test::weights(kPage * 40'000))), 200e-6, 0.02 * 200e-6);
}

TEST_P(StackEngineTest, AgedPagesAreSensedAgain) {
  HbfParameters p = stack();
  p.retry.per_kilocycle = Ratio(1'000);  // a tenth of a percent each 1,000 cycles
  p.age.cycles = 50'000;
  test::EngineDriver d = driver(p);
  d.hold_weights(1_GB);
  d.run_until(TimePoint(10_us));
  // A twentieth of the senses fail: 0.0526 senses of 1.24 us more. At page fidelity all wait for the plane that had
  // most.
  const Duration taken = d.serve(test::weights(kPage * 40'000));
  EXPECT_NEAR(to_seconds(taken), 100e-6 * (1 + 0.0526 * 1.24), (GetParam() ? 0.09 : 0.02) * 106.5e-6);
  EXPECT_NEAR(static_cast<double>(d.engine().activity().retries), 0.0526 * 40'000, 0.08 * 2'104);
}

// Blocks of 1,024 pages are due each 10,250 reads: a round of the 1,025 of a segment each 4,000 pages read.
HbfParameters refreshed_stack() {
  HbfParameters p = StackEngineTest::stack();
  p.endurance.disturb_reads = 10'250;
  return p;
}

TEST_P(StackEngineTest, RefreshIsARoundOnTheArrayWhenItsReadsHaveBeen) {
  test::EngineDriver d = driver(refreshed_stack());
  d.hold_weights(1_GB);
  static_cast<void>(d.serve(test::weights(kPage * 3'999)));
  d.run_until_idle();
  EXPECT_EQ(d.engine().activity().refreshed, 0);
  static_cast<void>(d.serve(test::weights(kPage)));
  d.run_until_idle();
  EXPECT_EQ(d.engine().activity().refreshed, 400);
  EXPECT_EQ(d.engine().activity().programs, 400);
}

TEST_P(StackEngineTest, ReadSuspendsARefresh) {
  test::EngineDriver d = driver(refreshed_stack());
  d.hold_weights(1_GB);
  static_cast<void>(d.serve(test::weights(kPage * 4'000)));
  d.run_until(d.now() + 50_us);
  const Duration taken = d.serve(test::weights(kPage * 401));
  EXPECT_NEAR(to_seconds(taken), 5e-6 + 1.34e-6, 1.4e-6);
  d.run_until_idle();
  EXPECT_EQ(d.engine().activity().refreshed, 400);
}

// Reads without a gap: the second and the third train find two rounds due, and wait for one of 100 us each.
TEST_P(StackEngineTest, LateRefreshGoesBeforeReads) {
  test::EngineDriver d = driver(refreshed_stack());
  d.hold_weights(1_GB);
  std::vector<std::uint64_t> ids;
  for (int n = 0; n < 3; ++n) ids.push_back(d.begin(test::weights(kPage * 4'000)));
  d.run_until_ended(ids.back());
  EXPECT_NEAR(to_seconds(d.now().since_start()), 230e-6, 0.05 * 230e-6);
  d.run_until_idle();
  EXPECT_EQ(d.engine().activity().refreshed, 1'200);
}

std::string name_of_engine(const ::testing::TestParamInfo<bool>& info) { return info.param ? "Pages" : "Train"; }
INSTANTIATE_TEST_SUITE_P(Both, StackEngineTest, ::testing::Values(false, true), name_of_engine);

struct Workload {
  std::int64_t pages = 0;  // of a train
  Duration gap;            // from a train's end to the next one's begin
  bool announced = true;
  std::int64_t window = 0;
};

Duration total_time(const HbfParameters& p, const Workload& w, bool pages) {
  test::EngineDriver d(p, pages, 320_ns);
  d.hold_weights(1_GB);
  d.run_until(TimePoint(200_us));
  for (int n = 0; n < 12; ++n) {
    static_cast<void>(d.serve(test::weights(kPage * w.pages, w.announced, kPage * w.window)));
    d.run_until(d.now() + w.gap);
  }
  return d.now().since_start() - 200_us;
}

// Kernels of a decode step: trains of 2,000 to 20,000 pages a stack (8 to 80 MB) with gaps between.
TEST(StackFidelityTest, TrainsAgreeWithPagesOverAGrid) {
  int cases = 0;
  double worst = 0;
  for (const Duration sense : {1_us, 4_us, 20_us}) {
    for (const std::int64_t share : {100, 200, 400}) {  // staging, percent of rate x tR
      for (const std::int64_t length : {2'000, 8'000}) {
        for (const Duration gap : {200_ns, 3_us, 30_us}) {
          for (const Workload& w : {Workload{length, gap, true, 0}, Workload{length, gap, true, 600},
                                    Workload{length, gap, false, 0}, Workload{length, gap, false, 300}}) {
            HbfParameters p;
            p.read = sense;
            p.staging = p.array_read_rate() * sense * share / 100;
            const double train = to_seconds(total_time(p, w, false));
            const double pages = to_seconds(total_time(p, w, true));
            worst = std::max(worst, std::abs(train / pages - 1));
            // Without read-ahead and short of SRAM, waves of pages that do not fit the planes lose one now and then.
            EXPECT_NEAR(train / pages, 1, share == 100 && !w.announced ? 0.03 : 0.02)
                << to_text(sense) << " staging " << share << " % pages " << length << " gap " << to_text(gap)
                << (w.announced ? " announced" : "") << " window " << w.window;
            ++cases;
          }
        }
      }
    }
  }
  EXPECT_EQ(cases, 216);
  RecordProperty("worst_percent", std::to_string(100 * worst));
}

// Rounds of 20 us, one for so many pages read: 5 to 50 percent of the array's time. Every one is suspended up to eight
// times, and resumed in the next gap; in gaps of 200 ns trains come out up to a fifth too fast.
TEST(StackFidelityTest, TrainsAgreeWithPagesWhileBlocksAreRefreshed) {
  for (const std::int64_t a_round : {160'000, 16'000}) {
    for (const Workload& w : {Workload{2'000, 3_us, true, 0}, Workload{8'000, 3_us, true, 600},
                              Workload{8'000, 30_us, true, 0}, Workload{8'000, 3_us, false, 300}}) {
      HbfParameters p = refreshed_stack();
      p.program = 20_us;
      p.endurance.disturb_reads = a_round * 1'025 / 400;
      const std::int64_t trains = 4 * a_round / w.pages;
      std::array<Duration, 2> total;
      std::array<FlashActivity, 2> done;
      for (const bool pages : {false, true}) {
        test::EngineDriver d(p, pages, 320_ns);
        d.hold_weights(1_GB);
        for (std::int64_t n = 0; n < trains; ++n) {
          static_cast<void>(d.serve(test::weights(kPage * w.pages, w.announced, kPage * w.window)));
          d.run_until(d.now() + w.gap);
        }
        total[pages ? 1 : 0] = d.now().since_start();
        d.run_until_idle();
        done[pages ? 1 : 0] = d.engine().activity();
      }
      EXPECT_NEAR(to_seconds(total[0]) / to_seconds(total[1]), 1, 0.03)
          << a_round << " pages " << w.pages << " gap " << to_text(w.gap) << (w.announced ? " announced" : "");
      EXPECT_EQ(done[0].refreshed, 4 * 400);
      EXPECT_EQ(done[1].refreshed, 4 * 400);
    }
  }
}

// Staging that is given back by halves: what is not announced waits for a whole one.
TEST(StackFidelityTest, TrainsAgreeWithPagesByHalves) {
  for (const Duration sense : {1_us, 4_us}) {
    for (const std::int64_t share : {200, 400}) {
      for (const Workload& w : {Workload{2'000, 3_us, true, 0}, Workload{8'000, 200_ns, true, 600},
                                Workload{2'000, 3_us, false, 0}, Workload{8'000, 3_us, false, 300}}) {
        HbfParameters p;
        p.double_buffered = true;
        p.read = sense;
        p.staging = p.array_read_rate() * sense * share / 100;
        EXPECT_NEAR(to_seconds(total_time(p, w, false)) / to_seconds(total_time(p, w, true)), 1, 0.02)
            << to_text(sense) << " staging " << share << " % pages " << w.pages << (w.announced ? " announced" : "");
      }
    }
  }
}

}  // namespace
}  // namespace decodesim
