// SPDX-License-Identifier: Apache-2.0
#include "topologies/reduction_tree.hpp"

#include <numeric>
#include <set>

#include "test/topologies/fabric_checks.hpp"
#include "topologies/collective_order.hpp"
#include "topologies/cube.hpp"
#include "topologies/dragonfly.hpp"
#include "topologies/multi_level.hpp"

namespace decodesim {
namespace {

using Group = std::vector<std::int32_t>;

Group ranks(std::int32_t first, std::int32_t count, std::int32_t stride = 1) {
  Group out;
  for (std::int32_t i = 0; i < count; ++i) out.push_back(first + i * stride);
  return out;
}

// Laws 1 to 3.
void expect_tree(const Topology& topology, const PortMap& ports, const Group& group, const ReductionTree& tree) {
  const std::vector<std::int32_t> distance = distances_to(topology, ports, tree.root);
  std::set<std::int32_t> seen;
  std::int64_t members = 0;
  std::int64_t edges = 0;
  for (const ReductionNode& node : tree.nodes) {
    EXPECT_TRUE(seen.insert(node.node).second) << "twice";
    members += node.member ? 1 : 0;
    edges += static_cast<std::int64_t>(node.children.size());
    EXPECT_TRUE(node.member || !node.children.empty()) << "a leaf that contributes nothing";
    EXPECT_TRUE(node.member || topology.forwards(node.node));
    EXPECT_EQ(node.parent_port < 0, node.node == tree.root);
    for (const std::int32_t port : node.children) {
      const PortMap::End& end = ports.far_end(node.node, port);
      const ReductionNode* child = tree.find(end.node);
      ASSERT_NE(child, nullptr);
      EXPECT_EQ(child->parent_port, end.port);
      EXPECT_EQ(item(distance, end.node), item(distance, node.node) + 1);
    }
  }
  EXPECT_EQ(members, static_cast<std::int64_t>(group.size()));
  EXPECT_EQ(edges, static_cast<std::int64_t>(tree.nodes.size()) - 1);
  for (const std::int32_t rank : group) EXPECT_TRUE(seen.contains(rank));
}

void expect_trees(const Fabric& fabric, const std::vector<Group>& groups) {
  SCOPED_TRACE(fabric.title());
  const PortMap ports(fabric.topology());
  const std::vector<ReductionTree> trees = reduction_trees(fabric.topology(), ports, groups);
  ASSERT_EQ(trees.size(), groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) expect_tree(fabric.topology(), ports, groups[i], trees[i]);
}

TEST(ReductionTreeTest, LawsHoldOnEveryTopology) {
  const std::vector<Group> groups{ranks(0, 16), ranks(0, 8), ranks(8, 8), ranks(0, 4, 4), {5}, {3, 12, 7}};
  expect_trees(TreeFabric(TreeShape::star(16)), groups);
  expect_trees(TreeFabric(TreeShape::fat_tree(4, 3)), groups);
  expect_trees(CubeFabric(CubeShape::torus({4, 4})), groups);
  expect_trees(CubeFabric(CubeShape::mesh({4, 4}, 1)), groups);
  expect_trees(CubeFabric(CubeShape::hypercube(4)), groups);
  expect_trees(DragonflyFabric({2, 4, 2, 0}), groups);
  expect_trees(MultiLevelFabric({4, TreeShape::fat_tree(8, 2)}), groups);
}

TEST(ReductionTreeTest, OnAStarTheSwitchIsTheRoot) {
  const TreeFabric fabric(TreeShape::star(8));
  const PortMap ports(fabric.topology());
  const std::vector<Group> groups{ranks(0, 4)};
  const ReductionTree tree = reduction_trees(fabric.topology(), ports, groups).front();
  EXPECT_EQ(tree.root, 8);
  EXPECT_EQ(tree.depth, 1);
  EXPECT_EQ(tree.nodes.front().children, (std::vector<std::int32_t>{0, 1, 2, 3}));
}

TEST(ReductionTreeTest, OnAFatTreeTheDepthIsThatOfTheNearestCommonAncestor) {
  const TreeFabric fabric(TreeShape::fat_tree(4, 3));  // leaves of 2, pods of 4, 16 in all
  const PortMap ports(fabric.topology());
  const std::vector<Group> groups{ranks(0, 2), ranks(0, 4), ranks(0, 16)};
  const std::vector<ReductionTree> trees = reduction_trees(fabric.topology(), ports, groups);
  EXPECT_EQ(trees[0].depth, 1);
  EXPECT_EQ(trees[1].depth, 2);
  EXPECT_EQ(trees[2].depth, 3);
  EXPECT_EQ(trees[2].nodes.size(), 1U + 4U + 8U + 16U);  // a core, an aggregation a pod, the leaves, the members
}

TEST(ReductionTreeTest, GroupsSpreadOverTheCores) {
  const TreeFabric fabric(TreeShape::fat_tree(4, 3));  // 4 cores
  const PortMap ports(fabric.topology());
  const std::vector<Group> groups(4, ranks(0, 16));
  std::set<std::int32_t> roots;
  for (const ReductionTree& tree : reduction_trees(fabric.topology(), ports, groups)) roots.insert(tree.root);
  EXPECT_EQ(roots.size(), 4U);
}

TEST(ReductionTreeTest, ALargeGroupOnALargeNetwork) {
  const TreeFabric fabric(TreeShape::fat_tree(32, 3));  // 8192
  Group all(8192);
  std::iota(all.begin(), all.end(), 0);
  const PortMap ports(fabric.topology());
  const std::vector<Group> groups{all};
  const ReductionTree tree = reduction_trees(fabric.topology(), ports, groups).front();
  EXPECT_EQ(tree.depth, 3);
  EXPECT_EQ(tree.nodes.size(), 1U + 32U + 512U + 8192U);
}

TEST(ReductionTreeTest, GroupsThatCannotBeAreRefused) {
  const TreeFabric fabric(TreeShape::star(4));
  const PortMap ports(fabric.topology());
  const auto said = [&](const Group& group) {
    const std::vector<Group> groups{group};
    return test::refusal([&] { reduction_trees(fabric.topology(), ports, groups); });
  };
  EXPECT_EQ(said({0, 4}), "no endpoint has rank 4");
  EXPECT_EQ(said({0, 0}), "rank 0 is in its group twice; expected once");
  EXPECT_EQ(said({}), "a reduction over no rank; expected at least one");
  EXPECT_EQ(said(ranks(0, 5)), "a group of 5 ranks on a network of 4 endpoints; expected at most one an endpoint");
}

TEST(CollectiveOrderTest, ATorusHasARingOverItsOwnCables) {
  const CubeFabric fabric(CubeShape::torus({4, 4}));
  const PortMap ports(fabric.topology());
  const OrderCost ring = ring_cost(fabric, ports, ring_order(fabric, ranks(0, 16)));
  EXPECT_EQ(ring.total_hops, 16);
  EXPECT_EQ(ring.longest, 1);
  EXPECT_EQ(ring.most_on_a_link, 1);
  // By rank every row's end has to go back to the next row's begin.
  EXPECT_GT(ring_cost(fabric, ports, ranks(0, 16)).total_hops, 16);
}

TEST(CollectiveOrderTest, RailsAreVisitedOneAfterTheOther) {
  const TreeFabric fabric(TreeShape::fat_tree(8, 2, 1, 4));  // 8 leaves of 4, servers of 4
  const PortMap ports(fabric.topology());
  const Group order = ring_order(fabric, ranks(0, 32));
  // 4 members a leaf: 3 ways of 2 cables within it, one of 4 to the next leaf.
  EXPECT_EQ(ring_cost(fabric, ports, order).total_hops, 8 * (3 * 2 + 4));
  EXPECT_EQ(ring_cost(fabric, ports, order).most_on_a_link, 1);
  EXPECT_EQ(ring_cost(fabric, ports, ranks(0, 32)).total_hops, 32 * 4);
}

TEST(CollectiveOrderTest, HalvingPartnersShareALeafFirst) {
  const TreeFabric fabric(TreeShape::fat_tree(4, 3, 1, 2));  // leaves of 2, servers of 2
  const Group order = halving_order(fabric, ranks(0, 16));
  for (std::int32_t position = 0; position < 16; ++position) {
    EXPECT_EQ(hops(fabric.topology(), item(order, position), item(order, position ^ 1)), 2);
    EXPECT_EQ(hops(fabric.topology(), item(order, position), item(order, position ^ 2)), 4);
    EXPECT_EQ(hops(fabric.topology(), item(order, position), item(order, position ^ 8)), 6);
  }
  const CubeFabric cube(CubeShape::hypercube(4));
  const Group corners = halving_order(cube, ranks(0, 16));
  for (std::int32_t position = 0; position < 16; ++position)
    for (std::int32_t bit = 1; bit < 16; bit *= 2)
      EXPECT_EQ(hops(cube.topology(), item(corners, position), item(corners, position ^ bit)), 1);
}

}  // namespace
}  // namespace decodesim
