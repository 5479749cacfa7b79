// SPDX-License-Identifier: Apache-2.0
// Detours: the routes of a fabric of which cables fail. Plain arithmetic.
//
// A message whose way does not meet a failed cable takes it as before. Otherwise another of the routing's ways is
// tried, as another flow would take it; where all of some meet the cable, or the train stands before it already, it
// goes up towards a root and down again (up*/down*) over the cables that never fail, on a virtual channel of its own.
// Trains on that channel wait for no other, and up*/down* for itself cannot deadlock: neither can all together.
//
// Laws, each one a test in test/app/build/detours_test.cpp:
//   1. Without a failed cable every way is the routing's.
//   2. No way goes by a failed cable; every destination is reached.
//   3. Ways that do not meet it stay as they are.
//
// Not modelled: what the routing's own protocol costs beyond the time until a failure is known. Source: up*/down*, M.
// Schroeder et al., "Autonet", IEEE JSAC 1991; a deadlock-free channel to escape to, J. Duato, IEEE TPDS 1993.
#pragma once

#include <set>

#include "sim/app/build/fabric_routes.hpp"
#include "topologies/graph_fabric.hpp"

namespace decodesim {

class Detours : public RouteLookup {
 public:
  /// `cables`: those of `topology` that may fail, without all of which it must hang together (TopologyError).
  /// `channel`: the virtual channel of detours.
  Detours(const FabricRoutes& routes, const Topology& topology, const std::vector<std::int32_t>& cables,
          std::int32_t channel);

  void avoid(std::int32_t cable) { avoided_.insert(cable); }
  void use_again(std::int32_t cable) { avoided_.erase(cable); }

  /// As the routing by queues would, unless that way meets a failed cable.
  void choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues) const override;
  [[nodiscard]] TrainHop next_hop(std::int32_t node, const PacketTrain& train) const override;
  /// The way of a train that cannot go on as it was to.
  [[nodiscard]] TrainHop detour(std::int32_t node, const PacketTrain& train) const override;

 private:
  [[nodiscard]] bool avoids(std::int32_t node, const TrainHop& hop) const;
  [[nodiscard]] bool whole_way_avoids(PacketTrain train, std::int32_t node) const;
  [[nodiscard]] TrainHop escape(std::int32_t node, std::int32_t destination, std::int32_t stage) const;

  const FabricRoutes& routes_;
  GraphFabric left_;  ///< what never fails
  std::unique_ptr<Routing> up_down_;
  std::int32_t channel_;
  std::set<std::int32_t> avoided_;
};

}  // namespace decodesim
