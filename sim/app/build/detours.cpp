// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/detours.hpp"

#include <algorithm>

namespace decodesim {
namespace {

constexpr std::int32_t kEscape = 1 << 20;  // added to a train's stage while it is on a detour
constexpr std::uint64_t kOtherFlows = 16;  // ways of the routing that are tried

bool is_on_detour(const TrainRoute& route) { return route.begun && route.stage >= kEscape; }

// Where a detour leads: round a cable of a reduction's tree to its far end, else to where the train is for.
std::int32_t target_of(const PacketTrain& train) { return train.route.via >= 0 ? train.route.via : train.destination; }

}  // namespace

Detours::Detours(const FabricRoutes& routes, const Topology& topology, const Unreliable& unreliable,
                 std::int32_t channel)
    : routes_(routes), escape_(topology, routes.ports(), unreliable.cables, unreliable.switches), channel_(channel) {}

void Detours::choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues) const {
  routes_.choose_way(node, train, queues, escape_.any_closed() ? this : nullptr);
}

TrainHop Detours::next_hop(std::int32_t node, const PacketTrain& train) const {
  if (is_on_detour(train.route)) return escape(node, target_of(train), train.route.via, train.route.stage > kEscape);
  if (!escape_.any_closed() || node == train.destination) return routes_.next_hop(node, train);
  if (train.route.begun) {
    const TrainHop hop = routes_.next_hop(node, train);
    return avoids(node, hop) ? hop : detour(node, train);
  }
  for (std::uint64_t other = 0; other < kOtherFlows; ++other) {
    PacketTrain as = train;
    as.tag.instance += other << 40U;
    const TrainHop hop = routes_.next_hop(node, as);
    if (avoids(node, hop) && usable(node, as)) return hop;
  }
  return detour(node, train);
}

// Whoever is on one already goes on as it came, up or down.
TrainHop Detours::detour(std::int32_t node, const PacketTrain& train) const {
  if (is_on_detour(train.route)) return escape(node, target_of(train), train.route.via, train.route.stage > kEscape);
  return escape(node, train.destination, -1, false);
}

std::optional<TrainHop> Detours::around(std::int32_t node, std::int32_t port) const {
  if (port >= static_cast<std::int32_t>(routes_.ports().ports(node).size()) || !escape_.is_closed(node, port))
    return std::nullopt;
  const std::int32_t beyond = routes_.ports().far_end(node, port).node;
  return escape(node, beyond, beyond, false);
}

bool Detours::avoids(std::int32_t node, const TrainHop& hop) const {
  if (hop.port >= static_cast<std::int32_t>(routes_.ports().ports(node).size())) return true;  // to the accelerator
  return !escape_.is_closed(node, hop.port);
}

// Its whole way from here on.
bool Detours::usable(std::int32_t node, const PacketTrain& given) const {
  PacketTrain train = given;
  while (node != train.destination) {
    const TrainHop hop = routes_.next_hop(node, train);
    if (!avoids(node, hop)) return false;
    train.route = hop.route;
    node = routes_.ports().far_end(node, hop.port).node;
  }
  return true;
}

TrainHop Detours::escape(std::int32_t node, std::int32_t destination, std::int32_t via, bool down) const {
  const auto beyond = static_cast<std::int32_t>(routes_.ports().ports(node).size());
  if (node == destination) return {beyond, 0, {true, via, kEscape, 0}};
  const EscapeWays::Way way = escape_.next(node, destination, down);
  const std::int32_t to = routes_.ports().far_end(node, way.port).node;
  return {way.port, std::min(channel_, routes_.channels(node, to) - 1), {true, via, kEscape + (way.down ? 1 : 0), 0}};
}

}  // namespace decodesim
