// SPDX-License-Identifier: Apache-2.0
// Topology: endpoints and switches with numbered ports, and the cables between them, as plain data. Builders (star.hpp,
// cube.hpp, tree.hpp, ...) make one; validate() refuses what cannot work; a Fabric (fabric.hpp) knows its routes; the
// application turns nodes and cables into modules. A cable is a pair of links, one a direction.
//
// Laws, each one a test in test/topologies/:
//   1. A valid topology is connected, has no self-loop, and no port is used twice or beyond the node's ports.
//   2. Endpoints come first: node r is the endpoint of rank r.
//   3. An endpoint passes nothing on for others unless `endpoints_forward` says that routers are in the nodes.
//   4. routes_to() is minimal, and the same on every machine: of several next hops the one with the lowest port.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace decodesim {

/// A topology that cannot be built. what() is for the user: it names the node or the parameter.
class TopologyError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

struct TopologyNode {
  enum class Kind : std::uint8_t { kEndpoint, kSwitch };
  Kind kind = Kind::kEndpoint;
  std::string name;        ///< "acc3", "switch0": an identifier
  std::int32_t ports = 1;  ///< how many it has
  std::int32_t rank = -1;  ///< of an endpoint
  std::int32_t level = 0;  ///< of a switch: its class, an index into Topology::switch_classes
};

/// Connects port `port_a` of node `a` with port `port_b` of node `b`, both ways. `level` is its class, an index into
/// Topology::link_classes.
struct TopologyCable {
  std::int32_t a = 0;
  std::int32_t port_a = 0;
  std::int32_t b = 0;
  std::int32_t port_b = 0;
  std::int32_t level = 0;
};

struct Topology {
  std::vector<TopologyNode> nodes;
  std::vector<TopologyCable> cables;
  std::vector<std::string> link_classes{"host"};  ///< kinds of link that a scenario may give parts of their own
  std::vector<std::string> switch_classes{"switch"};
  bool endpoints_forward = false;  ///< routers are in the endpoints

  [[nodiscard]] std::int32_t endpoints() const;
  /// Index of the node that is endpoint `rank`. Throws TopologyError when there is none.
  [[nodiscard]] std::int32_t node_of_rank(std::int32_t rank) const;
  [[nodiscard]] bool forwards(std::int32_t node) const {
    return endpoints_forward || nodes[static_cast<std::size_t>(node)].kind == TopologyNode::Kind::kSwitch;
  }
};

/// Throws TopologyError with one line for everything that breaks laws 1 and 2; at most 20 lines.
void validate(const Topology& topology);

/// Who is at the far end of every port. Ports of all nodes are numbered through: that number names the channel which
/// leaves by the port.
class PortMap {
 public:
  struct End {
    std::int32_t node = -1;  ///< -1: nothing is connected
    std::int32_t port = -1;
    std::int32_t cable = -1;
  };

  explicit PortMap(const Topology& topology);
  [[nodiscard]] std::span<const End> ports(std::int32_t node) const {
    const auto n = static_cast<std::size_t>(node);
    return std::span(ends_).subspan(first_[n], first_[n + 1] - first_[n]);
  }
  [[nodiscard]] const End& far_end(std::int32_t node, std::int32_t port) const {
    return ends_[static_cast<std::size_t>(channel(node, port))];
  }
  [[nodiscard]] std::int64_t channel(std::int32_t node, std::int32_t port) const {
    return static_cast<std::int64_t>(first_[static_cast<std::size_t>(node)]) + port;
  }
  [[nodiscard]] std::int64_t channels() const { return static_cast<std::int64_t>(ends_.size()); }
  [[nodiscard]] std::int32_t node_of(std::int64_t channel) const;
  [[nodiscard]] std::int64_t bytes() const;

 private:
  std::vector<std::size_t> first_;
  std::vector<End> ends_;
};

/// Cables on the shortest way from each node to `target`, with law 3; -1 where there is none.
std::vector<std::int32_t> distances_to(const Topology& topology, const PortMap& ports, std::int32_t target);

/// For every node, the port by which it sends towards endpoint `rank` (-1 at the endpoint itself). Computed for one
/// destination at a time, so that large networks need no table of all pairs.
std::vector<std::int32_t> routes_to(const Topology& topology, std::int32_t rank);

/// The output port of switch `node` towards each rank.
std::vector<std::int32_t> output_ports(const Topology& topology, std::int32_t node);

/// Cables on the shortest path between two endpoints.
std::int32_t hops(const Topology& topology, std::int32_t from_rank, std::int32_t to_rank);

}  // namespace decodesim
