// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/traffic_endpoint.hpp"

#include <algorithm>
#include <string>

namespace decodesim {
TrafficEndpoint::TrafficEndpoint(const sc_core::sc_module_name& name, Context& context, std::int32_t rank, Bytes packet,
                                 const TrafficDestinations& destinations, TrafficListener& listener)
    : Component(name, context), rank_(rank), packet_(packet), destinations_(destinations), listener_(listener) {
  SC_HAS_PROCESS(TrafficEndpoint);
  SC_METHOD(work);
  sensitive << wake_;
  dont_initialize();
}

void TrafficEndpoint::begin(const BernoulliGaps& gaps, Duration slot, std::size_t phase) {
  if (!destinations_.sends(rank_)) return;
  const std::string number = std::to_string(phase);
  source_.emplace(Source{gaps, slot, random("gaps " + number), random("destinations " + number), now(), 0});
  source_->next = source_->next + slot * gaps.draw(source_->when);
  wake_.notify(to_sc_time(source_->next - now()));
}

std::int64_t TrafficEndpoint::end() {
  const auto waited = static_cast<std::int64_t>(pending_.size());
  while (!pending_.empty()) pending_.pop_front();
  source_.reset();
  return waited;
}

void TrafficEndpoint::send_one(std::int32_t destination) {
  make(destination, now());
  wake_.notify(sc_core::SC_ZERO_TIME);
}

void TrafficEndpoint::make(std::int32_t destination, TimePoint at) {
  pending_.push_back({destination, at});
  listener_.packet_made(at);
}

void TrafficEndpoint::work() {
  const TimePoint time = now();
  while (source_ && source_->next <= time) {
    make(destinations_.next(rank_, source_->count++, source_->where), source_->next);
    source_->next = source_->next + source_->slot * source_->gaps.draw(source_->when);
  }
  if (source_) wake_.notify(to_sc_time(source_->next - time));
  while (!pending_.empty()) {
    if (wire_free_ > time) {
      wake_.notify(to_sc_time(wire_free_ - time));
      return;
    }
    if (!send_front()) {
      next_trigger(wake_ | out->space_event());
      return;
    }
  }
}

// False when the network has no room.
bool TrafficEndpoint::send_front() {
  const Pending next = pending_.front();
  PacketTrain packet;
  packet.id = next_id_;
  packet.source = rank_;
  packet.destination = next.destination;
  packet.payload = packet.wire = packet_;
  packet.tag.instance = next_id_;  // each packet is a flow of its own
  packet.made = next.made;
  packet.head = packet.tail = now();
  const std::optional<TimePoint> left = out->try_push(packet);
  if (!left) return false;
  wire_free_ = *left;
  ++next_id_;
  packets_sent.add(1);
  payload_sent.add(packet_.count());
  waiting.record((now() - next.made).count());
  pending_.pop_front();
  listener_.packet_injected();
  return true;
}

void TrafficEndpoint::receive(const PacketTrain& train, CreditReturn& credits) {
  invariant(train.destination == rank_, "a packet came to the wrong endpoint");
  credits.return_credit(train.wire, train.tail, train.channel);
  packets_received.add(1);
  payload_received.add(train.payload.count());
  trace(EventKind::kMessageDelivered, train.id);
  listener_.packet_delivered(train.made, train.tail);
}

}  // namespace decodesim
