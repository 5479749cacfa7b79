// SPDX-License-Identifier: Apache-2.0
#include "topologies/routing.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

std::uint64_t hash_of(std::int32_t source, std::int32_t destination, std::uint64_t flow) {
  const auto pair = (static_cast<std::uint64_t>(source) << 32U) | static_cast<std::uint32_t>(destination);
  return mixed(mixed(pair) ^ flow);
}

// `count` equal choices; `salt` makes choices at different places independent of each other.
std::int64_t chosen(std::uint64_t hash, std::uint64_t salt, std::int64_t count) {
  return static_cast<std::int64_t>(mixed(hash + salt) % static_cast<std::uint64_t>(count));
}

}  // namespace

std::string_view name_of(RoutingAlgorithm algorithm) {
  for (const RoutingName& entry : kRoutingNames)
    if (entry.algorithm == algorithm) return entry.name;
  throw InternalError("Routing", "an algorithm without a name");
}

RouteHeader Routing::start(std::int32_t source, std::int32_t destination, std::uint64_t flow) const {
  const std::uint64_t hash = hash_of(source, destination, flow);
  const std::int64_t count = starts(source, destination);
  RouteHeader header = start_at(source, destination, count == 1 ? 0 : chosen(hash, 0, count));
  header.flow = hash;
  return header;
}

std::vector<RouteHeader> Routing::candidates(std::int32_t source, std::int32_t destination, std::uint64_t flow) const {
  const std::int64_t count = starts(source, destination);
  RouteHeader first = start_at(source, destination, 0);
  first.flow = hash_of(source, destination, flow);
  if (count == 1) return {first};
  RouteHeader other = start_at(source, destination, 1 + chosen(first.flow, 0, count - 1));
  other.flow = first.flow;
  return {first, other};
}

RouteStep Routing::next(std::int32_t node, const RouteHeader& header) const {
  const std::int32_t count = ways(node, header);
  require(count > 0, "Routing", "no way on from a node");
  if (count == 1) return way(node, header, 0);
  return way(node, header, to_int32(chosen(header.flow, 1 + static_cast<std::uint64_t>(node), count)));
}

std::vector<RouteHop> walk(const PortMap& ports, const Routing& routing, std::int32_t source, RouteHeader header) {
  std::vector<RouteHop> out;
  std::int32_t node = source;
  const std::size_t most = 4 * static_cast<std::size_t>(ports.node_of(ports.channels() - 1) + 1);
  while (node != header.destination) {
    const RouteStep step = routing.next(node, header);
    const PortMap::End& end = ports.far_end(node, step.port);
    if (end.node < 0)
      throw TopologyError("the route from node " + std::to_string(source) + " to node " +
                          std::to_string(header.destination) + " leaves node " + std::to_string(node) + " by port " +
                          std::to_string(step.port) + ", which is not connected");
    out.push_back({node, step.port, step.channel});
    if (out.size() > most)
      throw TopologyError("the route from node " + std::to_string(source) + " to node " +
                          std::to_string(header.destination) + " does not end: it goes in circles");
    header = step.header;
    node = end.node;
  }
  return out;
}

}  // namespace decodesim
