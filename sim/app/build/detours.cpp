// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/detours.hpp"

#include <algorithm>

namespace decodesim {
namespace {

constexpr std::int32_t kEscape = 1 << 20;  // added to a train's stage while it is on a detour
constexpr std::uint64_t kOtherFlows = 16;  // ways of the routing that are tried

Topology without(Topology topology, const std::vector<std::int32_t>& cables) {
  std::vector<TopologyCable> kept;
  for (std::size_t i = 0; i < topology.cables.size(); ++i)
    if (std::find(cables.begin(), cables.end(), static_cast<std::int32_t>(i)) == cables.end())
      kept.push_back(topology.cables[i]);
  topology.cables = std::move(kept);
  return topology;
}

}  // namespace

Detours::Detours(const FabricRoutes& routes, const Topology& topology, const std::vector<std::int32_t>& cables,
                 std::int32_t channel)
    : routes_(routes),
      left_("what never fails", without(topology, cables)),
      up_down_(left_.routing(RoutingAlgorithm::kUpDown)),
      channel_(channel) {}

void Detours::choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues) const {
  const TrainRoute before = train.route;
  routes_.choose_way(node, train, queues);
  if (train.route.begun && !avoided_.empty() && !whole_way_avoids(train, node)) train.route = before;
}

TrainHop Detours::next_hop(std::int32_t node, const PacketTrain& train) const {
  if (train.route.begun && train.route.stage >= kEscape)
    return escape(node, train.destination, train.route.stage - kEscape);
  if (avoided_.empty() || node == train.destination) return routes_.next_hop(node, train);
  if (train.route.begun) {
    const TrainHop hop = routes_.next_hop(node, train);
    return avoids(node, hop) ? hop : detour(node, train);
  }
  for (std::uint64_t other = 0; other < kOtherFlows; ++other) {
    PacketTrain as = train;
    as.tag.instance += other << 40U;
    const TrainHop hop = routes_.next_hop(node, as);
    if (avoids(node, hop) && whole_way_avoids(as, node)) return hop;
  }
  return detour(node, train);
}

TrainHop Detours::detour(std::int32_t node, const PacketTrain& train) const {
  return escape(node, train.destination, 0);
}

bool Detours::avoids(std::int32_t node, const TrainHop& hop) const {
  if (hop.port >= static_cast<std::int32_t>(routes_.ports().ports(node).size())) return true;  // to the accelerator
  return !avoided_.contains(routes_.ports().far_end(node, hop.port).cable);
}

bool Detours::whole_way_avoids(PacketTrain train, std::int32_t node) const {
  while (node != train.destination) {
    const TrainHop hop = routes_.next_hop(node, train);
    if (!avoids(node, hop)) return false;
    train.route = hop.route;
    node = routes_.ports().far_end(node, hop.port).node;
  }
  return true;
}

TrainHop Detours::escape(std::int32_t node, std::int32_t destination, std::int32_t stage) const {
  const std::int32_t beyond = static_cast<std::int32_t>(routes_.ports().ports(node).size());
  if (node == destination) return {beyond, 0, {true, -1, stage + kEscape, 0}};
  const RouteStep step = up_down_->next(node, {destination, -1, stage, 0});
  const std::int32_t to = routes_.ports().far_end(node, step.port).node;
  return {step.port, std::min(channel_, routes_.channels(node, to) - 1), {true, -1, step.header.stage + kEscape, 0}};
}

}  // namespace decodesim
