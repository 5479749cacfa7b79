// SPDX-License-Identifier: Apache-2.0
// Router: one of several switches of a network, or the router in an accelerator. Forwards every train by what a routing
// says: a buffer at each input, a queue for each output and virtual channel, cut-through.
//
//   input 0 --> buffer --+--> crossing, next_hop --> output queues 0 --> link
//   input 1 --> buffer --+--> crossing, next_hop --> output queues 1 --> link
//
// Laws, each one a test in test/models/network/router_test.cpp:
//   1. An unblocked train's head leaves `crossing` after it has arrived, by the port and virtual channel that the
//      routing says, and carries the route that the routing says.
//   2. A virtual channel without credits holds up its own trains alone; what waits takes space on the virtual channel
//      that it came by, and gives it back there.
//   3. Nothing is lost: every train received is forwarded once.
//   4. Where several want to one output, they leave by age, piece by piece (see switch_output.hpp, train_pieces.hpp).
//   5. Where it serves reductions, their trains go by the tree of their group (see tree_reducer.hpp): a sum leaves
//      reduction latency and a crossing after the last contribution, copies of a result leave a crossing after it.
//   6. Those that go round a cable that has failed are forwarded until they are at its far end.
//
// Not modelled: allocation cycles of virtual channels and of the crossbar (they are in `crossing`); contention inside
// the crossbar. Sources: dally2004 (see link.hpp), chapters 12 to 17.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/network/packet.hpp"
#include "models/network/switch_output.hpp"
#include "models/network/tree_reducer.hpp"
#include "sim/core/component/component.hpp"

namespace decodesim {

/// Which way a train goes on.
struct TrainHop {
  std::int32_t port = 0;
  std::int32_t channel = 0;   ///< virtual channel on the link behind the port: the first of those below
  TrainRoute route;           ///< what the train carries from then on
  std::int32_t channels = 1;  ///< so many that serve alike
};

/// A router, as a routing sees it that chooses by queues.
class OutputQueues {
 public:
  virtual ~OutputQueues() = default;
  /// Bytes that wait for `port`, here and in the buffer behind its link.
  [[nodiscard]] virtual Bytes queued(std::int32_t port) = 0;
};

/// The routing, as routers see it.
class RouteLookup {
 public:
  virtual ~RouteLookup() = default;
  /// Chooses among the ways that `train` may take, at the first router that it comes to, by that router's queues.
  virtual void choose_way(std::int32_t node, PacketTrain& train, OutputQueues& queues) const {
    static_cast<void>(node), static_cast<void>(train), static_cast<void>(queues);
  }
  /// The way of `train` from node `node` on. The same train at the same node always gets the same answer.
  [[nodiscard]] virtual TrainHop next_hop(std::int32_t node, const PacketTrain& train) const = 0;
  /// The way of a train that cannot leave `node` as next_hop said.
  [[nodiscard]] virtual TrainHop detour(std::int32_t node, const PacketTrain& train) const {
    return next_hop(node, train);
  }
  /// For the trains of a reduction: the way to the node behind `port` when the cable there has failed. Such trains
  /// carry that node as TrainRoute::via and are forwarded until they are there.
  [[nodiscard]] virtual std::optional<TrainHop> around(std::int32_t node, std::int32_t port) const {
    static_cast<void>(node), static_cast<void>(port);
    return std::nullopt;
  }
};

struct RouterParams {
  Duration crossing;
  Bytes buffer;  ///< bytes on the wire that each input holds, of all its virtual channels together
};

class Router : public Component, public OutputQueues {
 public:
  /// `channels`: virtual channels of the link out of each port; 0 where nothing is connected. `routes` outlives this.
  Router(const sc_core::sc_module_name& name, Context& context, const RouterParams& params, std::int32_t node,
         const std::vector<std::int32_t>& channels, const RouteLookup& routes);

  /// What the link into any of its ports is bound to.
  [[nodiscard]] PacketReceiver& input() { return input_; }
  /// To be bound to the link out of `port`.
  [[nodiscard]] sc_core::sc_port<PacketSink>& output(std::int32_t port) { return to(port).out; }
  /// The link out of `port` has failed: what waits for it goes another way, after a crossing.
  void reroute(std::int32_t port);
  [[nodiscard]] Bytes queued(std::int32_t port) override {
    return to(port).waiting_bytes() + to(port).out->outstanding();
  }
  /// Trains that wait in it: 0 at the end of a run.
  [[nodiscard]] std::size_t waiting_trains() const;
  /// From now on it takes part in reductions over `trees`, which outlive it.
  void serve_reductions(const ReductionParams& params, const TreeLookup& trees);
  /// Reductions that still wait for a contribution: 0 at the end of a run.
  [[nodiscard]] std::size_t open_reductions() const { return reducer_ ? reducer_->open() : 0; }

  Counter trains{statistics(), "trains", "1", "Trains received"};
  Counter rerouted{statistics(), "rerouted", "1", "Trains that left by another port than they were to"};
  Counter payload_in{statistics(), "payload_in", "B", "Payload received to be forwarded"};
  Counter contributed{statistics(), "contributed", "B", "Payload received to be reduced"};
  Counter multicast{statistics(), "multicast", "B", "Payload of reduction results sent, summed over the ports"};
  Counter copied{statistics(), "copied", "B", "Payload that leaves beyond what came in: copies"};
  Counter absorbed{statistics(), "absorbed", "B", "Payload that came in and does not leave: added to other"};

 private:
  class Input : public PacketReceiver {
   public:
    explicit Input(Router& owner) : owner_(owner) {}
    void receive(const PacketTrain& train, CreditReturn& credits) override { owner_.accept(train, credits); }
    void cut(const TrainCut& cut, CreditReturn& credits) override { owner_.cut(cut, credits); }
    [[nodiscard]] Bytes buffer() const override { return owner_.params_.buffer; }

   private:
    Router& owner_;
  };

  void accept(const PacketTrain& arrived, CreditReturn& credits);
  void cut(const TrainCut& cut, const CreditReturn& came);
  void reduce(PacketTrain train, CreditReturn& credits, std::int32_t came_by);
  void send_on_tree(const TreeReducer::Departure& departure);
  SwitchOutput& to(std::int32_t port);

  const RouterParams params_;
  const std::int32_t node_;
  const RouteLookup& routes_;
  Input input_{*this};  // of every port: each link counts its own credits
  std::vector<std::unique_ptr<SwitchOutput>> outputs_;
  std::unique_ptr<TreeReducer> reducer_;  // where it serves reductions
};

}  // namespace decodesim
