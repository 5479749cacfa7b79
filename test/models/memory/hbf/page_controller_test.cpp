// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/page_controller.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "test/models/memory/hbf/page_driver.hpp"

namespace decodesim {
namespace {
using namespace literals;

// A page takes 1 us + 40 ns + 200 ns + 4,096 B / 4.096 TB/s = 1 ns.
constexpr Bandwidth kHost{4'096'000'000'000};
constexpr Duration kLone = 1'241_ns;

struct Served {
  std::uint64_t id;
  Duration time;
  friend bool operator==(const Served&, const Served&) = default;
};

std::vector<Served> drain(PageController& controller) {
  std::vector<Served> out;
  while (const auto next = controller.next_event()) controller.advance(*next);
  while (const auto d = controller.take_delivery()) out.push_back({d->id, d->time.since_start()});
  return out;
}

PageRead page_of(std::uint64_t id, std::int64_t plane, std::int64_t page, bool ahead = false) {
  return {id, plane, page, 4096_B, ahead, Ratio(0)};
}

TEST(PageControllerTest, LonePageArrivesAfterItsWay) {
  PageController controller(HbfParameters{}, kHost);
  controller.read(TimePoint(), page_of(1, 5, 0));
  controller.advance(TimePoint(kLone - 1_ps));
  EXPECT_FALSE(controller.take_delivery().has_value());
  controller.advance(TimePoint(kLone));
  EXPECT_TRUE(controller.take_delivery().has_value());
  EXPECT_EQ(controller.staged(), Bytes());
}

TEST(PageControllerTest, PlanesOfAChannelFollowEachOtherOnIt) {
  PageController controller(HbfParameters{}, kHost);
  controller.read(TimePoint(), page_of(1, 0, 0));
  controller.read(TimePoint(), page_of(2, 1, 0));   // the same channel: 40 ns later
  controller.read(TimePoint(), page_of(3, 25, 0));  // another one: after the host has taken the first
  EXPECT_EQ(drain(controller), (std::vector<Served>{{1, kLone}, {3, kLone + 1_ns}, {2, kLone + 40_ns}}));
}

TEST(PageControllerTest, DemandGoesBeforeReadsAheadAndBothBeforeWrites) {
  PageController controller(HbfParameters{}, kHost);
  controller.read(TimePoint(), page_of(0, 0, 0));  // busy until 1 us
  controller.program(TimePoint(), 0);
  controller.read(TimePoint(), page_of(1, 0, 1, true));
  controller.read(TimePoint(), page_of(2, 0, 2));
  EXPECT_EQ(drain(controller), (std::vector<Served>{{0, kLone}, {2, 1_us + kLone}, {1, 2_us + kLone}}));
  EXPECT_EQ(controller.writes_done(), 1U);
}

TEST(PageControllerTest, DemandLeavesItsRegisterBeforeReadsAhead) {
  PageController controller(HbfParameters{}, kHost);
  controller.read(TimePoint(), page_of(0, 0, 0, true));  // has the channel already when the others are sensed
  controller.read(TimePoint(), page_of(1, 1, 0, true));
  controller.read(TimePoint(), page_of(2, 2, 0));
  EXPECT_EQ(drain(controller), (std::vector<Served>{{0, kLone}, {2, kLone + 40_ns}, {1, kLone + 80_ns}}));
}

TEST(PageControllerTest, DemandSuspendsAProgramAndAReadAheadDoesNot) {
  PageController controller(HbfParameters{}, kHost);
  controller.program(TimePoint(), 0);
  controller.read(TimePoint(10_us), page_of(1, 0, 0, true));
  controller.read(TimePoint(20_us), page_of(2, 0, 1));
  // Suspended at 20 us, free at 25 us, sensed at 26 us; 80 us were left and 5 us resume: 111 us.
  EXPECT_EQ(drain(controller), (std::vector<Served>{{2, 25_us + kLone}, {1, 111_us + kLone}}));
  EXPECT_EQ(controller.suspends(), 1U);
  EXPECT_EQ(controller.writes_done(), 1U);
}

TEST(PageControllerTest, WithoutSuspendsADemandWaitsForTheProgram) {
  HbfParameters p;
  p.suspends = 0;
  PageController controller(p, kHost);
  controller.program(TimePoint(), 0);
  controller.read(TimePoint(20_us), page_of(2, 0, 1));
  EXPECT_EQ(drain(controller), (std::vector<Served>{{2, 100_us + kLone}}));
}

TEST(PageControllerTest, ReadsOfAnOpenPageAreNotSensedAgain) {
  PageController controller(HbfParameters{}, kHost);
  for (std::uint64_t id = 0; id < 64; ++id) controller.read(TimePoint(), {id, 0, 9, 64_B, false, Ratio(0)});
  EXPECT_EQ(drain(controller).size(), 64U);
  EXPECT_EQ(controller.senses(), 1U);
  controller.read(TimePoint(5_us), {64, 0, 9, 64_B, false, Ratio(0)});
  // 64 B / 102.4 GB/s = 625 ps; 200 ns; 64 B / 4.096 TB/s = 15.6 ps.
  EXPECT_EQ(drain(controller), (std::vector<Served>{{64, 5_us + Duration(625) + 200_ns + Duration(16)}}));
  controller.read(TimePoint(6_us), page_of(65, 0, 10));
  drain(controller);
  EXPECT_EQ(controller.senses(), 2U);
}

TEST(PageControllerTest, StagingIsNeverExceededAndEveryReadIsDeliveredOnce) {
  HbfParameters p;
  p.staging = 16 * p.page;
  PageController controller(p, kHost);
  RandomStream random(11, "page_controller", "test");
  std::uint64_t writes = 0;
  TimePoint now;
  for (std::uint64_t id = 0; id < 20'000; ++id) {
    now = now + Duration(random.between(0, 200'000));
    const std::int64_t plane = random.between(0, 399);
    if (random.below(50) == 0) {
      random.below(4) == 0 ? controller.erase(now, plane) : controller.program(now, plane);
      ++writes;
    }
    const Bytes bytes = 64 * Bytes(random.between(1, 64));
    controller.read(now, {id, plane, random.between(0, 3), bytes, random.below(2) == 0, 10_percent});
  }
  std::set<std::uint64_t> ids;
  for (const Served& s : drain(controller)) ids.insert(s.id).second ? void() : ADD_FAILURE();
  EXPECT_EQ(ids.size(), 20'000U);
  EXPECT_EQ(controller.writes_done(), writes);
  EXPECT_LE(controller.most_staged(), p.staging);
  EXPECT_EQ(controller.staged(), Bytes());
  EXPECT_GT(controller.suspends(), 0U);
  EXPECT_GT(controller.retries(), 0U);
}

TEST(PageControllerTest, SingleAndMultiPlaneDiesSenseInTurnOrTogether) {
  const auto last_of = [](PlaneReads reads) {
    HbfParameters p;
    p.plane_reads = reads;
    PageController controller(p, kHost);
    for (std::int64_t plane = 0; plane < 4; ++plane)
      controller.read(TimePoint(), page_of(static_cast<std::uint64_t>(plane), plane, 0));
    controller.read(TimePoint(500_ns), page_of(4, 4, 0));
    return drain(controller).back().time;
  };
  EXPECT_EQ(last_of(PlaneReads::kIndependent), 500_ns + kLone);
  EXPECT_EQ(last_of(PlaneReads::kMultiPlane), 1_us + kLone);  // too late for the first round
  EXPECT_EQ(last_of(PlaneReads::kSingle), 4_us + kLone);
}

TEST(PageControllerTest, AllPlanesReadAtTheRateOfTheirNarrowestPart) {
  const auto rate_of = [](const HbfParameters& p, Bandwidth host) {
    PageController controller(p, host);
    return to_double(p.page * 100'000 / test::read_train(controller, p, 100'000, 0));
  };
  HbfParameters p;
  EXPECT_NEAR(rate_of(p, kHost), 25.0 * 16 * 4096 / 1e-6, 0.02 * 1'638.4e9);
  EXPECT_NEAR(rate_of(p, 1_TBps), 1e12, 0.02e12);
  p.channel = 51'200_MBps;  // 16 of them: 819.2 GB/s
  EXPECT_NEAR(rate_of(p, kHost), 819.2e9, 0.02 * 819.2e9);
}

TEST(PageControllerTest, AllPlanesProgramAtPlanesTimesPageOverTprog) {
  PageController controller(HbfParameters{}, kHost);
  for (int round = 0; round < 10; ++round)
    for (std::int64_t plane = 0; plane < 400; ++plane) controller.program(TimePoint(), plane);
  TimePoint last;
  while (const auto next = controller.next_event()) controller.advance(last = *next);
  EXPECT_EQ(controller.writes_done(), 4'000U);
  // 400 x 4,096 B / 100 us.
  EXPECT_EQ(4096_B * 4'000 / last.since_start(), Bandwidth(16'384'000'000));
}

// A tenth of the planes' time goes to programs. Without suspends a read may wait for all of one.
TEST(PageControllerTest, SuspendsShortenTheTailOfReadsInAWriteStorm) {
  const auto p99 = [](std::int64_t suspends) {
    HbfParameters p;
    p.suspends = suspends;
    PageController controller(p, kHost);
    RandomStream random(9, "page_controller", "storm");
    std::vector<TimePoint> asked;
    TimePoint now;
    for (std::uint64_t id = 0; id < 20'000; ++id) {
      now = now + 50_ns;
      if (id % 50 == 0) controller.program(now, random.between(0, 399));  // every 2.5 us: 40 planes at a time
      controller.read(now, page_of(id, random.between(0, 399), static_cast<std::int64_t>(random.below(1'000))));
      asked.push_back(now);
    }
    std::vector<Duration> waits;
    for (const Served& s : drain(controller)) waits.push_back(TimePoint(s.time) - asked[s.id]);
    std::sort(waits.begin(), waits.end());
    return waits[waits.size() * 99 / 100];
  };
  EXPECT_GT(p99(0), 50_us);
  EXPECT_LT(p99(8), 10_us);  // suspend 5 us, sense 1 us, and a little
}

TEST(PageControllerTest, SameRequestsGiveTheSameTimes) {
  const auto run = [] {
    HbfParameters p;
    PageController controller(p, kHost, 5);
    return test::read_train(controller, p, 5'000, 300, 10_percent);
  };
  EXPECT_EQ(run(), run());
}

TEST(PageControllerTest, HeldPagesStayStagedUntilTheyAreClaimed) {
  const HbfParameters p;
  PageController controller(p, Bandwidth(1'638'400'000'000));
  PageRead ahead{7, 0, 0, p.page, true, Ratio(0), true};
  controller.read(TimePoint(), ahead);
  controller.advance(TimePoint(10_us));
  EXPECT_FALSE(controller.take_delivery());
  EXPECT_EQ(controller.staged(), p.page);
  controller.claim(TimePoint(10_us), 7);
  controller.advance(TimePoint(20_us));
  EXPECT_EQ(controller.take_delivery()->time, TimePoint(10_us + Duration(2'500)));  // 4,096 B over the link
  EXPECT_EQ(controller.staged(), Bytes());
}

TEST(PageControllerTest, ClaimMakesADemandReadOfWhatStillWaits) {
  const HbfParameters p;
  PageController controller(p, Bandwidth(1'638'400'000'000));
  controller.program(TimePoint(), 0);
  controller.read(TimePoint(1_us), {7, 0, 0, p.page, true, Ratio(0), true});
  controller.advance(TimePoint(50_us));
  EXPECT_EQ(controller.suspends(), 0U);  // a read ahead waits for the program
  controller.claim(TimePoint(50_us), 7);
  controller.advance(TimePoint(60_us));
  EXPECT_EQ(controller.suspends(), 1U);
  EXPECT_EQ(controller.take_delivery()->time, TimePoint(50_us + p.program_suspend + 1'240_ns + Duration(2'500)));
}

TEST(PageControllerTest, HeldWritesNeitherStartNorResume) {
  const HbfParameters p;
  PageController controller(p, Bandwidth(1'638'400'000'000));
  controller.hold_writes(TimePoint(), true);
  controller.program(TimePoint(), 0);
  controller.advance(TimePoint(200_us));
  EXPECT_EQ(controller.writes_done(), 0U);
  controller.hold_writes(TimePoint(200_us), false);
  controller.advance(TimePoint(300_us));
  EXPECT_EQ(controller.writes_done(), 1U);
}

}  // namespace
}  // namespace decodesim
