// SPDX-License-Identifier: Apache-2.0
#include "topologies/reduction_tree.hpp"

#include <algorithm>
#include <tuple>

#include "topologies/indexing.hpp"

namespace decodesim {
namespace {

void check_group(const Topology& topology, const std::vector<std::int32_t>& group) {
  if (group.empty()) throw TopologyError("a reduction over no rank; expected at least one");
  const std::int32_t endpoints = topology.endpoints();
  if (static_cast<std::int64_t>(group.size()) > endpoints)
    throw TopologyError("a group of " + std::to_string(group.size()) + " ranks on a network of " +
                        std::to_string(endpoints) + " endpoints; expected at most one an endpoint");
  std::vector<bool> there(static_cast<std::size_t>(endpoints));
  for (const std::int32_t rank : group) {
    static_cast<void>(topology.node_of_rank(rank));
    if (item(there, rank))
      throw TopologyError("rank " + std::to_string(rank) + " is in its group twice; expected once");
    item(there, rank) = true;
  }
}

constexpr std::int64_t kUnreachable = 1'000'000'000;  // a domain's switch from another domain

}  // namespace

ReductionPlanter::ReductionPlanter(const Topology& topology, const PortMap& ports)
    : topology_(topology),
      ports_(ports),
      trees_at_(topology.nodes.size()),
      trees_on_(static_cast<std::size_t>(ports.channels())) {}

ReductionTree ReductionPlanter::plan(const std::vector<std::int32_t>& group) const {
  check_group(topology_, group);
  ReductionTree tree;
  tree.root = root_of(group);
  const std::vector<std::int32_t> distance = distances_to(topology_, ports_, tree.root);
  std::vector<std::int32_t> place(topology_.nodes.size(), -1);
  for (const std::int32_t rank : group) climb(rank, distance, tree, place);
  for (const std::int32_t rank : group) {
    item(tree.nodes, item(place, rank)).member = true;
    tree.depth = std::max(tree.depth, item(distance, rank));
  }
  std::stable_sort(tree.nodes.begin(), tree.nodes.end(),
                   [&](const auto& a, const auto& b) { return item(distance, a.node) < item(distance, b.node); });
  for (ReductionNode& node : tree.nodes) std::sort(node.children.begin(), node.children.end());
  return tree;
}

void ReductionPlanter::keep(const ReductionTree& tree) {
  for (const ReductionNode& node : tree.nodes) {
    ++item(trees_at_, node.node);
    if (node.parent_port >= 0) ++item(trees_on_, ports_.channel(node.node, node.parent_port));
  }
}

// From a member towards the root, up to where the tree is already.
void ReductionPlanter::climb(std::int32_t node, const std::vector<std::int32_t>& distance, ReductionTree& tree,
                             std::vector<std::int32_t>& place) const {
  std::int32_t below_port = -1;
  while (true) {
    const bool known = item(place, node) >= 0;
    if (!known) {
      item(place, node) = static_cast<std::int32_t>(tree.nodes.size());
      tree.nodes.push_back({node, -1, {}, false});
    }
    ReductionNode& here = item(tree.nodes, item(place, node));
    if (below_port >= 0) here.children.push_back(below_port);
    if (known || node == tree.root) return;
    here.parent_port = port_towards(node, tree.root, distance, place);
    const PortMap::End& end = ports_.far_end(node, here.parent_port);
    below_port = end.port;
    node = end.node;
  }
}

// A node that is in the tree already before a new one, then the cable with the fewest trees.
std::int32_t ReductionPlanter::port_towards(std::int32_t node, std::int32_t root,
                                            const std::vector<std::int32_t>& distance,
                                            const std::vector<std::int32_t>& place) const {
  std::int32_t best = -1;
  std::tuple<bool, std::int64_t> least;
  std::int32_t port = -1;
  for (const PortMap::End& end : ports_.ports(node)) {
    ++port;
    if (end.node < 0 || item(distance, end.node) + 1 != item(distance, node)) continue;
    if (end.node != root && !topology_.forwards(end.node)) continue;
    const std::tuple<bool, std::int64_t> score{item(place, end.node) < 0, item(trees_on_, ports_.channel(node, port))};
    if (best < 0 || score < least) best = port, least = score;
  }
  return best;
}

std::int32_t ReductionPlanter::root_of(const std::vector<std::int32_t>& group) const {
  if (group.size() == 1) return group.front();
  const auto members = static_cast<std::int64_t>(group.size());
  const std::int64_t weighed = std::min(members, kMostWeighed);
  std::vector<std::int64_t> furthest(topology_.nodes.size());
  std::vector<std::int64_t> total(topology_.nodes.size());
  for (std::int64_t i = 0; i < weighed; ++i) {
    const std::vector<std::int32_t> distance = distances_to(topology_, ports_, item(group, i * members / weighed));
    for (std::size_t n = 0; n < distance.size(); ++n) {
      const std::int64_t far = distance[n] < 0 ? kUnreachable : distance[n];
      furthest[n] = std::max(furthest[n], far);
      total[n] += far;
    }
  }
  std::int32_t best = -1;
  std::tuple<std::int64_t, std::int64_t, std::int64_t> least;
  for (std::int32_t n = 0; n < to_int32(static_cast<std::int64_t>(furthest.size())); ++n) {
    if (!topology_.forwards(n)) continue;
    const std::tuple score{item(furthest, n), item(total, n), item(trees_at_, n)};
    if (best < 0 || score < least) best = n, least = score;
  }
  return best < 0 ? group.front() : best;
}

const ReductionNode* ReductionTree::find(std::int32_t node) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [node](const auto& n) { return n.node == node; });
  return found == nodes.end() ? nullptr : &*found;
}

std::vector<ReductionTree> reduction_trees(const Topology& topology, const PortMap& ports,
                                           std::span<const std::vector<std::int32_t>> groups) {
  ReductionPlanter planter(topology, ports);
  std::vector<ReductionTree> out;
  for (const std::vector<std::int32_t>& group : groups) {
    out.push_back(planter.plan(group));
    planter.keep(out.back());
  }
  return out;
}

}  // namespace decodesim
