// SPDX-License-Identifier: Apache-2.0
// Reduction in the network over trees on any topology, at 1 GB/s: one byte takes one nanosecond.
#include <gtest/gtest.h>

#include "sim/app/build/collective_programs.hpp"
#include "test/app/build/fabric_run.hpp"

namespace decodesim {
namespace {

using namespace literals;
using namespace test;

// Switches and routers that reduce in 50 ns.
Plan reducing(const TopologyKeys& keys) {
  Plan plan = plan_of(keys);
  plan.network->network_switch.reduction = true;
  plan.network->network_switch.reduction_latency = 50_ns;
  plan.network->network_switch.reduction_rate = 1_GBps;
  return plan;
}

void admit(FabricRun& run, const RankGroup& group) { EXPECT_TRUE(run.machine.reductions()->admit(group)); }

std::vector<MessageProgram> in_network(const Plan& plan, Bytes bytes) {
  return programs_of(plan, bytes, [](const auto& s) { return in_network_all_reduce(s); });
}

/// A tree whose furthest member is `cables` from the root, with `routers` on the way there (the root's among them) of
/// which `combining` combine.
struct Tree {
  std::string name;
  TopologyKeys keys;
  std::int64_t cables = 0;
  std::int64_t routers = 0;
  std::int64_t combining = 0;
};
void PrintTo(const Tree& tree, std::ostream* out) { *out << tree.name; }

// Up and down again: the root is crossed once.
Duration trip(const Tree& tree, Bytes bytes) {
  return 80_ns + 100_ns * (2 * tree.cables) + 10_ns * (2 * tree.routers - 1) + 50_ns * tree.combining + bytes / 1_GBps +
         90_ns;
}

class TreeAllReduceTest : public ::testing::TestWithParam<Tree> {};

// A barrier, which is a reduction of nothing, then the vector.
TEST_P(TreeAllReduceTest, TakesTheClosedForm) {
  const Tree& tree = GetParam();
  const Plan plan = reducing(tree.keys);
  FabricRun run(plan);
  const std::int64_t ranks = plan.accelerators;
  admit(run, {0, 1, static_cast<std::int32_t>(ranks)});
  EXPECT_EQ(run(in_network(plan, 300'000_B)), trip(tree, 0_B) + trip(tree, 300'000_B));
  EXPECT_EQ(run.done, static_cast<std::size_t>(ranks));
  EXPECT_EQ(run.sent(), ranks * 300'000);
  EXPECT_EQ(run.received(), ranks * 300'000);
  run.machine.check_quiet();
}

// Routers in the accelerators: the furthest member is a leaf whose own router only passes its contribution on. On the
// dragonfly the six routers lie in a circle by their local and global cables. Domains of four meet outside.
const Tree kFatTree{"fat_tree", fat_tree(), 2, 2, 2};
INSTANTIATE_TEST_SUITE_P(AllTopologies, TreeAllReduceTest,
                         ::testing::Values(Tree{"star", star_of(8), 1, 1, 1}, Tree{"ring", ring_of(8), 4, 5, 4},
                                           Tree{"torus", torus_of("4x2"), 3, 4, 3}, kFatTree,
                                           Tree{"dragonfly", dragonfly(), 4, 4, 4},
                                           Tree{"multi_level", multi_level(), 2, 2, 2}),
                         [](const auto& test) { return test.param.name; });

// Every tree has one cable less than nodes; the vector goes up and down each of them once, whatever the members.
TEST(TreeReductionTest, EveryCableOfTheTreeCarriesTheVectorOnceAWay) {
  const Plan plan = reducing(dragonfly());
  FabricRun run(plan);
  admit(run, {0, 1, 12});
  run(in_network(plan, 100'000_B));
  std::int64_t links = 0;
  for (const auto& link : run.machine.network()->links()) {
    EXPECT_TRUE(link->payload_bytes.value() == 0 || link->payload_bytes.value() == 100'000) << link->name();
    links += link->payload_bytes.value() / 100'000;
  }
  EXPECT_EQ(links, 2 * 5);  // six routers
  for (const auto& rank : run.machine.ranks()) {
    EXPECT_EQ(rank->up->payload_bytes.value(), 100'000);
    EXPECT_EQ(rank->down->payload_bytes.value(), 100'000);
  }
}

TEST(TreeReductionTest, ALateRankIsWaitedFor) {
  const Plan plan = reducing(fat_tree());
  FabricRun run(plan);
  admit(run, {0, 1, 8});
  auto programs = in_network(plan, 1000_B);
  MessagePhase late;
  late.reduced = 10'000_B;  // at 2 GB/s
  programs[5].phases.insert(programs[5].phases.begin(), late);
  for (std::size_t r = 0; r < 8; ++r)
    if (r != 5) programs[r].phases.insert(programs[r].phases.begin(), MessagePhase{});
  EXPECT_EQ(run(programs), 5000_ns + trip(kFatTree, 0_B) + trip(kFatTree, 1000_B));
}

// Members of a group may be any ranks. The trees of these two lead over different spines, and nothing is shared.
TEST(TreeReductionTest, TwoGroupsOnTreesOfTheirOwnTakeAsLongAsOne) {
  const Plan plan = reducing(fat_tree());
  FabricRun run(plan);
  const RankGroup even{0, 2, 4};
  const RankGroup odd{1, 2, 4};
  admit(run, even);
  admit(run, odd);
  std::vector<MessageProgram> programs;
  for (std::int32_t r = 0; r < 8; ++r)
    programs.push_back(in_network_all_reduce({r % 2 == 0 ? even : odd, r, 100'000_B}));
  // A leaf has one member of each group: the root alone combines.
  EXPECT_EQ(run(programs), trip({"", {}, 2, 2, 1}, 0_B) + trip({"", {}, 2, 2, 1}, 100'000_B));
  run.machine.check_quiet();
}

// Around a ring the trees share cables, where each is up to two vectors behind the other, on the way up and down.
TEST(TreeReductionTest, TwoGroupsOnSharedCablesLoseNothing) {
  const Plan plan = reducing(ring_of(8));
  FabricRun run(plan);
  std::vector<MessageProgram> programs;
  for (std::int32_t r = 0; r < 8; ++r) {
    const RankGroup group{r % 2, 2, 4};
    admit(run, group);
    programs.push_back(in_network_all_reduce({group, r, 100'000_B}));
  }
  const Duration took = run(programs);
  EXPECT_GT(took, 100'000_ns);
  EXPECT_LT(took, 400'000_ns);
  EXPECT_EQ(run.done, 8U);
  EXPECT_EQ(run.received(), 8 * 100'000);
  run.machine.check_quiet();
}

// Besides reductions that fill the trees, all ranks send to all: with buffers of one packet for each virtual channel.
TEST(TreeReductionTest, ReductionsBesideOtherTrafficDoNotHang) {
  Plan plan = reducing(torus_of("4x2"));
  plan.network->network_switch.buffer = 1000_B * virtual_channels(*plan.network);
  FabricRun run(plan);
  admit(run, {0, 1, 8});
  auto programs = in_network(plan, 50'000_B);
  for (MessageProgram& program : programs) {
    const auto others = one_shot_all_to_all({program.group, program.rank, 20'000_B});
    program.phases.back().sends.insert(program.phases.back().sends.end(), others.phases.back().sends.begin(),
                                       others.phases.back().sends.end());
    program.phases.back().receives += 7;
  }
  run(programs);
  EXPECT_EQ(run.done, 8U);
  EXPECT_EQ(run.received(), 8 * (50'000 + 7 * 20'000));
  run.machine.check_quiet();
}

// One packet at a time: the next one leaves when the result of the one before has come in.
TEST(TreeReductionTest, AWindowOfOnePacketTakesARoundTripAPacket) {
  Plan plan = reducing(fat_tree());
  plan.network->network_switch.reduction_window = 1000_B;
  FabricRun run(plan);
  admit(run, {0, 1, 8});
  const Duration round_trip = trip(kFatTree, 1000_B) - 80_ns - 90_ns;
  EXPECT_EQ(run(in_network(plan, 20'000_B)), trip(kFatTree, 0_B) + 80_ns + round_trip * 20 + 90_ns);
  EXPECT_EQ(run.received(), 8 * 20'000);
  run.machine.check_quiet();
}

// Bandwidth times round trip, 1 GB/s x 1530 ns: two packets of 1000 B keep the links busy.
TEST(TreeReductionTest, AWindowOfARoundTripCostsNothing) {
  Plan plan = reducing(fat_tree());
  plan.network->network_switch.reduction_window = 2000_B;
  plan.network->nic.max_train = 1000_B;
  FabricRun run(plan);
  admit(run, {0, 1, 8});
  EXPECT_EQ(run(in_network(plan, 20'000_B)), trip(kFatTree, 0_B) + trip(kFatTree, 20'000_B));
}

// Stored at the leaf, at the spine, and serialised a third time on the way down, which is cut through.
TEST(TreeReductionTest, AShortMessageIsStoredAtEverySwitch) {
  Plan plan = reducing(fat_tree());
  plan.network->network_switch.reduction_short_limit = 1001_B;
  plan.network->network_switch.reduction_stream_setup = 700_ns;
  FabricRun run(plan);
  admit(run, {0, 1, 8});
  EXPECT_EQ(run(in_network(plan, 1000_B)), trip(kFatTree, 0_B) + trip(kFatTree, 1000_B) + 2000_ns);
}

TEST(TreeReductionTest, AStreamIsSetUpAtEverySwitch) {
  Plan plan = reducing(fat_tree());
  plan.network->network_switch.reduction_stream_setup = 700_ns;
  FabricRun run(plan);
  admit(run, {0, 1, 8});
  EXPECT_EQ(run(in_network(plan, 1000_B)), trip(kFatTree, 0_B) + trip(kFatTree, 1000_B) + 700_ns * 2);
}

// All-reduces of 1000 B by all eight ranks, then by each four of them.
StepProgram eight_then_four() {
  StepProgram step;
  Operator op;
  op.kind = OperatorKind::kAllReduce;
  op.message_bytes = 1000_B;
  op.group = 8;
  step.operators.push_back(op);
  op.group = 4;
  step.operators.push_back(op);
  return step;
}

TEST(TreeReductionTest, GroupsBeyondTheTableFallBackAndAreCounted) {
  Plan plan = reducing(fat_tree());
  plan.software.all_reduce = CollectiveAlgorithm::kInNetwork;
  plan.software.selection.one_shot_limit_4 = 0_B;
  plan.software.selection.ring_library_setup = false;
  plan.network->network_switch.reduction_table = 1;
  FabricRun run(plan);
  CollectivePrograms programs(plan, first_ranks(8), run.machine.reductions());
  std::vector<std::int32_t> index;
  programs.prepare(eight_then_four(), index);
  EXPECT_EQ(programs.in_use().all_reduce, (std::vector<std::string>{"in_network", "ring"}));
  EXPECT_EQ(run.machine.reductions()->admitted.value(), 1);  // all eight, by way of every leaf
  EXPECT_EQ(run.machine.reductions()->refused.value(), 2);   // the fours
  std::vector<MessageProgram> fours;
  for (std::size_t r = 0; r < 8; ++r) fours.push_back(programs.of_rank(r)[1]);
  run(fours);
  EXPECT_EQ(run.done, 8U);
  EXPECT_EQ(run.received(), 8 * 6 * 250 * plan.software.selection.ring_wire_factor);
  for (const auto& rank : run.machine.ranks()) EXPECT_EQ(rank->collectives->fallbacks.value(), 1);
  run.machine.check_quiet();
}

TEST(TreeReductionTest, OnAStarTheTableCountsTheSwitchsGroups) {
  Plan plan = reducing(star_of(8));
  plan.network->network_switch.reduction_table = 1;
  FabricRun run(plan);
  EXPECT_TRUE(run.machine.reductions()->admit({0, 1, 4}));
  EXPECT_FALSE(run.machine.reductions()->admit({4, 1, 4}));
  EXPECT_TRUE(run.machine.reductions()->admit({0, 1, 4}));
  plan.run.fold = true;
  EXPECT_FALSE(may_fold(plan));  // the ranks would not all do the same
  plan.network->network_switch.reduction_table = 8;
  EXPECT_TRUE(may_fold(plan));
}

}  // namespace
}  // namespace decodesim
