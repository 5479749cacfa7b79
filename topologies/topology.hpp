// SPDX-License-Identifier: Apache-2.0
// Topology: endpoints and switches with numbered ports, and the cables between them, as plain data. Builders (star.hpp,
// ...) make one; validate() refuses what cannot work; routes_to() finds shortest paths; the application turns nodes and
// cables into modules. A cable is a pair of links, one a direction.
//
// Laws, each one a test in test/topologies/:
//   1. A valid topology is connected, has no self-loop, and no port is used twice or beyond the node's ports.
//   2. Routes are minimal, and the same on every machine: of several next hops the one with the lowest port.
#pragma once

#include <cstdint>
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
};

/// Connects port `port_a` of node `a` with port `port_b` of node `b`, both ways. `level` tells kinds of cable apart.
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

  [[nodiscard]] std::int32_t endpoints() const;
  /// Index of the node that is endpoint `rank`. Throws TopologyError when there is none.
  [[nodiscard]] std::int32_t node_of_rank(std::int32_t rank) const;
};

/// Throws TopologyError with one line for everything that breaks law 1.
void validate(const Topology& topology);

/// For every node, the port by which it sends towards endpoint `rank` (-1 at the endpoint itself). Computed for one
/// destination at a time, so that large networks need no table of all pairs.
std::vector<std::int32_t> routes_to(const Topology& topology, std::int32_t rank);

/// The output port of switch `node` towards each rank.
std::vector<std::int32_t> output_ports(const Topology& topology, std::int32_t node);

/// Cables on the shortest path between two endpoints.
std::int32_t hops(const Topology& topology, std::int32_t from_rank, std::int32_t to_rank);

}  // namespace decodesim
