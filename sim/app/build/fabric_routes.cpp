// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/fabric_routes.hpp"

#include <algorithm>

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {
namespace {

// All trains of a message take the same way, and so stay in order.
std::uint64_t flow_of(const MessageTag& tag) {
  const auto pair = [](std::int32_t a, std::int32_t b) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32U) | static_cast<std::uint32_t>(b);
  };
  return mixed(mixed(tag.instance ^ mixed(pair(tag.group.first, tag.group.size))) ^ pair(tag.phase, tag.message));
}

}  // namespace

FabricRoutes::FabricRoutes(const NetworkPlan& network)
    : topology_(network.fabric->topology()),
      ports_(topology_),
      routing_(network.fabric->routing(algorithm_of(network.shape, *network.fabric))),
      channels_(virtual_channels(network)),
      detour_channels_(network.detour_channels) {}

bool FabricRoutes::has_router(std::int32_t node) const {
  return topology_.forwards(node) || item(topology_.nodes, node).ports > 1;
}

std::int32_t FabricRoutes::channels(std::int32_t from, std::int32_t to) const {
  return topology_.forwards(from) && topology_.forwards(to) ? channels_ + detour_channels_ : 1;
}

// What the train would carry when it left its source. Where the source has no router, the way has begun there by its
// only port.
RouteHeader FabricRoutes::start(const PacketTrain& train) const {
  const RouteHeader header = routing_->start(train.source, train.destination, flow_of(train.tag));
  return has_router(train.source) ? header : routing_->next(train.source, header).header;
}

TrainHop FabricRoutes::next_hop(std::int32_t node, const PacketTrain& train) const {
  if (node == train.destination) return {item(topology_.nodes, node).ports, 0, train.route};
  const TrainRoute& route = train.route;
  const RouteStep step = routing_->next(
      node, route.begun ? RouteHeader{train.destination, route.via, route.stage, route.flow} : start(train));
  const std::int32_t most = std::min(channels_, channels(node, ports_.far_end(node, step.port).node)) - 1;
  return {step.port, std::min(step.channel, most), {true, step.header.via, step.header.stage, step.header.flow}};
}

}  // namespace decodesim
