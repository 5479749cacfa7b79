// SPDX-License-Identifier: Apache-2.0
#include "models/network/nic.hpp"

#include <algorithm>

namespace decodesim {

Schema<NicParams> NicParams::schema() {
  return std::move(
      Schema<NicParams>("nic", "An accelerator's network interface")
          .field(
              "send_overhead", &NicParams::send_overhead, {0_ps, 1_ms},
              "From the instruction that sends to the first byte on the link",
              derived("half of 0.359 us, the notification half of a relaxed 8-GPU H100 barrier, less links and switch"))
          .field("receive_overhead", &NicParams::receive_overhead, {0_ps, 1_ms},
                 "From the last byte off the link to its being visible in memory", derived("as send_overhead"))
          .field("message_gap", &NicParams::message_gap, {0_ps, 1_ms}, "Between the starts of two messages",
                 derived("H100 one-shot all-reduce of 256 B takes 0.4 us longer on 8 ranks than on 2: two rounds of "
                         "six more messages"))
          .field("read_latency", &NicParams::read_latency, {0_ps, 10_ms},
                 "From a read's arrival to the first byte of its answer, without software",
                 cited("gpu-benches (RRZE-HPC, 2025), Hopper: L2 hit in the far partition about 250 ns"))
          .field("max_packet", &NicParams::max_packet, {1_B, 1_MiB}, "Most payload of one packet",
                 assumed("one L2 line"))
          .field("packet_overhead", &NicParams::packet_overhead, {0_B, 1_KiB},
                 "Header, acknowledgement and CRC a packet",
                 derived("128 B in 153: 376 of 450 GB/s, H100 peer-to-peer copy (NVIDIA/nccl issue 1264)"))
          .field("max_train", &NicParams::max_train, {1_B, 1_GiB}, "Most payload that moves as one train",
                 assumed("granularity of the simulation: without effect on ranks in step; 16 KiB changes an 8-rank "
                         "one-shot of "
                         "1 MiB with one rank late by 12 percent"))
          .field("buffer", &NicParams::buffer, {1_B, 1_GiB}, "Bytes on the wire that the receiving side holds",
                 assumed("above bandwidth x credit round trip, 450 GB/s x 0.3 us = 135 kB")));
}

Bytes wire_bytes(const NicParams& params, Bytes payload) {
  const std::int64_t packets = std::max<std::int64_t>(1, divide_up(payload, params.max_packet));
  return payload + params.packet_overhead * packets;
}

Bytes payload_within(const NicParams& params, Bytes wire) {
  return params.max_packet * (wire / (params.max_packet + params.packet_overhead));
}

Nic::Nic(const sc_core::sc_module_name& name, Context& context, const NicParams& params, std::int32_t rank)
    : Component(name, context), params_(params), rank_(rank) {
  SC_HAS_PROCESS(Nic);
  SC_METHOD(send);
  sensitive << ready_;
  dont_initialize();
  SC_METHOD(deliver);
  sensitive << arrived_;
  dont_initialize();
}

void Nic::end_of_elaboration() {
  // A train has to fit the buffers at both ends of its way; the receiving NIC's is taken to be as this one's.
  longest_payload_ =
      std::min(params_.max_train, payload_within(params_, std::min(out->longest_train(), params_.buffer)));
  invariant(longest_payload_ > 0_B, "a buffer on the way does not hold one packet");
}

void Nic::post(const Message& message, const MessageTag& tag) {
  PacketTrain train;
  train.source = rank_;
  train.destination = message.kind == MessageKind::kReduceInSwitch ? rank_ : message.peer;
  train.kind = message.kind;
  train.tag = tag;
  const bool carries = message.kind == MessageKind::kData || message.kind == MessageKind::kReduceInSwitch;
  if (message.kind == MessageKind::kRead) train.requested = message.bytes;
  enqueue(posted_, next_post_issue_, now(), train, carries ? message.bytes : 0_B);
}

void Nic::enqueue(Ring<Outgoing>& queue, TimePoint& next_issue, TimePoint earliest, const PacketTrain& train,
                  Bytes payload) {
  const TimePoint issue = std::max(earliest, next_issue);
  next_issue = issue + params_.message_gap;
  queue.push_back({train, payload, issue + params_.send_overhead});
  ready_.notify(to_sc_time(queue.front().ready > now() ? queue.front().ready - now() : 0_ps));
}

// Moves what has become ready into the turns, in order of readiness; a message for a rank that already has one there
// waits for its end, so that messages to one rank stay in order.
void Nic::take_ready(TimePoint time) {
  for (;;) {
    const bool post = !posted_.empty() && posted_.front().ready <= time;
    const bool answer = !answers_.empty() && answers_.front().ready <= time;
    if (!post && !answer) return;
    Ring<Outgoing>& queue = post && answer ? (answers_.front().ready < posted_.front().ready ? answers_ : posted_)
                            : post         ? posted_
                                           : answers_;
    (has_turn(queue.front().next.destination) ? held_ : turns_).push_back(queue.front());
    queue.pop_front();
  }
}

bool Nic::has_turn(std::int32_t destination) const {
  for (std::size_t i = 0; i < turns_.size(); ++i)
    if (turns_[i].next.destination == destination) return true;
  return false;
}

void Nic::end_turn() {
  const bool last = turns_.front().next.last;
  if (!last && turns_.size() == 1) return;  // nobody to let go first
  const Outgoing done = turns_.front();
  turns_.pop_front();
  if (!last) {
    turns_.push_back(done);
    return;
  }
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (held_[i].next.destination != done.next.destination) continue;
    turns_.push_back(held_[i]);
    held_.erase(i);
    return;
  }
}

// One train at a time, when the wire is free for it: what becomes ready meanwhile gets its turn.
void Nic::send() {
  const TimePoint time = now();
  take_ready(time);
  while (!turns_.empty()) {
    if (wire_free_ > time) {
      ready_.notify(to_sc_time(wire_free_ - time));
      return;
    }
    if (!push_next_train(turns_.front())) {
      next_trigger(out->space_event());
      return;
    }
    end_turn();
  }
  for (const Ring<Outgoing>* queue : {&posted_, &answers_})
    if (!queue->empty()) ready_.notify(to_sc_time(queue->front().ready - time));
}

// False when the link has no room; the message stays where it is.
bool Nic::push_next_train(Outgoing& outgoing) {
  PacketTrain& train = outgoing.next;
  train.id = next_id_;
  train.payload = std::min(outgoing.left, longest_payload_);
  train.wire = wire_bytes(params_, train.payload);
  train.last = train.payload == outgoing.left;
  train.head = train.tail = now();
  const std::optional<TimePoint> left = out->try_push(train);
  if (!left) return false;
  wire_free_ = *left;
  ++next_id_;
  outgoing.left -= train.payload;
  payload_sent.add(train.payload.count());
  if (train.part == 0) sending.record((now() - outgoing.ready).count());
  if (train.last) messages_sent.add(1);
  ++train.part;
  trace(EventKind::kTrainDepart, train.id);
  return true;
}

void Nic::receive(const PacketTrain& train, CreditReturn& credits) {
  invariant(train.destination == rank_, "a train came to the wrong rank");
  credits.return_credit(train.wire, train.tail, train.channel);
  payload_received.add(train.payload.count());
  trace(EventKind::kTrainArrive, train.id);
  if (!train.last) return;
  messages_received.add(1);
  const TimePoint visible = train.tail + params_.receive_overhead;
  if (train.kind == MessageKind::kRead) {
    reads_answered.add(1);
    PacketTrain answer;
    answer.source = rank_;
    answer.destination = train.source;
    answer.kind = MessageKind::kData;
    answer.tag = train.tag;
    enqueue(answers_, next_answer_issue_, visible + params_.read_latency, answer, train.requested);
    return;
  }
  invariant(arrivals_.empty() || arrivals_.back().at <= visible, "messages arrived out of order");
  arrivals_.push_back({train.tag, train.source, visible});
  if (arrivals_.size() == 1) arrived_.notify(to_sc_time(visible - now()));
}

void Nic::deliver() {
  while (!arrivals_.empty() && arrivals_.front().at <= now()) {
    const Arrival arrival = arrivals_.front();
    arrivals_.pop_front();
    trace(EventKind::kMessageDelivered, arrival.tag.instance);
    receiver->message_arrived(arrival.tag, arrival.source);
  }
  if (!arrivals_.empty()) arrived_.notify(to_sc_time(arrivals_.front().at - now()));
}

}  // namespace decodesim
