// SPDX-License-Identifier: Apache-2.0
// Machines on any topology, at 1 GB/s: one byte takes one nanosecond. Idle networks take what the alpha-beta formulas
// say; busy ones lose nothing and do not hang.
#include <gtest/gtest.h>

#include "sim/app/scenario/network_limits.hpp"
#include "test/app/build/fabric_run.hpp"
#include "test/support/simulate_in_child.hpp"

namespace decodesim {
namespace {

using namespace literals;
using namespace test;

struct Lone {
  std::string name;
  TopologyKeys keys;
  std::int32_t from = 0;
  std::int32_t to = 0;
  std::int64_t cables = 0;
  std::int64_t routers = 0;
};
void PrintTo(const Lone& lone, std::ostream* out) { *out << lone.name; }

class LoneMessageTest : public ::testing::TestWithParam<Lone> {};

TEST_P(LoneMessageTest, TakesTheClosedForm) {
  const Lone& lone = GetParam();
  const Plan plan = plan_of(lone.keys);
  FabricRun run(plan);
  const RankGroup pair{lone.from, lone.to - lone.from, 2};
  std::vector<MessageProgram> programs(static_cast<std::size_t>(plan.accelerators));
  for (std::int32_t r = 0; r < static_cast<std::int32_t>(plan.accelerators); ++r)
    programs[static_cast<std::size_t>(r)] = {r, {r, 1, 1}, {}};
  programs[static_cast<std::size_t>(lone.from)] = send_program({pair, lone.from, 200'000_B});
  programs[static_cast<std::size_t>(lone.to)] = receive_program({pair, lone.to, 200'000_B});
  EXPECT_EQ(run(std::move(programs)), message_time(lone.cables, lone.routers, 200'000_B));
  EXPECT_EQ(run.received(), 200'000);
  run.machine.check_quiet();
}

// A router in an accelerator is crossed at both ends; a switch only between the cables. On the 4 x 2 torus rank r is at
// (r mod 4, r / 4). On the dragonfly router 0 of group 0 has the cable to group 1, where it ends at router 1.
INSTANTIATE_TEST_SUITE_P(
    AllTopologies, LoneMessageTest,
    ::testing::Values(Lone{"star", star_of(8), 0, 5, 2, 1}, Lone{"ring", ring_of(8), 0, 3, 3, 4},
                      Lone{"ring_backwards", ring_of(8), 0, 7, 1, 2}, Lone{"torus", torus_of("4x2"), 0, 6, 3, 4},
                      Lone{"torus_around", torus_of("4x2"), 0, 7, 2, 3}, Lone{"fat_tree_leaf", fat_tree(), 0, 1, 2, 1},
                      Lone{"fat_tree_spine", fat_tree(), 0, 7, 4, 3}, Lone{"dragonfly_router", dragonfly(), 0, 1, 2, 1},
                      Lone{"dragonfly_local", dragonfly(), 0, 2, 3, 2},
                      Lone{"dragonfly_global", dragonfly(), 0, 6, 3, 2},
                      Lone{"dragonfly_global_local", dragonfly(), 0, 4, 4, 3},
                      Lone{"multi_level_inside", multi_level(), 0, 3, 2, 1},
                      Lone{"multi_level_outside", multi_level(), 0, 7, 4, 3}),
    [](const auto& test) { return test.param.name; });

// A ring all-reduce of 8 ranks or 12: in each of 2 (N - 1) steps a rank sends S / N to the next, and goes on when it
// has got as much; in the first N - 1 it then combines two parts of S / N. Edges differ in length, so the last rank is
// the one that the longest chain of 2 (N - 1) edges in a row leads to.
struct Chain {
  std::int64_t edges = 0;  ///< of this length in the longest chain
  std::int64_t cables = 0;
  std::int64_t routers = 0;
};
struct Reduce {
  std::string name;
  TopologyKeys keys;
  std::vector<Chain> chain;
};
void PrintTo(const Reduce& reduce, std::ostream* out) { *out << reduce.name; }

class RingAllReduceTest : public ::testing::TestWithParam<Reduce> {};

TEST_P(RingAllReduceTest, TakesTheClosedForm) {
  const Plan plan = plan_of(GetParam().keys);
  FabricRun run(plan);
  const std::int64_t n = plan.accelerators;
  const Bytes part = 100_B;
  Duration expected = (2 * part) / 2_GBps * (n - 1);
  std::int64_t steps = 0;
  for (const Chain& chain : GetParam().chain) {
    expected += message_time(chain.cables, chain.routers, part) * chain.edges;
    steps += chain.edges;
  }
  ASSERT_EQ(steps, 2 * (n - 1));
  EXPECT_EQ(run(programs_of(plan, part * n, [](const auto& s) { return ring_all_reduce(s, 1, false); })), expected);
  EXPECT_EQ(run.received(), 2 * (n - 1) * part.count() * n);
  EXPECT_EQ(run.sent(), run.received());
  run.machine.check_quiet();
}

// Torus: edges 3 -> 4 and 7 -> 0 have two cables; of 14 in a row 8 are the whole ring and 6 have both again. Fat tree:
// every second edge leads to another leaf. Dragonfly: 12 edges, in turn on one router, to the other router, on one
// router, and by local, global, local to the next group; 22 in a row are 12, two turns and (a router, a group).
INSTANTIATE_TEST_SUITE_P(AllTopologies, RingAllReduceTest,
                         ::testing::Values(Reduce{"star", star_of(8), {{14, 2, 1}}},
                                           Reduce{"ring", ring_of(8), {{14, 1, 2}}},
                                           Reduce{"torus", torus_of("4x2"), {{10, 1, 2}, {4, 2, 3}}},
                                           Reduce{"fat_tree", fat_tree(), {{7, 2, 1}, {7, 4, 3}}},
                                           Reduce{"dragonfly", dragonfly(), {{11, 2, 1}, {5, 3, 2}, {6, 5, 4}}}),
                         [](const auto& test) { return test.param.name; });

// Sends of 1 to 6000 B from every rank to any other, all at once; every rank waits for what is sent to it.
std::vector<MessageProgram> random_traffic(std::int32_t ranks, std::int32_t messages) {
  std::vector<MessageProgram> out;
  for (std::int32_t r = 0; r < ranks; ++r) out.push_back({r, {0, 1, ranks}, {MessagePhase{}}});
  std::uint64_t state = 1;
  const auto draw = [&state](std::int32_t below) {
    state = mixed(state);
    return static_cast<std::int32_t>(state % static_cast<std::uint64_t>(below));
  };
  for (std::int32_t i = 0; i < messages; ++i)
    for (std::int32_t r = 0; r < ranks; ++r) {
      const std::int32_t to = (r + 1 + draw(ranks - 1)) % ranks;
      out[static_cast<std::size_t>(r)].phases[0].sends.push_back({MessageKind::kData, to, Bytes(1 + draw(6000))});
      ++out[static_cast<std::size_t>(to)].phases[0].receives;
    }
  return out;
}

std::int64_t payload_of(const std::vector<MessageProgram>& programs) {
  std::int64_t total = 0;
  for (const MessageProgram& program : programs)
    for (const Message& message : program.phases[0].sends) total += message.bytes.count();
  return total;
}

struct Busy {
  std::string name;
  TopologyKeys keys;
};
void PrintTo(const Busy& busy, std::ostream* out) { *out << busy.name; }

class BusyNetworkTest : public ::testing::TestWithParam<Busy> {};

// Buffers of two packets for each virtual channel.
TEST_P(BusyNetworkTest, DeliversEverythingWithSmallBuffers) {
  Plan plan = plan_of(GetParam().keys);
  plan.network->network_switch.buffer = 2000_B * virtual_channels(*plan.network);
  FabricRun run(plan);
  const auto programs = random_traffic(static_cast<std::int32_t>(plan.accelerators), 40);
  run(programs);
  EXPECT_EQ(run.done, static_cast<std::size_t>(plan.accelerators));
  EXPECT_EQ(run.received(), payload_of(programs));
  EXPECT_EQ(run.sent(), run.received());
  for (const auto& link : run.machine.network()->links())
    EXPECT_EQ(link->wire_bytes.value(), link->delivered_bytes.value()) << link->name();
  run.machine.check_quiet();
}

TopologyKeys routed(TopologyKeys keys, const std::string& routing) {
  keys.routing = routing;
  return keys;
}

INSTANTIATE_TEST_SUITE_P(
    AllTopologies, BusyNetworkTest,
    ::testing::Values(Busy{"ring", ring_of(8)}, Busy{"torus", torus_of("4x4")},
                      Busy{"torus_valiant", routed(torus_of("4x4"), "valiant")},
                      Busy{"torus_ecmp", routed(torus_of("4x4"), "ecmp")}, Busy{"fat_tree", fat_tree()},
                      Busy{"fat_tree_ecmp", routed(fat_tree(), "ecmp")}, Busy{"dragonfly", dragonfly()},
                      Busy{"dragonfly_valiant", routed(dragonfly(), "valiant")}, Busy{"multi_level", multi_level()}),
    [](const auto& test) { return test.param.name; });

// What the virtual channels are for: with one, packets around the ring wait for each other in a circle.
TEST(DeadlockTest, ARingWithOneVirtualChannelHangs) {
  TopologyKeys keys = ring_of(8);
  keys.virtual_channels = 1;
  Plan plan = plan_of(keys);
  plan.network->network_switch.buffer = 2000_B;
  FabricRun run(plan);
  run(random_traffic(8, 40));
  EXPECT_LT(run.done, 8U);
  EXPECT_THROW(run.machine.check_quiet(), InternalError);
}

TEST(FabricNetworkTest, AcceleratorsMayBeFewerThanEndpoints) {
  Plan plan = plan_of(torus_of("4x2"));
  plan.accelerators = 5;  // the routers of the others forward
  FabricRun run(plan);
  run(programs_of(plan, 100_B, [](const auto& s) { return one_shot_all_to_all(s); }));
  EXPECT_EQ(run.done, 5U);
  EXPECT_EQ(run.received(), 5 * 4 * 100);
  run.machine.check_quiet();
}

TEST(FabricNetworkTest, AWholeRunOnATorusIsDeterministicAndUnfolded) {
  Plan plan = plan_of(torus_of("4x2"));
  const std::string once = test::simulate_in_child(plan, true);
  EXPECT_FALSE(once.empty());
  plan.run.fold = true;
  EXPECT_EQ(test::simulate_in_child(plan, true), once);
}

TEST(FabricNetworkTest, OnlyAStarFolds) {
  Plan plan = plan_of(ring_of(4));
  plan.run.fold = true;
  EXPECT_FALSE(may_fold(plan));
  EXPECT_TRUE(may_fold([] {
    Plan star = test::toy_plan(4);
    star.run.fold = true;
    return star;
  }()));
}

}  // namespace
}  // namespace decodesim
