// SPDX-License-Identifier: Apache-2.0
// Nic: where an accelerator meets the network. Cuts messages into trains of packets, answers reads of this
// accelerator's memory without its software, and tells the collective engine when a whole message has arrived.
//
//   engine --post--> gap, send overhead --+
//                                         +--> out (up link)
//   reads --> memory latency, gap --------+
//     ^
//   receive (down link) --> receive overhead --> engine->message_arrived
//
// Laws, each one a test in test/models/network/nic_test.cpp:
//   1. A lone message leaves send_overhead after it was posted, and arrives receive_overhead after its last byte; into
//      DRAM dram_latency later, and its reads are answered as much later.
//   2. Messages leave at least message_gap apart; overheads overlap. Read answers have a gap of their own.
//   3. On the wire: payload + packet_overhead for every packet of at most max_packet; an empty message is one packet.
//   4. A message longer than max_train (or than a buffer on its way) travels as several trains and arrives once.
//   5. A read is answered read_latency (and from DRAM dram_latency) after it has arrived, in order of arrival.
//   6. Refused by the link, it waits and loses nothing.
//   7. Long messages to different ranks take turns: those of one step of one collective train by train, others piece by
//      piece as the packets of concurrent transfers do, from the packet on at which the other one is ready (see
//      train_pieces.hpp). Messages to one rank stay in order.
//   8. Of each group, contributions to reductions in the network are under way (sent, and the result's tail not yet
//      here) up to the reduction window and not a byte more; the next one leaves when there is room.
//
// Not modelled: the request packets of a long read beyond the first; a limit on outstanding reads; the memory traffic
// of what is sent and received, also where it is in DRAM; virtual channels. Sources: culler1993 (D. Culler et al.,
// "LogP: towards a realistic model of parallel computation", PPoPP 1993) for overhead and gap; figures of the shipped
// parts in models/catalog/nics.
#pragma once

#include <limits>
#include <vector>

#include "models/network/packet.hpp"
#include "models/network/ring.hpp"
#include "models/network/train_pieces.hpp"
#include "sim/core/component/component.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

using namespace literals;

/// Which memory of the accelerator messages are written into.
enum class Delivery : std::uint8_t { kSram, kDram };

struct NicParams {
  Duration send_overhead = 80_ns;
  Duration receive_overhead = 80_ns;
  Duration message_gap = 30_ns;
  Duration read_latency = 250_ns;
  Bytes max_packet = 128_B;
  Bytes packet_overhead = 25_B;
  Bytes max_train = 64_KiB;
  Bytes buffer = 256_KiB;
  Delivery delivery = Delivery::kSram;
  Duration dram_latency = 350_ns;
  std::int64_t turns = 64;
  /// Of the virtual channels on a message's way, on the wire: what the network that it is built into has.
  Bytes smallest_buffer = 1_GiB;

  /// What delivery adds to a message, and to a read's answer.
  [[nodiscard]] Duration memory_latency() const { return delivery == Delivery::kDram ? dram_latency : 0_ps; }

  static Schema<NicParams> schema();
};

/// Bytes on the wire for `payload`.
[[nodiscard]] Bytes wire_bytes(const NicParams& params, Bytes payload);
/// The most payload that travels with at most `wire` bytes on the wire; at least one packet must fit.
[[nodiscard]] Bytes payload_within(const NicParams& params, Bytes wire);

class Nic : public Component, public MessageSender, public PacketReceiver {
 public:
  /// The network side of rank `rank`.
  Nic(const sc_core::sc_module_name& name, Context& context, const NicParams& params, std::int32_t rank);

  sc_core::sc_port<PacketSink> out{"out"};
  sc_core::sc_port<MessageReceiver> receiver{"receiver"};

  void post(const Message& message, const MessageTag& tag, std::span<const std::int32_t> set = {}) override;
  void receive(const PacketTrain& train, CreditReturn& credits) override;
  void cut(const TrainCut& cut, CreditReturn& credits) override;
  [[nodiscard]] Bytes buffer() const override { return params_.buffer; }
  /// Before simulated time; without it there is no limit. REQUIRES room for a packet.
  void set_reduction_window(Bytes window) { reduction_window_ = window; }

  Counter messages_sent{statistics(), "messages_sent", "1", "Messages and read answers handed to the link"};
  Counter messages_received{statistics(), "messages_received", "1", "Whole messages and read answers arrived"};
  Counter payload_sent{statistics(), "payload_sent", "B", "Payload handed to the link"};
  Counter payload_received{statistics(), "payload_received", "B", "Payload arrived"};
  Counter reads_answered{statistics(), "reads_answered", "1", "Reads of this rank's memory by others"};
  Sample sending{statistics(), "sending", "ps", "From being ready to leave until taken by the link: back-pressure"};

 protected:
  void end_of_elaboration() override;

 private:
  struct Outgoing {
    PacketTrain next;  ///< the train to send next; its payload is set when it leaves
    Bytes left;        ///< payload not yet sent
    TimePoint ready;
    Bytes grain;  ///< of its turns with others
  };
  struct Arrival {
    MessageTag tag;
    std::int32_t source = 0;
    TimePoint at;
  };
  struct Reducing {
    RankGroup group;
    Bytes bytes;  ///< contributed, and the result is not here
  };
  struct Result {
    RankGroup group;
    Bytes bytes;
    TimePoint here;
  };

  void enqueue(Ring<Outgoing>& queue, TimePoint& next_issue, TimePoint earliest, const PacketTrain& train,
               Bytes payload);
  void send();     // SC_METHOD: pushes trains of what is ready into the link, in turns
  void deliver();  // SC_METHOD: hands arrived messages to the engine
  void take_ready(TimePoint time);
  [[nodiscard]] bool has_turn(const PacketTrain& train) const;
  void end_turn();
  bool push_next_train(Outgoing& outgoing);
  void wait_for_wire(TimePoint time);
  void cut_departing(TimePoint time);
  [[nodiscard]] Bytes shared_grain(const PacketTrain& train) const;
  [[nodiscard]] Outgoing& turn_of_departing();
  [[nodiscard]] Bytes next_payload(const Outgoing& outgoing) const;
  Bytes& reducing(const RankGroup& group);
  [[nodiscard]] bool has_room(const Outgoing& outgoing);
  void collect_results(TimePoint time);

  const NicParams params_;
  const std::int32_t rank_;
  Bytes smallest_buffer_;  // on the way, on the wire
  Bytes longest_payload_;  // of a train
  std::uint64_t next_id_ = 0;
  Ring<Outgoing> posted_;   // by the engine; ordered by readiness
  Ring<Outgoing> answers_;  // to reads; ordered by readiness
  Ring<Outgoing> turns_;    // ready, at most one a destination; the front one sends the next train
  Ring<Outgoing> held_;     // ready, behind another for the same destination
  Ring<Outgoing> waiting_;  // contributions whose group's window is full
  TimePoint wire_free_;     // end of the last train's serialisation
  Departing departing_;     // that train, where it can be cut
  PacketTrain coming_;      // the train received last, where it can be cut
  TimePoint next_post_issue_;
  TimePoint next_answer_issue_;
  Ring<Arrival> arrivals_;  // ordered by time
  Bytes reduction_window_ = Bytes(std::numeric_limits<std::int64_t>::max());
  std::vector<Reducing> reducing_;  // by group
  Ring<Result> results_;            // of reductions, ordered by time
  sc_core::sc_event ready_{"ready"};
  sc_core::sc_event arrived_{"arrived"};
};

}  // namespace decodesim
