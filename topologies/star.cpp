// SPDX-License-Identifier: Apache-2.0
#include "topologies/star.hpp"

#include <algorithm>
#include <string>

#include "topologies/fabric.hpp"

namespace decodesim {

Topology star(std::int64_t endpoints, std::int64_t switch_ports) {
  if (endpoints < 1 || endpoints > kMostEndpoints)
    throw TopologyError("a star of " + std::to_string(endpoints) + " endpoints; expected 1 to " +
                        std::to_string(kMostEndpoints));
  if (switch_ports < 1)
    throw TopologyError("a switch with " + std::to_string(switch_ports) + " ports; expected at least 1");
  if (endpoints > switch_ports)
    throw TopologyError("a star of " + std::to_string(endpoints) + " endpoints on a switch with " +
                        std::to_string(switch_ports) + " ports; expected at most " + std::to_string(switch_ports));
  Topology topology;
  const auto count = static_cast<std::int32_t>(endpoints);
  for (std::int32_t rank = 0; rank < count; ++rank) {
    topology.nodes.push_back({TopologyNode::Kind::kEndpoint, "acc" + std::to_string(rank), 1, rank});
    topology.cables.push_back({rank, 0, count, rank, 0});
  }
  const auto ports = static_cast<std::int32_t>(std::min(switch_ports, kMostEndpoints));
  topology.nodes.push_back({TopologyNode::Kind::kSwitch, "switch0", ports, -1});
  return topology;
}

}  // namespace decodesim
