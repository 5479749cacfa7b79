// SPDX-License-Identifier: Apache-2.0
// Reduction trees: for a group of endpoints on any topology, which node adds up what comes from where, and sends it on
// to whom. The result goes the same cables back.
//
// The root is the node from which the furthest member is nearest, of those the one with the least sum of distances (for
// groups beyond kMostWeighed members: to so many of them), then the one that carries the fewest trees already, then
// the lowest. Of several next nodes towards the root the one whose cable carries the fewest trees is taken: groups that
// are asked for together spread over parallel roots and cables.
//
// Laws, each one a test in test/topologies/reduction_tree_test.cpp:
//   1. Every member is in the tree once, its edges are cables, and there is one edge less than nodes.
//   2. A member is as far from the root in the tree as in the network.
//   3. Every leaf of the tree is a member; nodes of a network with switches that are not members are switches.
//   4. On a fat tree with as many roots as groups, the groups' trees do not share a core switch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "topologies/topology.hpp"

namespace decodesim {

inline constexpr std::int64_t kMostWeighed = 64;

struct ReductionNode {
  std::int32_t node = 0;
  std::int32_t parent_port = -1;       ///< by which the sum goes on; -1 at the root
  std::vector<std::int32_t> children;  ///< ports by which contributions come
  bool member = false;                 ///< contributes itself
};

struct ReductionTree {
  std::int32_t root = 0;             ///< its node
  std::int32_t depth = 0;            ///< cables from the root to the furthest member
  std::vector<ReductionNode> nodes;  ///< the root first, then by distance from it

  [[nodiscard]] const ReductionNode* find(std::int32_t node) const;
};

/// Plans trees one after the other, each beside those that are kept.
class ReductionPlanter {
 public:
  /// Both outlive this.
  ReductionPlanter(const Topology& topology, const PortMap& ports);

  /// The tree of `group`, a list of ranks. Throws TopologyError for a rank that does not exist or is there twice, or a
  /// group without members.
  [[nodiscard]] ReductionTree plan(const std::vector<std::int32_t>& group) const;
  /// Trees planned from now on keep away from this one.
  void keep(const ReductionTree& tree);

 private:
  void climb(std::int32_t node, const std::vector<std::int32_t>& distance, ReductionTree& tree,
             std::vector<std::int32_t>& place) const;
  [[nodiscard]] std::int32_t port_towards(std::int32_t node, std::int32_t root,
                                          const std::vector<std::int32_t>& distance,
                                          const std::vector<std::int32_t>& place) const;
  [[nodiscard]] std::int32_t root_of(const std::vector<std::int32_t>& group) const;

  const Topology& topology_;
  const PortMap& ports_;
  std::vector<std::int64_t> trees_at_;  // by node
  std::vector<std::int64_t> trees_on_;  // by channel towards the root
};

/// Trees of the groups, planned and kept in their order.
std::vector<ReductionTree> reduction_trees(const Topology& topology, const PortMap& ports,
                                           std::span<const std::vector<std::int32_t>> groups);

}  // namespace decodesim
