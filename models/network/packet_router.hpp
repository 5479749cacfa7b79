// SPDX-License-Identifier: Apache-2.0
// PacketRouter: a switch or router at packet fidelity: a queue for each virtual channel of each input, allocation of
// virtual channels and of the crossbar, wormhole flow control. One event an instant in which something can move; none
// while nothing can.
//
//   input 0 --> queues --+--> virtual channel --> crossbar --> output 0 --> link
//   input 1 --> queues --+     allocation         allocation   output 1 --> link
//
// Each input has a buffer, which its virtual channels share evenly, and in each channel a queue for every class of
// channels of every output (virtual output queueing) or one for all of them.
//
// The first flit of a packet asks for a virtual channel of the link that the routing says, `vc_allocation` after that
// for the crossbar, and leaves the router crossing - vc_allocation after that was granted; the flits behind it ask for
// the crossbar alone. A flit takes the crossbar for the time that it takes on the links it connects. An output's
// channel belongs to a packet until its last flit has gone, then the next packet may follow it into the same queue.
// Where packets move as a whole and channels are given in no time, one is given in the instant in which its packet
// leaves: who waits for the crossbar keeps no channel from those who came before.
//
// Laws, each one a test in test/models/network/packet_router_test.cpp:
//   1. An unblocked packet's first byte leaves `crossing` after it has arrived, its last byte follows as it comes in.
//   2. One flit a turn through each input and each output; packets on different channels interleave flit by flit.
//   3. A flit leaves when the next queue has room for it and not before; space is free when its last byte has left, and
//      the credit is back one latency later.
//   4. With a queue a channel a blocked packet holds up those behind it on its channel, not those on other channels;
//      with virtual output queues none but those for its own output and class of channels.
//   5. Nothing is lost, and packets on one channel for one output stay in order.
//
// Not modelled: speculation, adaptive choice anywhere but at the first router.
// Sources: dally2004 (see link.hpp), chapters 13, 16 and 17; peh2001 (L.-S. Peh, W. Dally, "A Delay Model and
// Speculative Architecture for Pipelined Routers", HPCA 2001) for the stages.
#pragma once

#include <algorithm>
#include <vector>

#include "models/network/flit.hpp"
#include "models/network/flit_link.hpp"
#include "models/network/packet_parameters.hpp"
#include "models/network/ring.hpp"
#include "models/network/router.hpp"
#include "models/network/switch_allocator.hpp"

namespace decodesim {

class PacketRouter : public Component, public FlitInput, public FlitOutput, public OutputQueues {
 public:
  /// `ports` of them, of at most `channels` virtual channels each. `store` and `routes` outlive this.
  PacketRouter(const sc_core::sc_module_name& name, Context& context, const RouterParams& params,
               const PacketParams& packet_params, std::int32_t node, std::int32_t ports, std::int32_t channels,
               PacketStore& store, const RouteLookup& routes);

  /// The link into `port`, which has so many virtual channels; to be called before connect() at its other end.
  void connect_input(std::int32_t port, FlitLink& in, std::int32_t channels);
  /// The link out of `port`.
  void connect(std::int32_t port, FlitLink& out, std::int32_t channels);

  void take(std::int32_t port, const Flit& flit) override;
  [[nodiscard]] Bytes channel_buffer(std::int32_t port) const override;
  void add_credit(std::int32_t port, std::int32_t channel, Bytes wire, TimePoint back) override;
  [[nodiscard]] Bytes queued(std::int32_t port) override;
  /// Flits that wait in it: 0 at the end of a run.
  [[nodiscard]] std::size_t waiting_flits() const;

  Counter packets{statistics(), "packets", "1", "Packets forwarded"};
  Counter flits{statistics(), "flits", "1", "Flits forwarded"};
  Counter activations{statistics(), "activations", "1", "Instants in which something could move"};

 private:
  struct Queue {
    Ring<Flit> flits;
    Ring<TrainHop> hops;  // of the packets in it, in order
    // What follows is of the packet in front.
    bool allocated = false;
    std::int32_t channel = 0;  // of the output, once allocated
    TimePoint since;           // its first byte is here
    TimePoint may_ask;         // for a channel, then for the crossbar
  };
  struct Input {
    FlitLink* link = nullptr;
    std::vector<Queue> queues;          // channel by channel, in it output by output
    std::vector<std::int32_t> waiting;  // those that are not empty
    std::vector<std::int32_t> coming;   // by channel: the queue of the packet that comes in
    TimePoint free;
    std::int32_t turn = 0;  // of its queues
  };
  struct Channel {
    bool taken = false;
    TimePoint free;
    Bytes credits;
  };
  struct Credit {
    TimePoint back;
    std::int32_t channel = 0;
    Bytes wire;
  };
  struct Output {
    FlitLink* link = nullptr;
    std::vector<Channel> channels;
    Bytes waiting;           // for it, in all inputs
    Ring<Credit> returning;  // ordered by time
    bool starved = false;    // somebody waits for a credit
    TimePoint free;
    std::int32_t turn = 0;          // of input x queue
    std::int32_t channel_turn = 0;  // of its own channels
  };
  struct Asking {  // for a channel
    std::int32_t output = 0;
    std::int32_t input = 0;
    std::int32_t queue = 0;
    std::int32_t turn = 0;
    TimePoint since;
  };

  void allocate();  // SC_METHOD
  void collect_credits(TimePoint time);
  void allocate_channels(TimePoint time);
  void ask_for_channels(std::int32_t port, TimePoint time);
  bool give_channel(Queue& queue, Output& output, TimePoint time);
  /// Whether a packet is given a channel only in the instant in which it leaves.
  [[nodiscard]] bool whole_packets() const { return packets_.flit.is_zero() && packets_.vc_allocation == Duration(); }
  void give_back_channels();
  void allocate_switch(TimePoint time);
  void ask_for_switch(std::int32_t port, TimePoint time);
  [[nodiscard]] bool may_pass(const Input& from, const Queue& queue, TimePoint time);
  void offer(std::int32_t port, std::int32_t index, const Queue& queue);
  void pass(const SwitchAllocator::Request& granted, TimePoint time);
  void wake_at(TimePoint time) { next_ = std::min(next_, time); }
  /// Queues of one channel of an input.
  [[nodiscard]] std::int32_t queues_a_channel() const {
    return packets_.queueing == Queueing::kChannel ? 1 : static_cast<std::int32_t>(outputs_.size()) * channels_;
  }
  [[nodiscard]] std::int32_t queues_an_input() const { return channels_ * queues_a_channel(); }
  Input& input(std::int32_t port) { return inputs_[static_cast<std::size_t>(port)]; }
  Output& output(std::int32_t port) { return outputs_[static_cast<std::size_t>(port)]; }

  const RouterParams params_;
  const PacketParams packets_;
  const std::int32_t node_;
  const std::int32_t channels_;
  PacketStore& store_;
  const RouteLookup& routes_;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  SwitchAllocator allocator_;
  std::vector<Asking> asking_;
  std::vector<Queue*> holding_;  // a channel, in this instant, where packets move as a whole
  std::vector<SwitchAllocator::Request> requests_;
  std::size_t first_request_ = 0;  // of the input that is being asked
  TimePoint next_;                 // something may move
  sc_core::sc_event wake_{"wake"};
};

}  // namespace decodesim
