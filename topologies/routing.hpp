// SPDX-License-Identifier: Apache-2.0
// Routing: which way a packet goes on from where it is. No table of all pairs: structured topologies compute the next
// hop from the numbers of the nodes, irregular ones from a breadth-first search of one destination at a time.
//
// A packet carries a RouteHeader. It is made by start() when the packet is injected, and every node that sends the
// packet on replaces it by that of the step taken. A network model with adaptive routing takes candidates() and chooses
// by its queues (UGAL); everything else about the way is decided by the header's flow.
//
//   RouteHeader header = routing.start(source, destination, flow);
//   while (node != destination) { step = routing.next(node, header); header = step.header; node = far end of step.port
//   }
//
// Laws, each one a test in test/topologies/:
//   1. Every step leads along a cable, and the walk ends at the destination.
//   2. Walks of minimal, ecmp and dimension_order are as short as any; on a dragonfly, as any with one global link.
//   3. The channel dependency graph over (port, virtual channel) has no cycle (Dally and Seitz 1987): see deadlock.hpp.
//   4. The same flow takes the same way, on any machine.
//
// A virtual channel here is a *class*: a network model may give each class several channels.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "topologies/indexing.hpp"
#include "topologies/topology.hpp"

namespace decodesim {

enum class RoutingAlgorithm : std::uint8_t {
  kMinimal,         ///< a shortest way, the same one for all flows of a pair where the topology allows it
  kEcmp,            ///< one of all shortest ways, by the flow's hash
  kDimensionOrder,  ///< meshes and tori: dimension after dimension
  kValiant,         ///< to a random intermediate first (Valiant and Brebner 1981)
  kUgal,            ///< minimal or Valiant, whichever has the shorter queues (Singh 2005)
  kUpDown           ///< irregular graphs: up towards a root, then down (Schroeder et al. 1991, Autonet)
};

struct RoutingName {
  std::string_view name;
  RoutingAlgorithm algorithm;
};
inline constexpr RoutingName kRoutingNames[] = {{"minimal", RoutingAlgorithm::kMinimal},
                                                {"ecmp", RoutingAlgorithm::kEcmp},
                                                {"dimension_order", RoutingAlgorithm::kDimensionOrder},
                                                {"valiant", RoutingAlgorithm::kValiant},
                                                {"ugal", RoutingAlgorithm::kUgal},
                                                {"up_down", RoutingAlgorithm::kUpDown}};
std::string_view name_of(RoutingAlgorithm algorithm);

/// What a packet carries of its way. All but `destination` is the routing's own business.
struct RouteHeader {
  std::int32_t destination = 0;  ///< rank, which is also its node
  std::int32_t via = -1;         ///< intermediate still to be visited: a router, or a group of them
  std::int32_t stage = 0;
  std::uint64_t flow = 0;  ///< hashed
};

struct RouteStep {
  std::int32_t port = 0;
  std::int32_t channel = 0;  ///< virtual channel class on the link behind the port
  RouteHeader header;        ///< what the packet carries from then on
};

class Routing {
 public:
  virtual ~Routing() = default;

  /// Virtual channel classes that it needs for law 3.
  [[nodiscard]] virtual std::int32_t virtual_channels() const = 0;

  /// How many different headers a packet of this pair may start with, and each of them (with flow 0). Of UGAL the
  /// first is the minimal one.
  [[nodiscard]] virtual std::int64_t starts(std::int32_t source, std::int32_t destination) const = 0;
  [[nodiscard]] virtual RouteHeader start_at(std::int32_t source, std::int32_t destination,
                                             std::int64_t index) const = 0;

  /// How many ways a packet at `node` may go on by, and each of them; at least one before the destination.
  [[nodiscard]] virtual std::int32_t ways(std::int32_t node, const RouteHeader& header) const = 0;
  [[nodiscard]] virtual RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const = 0;

  /// The header of a packet of flow `flow`: any number that the sender gives, a message's for example.
  [[nodiscard]] RouteHeader start(std::int32_t source, std::int32_t destination, std::uint64_t flow) const;
  /// The headers among which an adaptive network chooses by its queues; one where there is no choice.
  [[nodiscard]] std::vector<RouteHeader> candidates(std::int32_t source, std::int32_t destination,
                                                    std::uint64_t flow) const;
  /// The way that the packet's flow takes.
  [[nodiscard]] RouteStep next(std::int32_t node, const RouteHeader& header) const;

 protected:
  Routing() = default;
  Routing(const Routing&) = default;
  Routing& operator=(const Routing&) = default;
};

/// One link of a walk: `node` sends by `port` on a virtual channel.
struct RouteHop {
  std::int32_t node = 0;
  std::int32_t port = 0;
  std::int32_t channel = 0;
};

/// The walk of a header from `source` to its destination. Throws TopologyError when it leads into the void, or does not
/// end within four times the nodes.
std::vector<RouteHop> walk(const PortMap& ports, const Routing& routing, std::int32_t source, RouteHeader header);

}  // namespace decodesim
