// SPDX-License-Identifier: Apache-2.0
#include "models/network/packet_port.hpp"

#include <algorithm>

namespace decodesim {
namespace {

// The same for all packets of a message.
std::uint64_t flow_of(const PacketTrain& packet) {
  const auto numbers = static_cast<std::uint64_t>(packet.tag.phase) << 32U ^
                       static_cast<std::uint64_t>(packet.tag.message) << 16U ^
                       static_cast<std::uint64_t>(packet.destination);
  return mix64(mix64(packet.tag.instance) ^ numbers);
}

}  // namespace

PacketInjector::PacketInjector(const sc_core::sc_module_name& name, Context& context, Bytes flit, std::int32_t channels,
                               FlitLink& link, PacketStore& store)
    : Component(name, context),
      flit_(flit),
      link_(link),
      store_(store),
      credits_(static_cast<std::size_t>(channels)),
      channel_(channels - 1) {
  SC_HAS_PROCESS(PacketInjector);
  SC_METHOD(send);
  sensitive << wake_;
  dont_initialize();
}

void PacketInjector::fill_credits() { std::fill(credits_.begin(), credits_.end(), link_.channel_buffer()); }

std::optional<TimePoint> PacketInjector::try_push(const PacketTrain& packet) {
  if (left_ > Bytes() || wire_free_ > now()) {
    refused_ = true;
    if (left_.is_zero()) space_.notify(to_sc_time(wire_free_ - now()));
    return std::nullopt;
  }
  refused_ = false;
  packet_ = store_.add(packet);
  left_ = packet.wire;
  begun_ = false;
  send();
  return std::max(wire_free_, now() + link_.length(packet.wire));
}

void PacketInjector::add_credit(std::int32_t /*port*/, std::int32_t channel, Bytes wire, TimePoint back) {
  returning_.push_back({back, channel, wire});
  if (left_ > Bytes()) wake_.notify(to_sc_time(back - now()));
}

// The next in turn that has room for the first flit; packets of one message take one channel, so that they stay in
// order.
bool PacketInjector::choose_channel() {
  const auto count = static_cast<std::int32_t>(credits_.size());
  if (const PacketTrain& packet = store_.at(packet_); one_of_several(packet)) {
    channel_ = static_cast<std::int32_t>(flow_of(packet) % static_cast<std::uint64_t>(count));
    return true;
  }
  for (std::int32_t i = 1; i <= count; ++i) {
    const std::int32_t channel = (channel_ + i) % count;
    if (credits_[static_cast<std::size_t>(channel)] < next_flit()) continue;
    channel_ = channel;
    return true;
  }
  return false;
}

void PacketInjector::send() {
  const TimePoint time = now();
  while (!returning_.empty() && returning_.front().back <= time) {
    credits_[static_cast<std::size_t>(returning_.front().channel)] += returning_.front().wire;
    returning_.pop_front();
  }
  if (left_.is_zero()) return;
  if (!begun_) begun_ = choose_channel();
  Bytes& credits = credits_[static_cast<std::size_t>(channel_)];
  while (begun_ && left_ > Bytes() && credits >= next_flit()) {
    Flit flit;
    flit.packet = packet_;
    flit.channel = channel_;
    flit.wire = next_flit();
    flit.first = left_ == store_.at(packet_).wire;
    flit.last = flit.wire == left_;
    const TimePoint departs = std::max(time, wire_free_);
    wire_free_ = departs + link_.length(flit.wire);
    credits -= flit.wire;
    left_ -= flit.wire;
    link_.send(flit, departs);
  }
  if (left_ > Bytes()) {
    if (!returning_.empty()) wake_.notify(to_sc_time(returning_.front().back - time));
  } else if (refused_) {
    space_.notify(to_sc_time(wire_free_ - time));
  }
}

PacketEjector::PacketEjector(std::int32_t channels, FlitLink& link, PacketStore& store, PacketReceiver& receiver)
    : link_(link), store_(store), receiver_(receiver), heads_(static_cast<std::size_t>(channels)) {}

void PacketEjector::take(std::int32_t /*port*/, const Flit& flit) {
  link_.return_credit(flit.channel, flit.wire, flit.tail);
  TimePoint& head = heads_[static_cast<std::size_t>(flit.channel)];
  if (flit.first) head = flit.head;
  if (!flit.last) return;
  PacketTrain packet = store_.at(flit.packet);
  store_.remove(flit.packet);
  packet.head = head;
  packet.tail = flit.tail;
  receiver_.receive(packet, taken_);
}

}  // namespace decodesim
