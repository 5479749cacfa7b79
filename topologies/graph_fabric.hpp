// SPDX-License-Identifier: Apache-2.0
// GraphFabric: any graph, as an edge list (named_graph.hpp) or GraphML gives it. Nothing is known of it but its cables.
//
// Routes of a destination come from one breadth-first search, kept in a cache of bounded size (least recently used goes
// first). minimal takes the lowest port on a shortest way, ECMP any port on one. Virtual channels by the number of
// switch-to-switch links behind the packet, so that no way turns back (K. Gunther, "Prevention of Deadlocks in
// Packet-Switched Data Transport Systems", 1981); up_down needs one: every switch is ranked by its distance to a root
// and its number, and a way that has gone down does not go up again (M. Schroeder et al., Autonet, 1991). Its ways may
// be longer than minimal ones.
#pragma once

#include "topologies/fabric.hpp"

namespace decodesim {

class GraphFabric : public Fabric {
 public:
  /// Validates `topology`. `cache_bytes` bounds what its routings keep.
  GraphFabric(std::string title, Topology topology, std::int64_t cache_bytes = std::int64_t{64} << 20U);

  [[nodiscard]] std::vector<RoutingAlgorithm> algorithms() const override;
  [[nodiscard]] const PortMap& ports() const { return ports_; }
  /// In the order in which a depth-first walk over a breadth-first tree meets them.
  [[nodiscard]] std::int64_t ring_key(std::int32_t rank) const override { return item(order_, rank); }
  [[nodiscard]] std::int64_t block_key(std::int32_t rank) const override { return item(order_, rank); }

 protected:
  [[nodiscard]] std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const override;

 private:
  PortMap ports_;
  std::int64_t cache_bytes_;
  std::vector<std::int32_t> order_;
};

}  // namespace decodesim
