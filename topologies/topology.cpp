// SPDX-License-Identifier: Apache-2.0
#include "topologies/topology.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/connected_components.hpp>
#include <limits>
#include <set>
#include <utility>

namespace decodesim {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;

Graph graph_of(const Topology& topology) {
  Graph graph(topology.nodes.size());
  for (const TopologyCable& cable : topology.cables)
    boost::add_edge(static_cast<std::size_t>(cable.a), static_cast<std::size_t>(cable.b), graph);
  return graph;
}

constexpr std::int32_t kUnreached = std::numeric_limits<std::int32_t>::max();

/// Cables from every node to `target`; kUnreached where there is no path.
std::vector<std::int32_t> distances_to(const Topology& topology, std::int32_t target) {
  const Graph graph = graph_of(topology);
  std::vector<std::int32_t> distance(topology.nodes.size(), kUnreached);
  const auto start = static_cast<std::size_t>(target);
  distance[start] = 0;
  boost::breadth_first_search(
      graph, start,
      boost::visitor(boost::make_bfs_visitor(boost::record_distances(distance.data(), boost::on_tree_edge()))));
  return distance;
}

using Port = std::pair<std::int32_t, std::int32_t>;  // node, port

void check_port(const Topology& topology, std::int32_t node, std::int32_t port, std::set<Port>& used,
                std::string& problems) {
  const TopologyNode& owner = topology.nodes[static_cast<std::size_t>(node)];
  if (port < 0 || port >= owner.ports)
    problems +=
        owner.name + ": port " + std::to_string(port) + " is beyond its " + std::to_string(owner.ports) + " ports\n";
  else if (!used.insert({node, port}).second)
    problems += owner.name + ": port " + std::to_string(port) + " is used twice\n";
}

void check_cables(const Topology& topology, std::string& problems) {
  const auto count = static_cast<std::int32_t>(topology.nodes.size());
  std::set<Port> used;
  for (const TopologyCable& cable : topology.cables) {
    if (std::min(cable.a, cable.b) < 0 || std::max(cable.a, cable.b) >= count) {
      problems += "a cable ends at a node that does not exist\n";
      continue;
    }
    if (cable.a == cable.b)
      problems += topology.nodes[static_cast<std::size_t>(cable.a)].name + ": a cable leads back to itself\n";
    check_port(topology, cable.a, cable.port_a, used, problems);
    check_port(topology, cable.b, cable.port_b, used, problems);
  }
}

void check_connected(const Topology& topology, std::string& problems) {
  std::vector<std::int32_t> component(topology.nodes.size());
  if (boost::connected_components(graph_of(topology), component.data()) <= 1) return;
  const auto apart = std::find_if(component.begin(), component.end(), [&](auto c) { return c != component.front(); });
  problems += topology.nodes[static_cast<std::size_t>(apart - component.begin())].name + ": not connected to " +
              topology.nodes.front().name + "\n";
}

}  // namespace

std::int32_t Topology::endpoints() const {
  return static_cast<std::int32_t>(std::count_if(
      nodes.begin(), nodes.end(), [](const TopologyNode& n) { return n.kind == TopologyNode::Kind::kEndpoint; }));
}

std::int32_t Topology::node_of_rank(std::int32_t rank) const {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].kind == TopologyNode::Kind::kEndpoint && nodes[i].rank == rank) return static_cast<std::int32_t>(i);
  throw TopologyError("no endpoint has rank " + std::to_string(rank));
}

void validate(const Topology& topology) {
  std::string problems;
  if (topology.endpoints() == 0) problems += "the network has no endpoint\n";
  check_cables(topology, problems);
  if (problems.empty()) check_connected(topology, problems);
  if (problems.empty()) return;
  problems.pop_back();
  throw TopologyError(problems);
}

std::vector<std::int32_t> routes_to(const Topology& topology, std::int32_t rank) {
  const std::vector<std::int32_t> distance = distances_to(topology, topology.node_of_rank(rank));
  std::vector<std::int32_t> port(topology.nodes.size(), -1);
  const auto consider = [&](std::int32_t from, std::int32_t by, std::int32_t to) {
    const auto node = static_cast<std::size_t>(from);
    const std::int32_t ahead = distance[static_cast<std::size_t>(to)];
    if (ahead == kUnreached || ahead + 1 != distance[node]) return;
    if (port[node] < 0 || by < port[node]) port[node] = by;
  };
  for (const TopologyCable& cable : topology.cables) {
    consider(cable.a, cable.port_a, cable.b);
    consider(cable.b, cable.port_b, cable.a);
  }
  return port;
}

std::vector<std::int32_t> output_ports(const Topology& topology, std::int32_t node) {
  std::vector<std::int32_t> ports;
  for (std::int32_t rank = 0; rank < topology.endpoints(); ++rank)
    ports.push_back(routes_to(topology, rank).at(static_cast<std::size_t>(node)));
  return ports;
}

std::int32_t hops(const Topology& topology, std::int32_t from_rank, std::int32_t to_rank) {
  const std::vector<std::int32_t> distance = distances_to(topology, topology.node_of_rank(to_rank));
  const std::int32_t found = distance[static_cast<std::size_t>(topology.node_of_rank(from_rank))];
  if (found == kUnreached)
    throw TopologyError("no path from rank " + std::to_string(from_rank) + " to rank " + std::to_string(to_rank));
  return found;
}

}  // namespace decodesim
