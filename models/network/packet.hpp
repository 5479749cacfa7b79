// SPDX-License-Identifier: Apache-2.0
// PacketTrain and the contract by which trains travel.
//
//   PacketSource --try_push--> PacketSink (a link) --receive--> PacketReceiver (a buffer: switch input, NIC)
//        ^                          |     ^                          |
//        +------- space_event ------+     +------ return_credit -----+
//
// A train is a run of packets of one message that move together. Cut-through: a train is handed on when its head
// arrives, while its tail is still under way; both times travel with it. Links hold credits for the buffer at their
// end, in bytes on the wire and for each virtual channel, so a receiver never refuses; whoever pushes into a link may
// be refused and then waits for space. Trains are small values: nobody owns them and nothing is allocated for them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <systemc>

#include "sim/core/units/units.hpp"
#include "sim/core/work/message_program.hpp"

namespace decodesim {

/// Which message of which collective: the same on all ranks of the group.
struct MessageTag {
  std::uint64_t instance = 0;
  RankGroup group;
  std::int32_t phase = 0;
  std::int32_t message = 0;  ///< its place among the sends of the phase
};

/// What a train carries of its way through a network of several switches. The routing alone reads it.
struct TrainRoute {
  bool begun = false;  ///< the rest is set
  std::int32_t via = -1;
  std::int32_t stage = 0;
  std::uint64_t flow = 0;
};

struct PacketTrain {
  std::uint64_t id = 0;  ///< counts the trains of its source
  std::int32_t source = 0;
  std::int32_t destination = 0;
  MessageKind kind = MessageKind::kData;
  bool last = true;       ///< the last train of its message
  std::int32_t part = 0;  ///< which train of its message
  Bytes payload;
  Bytes wire;              ///< payload and everything sent around it
  Bytes packet;            ///< payload of a full packet, where it may be cut between packets; 0 B: it stays whole
  Bytes packet_wire;       ///< a full packet on the wire
  Bytes grain;             ///< payload of one turn where it takes turns with others
  Bytes requested;         ///< kRead: what is to come back
  std::int32_t ranks = 1;  ///< kReduceInSwitch: of how many ranks it is the sum
  MessageTag tag;
  std::span<const std::int32_t> set;  ///< kMulticast: who receives; kCombine: who contributes
  std::int32_t channel = 0;           ///< virtual channel on the link that it enters, or has come by
  TrainRoute route;
  TimePoint made;  ///< when its sender made it, where the sender says so
  TimePoint head;  ///< when its first byte is (or will be) here
  TimePoint tail;  ///< when its last byte is (or will be) here
};

/// A train that is under way and ends earlier than was said: the rest comes later, as a train of its own.
struct TrainCut {
  PacketTrain train;  ///< which: what is left of it, where the cut is told
  Bytes payload;      ///< of the rest
  Bytes wire;
};

/// Where trains enter a link.
class PacketSink : public virtual sc_core::sc_interface {
 public:
  /// Takes `train`, whose head is here now, and says when its tail will have left; or refuses for want of credits on
  /// its virtual channel.
  virtual std::optional<TimePoint> try_push(const PacketTrain& train) = 0;
  /// After a refusal: notified when trying again may succeed.
  [[nodiscard]] virtual const sc_core::sc_event& space_event() const = 0;
  /// The longest train, in bytes on the wire, that it can ever take.
  [[nodiscard]] virtual Bytes longest_train() const = 0;
  /// Bytes that have left by it and not been freed behind it, for those who choose a way by them.
  [[nodiscard]] virtual Bytes outstanding() { return {}; }
  /// Whether cut() may be called.
  [[nodiscard]] virtual bool can_cut() const { return false; }
  /// The train pushed last, whose tail has not left, is shorter than it was; says when its tail will have left.
  virtual TimePoint cut(const TrainCut& /*cut*/) { return {}; }
};

/// Where the space that a train took is given back.
class CreditReturn {
 public:
  virtual ~CreditReturn() = default;
  /// `wire` bytes of the receiver's buffer for `channel` are free from `freed` on, which may lie ahead.
  virtual void return_credit(Bytes wire, TimePoint freed, std::int32_t channel) = 0;
  /// What was said to be free from `freed` on is `rest` less, and is free from `now_freed` on.
  virtual void cut_credit(Bytes /*wire*/, TimePoint /*freed*/, std::int32_t /*channel*/, Bytes /*rest*/,
                          TimePoint /*now_freed*/) {}
};

/// The buffer at the end of a link.
class PacketReceiver : public virtual sc_core::sc_interface {
 public:
  /// The head of `train` has arrived. Its space is given back through `credits`, exactly once.
  virtual void receive(const PacketTrain& train, CreditReturn& credits) = 0;
  /// The train received last by the link of `credits`, whose tail has not come, is shorter than it was. Only trains
  /// that are divisible are cut.
  virtual void cut(const TrainCut& /*cut*/, CreditReturn& /*credits*/) {}
  /// How many bytes on the wire it holds.
  [[nodiscard]] virtual Bytes buffer() const = 0;
};

/// What a collective engine asks of its NIC.
class MessageSender : public virtual sc_core::sc_interface {
 public:
  /// Sends `message`, to or from the ranks of `set` where it is for several; messages leave in the order of posting.
  virtual void post(const Message& message, const MessageTag& tag, std::span<const std::int32_t> set) = 0;
};

/// What a NIC tells its collective engine.
class MessageReceiver : public virtual sc_core::sc_interface {
 public:
  /// A whole message of `source` has arrived, now.
  virtual void message_arrived(const MessageTag& tag, std::int32_t source) = 0;
};

/// The train that a folded rank receives because it sent `train`. Only one rank of a group that is symmetric in
/// rotation is simulated; when it sends to the one d positions ahead, the one d positions behind sends the same to it.
[[nodiscard]] constexpr PacketTrain reflected(const PacketTrain& train) {
  const RankGroup& group = train.tag.group;
  PacketTrain out = train;
  out.destination = train.source;
  out.source =
      group.rank_at(group.position_of(train.source) + group.size - group.distance(train.source, train.destination));
  return out;
}

}  // namespace decodesim
