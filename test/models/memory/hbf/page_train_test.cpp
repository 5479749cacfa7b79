// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/page_train.hpp"

#include <gtest/gtest.h>

#include "models/memory/hbf/flash_translation.hpp"
#include "test/models/memory/hbf/page_driver.hpp"
#include "test/models/memory/hbf/small_stack.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr Bandwidth kFastHost = 100_TBps;

Bandwidth measured(const HbfParameters& p, Bandwidth host, std::int64_t pages, std::int64_t window,
                   Ratio retry = Ratio(0)) {
  PageController controller(p, host);
  return p.page * pages / test::read_train(controller, p, pages, window, retry);
}

TEST(PageTrainTest, DefaultStackReadsItsPublishedBandwidth) {
  const HbfParameters p;
  EXPECT_EQ(PageTrain(p, kFastHost).rate(), Bandwidth(25LL * 16 * 4096 * 1'000'000));
  // A page: 1 us + 4,096 B / 102.4 GB/s + 200 ns + 4,096 B / 100 TB/s.
  EXPECT_EQ(PageTrain(p, kFastHost).latency(), 1'000_ns + 40_ns + 200_ns + Duration(41));
  // 1,000 pages a plane, by events.
  EXPECT_NEAR(to_double(measured(p, kFastHost, 400'000, 0)) / 1'638.4e9, 1, 0.02);
}

TEST(PageTrainTest, ShallowQueuesGiveWindowTimesPageOverLatency) {
  const HbfParameters p;
  const Duration latency = PageTrain(p, kFastHost).latency();
  for (const std::int64_t window : {1, 16, 64, 200, 400}) {
    const Bandwidth expected = p.page * window / latency;
    EXPECT_EQ(PageTrain(p, kFastHost, window).rate(), expected);
    EXPECT_NEAR(to_double(measured(p, kFastHost, 200 * window, window)) / to_double(expected), 1, 0.02) << window;
  }
}

TEST(PageTrainTest, KneeOfStagingIsBandwidthTimesLatencyByPagesAndTwiceThatByHalves) {
  HbfParameters p;
  const Bandwidth full = p.array_read_rate();
  const Duration latency = PageTrain(p, kFastHost).latency();
  const Bytes in_flight = full * latency;
  EXPECT_EQ(staging_for(full, p.read), 3'276'800_B);
  const auto share = [&](bool halves, Bytes staging) {
    p.double_buffered = halves;
    p.staging = staging;
    const double events = to_double(measured(p, kFastHost, 100'000, 0));
    EXPECT_NEAR(to_double(PageTrain(p, kFastHost).rate()) / events, 1, 0.02) << halves << " " << to_text(staging);
    return events / to_double(full);
  };
  EXPECT_NEAR(share(false, in_flight / 2), 1.0 / 2, 0.01);
  EXPECT_NEAR(share(false, in_flight), 1, 0.02);
  EXPECT_NEAR(share(false, 2 * in_flight), 1, 0.01);
  // By halves, S = x B L gives x / (1 + x / 2) of the bandwidth.
  EXPECT_NEAR(share(true, in_flight / 2), 0.5 / 1.25, 0.01);
  EXPECT_NEAR(share(true, in_flight), 1 / 1.5, 0.02);
  EXPECT_NEAR(share(true, staging_for(full, latency)), 1, 0.02);
  EXPECT_NEAR(share(true, 2 * staging_for(full, latency)), 1, 0.01);
}

TEST(PageTrainTest, AgreesWithEventsOverAGrid) {
  int cases = 0;
  for (const Duration sense : {1_us, 4_us, 20_us}) {
    for (const std::int64_t share : {10, 50, 100, 200, 400}) {  // percent of rate x tR
      for (const std::int64_t window : {0, 100, 300}) {
        for (const bool cached : {false, true}) {
          for (const Bandwidth host : {500_GBps, kFastHost}) {
            HbfParameters p;
            p.read = sense;
            p.cached_reads = cached;
            p.staging = p.array_read_rate() * sense * share / 100;
            const PageTrain train(p, host, window);
            const std::int64_t pages = 30'000;
            PageController controller(p, host);
            const double events = to_seconds(test::read_train(controller, p, pages, window));
            const double closed = to_seconds(train.time(pages));
            EXPECT_NEAR(closed / events, 1, 0.02) << to_text(sense) << " staging " << share << " % window " << window
                                                  << " cached " << cached << " host " << to_text(host);
            EXPECT_LE(controller.most_staged(), p.staging);
            ++cases;
          }
        }
      }
    }
  }
  EXPECT_EQ(cases, 180);
}

TEST(PageTrainTest, WornStackIsSlowerThanANewOne) {
  HbfParameters p = test::small_stack(10, 24, 1);
  p.endurance.retention = Duration(86'400 * kPicosecondsPerSecond);
  FlashTranslation flash(p);
  ASSERT_EQ(flash.write(0, 640, TrafficClass::kKvCache), FlashWrite::kDone);
  flash.reset_window();
  for (int round = 0; round < 100; ++round) ASSERT_EQ(flash.write(0, 640, TrafficClass::kKvCache), FlashWrite::kDone);
  const auto latency = [&] { return PageTrain(p, kFastHost, 1, flash.retry_rate(0)).latency(); };
  const Duration young = latency();
  flash.fast_forward(3'600'000, 3'600);  // a thousand windows
  const Duration worn = latency();
  // 1,000 segments erased among 25 blocks of each plane: 40 cycles; a thousand times: 40,000 cycles, which are 4,000
  // ppm of sensing, transferring and decoding again, 1,240 ns.
  EXPECT_NEAR(static_cast<double>((worn - young).count()), 0.004 * 1'240e3, 300);
}

TEST(PageTrainTest, RetriesCostTheirShare) {
  HbfParameters p;
  const Ratio retry = 10_percent;
  const Bandwidth closed = PageTrain(p, kFastHost, 100, retry).rate();
  EXPECT_LT(closed, PageTrain(p, kFastHost, 100).rate());
  EXPECT_NEAR(to_double(measured(p, kFastHost, 40'000, 100, retry)) / to_double(closed), 1, 0.02);
}

}  // namespace
}  // namespace decodesim
