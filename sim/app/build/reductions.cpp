// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/reductions.hpp"

#include <algorithm>

namespace decodesim {
namespace {

bool combines(const ReductionNode& node) { return node.children.size() + (node.member ? 1U : 0U) > 1; }

}  // namespace

Reductions::Reductions(const sc_core::sc_module_name& name, Context& context, const NetworkPlan& network,
                       const FabricRoutes* routes)
    : Component(name, context), network_(network), routes_(routes), used_(1) {
  if (routes == nullptr) return;
  const Topology& topology = network.fabric->topology();
  planter_ = std::make_unique<ReductionPlanter>(topology, routes->ports());
  used_.resize(topology.nodes.size());
  places_.resize(topology.nodes.size());
}

bool Reductions::admit(const RankGroup& group) {
  const auto [answer, asked_now] = answers_.try_emplace(Key{group.first, group.stride, group.size}, false);
  if (asked_now) {
    answer->second = decide(group);
    (answer->second ? admitted : refused).add(1);
  }
  return answer->second;
}

bool Reductions::decide(const RankGroup& group) {
  if (routes_ == nullptr) {
    const SwitchParams& hub = network_.network_switch;
    if (!hub.reduction || used_.front() == hub.reduction_table) return false;
    ++used_.front();
    return true;
  }
  std::vector<std::int32_t> members;
  for (std::int32_t position = 0; position < group.size; ++position) members.push_back(group.rank_at(position));
  const ReductionTree tree = planter_->plan(members);
  if (!fits(tree)) return false;
  planter_->keep(tree);
  settle(tree, group);
  return true;
}

// Of the switch, or of the router in an accelerator.
std::int64_t Reductions::table(std::int32_t node) const {
  const Topology& topology = network_.fabric->topology();
  const TopologyNode& described = item(topology.nodes, node);
  const SwitchParams& part = described.kind == TopologyNode::Kind::kSwitch
                                 ? part_of(network_.switches, described.level, network_.network_switch)
                                 : network_.network_switch;
  return part.reduction && topology.forwards(node) ? part.reduction_table : 0;
}

bool Reductions::fits(const ReductionTree& tree) const {
  return std::all_of(tree.nodes.begin(), tree.nodes.end(), [this](const ReductionNode& node) {
    return !combines(node) || item(used_, node.node) < table(node.node);
  });
}

// Nodes come by distance from the root, so that children come behind their parents.
void Reductions::settle(const ReductionTree& tree, const RankGroup& group) {
  const Topology& topology = network_.fabric->topology();
  std::map<std::int32_t, std::vector<std::int32_t>> ranks;  // by node: members there and below, ascending
  for (auto node = tree.nodes.rbegin(); node != tree.nodes.rend(); ++node) {
    TreePlace place{{}, node->parent_port, 0};
    std::vector<std::int32_t>& all = ranks[node->node];
    if (node->member) {
      place.branches.push_back({node->node, item(topology.nodes, node->node).ports, true, {node->node}});
      all.push_back(node->node);
    }
    for (const std::int32_t port : node->children) {
      const std::int32_t child = routes_->ports().far_end(node->node, port).node;
      std::vector<std::int32_t>& below = ranks.at(child);
      all.insert(all.end(), below.begin(), below.end());
      place.branches.push_back({child, port, !routes_->has_router(child), std::move(below)});
    }
    std::sort(all.begin(), all.end());
    place.ranks = to_int32(static_cast<std::int64_t>(all.size()));
    if (combines(*node)) ++item(used_, node->node);
    if (routes_->has_router(node->node)) item(places_, node->node).emplace_back(group, std::move(place));
  }
}

const TreePlace* Reductions::place(std::int32_t node, const RankGroup& group) const {
  for (const auto& [of, place] : item(places_, node))
    if (of == group) return &place;
  return nullptr;
}

}  // namespace decodesim
