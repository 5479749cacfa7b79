// SPDX-License-Identifier: Apache-2.0
#include "topologies/deadlock.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <set>
#include <tuple>

namespace decodesim {
namespace {

using Dependencies = boost::adjacency_list<boost::setS, boost::vecS, boost::directedS>;
using Vertex = boost::graph_traits<Dependencies>::vertex_descriptor;
using Edge = boost::graph_traits<Dependencies>::edge_descriptor;

struct CycleFound {
  Vertex from;
  Vertex to;
};

// Depth-first search that remembers who led to whom, and stops at the first edge back.
class CycleFinder : public boost::default_dfs_visitor {
 public:
  explicit CycleFinder(std::vector<Vertex>& parents) : parents_(&parents) {}
  void tree_edge(Edge edge, const Dependencies& graph) { (*parents_)[target(edge, graph)] = source(edge, graph); }
  void back_edge(Edge edge, const Dependencies& graph) { throw CycleFound{source(edge, graph), target(edge, graph)}; }

 private:
  std::vector<Vertex>* parents_;
};

std::vector<Vertex> find_cycle(const Dependencies& graph) {
  std::vector<Vertex> parents(num_vertices(graph));
  try {
    boost::depth_first_search(graph, boost::visitor(CycleFinder(parents)));
  } catch (const CycleFound& found) {
    std::vector<Vertex> cycle{found.from};
    while (cycle.back() != found.to) cycle.push_back(parents[cycle.back()]);
    std::reverse(cycle.begin(), cycle.end());
    return cycle;
  }
  return {};
}

class Explorer {
 public:
  Explorer(const PortMap& ports, const Routing& routing)
      : ports_(ports),
        routing_(routing),
        channels_(routing.virtual_channels()),
        graph(static_cast<std::size_t>(ports.channels() * channels_)) {}

  // Follows all ways of one start. States of one destination that were seen before are not followed again.
  void follow(std::int32_t source, const RouteHeader& start) {
    if (start.destination != destination_) seen_.clear();
    destination_ = start.destination;
    std::vector<State> open{{source, -1, start}};
    while (!open.empty()) {
      const State state = open.back();
      open.pop_back();
      const bool fresh = seen_.emplace(state.node, state.held, state.header.via, state.header.stage).second;
      if (!fresh || state.node == start.destination) continue;
      for (std::int32_t i = 0; i < routing_.ways(state.node, state.header); ++i) open.push_back(step(state, i));
      if (seen_.size() > kMostStates)
        throw TopologyError("routes to node " + std::to_string(destination_) + " do not end");
    }
  }

  [[nodiscard]] RouteHop hop_of(Vertex vertex) const {
    const auto index = static_cast<std::int64_t>(vertex);
    const std::int32_t node = ports_.node_of(index / channels_);
    return {node, to_int32(index / channels_ - ports_.channel(node, 0)), to_int32(index % channels_)};
  }

 private:
  static constexpr std::size_t kMostStates = 50'000'000;

  struct State {
    std::int32_t node = 0;
    std::int64_t held = -1;  // channel by which the packet came
    RouteHeader header;
  };

  State step(const State& state, std::int32_t index) {
    const RouteStep step = routing_.way(state.node, state.header, index);
    const PortMap::End& end = ports_.far_end(state.node, step.port);
    if (end.node < 0 || step.channel < 0 || step.channel >= channels_)
      throw TopologyError("a route leaves node " + std::to_string(state.node) + " by port " +
                          std::to_string(step.port) + ", virtual channel " + std::to_string(step.channel) +
                          ", which is not there");
    const std::int64_t channel = ports_.channel(state.node, step.port) * channels_ + step.channel;
    if (state.held >= 0) boost::add_edge(static_cast<Vertex>(state.held), static_cast<Vertex>(channel), graph);
    return {end.node, channel, step.header};
  }

  const PortMap& ports_;
  const Routing& routing_;
  const std::int32_t channels_;
  std::set<std::tuple<std::int32_t, std::int64_t, std::int32_t, std::int32_t>> seen_;
  std::int32_t destination_ = -1;

 public:
  Dependencies graph;
};

// Which of `count` things are looked at when there is room for `room`: evenly spread, the first among them.
std::int64_t drawn(std::int64_t index, std::int64_t count, std::int64_t room) {
  return count <= room ? index : index * count / room;
}

}  // namespace

DeadlockReport check_deadlock(const Topology& topology, const PortMap& ports, const Routing& routing,
                              std::int64_t most_walks) {
  const std::int64_t endpoints = topology.endpoints();
  DeadlockReport report;
  report.all_pairs = endpoints * (endpoints - 1);
  Explorer explorer(ports, routing);
  std::int64_t most_starts = 1;
  if (endpoints > 1) most_starts = routing.starts(0, to_int32(endpoints - 1));
  const std::int64_t starts_each = std::clamp<std::int64_t>(most_walks / std::max<std::int64_t>(report.all_pairs, 1), 1,
                                                            std::max<std::int64_t>(most_starts, 1));
  // Sources and destinations in the same proportion.
  std::int64_t ends = endpoints;
  while (ends > 1 && ends * ends > most_walks) --ends;
  for (std::int64_t d = 0; d < ends; ++d) {
    const auto to = to_int32(drawn(d, endpoints, ends));
    for (std::int64_t s = 0; s < ends; ++s) {
      // Other sources for every destination.
      const auto from = to_int32((drawn(s, endpoints, ends) + (ends < endpoints ? d : 0)) % endpoints);
      if (from == to) continue;
      ++report.pairs;
      const std::int64_t starts = routing.starts(from, to);
      if (starts > starts_each) report.complete = false;
      for (std::int64_t i = 0; i < std::min(starts, starts_each); ++i)
        explorer.follow(from, routing.start_at(from, to, (drawn(i, starts, starts_each) + s) % starts));
    }
  }
  if (report.pairs < report.all_pairs) report.complete = false;
  report.dependencies = static_cast<std::int64_t>(num_edges(explorer.graph));
  for (const Vertex vertex : find_cycle(explorer.graph)) report.cycle.push_back(explorer.hop_of(vertex));
  return report;
}

std::string text_of(const Topology& topology, const PortMap& ports, const std::vector<RouteHop>& cycle) {
  constexpr std::size_t kMostShown = 8;
  std::string out;
  for (std::size_t i = 0; i < cycle.size() && i < kMostShown; ++i) {
    const RouteHop& hop = cycle[i];
    const std::int32_t next = ports.far_end(hop.node, hop.port).node;
    out += (i == 0 ? "" : ", ") + item(topology.nodes, hop.node).name + " -> " + item(topology.nodes, next).name +
           " (virtual channel " + std::to_string(hop.channel) + ")";
  }
  if (cycle.size() > kMostShown) out += ", and " + std::to_string(cycle.size() - kMostShown) + " more";
  return out;
}

}  // namespace decodesim
