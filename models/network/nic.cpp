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
                 assumed("above bandwidth x credit round trip, 450 GB/s x 0.3 us = 135 kB"))
          .choice<Delivery>("delivery", &NicParams::delivery, {{"sram", Delivery::kSram}, {"dram", Delivery::kDram}},
                            "Which memory messages are written into, and read from",
                            assumed("sram: the L2 cache of a GPU, the on-chip memory of others"))
          .field("dram_latency", &NicParams::dram_latency, {0_ps, 1_ms},
                 "What delivery into DRAM adds until a message is visible, and to a read",
                 cited("gpu-benches (RRZE-HPC, 2025): GH200, 348 ns to DRAM"))
          .field("turns", &NicParams::turns, {1, 1'000'000},
                 "Pieces that a message is cut into, between packets, where others wait; 1: it stays whole",
                 assumed("granularity of the simulation: random mixes of messages are within 2 percent of packets")));
}

Bytes wire_bytes(const NicParams& params, Bytes payload) {
  const std::int64_t packets = std::max<std::int64_t>(1, divide_up(payload, params.max_packet));
  return payload + params.packet_overhead * packets;
}

Bytes payload_within(const NicParams& params, Bytes wire) {
  return params.max_packet * (wire / (params.max_packet + params.packet_overhead));
}

namespace {

// Messages that stay in order: those to one rank, and those that one group reduces in the network.
bool same_stream(const PacketTrain& a, const PacketTrain& b) {
  const bool reduce = a.kind == MessageKind::kReduceInSwitch;
  if (reduce != (b.kind == MessageKind::kReduceInSwitch)) return false;
  return reduce ? a.tag.group == b.tag.group : a.destination == b.destination;
}

}  // namespace

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
  smallest_buffer_ = std::min({out->longest_train(), params_.buffer, params_.smallest_buffer});
  longest_payload_ = std::min(params_.max_train, payload_within(params_, smallest_buffer_));
  invariant(longest_payload_ > 0_B, "a buffer on the way does not hold one packet");
}

void Nic::post(const Message& message, const MessageTag& tag, std::span<const std::int32_t> set) {
  PacketTrain train;
  train.source = rank_;
  const bool to_network = message.kind == MessageKind::kReduceInSwitch || message.kind == MessageKind::kMulticast;
  train.destination = to_network ? rank_ : message.peer;
  train.kind = message.kind;
  train.tag = tag;
  train.set = set;
  if (message.kind == MessageKind::kCombine) train.tag.message = message.token;
  const bool carries = message.kind != MessageKind::kFlag && message.kind != MessageKind::kRead;
  if (message.kind == MessageKind::kRead) train.requested = message.bytes;
  enqueue(posted_, next_post_issue_, now(), train, carries ? message.bytes : 0_B);
}

void Nic::enqueue(Ring<Outgoing>& queue, TimePoint& next_issue, TimePoint earliest, const PacketTrain& train,
                  Bytes payload) {
  const TimePoint issue = std::max(earliest, next_issue);
  next_issue = issue + params_.message_gap;
  const Bytes grain(checked::multiply_divide_up(std::min(payload, smallest_buffer_).count(), 1, params_.turns));
  queue.push_back({train, payload, issue + params_.send_overhead, grain});
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
    (has_turn(queue.front().next) ? held_ : turns_).push_back(queue.front());
    queue.pop_front();
  }
}

bool Nic::has_turn(const PacketTrain& train) const {
  for (const Ring<Outgoing>* queue : {&turns_, &waiting_})
    for (std::size_t i = 0; i < queue->size(); ++i)
      if (same_stream((*queue)[i].next, train)) return true;
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
    if (!same_stream(held_[i].next, done.next)) continue;
    turns_.push_back(held_[i]);
    held_.erase(i);
    return;
  }
}

// One train at a time, when the wire is free for it: what becomes ready meanwhile gets its turn.
void Nic::send() {
  const TimePoint time = now();
  collect_results(time);
  take_ready(time);
  while (!turns_.empty()) {
    if (wire_free_ > time) cut_departing(time);
    if (wire_free_ > time) return wait_for_wire(time);
    if (!has_room(turns_.front())) {
      waiting_.push_back(turns_.front());
      turns_.pop_front();
      continue;
    }
    if (!push_next_train(turns_.front())) {
      next_trigger(out->space_event());
      return;
    }
    end_turn();
  }
  for (const Ring<Outgoing>* queue : {&posted_, &answers_})
    if (!queue->empty()) ready_.notify(to_sc_time(queue->front().ready - time));
  if (!waiting_.empty() && !results_.empty()) ready_.notify(to_sc_time(results_.front().here - time));
}

Bytes& Nic::reducing(const RankGroup& group) {
  for (Reducing& r : reducing_)
    if (r.group == group) return r.bytes;
  return reducing_.emplace_back(Reducing{group, 0_B}).bytes;
}

bool Nic::has_room(const Outgoing& outgoing) {
  if (outgoing.next.kind != MessageKind::kReduceInSwitch) return true;
  return reducing(outgoing.next.tag.group) + next_payload(outgoing) <= reduction_window_;
}

// Results whose tail is here make room for contributions of their group that wait.
void Nic::collect_results(TimePoint time) {
  bool room = false;
  for (; !results_.empty() && results_.front().here <= time; results_.pop_front()) {
    Bytes& bytes = reducing(results_.front().group);
    invariant(results_.front().bytes <= bytes, "more came back of a reduction than was contributed");
    bytes -= results_.front().bytes;
    room = true;
  }
  if (!room) return;
  for (std::size_t i = 0; i < waiting_.size();) {
    if (has_room(waiting_[i])) {
      turns_.push_back(waiting_[i]);
      waiting_.erase(i);
    } else {
      ++i;
    }
  }
}

Bytes Nic::next_payload(const Outgoing& outgoing) const {
  const Bytes longest = outgoing.next.kind == MessageKind::kReduceInSwitch
                            ? std::min(longest_payload_, reduction_window_)
                            : longest_payload_;
  return std::min(outgoing.left, longest);
}

// False when the link has no room; the message stays where it is. Where others have their turns too, or there is no
// room for all of a train, a piece of it leaves.
bool Nic::push_next_train(Outgoing& outgoing) {
  PacketTrain& train = outgoing.next;
  train.id = next_id_;
  train.payload = next_payload(outgoing);
  train.wire = wire_bytes(params_, train.payload);
  train.last = train.payload == outgoing.left;
  train.head = train.tail = now();
  if (train.kind == MessageKind::kData) {
    train.packet = params_.max_packet;
    train.packet_wire = params_.max_packet + params_.packet_overhead;
    train.grain = outgoing.grain;
  }
  std::optional<TimePoint> left;
  const Bytes grain = shared_grain(train);
  if (grain.is_zero() || !divisible(train)) left = out->try_push(train);
  if (!left && divisible(train)) {
    PacketTrain rest = train;
    if (const auto front = cut_front(rest, packets_of(train, grain.is_zero() ? train.grain : grain))) train = *front;
    left = out->try_push(train);
  }
  if (!left) return false;
  wire_free_ = *left;
  departing_.train.packet = Bytes();
  if (divisible(train) && out->can_cut()) departing_ = {train, now(), *left};
  ++next_id_;
  outgoing.left -= train.payload;
  if (train.kind == MessageKind::kReduceInSwitch) reducing(train.tag.group) += train.payload;
  payload_sent.add(train.payload.count());
  if (train.part == 0) sending.record((now() - outgoing.ready).count());
  if (train.last) messages_sent.add(1);
  ++train.part;
  trace(EventKind::kTrainDepart, train.id);
  return true;
}

// While a train leaves, what becomes ready for another rank has its turn.
void Nic::wait_for_wire(TimePoint time) {
  TimePoint next = wire_free_;
  if (divisible(departing_.train))
    for (const Ring<Outgoing>* queue : {&posted_, &answers_})
      if (!queue->empty()) next = std::min(next, queue->front().ready);
  ready_.notify(to_sc_time(next - time));
}

// The message that the departing train is of: in turn, or in turn again because its end now comes later.
Nic::Outgoing& Nic::turn_of_departing() {
  const PacketTrain& train = departing_.train;
  if (!train.last) {
    for (std::size_t i = 0; i < turns_.size(); ++i)
      if (same_stream(turns_[i].next, train)) return turns_[i];
    invariant(false, "the message of a departing train has no turn");
  }
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    if (!same_stream(turns_[i].next, train)) continue;
    held_.insert_ordered(turns_[i], [](const Outgoing&, const Outgoing&) { return true; });  // in front
    turns_.erase(i);
    break;
  }
  messages_sent.add(-1);
  Outgoing& turn = turns_.push_back({train, 0_B, departing_.start, train.grain});
  ++turn.next.part;
  return turn;
}

// Of the turns that `train` takes with the messages of other steps; 0 B where there are none. The messages of one step
// of one collective leave train by train: the step is done when all of them have come.
Bytes Nic::shared_grain(const PacketTrain& train) const {
  Bytes grain;
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    const PacketTrain& other = turns_[i].next;
    const bool one_step = other.tag.instance == train.tag.instance && other.tag.phase == train.tag.phase;
    if (one_step || same_stream(other, train)) continue;
    grain = std::min(turns_[i].grain, grain.is_zero() ? train.grain : grain);
  }
  return grain;
}

// Somebody else is ready: what has not begun to leave has its turn after them.
void Nic::cut_departing(TimePoint time) {
  PacketTrain& train = departing_.train;
  if (!divisible(train)) return;
  const Bytes grain = shared_grain(train);
  if (grain.is_zero()) return;
  PacketTrain rest = train;
  const auto front = cut_front(rest, std::max<std::int64_t>(1, departing_.packets_begun(time)));
  if (!front || rest.payload < grain) return;
  wire_free_ = out->cut({*front, rest.payload, rest.wire});
  Outgoing& turn = turn_of_departing();
  turn.left += rest.payload;
  payload_sent.add(-rest.payload.count());
  train.packet = Bytes();
}

void Nic::receive(const PacketTrain& train, CreditReturn& credits) {
  invariant(train.destination == rank_, "a train came to the wrong rank");
  credits.return_credit(train.wire, train.tail, train.channel);
  if (!train.packet.is_zero()) coming_ = train;
  payload_received.add(train.payload.count());
  trace(EventKind::kTrainArrive, train.id);
  if (train.source == rank_ && train.ranks > 1) {  // a sum of this group, back here
    results_.push_back({train.tag.group, train.payload, train.tail});
    if (!waiting_.empty()) ready_.notify(to_sc_time(train.tail - now()));
  }
  if (!train.last) return;
  messages_received.add(1);
  const TimePoint visible = train.tail + params_.receive_overhead + params_.memory_latency();
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

void Nic::cut(const TrainCut& cut, CreditReturn& credits) {
  invariant(!coming_.packet.is_zero() && coming_.id == cut.train.id && same_flow(coming_, cut.train),
            "a train is cut that does not come in");
  credits.cut_credit(coming_.wire, coming_.tail, coming_.channel, cut.wire, cut.train.tail);
  payload_received.add(-cut.payload.count());
  if (coming_.last) {
    messages_received.add(-1);
    arrivals_.erase(arrivals_.size() - 1);
  }
  coming_.last = false;
  coming_.wire -= cut.wire;
  coming_.payload -= cut.payload;
  coming_.tail = cut.train.tail;
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
