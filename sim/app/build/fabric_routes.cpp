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
      detour_channels_(network.detour_channels),
      classes_(routing_->virtual_channels()),
      all_alike_(network.fidelity == NetworkFidelity::kPacket && network.packets.queueing == Queueing::kChannel),
      adaptive_(algorithm_of(network.shape, *network.fabric) == RoutingAlgorithm::kUgal) {}

bool FabricRoutes::has_router(std::int32_t node) const { return decodesim::has_router(topology_, node); }

std::int32_t FabricRoutes::channels(std::int32_t from, std::int32_t to) const {
  return topology_.forwards(from) && topology_.forwards(to) ? channels_ + detour_channels_ : host_channels();
}

// What the train would carry when it left its source with `header`. Where the source has no router, the way has begun
// there by its only port.
RouteHeader FabricRoutes::first_header(const PacketTrain& train, const RouteHeader& header) const {
  return has_router(train.source) ? header : routing_->next(train.source, header).header;
}

RouteHeader FabricRoutes::start(const PacketTrain& train) const {
  return first_header(train, routing_->start(train.source, train.destination, flow_of(train.tag)));
}

PacketTrain FabricRoutes::on_way(const PacketTrain& train, const RouteHeader& header) const {
  const RouteHeader first = first_header(train, header);
  PacketTrain out = train;
  out.route = {true, first.via, first.stage, first.flow};
  return out;
}

std::size_t FabricRoutes::best_of(const std::vector<RouteHeader>& headers, std::int32_t node, const PacketTrain& train,
                                  OutputQueues& queues, const WayFilter* filter) const {
  std::size_t best = headers.size();
  Bytes least;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (filter != nullptr && !filter->usable(node, on_way(train, headers[i]))) continue;
    const RouteStep step = routing_->next(node, first_header(train, headers[i]));
    const auto cables = static_cast<std::int64_t>(walk(ports_, *routing_, train.source, headers[i]).size());
    const Bytes waiting = queues.queued(step.port) * cables;
    if (best < headers.size() && waiting >= least) continue;
    least = waiting;
    best = i;
  }
  return best;
}

void FabricRoutes::choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues,
                              const WayFilter* filter) const {
  if (!adaptive_ || node == train.destination) return;
  const std::uint64_t flow = flow_of(train.tag);
  const std::vector<RouteHeader> headers = routing_->candidates(train.source, train.destination, flow);
  if (headers.size() < 2) return;
  const std::uint64_t message = mixed(
      flow ^ mixed(static_cast<std::uint64_t>(train.source) << 32U | static_cast<std::uint32_t>(train.destination)));
  const auto known = chosen_.find(message);
  const bool chosen = train.part > 0 && known != chosen_.end() &&
                      (filter == nullptr || filter->usable(node, on_way(train, headers[known->second])));
  const std::size_t way = chosen ? known->second : best_of(headers, node, train, queues, filter);
  if (train.part > 0 && train.last) chosen_.erase(message);
  if (way == headers.size()) return;
  if (!train.last && !chosen) chosen_[message] = way;
  train = on_way(train, headers[way]);
}

// The classes that the routing tells apart share the channels evenly; where there are fewer channels than classes, the
// last ones share a channel. What goes to an accelerator needs no class.
void FabricRoutes::set_channels(TrainHop& hop, std::int32_t from, std::int32_t to, std::int32_t of_class) const {
  const std::int32_t there = channels(from, to);
  if (!topology_.forwards(from) || !topology_.forwards(to)) {
    hop.channels = there;
    return;
  }
  hop.channels = std::max(1, channels_ / classes_);
  hop.channel = std::min(of_class * hop.channels, channels_ - hop.channels);
}

TrainHop FabricRoutes::next_hop(std::int32_t node, const PacketTrain& train) const {
  TrainHop hop;
  hop.route = train.route;
  if (node == train.destination) {
    hop.port = item(topology_.nodes, node).ports;
    hop.channels = host_channels();
    return hop;
  }
  const TrainRoute& route = train.route;
  const RouteStep step = routing_->next(
      node, route.begun ? RouteHeader{train.destination, route.via, route.stage, route.flow} : start(train));
  hop.port = step.port;
  hop.route = {true, step.header.via, step.header.stage, step.header.flow};
  set_channels(hop, node, ports_.far_end(node, step.port).node, step.channel);
  return hop;
}

}  // namespace decodesim
