// SPDX-License-Identifier: Apache-2.0
#include "topologies/topology.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>

#include "topologies/indexing.hpp"

namespace decodesim {
namespace {

constexpr int kMostProblems = 20;

// Collects what is wrong, and stops with what it has when there is too much.
class Problems {
 public:
  void add(const std::string& line) {
    text_ += (text_.empty() ? "" : "\n") + line;
    if (++lines_ == kMostProblems) throw_if_any();
  }
  [[nodiscard]] bool none() const { return text_.empty(); }
  void throw_if_any() const {
    if (!none()) throw TopologyError(text_);
  }

 private:
  std::string text_;
  int lines_ = 0;
};

void check_ranks(const Topology& topology, Problems& problems) {
  const std::int32_t count = topology.endpoints();
  if (count == 0) problems.add("the network has no endpoint");
  for (std::int32_t i = 0; i < to_int32(static_cast<std::int64_t>(topology.nodes.size())); ++i) {
    const TopologyNode& node = item(topology.nodes, i);
    const bool first = i < count;
    if (first != (node.kind == TopologyNode::Kind::kEndpoint) || (first && node.rank != i))
      problems.add(node.name + ": node " + std::to_string(i) + " of a network of " + std::to_string(count) +
                   " endpoints; expected the endpoints first, in the order of their ranks");
  }
}

void check_cables(const Topology& topology, Problems& problems) {
  const auto count = static_cast<std::int32_t>(topology.nodes.size());
  std::vector<std::vector<bool>> used(topology.nodes.size());
  const auto check_port = [&](std::int32_t node, std::int32_t port) {
    const TopologyNode& owner = item(topology.nodes, node);
    std::vector<bool>& taken = item(used, node);
    taken.resize(static_cast<std::size_t>(std::max(owner.ports, 0)));
    if (port < 0 || port >= owner.ports)
      problems.add(owner.name + ": port " + std::to_string(port) + " is beyond its " + std::to_string(owner.ports) +
                   " ports");
    else if (item(taken, port))
      problems.add(owner.name + ": port " + std::to_string(port) + " is used twice");
    else
      item(taken, port) = true;
  };
  for (const TopologyCable& cable : topology.cables) {
    if (std::min(cable.a, cable.b) < 0 || std::max(cable.a, cable.b) >= count) {
      problems.add("a cable ends at a node that does not exist");
      continue;
    }
    if (cable.a == cable.b) problems.add(item(topology.nodes, cable.a).name + ": a cable leads back to itself");
    check_port(cable.a, cable.port_a);
    check_port(cable.b, cable.port_b);
  }
}

void check_connected(const Topology& topology, Problems& problems) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(topology.nodes.size());
  for (const TopologyCable& cable : topology.cables)
    boost::add_edge(static_cast<std::size_t>(cable.a), static_cast<std::size_t>(cable.b), graph);
  std::vector<std::int32_t> component(topology.nodes.size());
  if (boost::connected_components(graph, component.data()) <= 1) return;
  const auto apart = std::find_if(component.begin(), component.end(), [&](auto c) { return c != component.front(); });
  problems.add(item(topology.nodes, apart - component.begin()).name + ": not connected to " +
               topology.nodes.front().name);
}

}  // namespace

std::int32_t Topology::endpoints() const {
  return static_cast<std::int32_t>(std::count_if(
      nodes.begin(), nodes.end(), [](const TopologyNode& n) { return n.kind == TopologyNode::Kind::kEndpoint; }));
}

std::int32_t Topology::node_of_rank(std::int32_t rank) const {
  const bool there = rank >= 0 && static_cast<std::size_t>(rank) < nodes.size();
  if (!there || item(nodes, rank).kind != TopologyNode::Kind::kEndpoint)
    throw TopologyError("no endpoint has rank " + std::to_string(rank));
  return rank;
}

void validate(const Topology& topology) {
  Problems problems;
  check_ranks(topology, problems);
  check_cables(topology, problems);
  if (problems.none()) check_connected(topology, problems);
  problems.throw_if_any();
}

PortMap::PortMap(const Topology& topology) : first_(topology.nodes.size() + 1) {
  for (std::size_t i = 0; i < topology.nodes.size(); ++i)
    first_[i + 1] = first_[i] + static_cast<std::size_t>(topology.nodes[i].ports);
  ends_.resize(first_.back());
  std::int32_t index = 0;
  for (const TopologyCable& cable : topology.cables) {
    item(ends_, channel(cable.a, cable.port_a)) = {cable.b, cable.port_b, index};
    item(ends_, channel(cable.b, cable.port_b)) = {cable.a, cable.port_a, index};
    ++index;
  }
}

std::int32_t PortMap::node_of(std::int64_t channel) const {
  const auto after = std::upper_bound(first_.begin(), first_.end(), static_cast<std::size_t>(channel));
  return to_int32(after - first_.begin()) - 1;
}

std::int64_t PortMap::bytes() const {
  return static_cast<std::int64_t>(first_.capacity() * sizeof(std::size_t) + ends_.capacity() * sizeof(End));
}

std::vector<std::int32_t> distances_to(const Topology& topology, const PortMap& ports, std::int32_t target) {
  std::vector<std::int32_t> distance(topology.nodes.size(), -1);
  std::vector<std::int32_t> queue{target};
  item(distance, target) = 0;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::int32_t node = queue[head];
    if (node != target && !topology.forwards(node)) continue;
    for (const PortMap::End& end : ports.ports(node)) {
      if (end.node < 0 || item(distance, end.node) >= 0) continue;
      item(distance, end.node) = item(distance, node) + 1;
      queue.push_back(end.node);
    }
  }
  return distance;
}

std::vector<std::int32_t> routes_to(const Topology& topology, std::int32_t rank) {
  const PortMap ports(topology);
  const std::int32_t target = topology.node_of_rank(rank);
  const std::vector<std::int32_t> distance = distances_to(topology, ports, target);
  std::vector<std::int32_t> out(topology.nodes.size(), -1);
  for (std::int32_t node = 0; node < static_cast<std::int32_t>(out.size()); ++node) {
    std::int32_t port = 0;
    for (const PortMap::End& end : ports.ports(node)) {
      const bool ahead = end.node >= 0 && item(distance, end.node) + 1 == item(distance, node);
      if (ahead && (end.node == target || topology.forwards(end.node))) {
        item(out, node) = port;
        break;
      }
      ++port;
    }
  }
  return out;
}

std::vector<std::int32_t> output_ports(const Topology& topology, std::int32_t node) {
  std::vector<std::int32_t> ports;
  for (std::int32_t rank = 0; rank < topology.endpoints(); ++rank)
    ports.push_back(routes_to(topology, rank).at(static_cast<std::size_t>(node)));
  return ports;
}

std::int32_t hops(const Topology& topology, std::int32_t from_rank, std::int32_t to_rank) {
  const std::int32_t to = topology.node_of_rank(to_rank);
  const std::int32_t from = topology.node_of_rank(from_rank);
  const std::int32_t found = item(distances_to(topology, PortMap(topology), to), from);
  if (found < 0)
    throw TopologyError("no path from rank " + std::to_string(from_rank) + " to rank " + std::to_string(to_rank));
  return found;
}

}  // namespace decodesim
