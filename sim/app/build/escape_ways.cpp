// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/escape_ways.hpp"

#include <algorithm>
#include <limits>

#include "sim/core/component/require.hpp"
#include "topologies/indexing.hpp"
#include "topologies/remaining.hpp"

namespace decodesim {
namespace {

constexpr std::size_t kMostKept = std::size_t{1} << 23U;  // distances of a cache

}  // namespace

EscapeWays::EscapeWays(const Topology& topology, const PortMap& ports, const std::vector<std::int32_t>& cables,
                       const std::vector<std::int32_t>& nodes)
    : topology_(topology),
      ports_(ports),
      never_(static_cast<std::size_t>(ports.channels())),
      closed_(static_cast<std::size_t>(ports.channels())) {
  for (const std::int32_t cable : cables) {
    const TopologyCable& gone = item(topology.cables, cable);
    item(never_, ports.channel(gone.a, gone.port_a)) = item(never_, ports.channel(gone.b, gone.port_b)) = 1;
  }
  for (const std::int32_t node : nodes)
    for (const PortMap::End& end : ports.ports(node))
      if (end.node >= 0) item(never_, ports.channel(end.node, end.port)) = 1;
  rank_nodes(without(topology, cables, nodes));
}

// The node with the most cables is a good root: many ways are short through it. Out of what is cut off, ways only rise.
void EscapeWays::rank_nodes(const Topology& left) {
  if (const std::int32_t apart = endpoint_cut_off(left); apart >= 0)
    throw TopologyError(item(left.nodes, apart).name + ": not connected to " + left.nodes.front().name);
  const PortMap ports(left);
  std::int32_t root = 0;
  std::int64_t most = -1;
  for (std::int32_t n = 0; n < to_int32(static_cast<std::int64_t>(left.nodes.size())); ++n) {
    const auto ends = ports.ports(n);
    const auto used = std::count_if(ends.begin(), ends.end(), [](const auto& end) { return end.node >= 0; });
    if (left.forwards(n) && used > most) root = n, most = used;
  }
  rank_ = distances_to(left, ports, root);
  for (std::int32_t& rank : rank_)
    if (rank < 0) rank = std::numeric_limits<std::int32_t>::max();
}

void EscapeWays::close(std::int32_t node, std::int32_t port) {
  if (item(closed_, ports_.channel(node, port))++ > 0) return;
  ++closed_channels_;
  open_.clear();
}

void EscapeWays::open(std::int32_t node, std::int32_t port) {
  std::int32_t& times = item(closed_, ports_.channel(node, port));
  require(times > 0, "EscapeWays", "a channel that is open is opened");
  if (--times > 0) return;
  --closed_channels_;
  open_.clear();
}

bool EscapeWays::is_closed(std::int32_t node, std::int32_t port) const {
  return item(closed_, ports_.channel(node, port)) > 0;
}

bool EscapeWays::usable(std::int64_t channel, bool closed_too) const {
  return item(never_, channel) == 0 && (closed_too || item(closed_, channel) == 0);
}

bool EscapeWays::up(std::int32_t from, std::int32_t to) const {
  return std::pair(item(rank_, to), to) < std::pair(item(rank_, from), from);
}

const EscapeWays::Distances& EscapeWays::distances(std::int32_t destination, bool closed_too) const {
  Cache& cache = closed_too ? all_ : open_;
  const auto known = cache.find(destination);
  if (known != cache.end()) return known->second;
  if (cache.size() * topology_.nodes.size() > kMostKept) cache.clear();
  return cache.emplace(destination, search(destination, closed_too)).first->second;
}

// Searched backwards from the destination.
EscapeWays::Distances EscapeWays::search(std::int32_t destination, bool closed_too) const {
  const auto nodes = static_cast<std::int64_t>(topology_.nodes.size());
  Distances found(static_cast<std::size_t>(2 * nodes), -1);
  std::vector<std::int64_t> queue{destination, destination + nodes};
  item(found, destination) = item(found, destination + nodes) = 0;
  const auto reach = [&](std::int64_t state, std::int32_t distance) {
    if (item(found, state) >= 0) return;
    item(found, state) = distance;
    queue.push_back(state);
  };
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const bool down = queue[head] >= nodes;
    const std::int32_t node = to_int32(queue[head] % nodes);
    if (node != destination && !topology_.forwards(node)) continue;
    const std::int32_t next = item(found, queue[head]) + 1;
    for (const PortMap::End& end : ports_.ports(node)) {
      if (end.node < 0 || !usable(ports_.channel(end.node, end.port), closed_too)) continue;
      const bool rose = up(end.node, node);
      if (rose && !down) reach(end.node, next);
      if (!rose && down) reach(end.node, next), reach(end.node + nodes, next);
    }
  }
  return found;
}

// -1: there is no way.
std::int32_t EscapeWays::port_on(std::int32_t node, std::int32_t destination, bool down, bool closed_too) const {
  const Distances& found = distances(destination, closed_too);
  const auto nodes = static_cast<std::int64_t>(topology_.nodes.size());
  const std::int32_t here = item(found, node + (down ? nodes : 0));
  if (here < 0) return -1;
  std::int32_t port = -1;
  for (const PortMap::End& end : ports_.ports(node)) {
    ++port;
    if (end.node < 0 || !usable(ports_.channel(node, port), closed_too)) continue;
    if (end.node != destination && !topology_.forwards(end.node)) continue;
    const bool rises = up(node, end.node);
    if (rises && down) continue;
    const std::int32_t ahead = item(found, end.node + (rises ? 0 : nodes));
    if (ahead >= 0 && ahead + 1 == here) return port;
  }
  return -1;
}

EscapeWays::Way EscapeWays::next(std::int32_t node, std::int32_t destination, bool down) const {
  std::int32_t port = port_on(node, destination, down, false);
  if (port < 0) port = port_on(node, destination, down, true);
  require(port >= 0, item(topology_.nodes, node).name,
          "there is no detour to " + item(topology_.nodes, destination).name);
  return {port, !up(node, ports_.far_end(node, port).node)};
}

}  // namespace decodesim
