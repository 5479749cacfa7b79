// SPDX-License-Identifier: Apache-2.0
// Detours: the routes of a fabric of which cables and switches fail. Plain arithmetic.
//
// A message whose way does not meet what has failed takes it as before. Otherwise another of the routing's ways is
// tried, as another flow would take it; where all of some meet it, or the train stands before it already, it goes up
// towards a root and down again (up*/down*, escape_ways.hpp), on a virtual channel of its own. Trains on that channel
// wait for no other, and up*/down* for itself cannot deadlock: neither can all together.
//
// A reduction keeps its tree: what is to go by a cable that has failed goes round it to the cable's far end, where the
// tree goes on.
//
// Laws, each one a test in test/app/build/detours_test.cpp:
//   1. Without a failed cable every way is the routing's.
//   2. No way goes by a failed cable or into a failed switch while there is another; every destination is reached.
//   3. Ways that do not meet it stay as they are.
//   4. UGAL chooses among its candidates that do not meet it.
//
// Not modelled: what the routing's own protocol costs beyond the time until a failure is known. Source: a deadlock-free
// channel to escape to, J. Duato, IEEE TPDS 1993.
#pragma once

#include "sim/app/build/escape_ways.hpp"
#include "sim/app/build/fabric_routes.hpp"

namespace decodesim {

/// What detours never count on.
struct Unreliable {
  std::vector<std::int32_t> cables;    ///< that fail at a time that is known before the run
  std::vector<std::int32_t> switches;  ///< that fail for good
};

class Detours : public RouteLookup, private WayFilter {
 public:
  /// Without what is `unreliable` the endpoints of `topology` must hang together (TopologyError). `channel`: the
  /// virtual channel of detours. `routes` and `topology` outlive this.
  Detours(const FabricRoutes& routes, const Topology& topology, const Unreliable& unreliable, std::int32_t channel);

  /// The cable that leaves `node` by `port`, in that direction. As often as it is avoided it has to be used again.
  void avoid(std::int32_t node, std::int32_t port) { escape_.close(node, port); }
  void use_again(std::int32_t node, std::int32_t port) { escape_.open(node, port); }

  /// As the routing by queues would, but for ways that meet what has failed.
  void choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues) const override;
  [[nodiscard]] TrainHop next_hop(std::int32_t node, const PacketTrain& train) const override;
  /// The way of a train that cannot go on as it was to.
  [[nodiscard]] TrainHop detour(std::int32_t node, const PacketTrain& train) const override;
  [[nodiscard]] std::optional<TrainHop> around(std::int32_t node, std::int32_t port) const override;

 private:
  [[nodiscard]] bool avoids(std::int32_t node, const TrainHop& hop) const;
  [[nodiscard]] bool usable(std::int32_t node, const PacketTrain& train) const override;
  [[nodiscard]] TrainHop escape(std::int32_t node, std::int32_t destination, std::int32_t via, bool down) const;

  const FabricRoutes& routes_;
  EscapeWays escape_;
  std::int32_t channel_;
};

}  // namespace decodesim
