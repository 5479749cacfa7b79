// SPDX-License-Identifier: Apache-2.0
// Dragonfly: groups of fully connected routers, and cables between every two groups. J. Kim, W. Dally, S. Scott,
// D. Abts, "Technology-Driven, Highly-Scalable Dragonfly Topology", ISCA 2008, whose letters are used here: p endpoints
// a router, a routers a group, h global links a router, g groups; at most g = a h + 1. Fewer groups have several cables
// between each two, and they close when g - 1 divides a h.
//
// Ports of a router: the other routers of its group, its global links, its endpoints. Global port q of a group (of a h)
// leads to the group q mod (g - 1) + 1 behind it, and the cable's other end is the port that leads back.
//
// Routes: minimal is local, global, local, where needed (two global links without a local one between them would now
// and then be shorter, and are not taken); of several cables between two groups the one with the fewest local hops.
// Valiant goes over a random third group; within one group it is minimal. Virtual channels: global and local links by
// the number of global links behind the packet: 2 classes, with Valiant 3; the order local 0, global 0, local 1, global
// 1, local 2 never turns back.
//
// Bisection: halves of whole groups are an upper bound; traffic of every endpoint with every other, spread evenly over
// the c cables between two groups, gives a lower one: n^2 / 4 pairs cross, and no cable carries more than (a p)^2 / c
// of them (global), p^2 + 2 a p^2 h / c (local: its routers' own pairs, and what each sends over the other's global
// links) or n - 1 (an endpoint's).
#pragma once

#include "topologies/fabric.hpp"

namespace decodesim {

struct DragonflyShape {
  std::int64_t p = 1;  ///< endpoints a router
  std::int64_t a = 1;  ///< routers a group
  std::int64_t h = 1;  ///< global links a router
  std::int64_t g = 0;  ///< groups; 0: a h + 1

  [[nodiscard]] std::int64_t routers() const { return a * g; }
  [[nodiscard]] std::int64_t endpoints() const { return p * a * g; }
  /// Cables between two groups.
  [[nodiscard]] std::int64_t cables() const { return g > 1 ? a * h / (g - 1) : 0; }
  /// Fills g; throws TopologyError when the parameters do not close.
  [[nodiscard]] DragonflyShape checked() const;
};

class DragonflyFabric : public Fabric {
 public:
  explicit DragonflyFabric(const DragonflyShape& shape);

  [[nodiscard]] std::vector<RoutingAlgorithm> algorithms() const override;
  [[nodiscard]] ClosedForm closed_form() const override;

 protected:
  [[nodiscard]] std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const override;

 private:
  void build();
  const DragonflyShape shape_;
};

}  // namespace decodesim
