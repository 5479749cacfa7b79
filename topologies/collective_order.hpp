// SPDX-License-Identifier: Apache-2.0
// Orders of a group that respect the topology. A ring collective sends to the next in the ring order; recursive halving
// exchanges with position XOR 1, XOR 2, XOR 4, ..., the largest message with the nearest partner.
//
// Ring order: on meshes and tori back and forth through the dimensions, so that neighbours share a cable where the
// group is the whole network or rows of it; on trees by place, so that most neighbours share a leaf; on dragonflies by
// group and router; on other graphs as a walk over a spanning tree meets them. Halving order: by place, which is blocks
// of neighbours at every power of two.
#pragma once

#include <vector>

#include "topologies/fabric.hpp"

namespace decodesim {

/// The group in ring order; the last is followed by the first. Throws TopologyError for ranks that do not exist.
std::vector<std::int32_t> ring_order(const Fabric& fabric, std::vector<std::int32_t> group);

/// The group in halving order.
std::vector<std::int32_t> halving_order(const Fabric& fabric, std::vector<std::int32_t> group);

/// What an order costs: cables between neighbours, and the most of those ways that one link carries in one direction
/// with minimal routes: 1 is a ring that runs at full rate.
struct OrderCost {
  std::int64_t total_hops = 0;
  std::int64_t longest = 0;
  std::int64_t most_on_a_link = 0;
};
OrderCost ring_cost(const Fabric& fabric, const PortMap& ports, const std::vector<std::int32_t>& order);

}  // namespace decodesim
