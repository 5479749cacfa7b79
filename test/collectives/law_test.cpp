// SPDX-License-Identifier: Apache-2.0
// Collectives on the modules against closed forms, on a star without latencies: at 1 GB/s one byte takes one
// nanosecond. Zero-latency hops cost nothing; serialisations are rounded up to a picosecond each, hence the tolerance
// of a few.
#include <gtest/gtest.h>

#include "test/models/network/star_network.hpp"
#include "workloads/collectives/all_reduce.hpp"

namespace decodesim {
namespace {

using test::StarNetwork;
using test::StarParams;

constexpr Bytes kVector = 8000_B;

class CollectiveLaw : public ::testing::Test {
 protected:
  static CollectiveShape shape(std::int32_t rank, std::int32_t ranks = 8) { return {{0, 1, ranks}, rank, kVector}; }
  static StarNetwork::ProgramMaker all_reduce(CollectiveAlgorithm algorithm, std::int32_t ranks = 8) {
    AllReduceSelection selection;
    selection.ring_wire_factor = 1;
    selection.ring_library_setup = false;
    return [=](std::int32_t rank) { return all_reduce_program(algorithm, selection, shape(rank, ranks)); };
  }
  static void expect_near(Duration actual, Duration expected) {
    EXPECT_GE(actual, expected);
    EXPECT_LE(actual, expected + 100_ps);
  }

  Context context;
  StarNetwork star{"n", context, test::ideal_latency(1_GBps), 8, false};
};

TEST_F(CollectiveLaw, OneShotTakesSevenVectorsAtTheDownLink) {
  expect_near(star.run(all_reduce(CollectiveAlgorithm::kOneShot)), 7 * 8000_ns);
}

TEST_F(CollectiveLaw, OneShotPushTakesTheSame) {
  expect_near(star.run(all_reduce(CollectiveAlgorithm::kOneShotPush)), 7 * 8000_ns);
}

TEST_F(CollectiveLaw, TwoShotTakesFourteenParts) {
  expect_near(star.run(all_reduce(CollectiveAlgorithm::kTwoShot)), 14 * 1000_ns);
}

TEST_F(CollectiveLaw, RingTakesFourteenStepsOfOnePart) {
  expect_near(star.run(all_reduce(CollectiveAlgorithm::kRing)), 14 * 1000_ns);
}

TEST_F(CollectiveLaw, InNetworkTakesOneVector) {
  expect_near(star.run(all_reduce(CollectiveAlgorithm::kInNetwork)), 8000_ns);
}

TEST_F(CollectiveLaw, AllGatherTakesSevenParts) {
  expect_near(star.run([](std::int32_t rank) { return one_shot_all_gather(shape(rank)); }), 7 * 8000_ns);
}

// alpha-beta with every term: barrier, request, answer; gap for six more messages in each round; local combining.
TEST(CollectiveLatencyLaw, OneShotAddsUpItsTerms) {
  Context context;
  StarParams p = test::ideal_latency(1_GBps);
  p.link.latency = 50_ns;
  p.network_switch.crossing = 100_ns;
  p.nic.send_overhead = p.nic.receive_overhead = 80_ns;
  p.nic.message_gap = 30_ns;
  p.nic.read_latency = 250_ns;
  p.collectives.relaxed_sync = 360_ns;
  p.collectives.reduce_rate = 8_GBps;
  StarNetwork star("n", context, p, 8, false);
  const Duration time = star.run([](std::int32_t rank) {
    return one_shot_all_reduce({{0, 1, 8}, rank, kVector}, false);
  });
  const Duration crossing = 360_ns;
  // Answers are longer than the gap, so only the barrier's gaps show; the first answer starts the stream.
  const Duration expected =
      (crossing + 6 * 30_ns + 360_ns) + (crossing + 250_ns + crossing + 7 * 8000_ns) + 8 * kVector / 8_GBps;
  EXPECT_GE(time, expected);
  EXPECT_LE(time, expected + 100_ps);
}

TEST_F(CollectiveLaw, BytesPostedAreDeliveredAndNothingIsLeftOver) {
  for (const auto& choice : runtime_all_reduces()) {
    const Bytes before = star.payload_received();
    const MessageProgram program = all_reduce(choice.value)(0);
    star.run(all_reduce(choice.value));
    EXPECT_EQ(star.done, 8U) << choice.name;
    EXPECT_EQ(star.payload_received() - before, 8 * payload_received(program)) << choice.name;
    EXPECT_EQ(star.payload_sent(), star.payload_received()) << choice.name;
    EXPECT_TRUE(star.idle()) << choice.name;
  }
  for (const auto& links : {&star.up, &star.down})
    for (const auto& link : *links) EXPECT_EQ(link->wire_bytes.value(), link->delivered_bytes.value());
}

// A rank that comes late holds up the others by as much, and the messages sent to it meanwhile are kept.
TEST_F(CollectiveLaw, LateRankDelaysAll) {
  class Late : public CollectiveListener {
   public:
    void collective_done(std::uint64_t) override { at = from_sc_time(sc_core::sc_time_stamp()); }
    Duration at;
  };
  std::vector<Late> late(8);
  std::vector<MessageProgram> programs;
  for (std::int32_t r = 0; r < 8; ++r) programs.push_back(all_reduce(CollectiveAlgorithm::kInNetwork)(r));
  for (std::size_t r = 0; r < 7; ++r) star.engines[r]->start(programs[r], 77, late[r]);
  test::run_until(5_us);
  star.engines[7]->start(programs[7], 77, late[7]);
  sc_core::sc_start();
  for (const Late& rank : late) expect_near(rank.at, 5_us + 8000_ns);
}

// Incast, back-pressure and skew on purpose: rank r starts r x 100 ns late. The kernel runs the processes of one
// instant in order of construction; no time may depend on it.
TEST(CollectiveDeterminism, OrderOfConstructionDoesNotMatter) {
  class Times : public CollectiveListener {
   public:
    void collective_done(std::uint64_t) override { done.push_back(from_sc_time(sc_core::sc_time_stamp())); }
    std::vector<Duration> done;
  };
  Context context;
  StarParams p;
  p.nic.max_train = 4_KiB;
  p.network_switch.buffer = p.nic.buffer = 10_KiB;
  StarNetwork forward("forward", context, p, 8, false);
  StarNetwork backward("backward", context, p, 8, false, test::BuildOrder::kBackward);
  std::vector<MessageProgram> programs;
  for (std::int32_t r = 0; r < 8; ++r) programs.push_back(two_shot_all_reduce({{0, 1, 8}, r, 256_KiB}));
  Times a;
  Times b;
  for (std::size_t r = 0; r < 8; ++r) {
    test::run_until(Duration(100_ns) * static_cast<std::int64_t>(r));
    forward.engines[r]->start(programs[r], 1, a);
    backward.engines[r]->start(programs[r], 1, b);
  }
  sc_core::sc_start();
  EXPECT_EQ(a.done.size(), 8U);
  EXPECT_EQ(a.done, b.done);
}

// Seven ranks wait 1 us for the eighth; the order of the reads is disturbed then, and costs less than a third more.
TEST(CollectiveSkewLaw, LateRankSetsOffNoConvoy) {
  class Last : public CollectiveListener {
   public:
    void collective_done(std::uint64_t) override { at = from_sc_time(sc_core::sc_time_stamp()); }
    Duration at;
  };
  Context context;
  StarNetwork even("even", context, {}, 8, false);
  StarNetwork late("late", context, {}, 8, false);
  std::vector<MessageProgram> programs;
  for (std::int32_t r = 0; r < 8; ++r) programs.push_back(one_shot_all_reduce({{0, 1, 8}, r, 1_MiB}, false));
  Last even_done;
  Last late_done;
  for (std::size_t r = 0; r < 8; ++r) even.engines[r]->start(programs[r], 1, even_done);
  for (std::size_t r = 0; r < 7; ++r) late.engines[r]->start(programs[r], 1, late_done);
  test::run_until(1_us);
  late.engines[7]->start(programs[7], 1, late_done);
  sc_core::sc_start();
  EXPECT_GE(late_done.at - 1_us, even_done.at);
  EXPECT_LE(late_done.at - 1_us, even_done.at + even_done.at / 3);
}

TEST(CollectiveDeterminism, SameProgramTakesTheSameTimeAgain) {
  Context context;
  StarNetwork star("n", context, {}, 8, false);
  const auto program = [](std::int32_t rank) { return two_shot_all_reduce({{0, 1, 8}, rank, 1_MiB}); };
  EXPECT_EQ(star.run(program), star.run(program));
}

}  // namespace
}  // namespace decodesim
