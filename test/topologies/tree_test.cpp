// SPDX-License-Identifier: Apache-2.0
#include "topologies/tree.hpp"

#include "test/topologies/fabric_checks.hpp"
#include "topologies/multi_level.hpp"

namespace decodesim {
namespace {

using test::expect_deadlock_free;
using test::expect_sound;
using test::refusal;

NetworkMeasures of(const TreeShape& shape) { return measure(TreeFabric(shape)); }

// Al-Fares et al. 2008: k^3/4 hosts, k^2/2 edge, k^2/2 aggregation and k^2/4 core switches of k ports.
TEST(TreeTest, FatTreeOfAlFares) {
  const std::int64_t k = 8;
  const NetworkMeasures m = of(TreeShape::fat_tree(8, 3));
  EXPECT_EQ(m.endpoints, k * k * k / 4);
  ASSERT_EQ(m.switch_classes.size(), 3U);
  EXPECT_EQ(m.switch_classes[0].count, k * k / 2);
  EXPECT_EQ(m.switch_classes[1].count, k * k / 2);
  EXPECT_EQ(m.switch_classes[2].count, k * k / 4);
  for (const ClassCount& c : m.switch_classes) EXPECT_EQ(c.radix, k) << c.name;
  EXPECT_EQ(m.cables, 3 * k * k * k / 4);
  EXPECT_EQ(m.diameter.value, 6);
  EXPECT_EQ(*m.bisection.at_most, k * k * k / 8);  // full: half of the hosts
  EXPECT_TRUE(m.bisection.exact());
  // Of a host's n - 1 = 127: 3 on its leaf at 2 hops, 12 in its pod at 4, the rest at 6.
  EXPECT_DOUBLE_EQ(m.average_hops(), (3 * 2 + 12 * 4 + 112 * 6) / 127.0);
}

TEST(TreeTest, OversubscriptionNarrowsTheBisection) {
  // Leaves of 12 ports: 8 down, 4 up; 4 spines, 12 leaves.
  const NetworkMeasures m = of(TreeShape::fat_tree(12, 2, 2));
  EXPECT_EQ(m.endpoints, 12 * 8);
  EXPECT_EQ(m.switch_classes[0].count, 12);
  EXPECT_EQ(m.switch_classes[1].count, 4);
  EXPECT_EQ(m.radix, 12);
  EXPECT_EQ(*m.bisection.at_most, 12 * 8 / 2 / 2);  // half of the hosts, 2 to 1
  EXPECT_TRUE(m.bisection.exact());
}

TEST(TreeTest, StarAndTree) {
  const NetworkMeasures star = of(TreeShape::star(8));
  EXPECT_EQ(star.switches, 1);
  EXPECT_EQ(star.cables, 8);
  EXPECT_EQ(star.diameter.value, 2);
  EXPECT_EQ(*star.bisection.at_most, 4);
  EXPECT_DOUBLE_EQ(star.average_hops(), 2);
  const NetworkMeasures tree = of(TreeShape::tree({8, 4}));
  EXPECT_EQ(tree.endpoints, 32);
  EXPECT_EQ(tree.switches, 4 + 1);
  EXPECT_EQ(*tree.bisection.at_most, 2);  // two of four leaves
  EXPECT_TRUE(tree.bisection.exact());
}

TEST(TreeTest, ClosedFormsEqualWhatIsCounted) {
  for (const TreeShape& shape :
       {TreeShape::star(1), TreeShape::star(9), TreeShape::tree({3, 4, 2}), TreeShape::fat_tree(4, 3),
        TreeShape::fat_tree(6, 2, 2), TreeShape::fat_tree(4, 3, 1, 4), TreeShape{{3, 4}, {2, 3}, 2, "tree"}})
    expect_sound(TreeFabric(shape));
}

// Halves drawn on small trees never beat the closed form, and the best of several finds it.
TEST(TreeTest, BisectionIsWhatMaximumFlowFinds) {
  for (const TreeShape& shape : {TreeShape::star(8), TreeShape::tree({4, 4}), TreeShape::fat_tree(4, 3),
                                 TreeShape::fat_tree(6, 2, 2), TreeShape::fat_tree(12, 2, 2)}) {
    const TreeFabric fabric(shape);
    const Bisection searched = searched_bisection(fabric.topology(), PortMap(fabric.topology()));
    EXPECT_EQ(*searched.at_most, *fabric.closed_form().bisection->at_most) << fabric.title();
  }
}

TEST(TreeTest, EveryRoutingIsValidAndFreeOfDeadlock) {
  for (const TreeShape& shape :
       {TreeShape::star(8), TreeShape::tree({3, 3, 2}), TreeShape::fat_tree(4, 3), TreeShape::fat_tree(6, 2, 2),
        TreeShape::fat_tree(4, 3, 1, 2), TreeShape{{3, 4}, {2, 3}, 2, "tree"}})
    expect_deadlock_free(TreeFabric(shape));
}

// Rank r of a server with four accelerators is on leaf r mod 4 of its pod.
TEST(TreeTest, RailsPutEachAcceleratorOfAServerOnALeafOfItsOwn) {
  const TreeFabric fabric(TreeShape::fat_tree(16, 2, 1, 4));  // 16 leaves of 8
  const std::int32_t first_leaf = fabric.topology().endpoints();
  const PortMap ports(fabric.topology());
  for (std::int32_t rank = 0; rank < 128; ++rank)
    EXPECT_EQ(ports.far_end(rank, 0).node, first_leaf + rank / 32 * 4 + rank % 4) << rank;
  EXPECT_EQ(hops(fabric.topology(), 0, 4), 2);  // same rail
  EXPECT_EQ(hops(fabric.topology(), 0, 1), 4);  // same server, other rail
}

TEST(TreeTest, EcmpUsesEveryParentAndMinimalSpreadsDestinations) {
  const TreeFabric fabric(TreeShape::fat_tree(8, 2));
  const auto ecmp = fabric.routing(RoutingAlgorithm::kEcmp);
  const auto minimal = fabric.routing(RoutingAlgorithm::kMinimal);
  const std::int32_t leaf = 32;
  std::vector<int> flows(4);
  for (std::uint64_t flow = 0; flow < 400; ++flow) ++item(flows, ecmp->next(leaf, ecmp->start(0, 31, flow)).port - 4);
  for (const int count : flows) EXPECT_NEAR(count, 100, 30);
  std::vector<int> destinations(4);
  for (std::int32_t to = 4; to < 32; ++to) ++item(destinations, minimal->next(leaf, minimal->start(0, to, 7)).port - 4);
  EXPECT_EQ(destinations, (std::vector<int>{7, 7, 7, 7}));
}

TEST(MultiLevelTest, DomainsInsideAndAFatTreeOutside) {
  const MultiLevelFabric fabric({8, TreeShape::fat_tree(16, 2, 1, 8)});  // 16 leaves of 8: 128 endpoints
  const NetworkMeasures m = measure(fabric);
  EXPECT_EQ(m.endpoints, 128);
  ASSERT_EQ(m.switch_classes.size(), 3U);
  EXPECT_EQ(m.switch_classes[0].name, "domain");
  EXPECT_EQ(m.switch_classes[0].count, 16);
  EXPECT_EQ(m.link_classes[0].name, "inside");
  EXPECT_EQ(m.link_classes[0].count, 128);
  EXPECT_EQ(m.diameter.value, 4);
  EXPECT_EQ(hops(fabric.topology(), 0, 7), 2);  // inside
  EXPECT_EQ(hops(fabric.topology(), 0, 8), 2);  // same rail
  EXPECT_EQ(hops(fabric.topology(), 0, 9), 4);  // other rail
  expect_sound(fabric);
  expect_deadlock_free(fabric);
  const MultiLevelFabric plain({4, TreeShape::fat_tree(8, 2)});
  expect_sound(plain);
  expect_deadlock_free(plain);
}

TEST(TreeTest, WhatCannotBeBuiltIsRefused) {
  EXPECT_EQ(refusal([] { TreeFabric{TreeShape::fat_tree(7, 2)}; }),
            "a fat tree of switches with 7 ports; expected an even number: half of them up, half down");
  EXPECT_EQ(refusal([] { TreeFabric{TreeShape::fat_tree(8, 2, 2)}; }),
            "a leaf of 8 ports cannot be oversubscribed 2 to 1; expected ports that are a multiple of 3");
  EXPECT_EQ(refusal([] { TreeFabric{TreeShape::fat_tree(8, 0)}; }), "a fat tree of 0 levels; expected 1 to 8");
  EXPECT_EQ(refusal([] { TreeFabric{TreeShape::fat_tree(8, 2, 1, 3)}; }),
            "a fat tree of 8 leaf switches on 3 rails; expected rails that divide the leaf switches");
  EXPECT_EQ(refusal([] {
              TreeFabric{TreeShape{{4, 4}, {1}, 1, "tree"}};
            }),
            "a tree with 2 numbers of children and 1 of parents; expected one of each a level");
  EXPECT_EQ(refusal([] { TreeFabric{TreeShape::fat_tree(1024, 3)}; }),
            "a fat tree of more than 1000000 endpoints; expected fewer");
  EXPECT_EQ(refusal([] {
              MultiLevelFabric{{5, TreeShape::fat_tree(8, 2)}};
            }),
            "domains of 5 below a fat tree of 32 endpoints; expected a divisor of 32");
  EXPECT_EQ(refusal([] { static_cast<void>(TreeFabric(TreeShape::star(4)).routing(RoutingAlgorithm::kValiant)); }),
            "valiant routing is not defined on a star of 4; expected one of minimal, ecmp");
}

}  // namespace
}  // namespace decodesim
