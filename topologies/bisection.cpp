// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/push_relabel_max_flow.hpp>
#include <numeric>

#include "topologies/measures.hpp"

namespace decodesim {
namespace {

constexpr std::size_t kMostFlowCables = 20'000;
constexpr std::int64_t kOrders = 8;

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using FlowGraph = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS,
    boost::property<
        boost::vertex_index_t, long,
        boost::property<boost::vertex_color_t, boost::default_color_type,
                        boost::property<boost::vertex_distance_t, long,
                                        boost::property<boost::vertex_predecessor_t, Traits::edge_descriptor>>>>,
    boost::property<boost::edge_capacity_t, long,
                    boost::property<boost::edge_residual_capacity_t, long,
                                    boost::property<boost::edge_reverse_t, Traits::edge_descriptor>>>>;

void add_cable(FlowGraph& graph, std::int64_t from, std::int64_t to, long capacity, long back) {
  const auto a = boost::add_edge(static_cast<std::size_t>(from), static_cast<std::size_t>(to), graph).first;
  const auto b = boost::add_edge(static_cast<std::size_t>(to), static_cast<std::size_t>(from), graph).first;
  boost::put(boost::edge_capacity, graph, a, capacity);
  boost::put(boost::edge_capacity, graph, b, back);
  boost::put(boost::edge_reverse, graph, a, b);
  boost::put(boost::edge_reverse, graph, b, a);
}

// Fewest cables between the endpoints marked and those not; switches go where they are best.
std::int64_t least_cut(const Topology& topology, const std::vector<bool>& marked) {
  const auto nodes = static_cast<std::int64_t>(topology.nodes.size());
  const auto everything = static_cast<long>(topology.cables.size() + 1);
  FlowGraph graph(static_cast<std::size_t>(nodes + 2));
  for (const TopologyCable& cable : topology.cables) add_cable(graph, cable.a, cable.b, 1, 1);
  for (std::int64_t rank = 0; rank < topology.endpoints(); ++rank) {
    if (item(marked, rank))
      add_cable(graph, nodes, rank, everything, 0);
    else
      add_cable(graph, rank, nodes + 1, everything, 0);
  }
  return boost::push_relabel_max_flow(graph, static_cast<std::size_t>(nodes), static_cast<std::size_t>(nodes + 1));
}

}  // namespace

Bisection searched_bisection(const Topology& topology, const PortMap& ports) {
  const std::int64_t endpoints = topology.endpoints();
  if (endpoints < 2) return {0, 0, "one endpoint"};
  if (topology.cables.size() > kMostFlowCables)
    return {1, std::nullopt, "not searched: more than " + std::to_string(kMostFlowCables) + " cables"};
  Bisection out{1, std::nullopt, "the best of several halves by maximum flow (an upper bound)"};
  // The ranks in order, then by their distance from one of several endpoints.
  for (std::int64_t order = 0; order <= std::min(kOrders, endpoints); ++order) {
    std::vector<std::int32_t> ranks(static_cast<std::size_t>(endpoints));
    std::iota(ranks.begin(), ranks.end(), 0);
    if (order > 0) {
      const auto from = to_int32((order - 1) * endpoints / std::min(kOrders, endpoints));
      const std::vector<std::int32_t> distance = distances_to(topology, ports, from);
      std::stable_sort(ranks.begin(), ranks.end(),
                       [&](auto x, auto y) { return item(distance, x) < item(distance, y); });
    }
    std::vector<bool> marked(static_cast<std::size_t>(endpoints));
    for (std::int64_t i = 0; i < endpoints / 2; ++i) item(marked, item(ranks, i)) = true;
    const std::int64_t cut = least_cut(topology, marked);
    out.at_most = std::min(out.at_most.value_or(cut), cut);
  }
  return out;
}

}  // namespace decodesim
