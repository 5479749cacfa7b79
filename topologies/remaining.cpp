// SPDX-License-Identifier: Apache-2.0
#include "topologies/remaining.hpp"

#include <algorithm>

#include "topologies/indexing.hpp"

namespace decodesim {
namespace {

bool among(const std::vector<std::int32_t>& some, std::int64_t one) {
  return std::find(some.begin(), some.end(), one) != some.end();
}

}  // namespace

Topology without(Topology topology, const std::vector<std::int32_t>& cables, const std::vector<std::int32_t>& nodes) {
  std::vector<TopologyCable> kept;
  for (std::size_t i = 0; i < topology.cables.size(); ++i) {
    const TopologyCable& cable = topology.cables[i];
    if (!among(cables, static_cast<std::int64_t>(i)) && !among(nodes, cable.a) && !among(nodes, cable.b))
      kept.push_back(cable);
  }
  topology.cables = std::move(kept);
  return topology;
}

std::int32_t endpoint_cut_off(const Topology& topology) {
  const std::vector<std::int32_t> distance = distances_to(topology, PortMap(topology), 0);
  for (std::int32_t rank = 0; rank < topology.endpoints(); ++rank)
    if (item(distance, rank) < 0) return rank;
  return -1;
}

}  // namespace decodesim
