// SPDX-License-Identifier: Apache-2.0
#include "topologies/fabric.hpp"

#include <algorithm>

#include "topologies/indexing.hpp"

namespace decodesim {

std::unique_ptr<Routing> Fabric::routing(RoutingAlgorithm algorithm) const {
  const std::vector<RoutingAlgorithm> known = algorithms();
  if (std::find(known.begin(), known.end(), algorithm) != known.end()) return make_routing(algorithm);
  std::string names;
  for (const RoutingAlgorithm a : known) names += (names.empty() ? "" : ", ") + std::string(name_of(a));
  throw TopologyError(std::string(name_of(algorithm)) + " routing is not defined on a " + title() +
                      "; expected one of " + names);
}

void TopologyBuilder::endpoints(std::int64_t count, std::int32_t ports) {
  topology_.nodes.reserve(static_cast<std::size_t>(count));
  for (std::int32_t rank = 0; rank < to_int32(count); ++rank)
    topology_.nodes.push_back({TopologyNode::Kind::kEndpoint, "acc" + std::to_string(rank), ports, rank, 0});
}

std::int32_t TopologyBuilder::network_switch(std::string name, std::int64_t ports, std::int32_t level) {
  topology_.nodes.push_back({TopologyNode::Kind::kSwitch, std::move(name), to_int32(ports), -1, level});
  return static_cast<std::int32_t>(topology_.nodes.size()) - 1;
}

void TopologyBuilder::connect(std::int64_t a, std::int64_t port_a, std::int64_t b, std::int64_t port_b,
                              std::int32_t level) {
  topology_.cables.push_back({to_int32(a), to_int32(port_a), to_int32(b), to_int32(port_b), level});
}

void check_count(const std::string& what, std::int64_t value, std::int64_t low, std::int64_t high,
                 const std::string& unit) {
  if (value < low || value > high)
    throw TopologyError(what + " of " + std::to_string(value) + " " + unit + "; expected " + std::to_string(low) +
                        " to " + std::to_string(high));
}

void check_radix(const Topology& topology, const std::vector<std::int64_t>& radix_of_class) {
  std::vector<std::int64_t> used(topology.nodes.size());
  for (const TopologyCable& cable : topology.cables) ++item(used, cable.a), ++item(used, cable.b);
  for (std::size_t i = 0; i < used.size(); ++i) {
    const TopologyNode& node = topology.nodes[i];
    if (node.kind == TopologyNode::Kind::kEndpoint || used[i] <= item(radix_of_class, node.level)) continue;
    throw TopologyError(node.name + " uses " + std::to_string(used[i]) + " ports, and a switch has " +
                        std::to_string(item(radix_of_class, node.level)) +
                        "; expected a larger switch or fewer cables on it");
  }
}

}  // namespace decodesim
