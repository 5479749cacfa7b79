// SPDX-License-Identifier: Apache-2.0
// The laws of Reductions.
#include "sim/app/build/reductions.hpp"

#include <gtest/gtest.h>

#include "test/app/build/fabric_run.hpp"

namespace decodesim {
namespace {

using namespace literals;
using namespace test;

Plan plan_with_table(const TopologyKeys& keys, std::int64_t table) {
  Plan plan = plan_of(keys);
  plan.network->network_switch.reduction = true;
  plan.network->network_switch.reduction_table = table;
  return plan;
}

class Tables {
 public:
  explicit Tables(const Plan& plan)
      : routes(*plan.network), reductions("reductions", context, *plan.network, &routes), nodes(count(plan)) {}
  [[nodiscard]] std::int32_t roots(const RankGroup& group) const {
    std::int32_t out = 0;
    for (std::int32_t n = 0; n < nodes; ++n) {
      const TreePlace* place = reductions.place(n, group);
      if (place != nullptr && place->parent_port < 0) ++out;
    }
    return out;
  }
  static std::int32_t count(const Plan& plan) {
    return static_cast<std::int32_t>(plan.network->fabric->topology().nodes.size());
  }

  Context context;
  FabricRoutes routes;
  Reductions reductions;
  std::int32_t nodes;
};

// Followed from every router to the root: a parent has a branch back, by the port's other end, and counts the ranks.
void check_tree(const Tables& t, const RankGroup& group) {
  EXPECT_EQ(t.roots(group), 1);
  for (std::int32_t n = 0; n < t.nodes; ++n) {
    const TreePlace* place = t.reductions.place(n, group);
    if (place == nullptr) continue;
    std::int32_t ranks = 0;
    for (const TreePlace::Branch& branch : place->branches) {
      const TreePlace* below = branch.to_a_rank ? nullptr : t.reductions.place(branch.node, group);
      ranks += branch.to_a_rank ? 1 : below->ranks;
      if (below == nullptr) continue;
      const PortMap::End& end = t.routes.ports().far_end(branch.node, below->parent_port);
      EXPECT_EQ(end.node, n);
      EXPECT_EQ(end.port, branch.port);
    }
    EXPECT_EQ(place->ranks, ranks);
    if (place->parent_port < 0) {
      EXPECT_EQ(ranks, group.size);
    }
  }
}

TEST(ReductionsTest, PlacesAreTheTreeOnEveryTopology) {
  int number = 0;
  for (const TopologyKeys& keys : {ring_of(8), torus_of("4x2"), fat_tree(), dragonfly(), multi_level()}) {
    const Plan plan = plan_with_table(keys, 8);
    // Modules of one process need different names.
    sc_core::sc_module_name scope(("scope" + std::to_string(number++)).c_str());
    struct Scope : sc_core::sc_module {
      explicit Scope(const sc_core::sc_module_name& name, const Plan& p) : sc_core::sc_module(name), tables(p) {}
      Tables tables;
    } holder(scope, plan);
    for (const RankGroup& group : {RankGroup{0, 1, 8}, RankGroup{0, 1, 4}, RankGroup{1, 3, 2}, RankGroup{0, 2, 4}}) {
      ASSERT_TRUE(holder.tables.reductions.admit(group)) << keys.topology;
      check_tree(holder.tables, group);
    }
  }
}

TEST(ReductionsTest, ATableHoldsSoManyGroupsAndTheRefusedTakeNoRoom) {
  const Plan plan = plan_with_table(ring_of(8), 1);
  Tables t(plan);
  EXPECT_TRUE(t.reductions.admit({0, 1, 3}));   // router 1 combines what comes from 0 and 2 and its own
  EXPECT_FALSE(t.reductions.admit({0, 1, 5}));  // routers 1, 2 and 3 would
  EXPECT_TRUE(t.reductions.admit({2, 1, 3}));   // router 3, where nobody took room
  EXPECT_FALSE(t.reductions.admit({0, 1, 5}));
  EXPECT_TRUE(t.reductions.admit({0, 1, 3}));
  EXPECT_EQ(t.reductions.admitted.value(), 2);
  EXPECT_EQ(t.reductions.refused.value(), 1);
}

TEST(ReductionsTest, OnlySwitchesThatReduceCombine) {
  Plan plan = plan_with_table(fat_tree(), 8);
  plan.network->network_switch.reduction = false;
  SwitchParams leaf = plan.network->network_switch;
  leaf.reduction = true;
  leaf.reduction_window = 5_KiB;
  const std::vector<std::string>& classes = plan.network->fabric->topology().switch_classes;
  plan.network->switches.push_back(
      {"leaf", static_cast<std::int32_t>(std::find(classes.begin(), classes.end(), "leaf") - classes.begin()), leaf});
  EXPECT_TRUE(reduces_in_network(*plan.network));
  Tables t(plan);
  EXPECT_TRUE(t.reductions.admit({0, 1, 2}));   // below one leaf
  EXPECT_FALSE(t.reductions.admit({0, 1, 4}));  // two leaves meet at a spine
}

TEST(ReductionsTest, TheLeastWindowOfThoseThatReduceHolds) {
  Plan plan = plan_with_table(fat_tree(), 8);
  SwitchParams spine = plan.network->network_switch;
  spine.reduction_window = 5_KiB;
  plan.network->switches.push_back({"spine", 1, spine});
  EXPECT_EQ(reduction_window(*plan.network), 5_KiB);
  plan.network->switches.front().part.reduction = false;
  EXPECT_EQ(reduction_window(*plan.network), plan.network->network_switch.reduction_window);
}

}  // namespace
}  // namespace decodesim
