// SPDX-License-Identifier: Apache-2.0
// One stack of flash under memory workloads, against arithmetic: 25 planes x 16 dies x 4 KiB / 1 us = 1,638.4 GB/s. A
// lone page takes tR 1 us, 40 ns over its channel of 102.4 GB/s, 200 ns of ECC, 2.5 ns over the link and 100 ns of
// access.
#include <gtest/gtest.h>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/memory_metrics.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "test/app/scenario/fixture.hpp"
#include "test/support/in_child.hpp"

namespace decodesim {
namespace {
using namespace literals;

std::string scenario(const std::string& pattern, std::int64_t outstanding, const std::string& tier = "",
                     const std::string& more = "") {
  return "system:\n  memory: [{use: hbf-ma-patterson" + tier +
         "}]\nworkload:\n  kind: memory\n  outstanding: " + std::to_string(outstanding) + "\n  pattern: {" + pattern +
         "}\n" + more;
}

constexpr Duration kLone(1'342'500);
constexpr double kPage = 4096;

struct Outcome {
  std::int64_t elapsed = 0;
  std::int64_t mean = 0;
  std::int64_t most = 0;
  std::int64_t senses = 0;
  std::int64_t programs = 0;
  double bandwidth = 0;
};

Outcome outcome_of(const std::string& text) {
  return test::in_child([&text] {
    const Plan plan = test::read(text);
    ProgressListener quiet;
    const RunResult result = simulate(plan, quiet);
    self_check(plan, result);
    const MemoryPhaseMetrics m = memory_metrics(plan, result).measurement;
    const FlashActivity& flash = result.memory.front().flash->activity;
    return Outcome{m.elapsed.count(), m.latency.mean.count(), m.latency.max.count(),
                   flash.senses,      flash.programs,         m.bandwidth};
  });
}

TEST(MemoryHbfTest, LonePagesTakeTheSumOfTheirWay) {
  const Outcome now = outcome_of(scenario("kind: sequential, request: 4 KiB, count: 100", 1));
  EXPECT_EQ(now.elapsed, (kLone * 100).count());
  EXPECT_EQ(now.mean, kLone.count());
  EXPECT_EQ(now.most, kLone.count());
  EXPECT_EQ(now.senses, 100);
}

TEST(MemoryHbfTest, APointerChaseIsLonePages) {
  const Outcome now = outcome_of(scenario("kind: pointer_chase, request: 4 KiB, footprint: 64 MiB, count: 100", 64));
  EXPECT_EQ(now.elapsed, (kLone * 100).count());
}

// A page is sensed once, and its 64 parts of 64 B leave its register one by one: 625 ps over the channel, 200 ns of
// ECC, 40 ps over the link and 100 ns of access each.
TEST(MemoryHbfTest, PartsOfAnOpenPageAreNotSensedAgain) {
  const Outcome now = outcome_of(scenario("kind: sequential, request: 64 B, count: 128", 1));
  EXPECT_EQ(now.senses, 2);
  EXPECT_EQ(now.elapsed, (1_us * 2 + Duration(300'665) * 128).count());
}

// Little's law: as many pages as are in flight in the time of one, until the planes are the limit.
TEST(MemoryHbfTest, BandwidthIsWhatIsInFlightOverTheLatencyUpToPlanesTimesPageOverTR) {
  for (const std::int64_t outstanding : {16, 100, 256}) {
    const double expected = static_cast<double>(outstanding) * kPage / 1342.5e-9;
    const Outcome now = outcome_of(scenario("kind: sequential, request: 4 KiB, count: 20000", outstanding));
    EXPECT_NEAR(now.bandwidth, expected, 0.02 * expected) << outstanding;
  }
  const Outcome full = outcome_of(scenario("kind: sequential, request: 4 KiB, count: 100000", 800));
  EXPECT_GT(full.bandwidth, 0.97 * 400 * kPage / 1e-6);
  EXPECT_LE(full.bandwidth, 400 * kPage / 1e-6);
}

TEST(MemoryHbfTest, FewerOrSlowerPlanesAreTheLimitInTheirPlace) {
  const Outcome slow = outcome_of(scenario("kind: sequential, request: 4 KiB, count: 20000", 800, ", read: 4 us"));
  EXPECT_NEAR(slow.bandwidth, 400 * kPage / 4e-6, 0.03 * 400 * kPage / 4e-6);
}

// Places by chance find some planes busy and leave others idle: 400 in flight on 400 planes reach what 400 in order do
// not.
TEST(MemoryHbfTest, RandomPagesMeetOnPlanes) {
  const Outcome random = outcome_of(scenario("kind: random, request: 4 KiB, footprint: 4 GiB, count: 40000", 400));
  const Outcome ordered = outcome_of(scenario("kind: sequential, request: 4 KiB, count: 40000", 400));
  EXPECT_LT(random.bandwidth, 0.9 * ordered.bandwidth);
  EXPECT_GT(random.bandwidth, 0.3 * ordered.bandwidth);
  EXPECT_GT(random.most, 2 * kLone.count());
  EXPECT_LE(random.senses, 40000);
  EXPECT_GT(random.senses, 39900);  // a page that is still open is not sensed again
}

// 400 planes x 4 KiB / 100 us = 16.384 GB/s, once the write buffer is full: 40,000 pages more take 100 stripes more.
TEST(MemoryHbfTest, WritesAreAsFastAsPlanesAreProgrammed) {
  const Outcome some = outcome_of(scenario("kind: sequential, request: 4 KiB, read_share: 0, count: 40000", 800));
  const Outcome more = outcome_of(scenario("kind: sequential, request: 4 KiB, read_share: 0, count: 80000", 800));
  const auto stripes = static_cast<double>((100_us * 100).count());
  EXPECT_NEAR(static_cast<double>(more.elapsed - some.elapsed), stripes, 0.02 * stripes);
  EXPECT_EQ(more.programs - some.programs, 40000);
}

TEST(MemoryHbfTest, ALoadBelowTheLimitIsWhatIsAchievedAtTheLatencyOfOne) {
  const Plan plan =
      test::read(scenario("kind: sequential, request: 4 KiB, count: 20000", 800, "", "  load_curve: {points: 3}\n"));
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  const MemoryMetrics metrics = memory_metrics(plan, result);
  ASSERT_EQ(metrics.load_curve.size(), 3U);
  const MemoryPhaseMetrics& half = metrics.load_curve[1];
  EXPECT_NEAR(half.bandwidth, 0.525 * 1638.4e9, 0.02 * 1638.4e9);
  EXPECT_NEAR(to_seconds(half.latency.p50), 1.3425e-6, 0.01 * 1.3425e-6);
}

}  // namespace
}  // namespace decodesim
