// SPDX-License-Identifier: Apache-2.0
#include "topologies/graph_fabric.hpp"

#include "topologies/graph_routing.hpp"

namespace decodesim {
namespace {

Topology validated(Topology topology) {
  validate(topology);
  return topology;
}

// Endpoints numbered as a walk meets them that visits neighbours further from the first endpoint one after the other.
std::vector<std::int32_t> walk_order(const Topology& topology, const PortMap& ports) {
  const std::vector<std::int32_t> depth = distances_to(topology, ports, 0);
  std::vector<bool> seen(topology.nodes.size());
  std::vector<std::int32_t> order(static_cast<std::size_t>(topology.endpoints()));
  std::vector<std::int32_t> open{0};
  std::int32_t next = 0;
  while (!open.empty()) {
    const std::int32_t node = open.back();
    open.pop_back();
    if (item(seen, node)) continue;
    item(seen, node) = true;
    if (node < topology.endpoints()) item(order, node) = next++;
    const auto ends = ports.ports(node);
    for (std::size_t i = ends.size(); i-- > 0;)
      if (ends[i].node >= 0 && item(depth, ends[i].node) > item(depth, node)) open.push_back(ends[i].node);
  }
  return order;
}

}  // namespace

GraphFabric::GraphFabric(std::string title, Topology topology, std::int64_t cache_bytes)
    : Fabric(std::move(title)), ports_(topology_), cache_bytes_(cache_bytes) {
  topology_ = validated(std::move(topology));
  ports_ = PortMap(topology_);
  order_ = walk_order(topology_, ports_);
}

std::vector<RoutingAlgorithm> GraphFabric::algorithms() const {
  return {RoutingAlgorithm::kMinimal, RoutingAlgorithm::kEcmp, RoutingAlgorithm::kUpDown};
}

std::unique_ptr<Routing> GraphFabric::make_routing(RoutingAlgorithm algorithm) const {
  return std::make_unique<GraphRouting>(topology_, ports_, algorithm, cache_bytes_);
}

}  // namespace decodesim
