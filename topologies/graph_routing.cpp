// SPDX-License-Identifier: Apache-2.0
#include "topologies/graph_routing.hpp"

#include <algorithm>

namespace decodesim {
namespace {

std::int64_t entries_within(std::int64_t bytes, std::size_t nodes, bool up_down) {
  const auto each = static_cast<std::int64_t>(nodes * sizeof(std::int32_t)) * (up_down ? 2 : 1);
  return std::max<std::int64_t>(bytes / std::max<std::int64_t>(each, 1), 1);
}

}  // namespace

const DistanceCache::Distances* DistanceCache::find(std::int32_t target) {
  const auto place = places_.find(target);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, place->second);
  return &place->second->second;
}

const DistanceCache::Distances& DistanceCache::put(std::int32_t target, Distances distances) {
  if (entries() == most_) {
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }
  entries_.emplace_front(target, std::move(distances));
  places_[target] = entries_.begin();
  return entries_.front().second;
}

GraphRouting::GraphRouting(const Topology& topology, const PortMap& ports, RoutingAlgorithm algorithm,
                           std::int64_t cache_bytes)
    : topology_(topology),
      ports_(ports),
      algorithm_(algorithm),
      most_cached_(entries_within(cache_bytes, topology.nodes.size(), algorithm == RoutingAlgorithm::kUpDown)),
      cache_(most_cached_) {
  const std::int32_t endpoints = topology.endpoints();
  // The node with the most cables is a good root: many ways are short through it.
  std::int32_t root = 0;
  std::int64_t most = -1;
  for (std::int32_t n = 0; n < to_int32(static_cast<std::int64_t>(topology.nodes.size())); ++n) {
    const auto ends = ports.ports(n);
    const auto used = std::count_if(ends.begin(), ends.end(), [](const auto& end) { return end.node >= 0; });
    if (topology.forwards(n) && used > most) root = n, most = used;
  }
  rank_ = distances_to(topology, ports, root);
  if (algorithm == RoutingAlgorithm::kUpDown) return;
  // No shortest way is longer than twice the longest to the root.
  std::int32_t longest = 0;
  for (std::int32_t n = 0; n < endpoints; ++n) longest = std::max(longest, item(rank_, n));
  if (endpoints <= 1024) {
    std::int32_t diameter = 0;
    for (std::int32_t n = 0; n < endpoints; ++n) {
      const DistanceCache::Distances found = distances_to(topology, ports, n);
      diameter = std::max(diameter, *std::max_element(found.begin(), found.begin() + endpoints));
    }
    channels_ = std::max(diameter - (topology.endpoints_forward ? 0 : 2), 1);
    return;
  }
  channels_ = std::max(2 * longest - (topology.endpoints_forward ? 0 : 2), 1);
}

bool GraphRouting::up(std::int32_t from, std::int32_t to) const {
  return std::pair(item(rank_, to), to) < std::pair(item(rank_, from), from);
}

const DistanceCache::Distances& GraphRouting::distances(std::int32_t target) const {
  if (const DistanceCache::Distances* found = cache_.find(target)) return *found;
  return cache_.put(target, algorithm_ == RoutingAlgorithm::kUpDown ? up_down_distances(target)
                                                                    : distances_to(topology_, ports_, target));
}

// Of every node twice: when the packet may still go up, and when it has gone down. Searched backwards.
DistanceCache::Distances GraphRouting::up_down_distances(std::int32_t target) const {
  const auto nodes = static_cast<std::int64_t>(topology_.nodes.size());
  DistanceCache::Distances found(static_cast<std::size_t>(2 * nodes), -1);
  std::vector<std::int64_t> queue{target, target + nodes};
  item(found, target) = item(found, target + nodes) = 0;
  const auto reach = [&](std::int64_t state, std::int32_t distance) {
    if (item(found, state) >= 0) return;
    item(found, state) = distance;
    queue.push_back(state);
  };
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const bool down = queue[head] >= nodes;
    const std::int32_t node = to_int32(queue[head] % nodes);
    if (node != target && !topology_.forwards(node)) continue;
    const std::int32_t next = item(found, queue[head]) + 1;
    for (const PortMap::End& end : ports_.ports(node)) {
      if (end.node < 0) continue;
      if (up(end.node, node) && !down) reach(end.node, next);  // came up to here: it may still go up
      if (!up(end.node, node) && down) reach(end.node, next), reach(end.node + nodes, next);
    }
  }
  return found;
}

std::int32_t GraphRouting::distance(std::int32_t node, bool down, std::int32_t target) const {
  const auto nodes = static_cast<std::int64_t>(topology_.nodes.size());
  return item(distances(target), node + (down ? nodes : 0));
}

// `header.stage` with up_down: whether the packet has gone down.
bool GraphRouting::leads_on(std::int32_t node, const PortMap::End& end, const RouteHeader& header) const {
  if (end.node < 0 || (end.node != header.destination && !topology_.forwards(end.node))) return false;
  if (algorithm_ != RoutingAlgorithm::kUpDown)
    return distance(end.node, false, header.destination) + 1 == distance(node, false, header.destination);
  const bool down = header.stage != 0;
  const bool rises = up(node, end.node);
  if (rises && down) return false;
  const std::int32_t ahead = distance(end.node, !rises, header.destination);
  return ahead >= 0 && ahead + 1 == distance(node, down, header.destination);
}

std::int32_t GraphRouting::ways(std::int32_t node, const RouteHeader& header) const {
  if (algorithm_ != RoutingAlgorithm::kEcmp) return 1;
  const auto ends = ports_.ports(node);
  return to_int32(
      std::count_if(ends.begin(), ends.end(), [&](const auto& end) { return leads_on(node, end, header); }));
}

RouteStep GraphRouting::way(std::int32_t node, const RouteHeader& header, std::int32_t index) const {
  std::int32_t port = 0;
  for (const PortMap::End& end : ports_.ports(node)) {
    if (!leads_on(node, end, header) || index-- > 0) {
      ++port;
      continue;
    }
    RouteHeader on = header;
    if (algorithm_ == RoutingAlgorithm::kUpDown) {
      on.stage = up(node, end.node) ? 0 : 1;
      return {port, 0, on};
    }
    // Cables of an endpoint that passes nothing on are beginnings and ends of ways, where nothing can be circular.
    const bool counts = topology_.forwards(node) && topology_.forwards(end.node);
    if (counts) ++on.stage;
    return {port, counts ? header.stage : 0, on};
  }
  throw TopologyError(item(topology_.nodes, node).name + ": no way to " +
                      item(topology_.nodes, header.destination).name);
}

}  // namespace decodesim
