// SPDX-License-Identifier: Apache-2.0
// Dragonfly+: groups of two levels, leaves and spines, every leaf on every spine of its group; the spines have cables
// to other groups. A. Shpiner et al., "Dragonfly+: Low Cost Topology for Scaling Datacenters", HiPINEB 2017.
//
// Ports of a leaf: its spines, its endpoints; of a spine: its leaves, its global links. Global port q of a group is
// port q mod h of spine q / h; its cables are those of GroupLinks.
//
// Routes: minimal is up, global, down: always 5 cables between groups, 4 within one. ECMP takes any spine with a cable
// to the target. Valiant goes over a random third group, and there, unless the spine it arrives at leads on, down to a
// leaf and up to one that does. Virtual channels by the number of global links behind the packet (2 classes, 3 with
// Valiant): up 0, global 0, down 1, up 1, global 1, down 2 never turns back.
//
// Bisection: halves of whole groups are an upper bound.
#pragma once

#include "topologies/fabric.hpp"

namespace decodesim {

struct DragonflyPlusShape {
  std::int64_t p = 1;       ///< endpoints a leaf
  std::int64_t leaves = 1;  ///< a group
  std::int64_t spines = 1;  ///< a group
  std::int64_t h = 1;       ///< global links a spine
  std::int64_t g = 0;       ///< groups; 0: spines x h + 1

  [[nodiscard]] std::int64_t endpoints() const { return p * leaves * g; }
  [[nodiscard]] std::int64_t cables() const { return g > 1 ? spines * h / (g - 1) : 0; }
  /// Fills g; throws TopologyError when the parameters do not close.
  [[nodiscard]] DragonflyPlusShape checked() const;
};

class DragonflyPlusFabric : public Fabric {
 public:
  explicit DragonflyPlusFabric(const DragonflyPlusShape& shape);

  [[nodiscard]] std::vector<RoutingAlgorithm> algorithms() const override;
  [[nodiscard]] ClosedForm closed_form() const override;

 protected:
  [[nodiscard]] std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const override;

 private:
  void build();
  const DragonflyPlusShape shape_;
};

}  // namespace decodesim
