// SPDX-License-Identifier: Apache-2.0
// FabricRoutes: a fabric's routing as the routers of a machine ask for it, and which of its nodes have a router at all.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "models/network/router.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Says which ways may be chosen.
class WayFilter {
 public:
  virtual ~WayFilter() = default;
  /// Whether `train` may go on from `node` as its route says.
  [[nodiscard]] virtual bool usable(std::int32_t node, const PacketTrain& train) const = 0;
};

class FabricRoutes : public RouteLookup {
 public:
  /// `network` outlives this and has a fabric.
  explicit FabricRoutes(const NetworkPlan& network);

  /// UGAL: the minimal way, or the longer one when fewer bytes x cables wait on it (Singh 2005). All trains of a
  /// message take the way of the first.
  void choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues) const override {
    choose_way(node, train, queues, nullptr);
  }
  /// Among those that `filter` (null: none) lets pass; where it lets none, the way stays open.
  void choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues, const WayFilter* filter) const;
  /// On a node that is the train's destination: the port behind the node's last, where the accelerator is.
  [[nodiscard]] TrainHop next_hop(std::int32_t node, const PacketTrain& train) const override;

  /// Whether trains are forwarded at `node`: a switch, a router in an accelerator, or an accelerator with several
  /// ports.
  [[nodiscard]] bool has_router(std::int32_t node) const;
  /// Virtual channels of a link out of `from` into `to`. Where each output has queues of its own, one is enough between
  /// an accelerator and its switch or router.
  [[nodiscard]] std::int32_t channels(std::int32_t from, std::int32_t to) const;
  [[nodiscard]] std::int32_t host_channels() const { return all_alike_ ? channels_ : 1; }
  [[nodiscard]] const PortMap& ports() const { return ports_; }

 private:
  [[nodiscard]] RouteHeader start(const PacketTrain& train) const;
  [[nodiscard]] RouteHeader first_header(const PacketTrain& train, const RouteHeader& header) const;
  [[nodiscard]] PacketTrain on_way(const PacketTrain& train, const RouteHeader& header) const;
  // Of those that there are; the number of them when the filter lets none pass.
  [[nodiscard]] std::size_t best_of(const std::vector<RouteHeader>& headers, std::int32_t node,
                                    const PacketTrain& train, OutputQueues& queues, const WayFilter* filter) const;
  void set_channels(TrainHop& hop, std::int32_t from, std::int32_t to, std::int32_t of_class) const;

  const Topology& topology_;
  PortMap ports_;
  std::unique_ptr<Routing> routing_;
  std::int32_t channels_;         ///< of the routing
  std::int32_t detour_channels_;  ///< behind them
  std::int32_t classes_;          ///< of virtual channels
  bool all_alike_;                ///< links of accelerators too have all channels
  bool adaptive_;
  /// Which way messages take whose trains are still coming, by flow; looked up, never listed.
  mutable std::unordered_map<std::uint64_t, std::size_t> chosen_;
};

}  // namespace decodesim
