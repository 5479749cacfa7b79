// SPDX-License-Identifier: Apache-2.0
// Multi-level: domains of endpoints behind a switch of their own (NVLink), and a fat tree outside (InfiniBand,
// Ethernet) that every endpoint has a port to. Port 0 of an endpoint leads to its domain's switch, the others to its
// leaves.
//
// Routes: within a domain over its switch, else over the tree outside. Endpoints pass nothing on, so the two never meet
// on one way, and one virtual channel is enough.
#pragma once

#include "topologies/tree.hpp"

namespace decodesim {

struct MultiLevelShape {
  std::int32_t domain = 8;  ///< endpoints behind one inner switch: consecutive ranks
  TreeShape outside;
};

class MultiLevelFabric : public Fabric {
 public:
  explicit MultiLevelFabric(MultiLevelShape shape);

  [[nodiscard]] std::vector<RoutingAlgorithm> algorithms() const override;
  [[nodiscard]] ClosedForm closed_form() const override;

 protected:
  [[nodiscard]] std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const override;

 private:
  const MultiLevelShape shape_;
  const TreePlaces places_;
  std::int32_t first_tree_switch_ = 0;
};

}  // namespace decodesim
