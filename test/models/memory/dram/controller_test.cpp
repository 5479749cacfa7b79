// SPDX-License-Identifier: Apache-2.0
// The laws of DramController on HBM3-6400, CK 625 ps: tRCDRD 31, CL 20, CWL 10, burst 2, tRP 26, tRAS 45, tRTP 9
// clocks.
#include "models/memory/dram/controller.hpp"

#include <gmock/gmock.h>

#include "models/memory/dram/checker.hpp"
#include "test/support/dram_traffic.hpp"

namespace decodesim {
namespace {
using namespace literals;
using enum DramCommand;

DramRequest request(std::uint64_t id, std::int32_t group, std::int32_t bank, std::int64_t row, Clock arrival = 0,
                    bool write = false) {
  DecodedAddress where;
  where.bank_group = group;
  where.bank = bank;
  where.row = row;
  return {id, write, where, arrival};
}

/// A controller with its log and completions, all of them in order of issue.
struct Bench : CompletionSink {
  explicit Bench(const DramParameters& p) : controller(p, *this, &log) {}
  void completed(std::uint64_t id, Clock last_data) override { done.emplace_back(id, last_data); }
  void finish() {
    while (!controller.idle()) controller.run_until(controller.next_event() + 1);
  }
  /// "ACT 0@0 RD 0@31 ...".
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const CommandRecord& r : log.records())
      out += (out.empty() ? "" : " ") + std::string(name_of(r.command)) + " " + std::to_string(r.bank) + "@" +
             std::to_string(r.clock);
    return out;
  }
  CommandLog log;
  std::vector<std::pair<std::uint64_t, Clock>> done;
  DramController controller;
};

TEST(ControllerTest, UnloadedReadTakesActivateReadBurst) {
  Bench b(test::hbm3_pseudo_channel());
  b.controller.try_enqueue(request(5, 1, 2, 9));
  b.finish();
  EXPECT_EQ(b.text(), "ACT 6@0 RD 6@31");
  EXPECT_THAT(b.done, ::testing::ElementsAre(std::pair(5, 31 + 20 + 2)));
}

TEST(ControllerTest, RowHitTakesReadBurst) {
  Bench b(test::hbm3_pseudo_channel());
  b.controller.try_enqueue(request(0, 0, 0, 9));
  b.finish();
  b.controller.try_enqueue(request(1, 0, 0, 9, 1000));
  b.finish();
  EXPECT_EQ(b.done.back().second, 1000 + 20 + 2);
  EXPECT_EQ(b.controller.outcomes(RowOutcome::kHit), 1);
  EXPECT_EQ(b.controller.outcomes(RowOutcome::kMiss), 1);
}

TEST(ControllerTest, ConflictPrechargesFirst) {
  Bench b(test::hbm3_pseudo_channel());
  b.controller.try_enqueue(request(0, 0, 0, 9));
  b.controller.try_enqueue(request(1, 0, 0, 8));
  b.finish();
  // PRE after max(tRAS 45, RD 31 + tRTP 9); ACT after tRP 26, but not before tRC 72.
  EXPECT_EQ(b.text(), "ACT 0@0 RD 0@31 PRE 0@45 ACT 0@72 RD 0@103");
  EXPECT_EQ(b.controller.outcomes(RowOutcome::kConflict), 1);
}

TEST(ControllerTest, HitsGoBeforeAnOlderConflictUpToTheCap) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.controller.row_hit_cap = 2;
  Bench b(p);
  b.controller.try_enqueue(request(0, 0, 0, 9));
  b.controller.try_enqueue(request(1, 0, 0, 8));
  for (std::uint64_t id = 2; id < 5; ++id) b.controller.try_enqueue(request(id, 0, 0, 9));
  b.finish();
  std::vector<std::uint64_t> order;
  for (const auto& [id, clock] : b.done) order.push_back(id);
  EXPECT_THAT(order, ::testing::ElementsAre(0, 2, 1, 3, 4));
}

TEST(ControllerTest, ClosedPagePrechargesWithTheLastQueuedAccess) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.controller.page = PagePolicy::kClosed;
  Bench b(p);
  b.controller.try_enqueue(request(0, 0, 0, 9));
  b.controller.try_enqueue(request(1, 0, 0, 9));
  b.finish();
  EXPECT_EQ(b.text(), "ACT 0@0 RD 0@31 RDA 0@35");
}

TEST(ControllerTest, WritesWaitForTheirWatermarkWhileReadsCome) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.write_drain = 4;
  p.controller.write_low = 2;
  Bench b(p);
  std::uint64_t id = 0;
  for (int i = 0; i < 5; ++i) b.controller.try_enqueue(request(100 + id++, 1, 0, 1, 0, true));
  for (int i = 0; i < 20; ++i) b.controller.try_enqueue(request(id++, 0, 0, 9));
  b.controller.run_until(60);
  EXPECT_EQ(b.controller.counts().writes(), 0);  // 5 wait, 6 start a drain
  b.controller.try_enqueue(request(100 + id++, 1, 0, 1, 60, true));
  b.controller.run_until(120);
  EXPECT_EQ(b.controller.counts().writes(), 4);  // down to 2
  b.finish();
  EXPECT_EQ(b.controller.counts().writes(), 6);
  EXPECT_EQ(b.controller.counts().reads(), 20);
}

TEST(ControllerTest, FullQueueRefuses) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.queue_depth = 2;
  Bench b(p);
  EXPECT_TRUE(b.controller.try_enqueue(request(0, 0, 0, 9)));
  EXPECT_TRUE(b.controller.try_enqueue(request(1, 0, 0, 9)));
  EXPECT_FALSE(b.controller.try_enqueue(request(2, 0, 0, 9)));
  EXPECT_TRUE(b.controller.try_enqueue(request(3, 0, 0, 9, 0, true)));
}

TEST(ControllerTest, IdleControllerOnlyRefreshes) {
  Bench all(test::hbm3_pseudo_channel());
  all.controller.run_until(10 * 6240 + 1);
  EXPECT_EQ(all.controller.counts().of(kRefreshAll), 10);
  EXPECT_EQ(all.controller.counts().total(), 10);
  DramParameters p = test::hbm3_pseudo_channel();
  p.refresh = RefreshMode::kPerBank;
  Bench single(p);
  single.controller.run_until(10 * 6240 + 1);
  EXPECT_EQ(single.controller.counts().of(kRefreshPerBank), 160);  // 16 banks, every tREFI
}

TEST(ControllerTest, RefreshIsPostponedWhileRequestsWait) {
  DramParameters p = test::hbm3_pseudo_channel();
  const auto refreshes_under_load = [&](std::int64_t postpone) {
    p.controller.refresh_postpone = postpone;
    Bench b(p);
    for (std::uint64_t i = 0; b.controller.now() < 4 * 6240; ++i)
      while (!b.controller.try_enqueue(request(i, static_cast<std::int32_t>(i % 4), 0, 1, b.controller.now())))
        b.controller.run_until(b.controller.next_event() + 1);
    return b.controller.counts().of(kRefreshAll);
  };
  EXPECT_GE(refreshes_under_load(0), 3);
  EXPECT_EQ(refreshes_under_load(8), 0);
}

TEST(ControllerTest, ClocksOfTheBusAddUp) {
  for (const std::uint64_t writes : {0U, 40U}) {
    const DramParameters p = test::hbm3_pseudo_channel();
    const AddressMap map(p);
    test::Completions completions;
    DramController controller(p, completions);
    test::Pattern pattern(p.capacity, p.burst_bytes(), 128_B, true, writes);
    test::saturate(controller, map, pattern, 20'000);
    const BusAccounting& bus = controller.bus();
    Clock sum = bus.data();
    for (std::size_t cause = 0; cause < kBusLosses; ++cause) sum += bus.lost(static_cast<BusLoss>(cause));
    EXPECT_EQ(sum, bus.total());
    EXPECT_EQ(bus.data(), 2 * 20'000);
    EXPECT_EQ(bus.total(), completions.last);
    EXPECT_EQ(bus.lost(BusLoss::kTurnaround) > 0, writes > 0);
    EXPECT_GT(bus.lost(BusLoss::kRefresh), 0);
    EXPECT_GT(bus.lost(BusLoss::kRow), 0);
  }
}

TEST(ControllerTest, EachLossIsNamedByItsCause) {
  // Two reads of one bank: the second burst 4 clocks after the first, 2 of them without data.
  Bench group(test::hbm3_pseudo_channel());
  group.controller.try_enqueue(request(0, 0, 0, 9));
  group.controller.try_enqueue(request(1, 0, 0, 9));
  group.finish();
  EXPECT_EQ(group.controller.bus().lost(BusLoss::kBankGroup), 2);
  EXPECT_EQ(group.controller.bus().lost(BusLoss::kIdle), 20);  // CL of the first
  EXPECT_EQ(group.controller.bus().lost(BusLoss::kRow), 31);   // tRCD
  // Six activates at once: tFAW holds the fifth back until 24; its data comes 24 + 31 + 20.
  Bench faw(test::hbm3_pseudo_channel());
  for (std::int32_t i = 0; i < 6; ++i) faw.controller.try_enqueue(request(0, i % 4, i / 4, 9));
  faw.finish();
  EXPECT_GT(faw.controller.bus().lost(BusLoss::kActivation), 0);
  EXPECT_EQ(faw.controller.bus().lost(BusLoss::kRow), 31);
}

TEST(ControllerTest, SameRequestsGiveTheSameCommands) {
  const auto run = [] {
    const DramParameters p = test::hbm3_pseudo_channel();
    const AddressMap map(p);
    test::Completions completions;
    CommandLog log;
    DramController controller(p, completions, &log);
    test::Pattern pattern(p.capacity, p.burst_bytes(), 256_B, true, 30);
    test::saturate(controller, map, pattern, 5000);
    std::uint64_t hash = 0;
    for (const CommandRecord& r : log.records())
      hash = mix64(hash ^ static_cast<std::uint64_t>(r.clock * 1009 + r.bank * 16 + static_cast<int>(r.command)));
    return hash;
  };
  EXPECT_EQ(run(), run());
}

// Asking for the next event or stopping at any clock changes nothing.
TEST(ControllerTest, SteppingThroughTheClocksGivesTheSameCommands) {
  const auto run = [](Clock stride) {
    Bench b(test::hbm3_pseudo_channel());
    RandomStream random(3, "controller_test", "stepping");
    for (std::uint64_t id = 0; id < 2000; ++id) {
      const Clock arrival = static_cast<Clock>(id) * 9;
      for (Clock t = b.controller.now(); stride > 0 && t < arrival; t += stride) {
        b.controller.run_until(t);
        static_cast<void>(b.controller.next_event());
      }
      b.controller.try_enqueue(request(id, static_cast<std::int32_t>(random.below(4)),
                                       static_cast<std::int32_t>(random.below(4)),
                                       static_cast<std::int64_t>(random.below(3)), arrival, random.below(3) == 0));
    }
    b.finish();
    return b.text();
  };
  EXPECT_EQ(run(0), run(1));
  EXPECT_EQ(run(0), run(7));
}

TEST(DramEnergyTest, FollowsFromTheCounts) {
  DramParameters p = test::hbm3_pseudo_channel();
  p.energy = {Energy(1000), EnergyPerBit(2'000'000), EnergyPerBit(3'000'000), EnergyPerBit(500'000),
              Energy(100),  Power(1'000'000)};
  CommandCounts counts;
  counts.add(kActivate);
  counts.add(kRead);
  counts.add(kReadAuto);
  counts.add(kWrite);
  counts.add(kRefreshAll);
  counts.add(kRefreshPerBank);
  const DramEnergy e = energy_of(p, counts, 2, 1_us);
  EXPECT_EQ(e.activate, Energy(1000));
  EXPECT_EQ(e.read, Energy(2 * 256 * 2));
  EXPECT_EQ(e.write, Energy(256 * 3));
  EXPECT_EQ(e.io, Energy(3 * 256 / 2));
  EXPECT_EQ(e.refresh, Energy(17 * 100));
  EXPECT_EQ(e.background, Energy(2 * 1'000'000));  // 1 W for 1 us is 1 uJ
  EXPECT_EQ(e.total(), e.activate + e.read + e.write + e.io + e.refresh + e.background);
}

}  // namespace
}  // namespace decodesim
