// SPDX-License-Identifier: Apache-2.0
// FabricRoutes: a fabric's routing as the routers of a machine ask for it, and which of its nodes have a router at all.
#pragma once

#include <memory>

#include "models/network/router.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

class FabricRoutes : public RouteLookup {
 public:
  /// `network` outlives this and has a fabric.
  explicit FabricRoutes(const NetworkPlan& network);

  /// On a node that is the train's destination: the port behind the node's last, where the accelerator is.
  [[nodiscard]] TrainHop next_hop(std::int32_t node, const PacketTrain& train) const override;

  /// Whether trains are forwarded at `node`: a switch, a router in an accelerator, or an accelerator with several
  /// ports.
  [[nodiscard]] bool has_router(std::int32_t node) const;
  /// Virtual channels of a link out of `from` into `to`. Accelerators take in whatever comes: one is enough for them.
  [[nodiscard]] std::int32_t channels(std::int32_t from, std::int32_t to) const;
  [[nodiscard]] const PortMap& ports() const { return ports_; }

 private:
  [[nodiscard]] RouteHeader start(const PacketTrain& train) const;

  const Topology& topology_;
  PortMap ports_;
  std::unique_ptr<Routing> routing_;
  std::int32_t channels_;         ///< of the routing
  std::int32_t detour_channels_;  ///< behind them
};

}  // namespace decodesim
