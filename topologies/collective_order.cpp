// SPDX-License-Identifier: Apache-2.0
#include "topologies/collective_order.hpp"

#include <algorithm>

namespace decodesim {
namespace {

template <class Key>
std::vector<std::int32_t> sorted_by(const Fabric& fabric, std::vector<std::int32_t> group, Key key) {
  for (const std::int32_t rank : group) static_cast<void>(fabric.topology().node_of_rank(rank));
  std::sort(group.begin(), group.end(),
            [&](std::int32_t a, std::int32_t b) { return std::pair(key(a), a) < std::pair(key(b), b); });
  return group;
}

}  // namespace

std::vector<std::int32_t> ring_order(const Fabric& fabric, std::vector<std::int32_t> group) {
  return sorted_by(fabric, std::move(group), [&](std::int32_t rank) { return fabric.ring_key(rank); });
}

std::vector<std::int32_t> halving_order(const Fabric& fabric, std::vector<std::int32_t> group) {
  return sorted_by(fabric, std::move(group), [&](std::int32_t rank) { return fabric.block_key(rank); });
}

OrderCost ring_cost(const Fabric& fabric, const PortMap& ports, const std::vector<std::int32_t>& order) {
  const auto routing = fabric.routing(RoutingAlgorithm::kMinimal);
  std::vector<std::int64_t> load(static_cast<std::size_t>(ports.channels()));
  OrderCost out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::int32_t from = order[i];
    const std::int32_t to = order[(i + 1) % order.size()];
    if (from == to) continue;
    const std::vector<RouteHop> path = walk(ports, *routing, from, routing->start(from, to, 0));
    out.total_hops += static_cast<std::int64_t>(path.size());
    out.longest = std::max(out.longest, static_cast<std::int64_t>(path.size()));
    for (const RouteHop& hop : path)
      out.most_on_a_link = std::max(out.most_on_a_link, ++item(load, ports.channel(hop.node, hop.port)));
  }
  return out;
}

}  // namespace decodesim
