// SPDX-License-Identifier: Apache-2.0
#include "models/network/packet_router.hpp"

#include <limits>
#include <tuple>

namespace decodesim {
namespace {

constexpr TimePoint kNever(Duration(std::numeric_limits<std::int64_t>::max()));

std::size_t at(std::int32_t index) { return static_cast<std::size_t>(index); }

// A router that is crossed faster than the others has shorter stages.
PacketParams within(PacketParams packets, Duration crossing) {
  packets.vc_allocation = std::min(packets.vc_allocation, crossing);
  packets.switch_allocation = std::min(packets.switch_allocation, crossing - packets.vc_allocation);
  return packets;
}

}  // namespace

PacketRouter::PacketRouter(const sc_core::sc_module_name& name, Context& context, const RouterParams& params,
                           const PacketParams& packet_params, std::int32_t node, std::int32_t ports,
                           std::int32_t channels, PacketStore& store, const RouteLookup& routes)
    : Component(name, context),
      params_(params),
      packets_(within(packet_params, params.crossing)),
      node_(node),
      channels_(channels),
      store_(store),
      routes_(routes),
      inputs_(at(ports)),
      outputs_(at(ports)),
      allocator_(ports, ports, packet_params.arbitration) {
  SC_HAS_PROCESS(PacketRouter);
  SC_METHOD(allocate);
  sensitive << wake_;
  dont_initialize();
}

void PacketRouter::connect_input(std::int32_t port, FlitLink& in, std::int32_t channels) {
  invariant(channels >= 1 && channels <= channels_, "a link has more virtual channels than the router");
  input(port).link = &in;
  input(port).queues.resize(at(channels * queues_a_channel()));
  input(port).coming.resize(at(channels));
}

void PacketRouter::connect(std::int32_t port, FlitLink& out, std::int32_t channels) {
  output(port).link = &out;
  output(port).channels.assign(at(channels), {false, TimePoint(), out.channel_buffer()});
}

Bytes PacketRouter::channel_buffer(std::int32_t port) const {
  return Bytes(params_.buffer.count() / static_cast<std::int64_t>(inputs_[at(port)].coming.size()));
}

// The way of a packet is known when its first flit comes; the others follow it.
void PacketRouter::take(std::int32_t port, const Flit& flit) {
  Input& from = input(port);
  std::int32_t& index = from.coming[at(flit.channel)];
  if (flit.first) {
    PacketTrain& packet = store_.at(flit.packet);
    if (!packet.route.begun) routes_.choose_way(node_, packet, *this);
    const TrainHop hop = routes_.next_hop(node_, packet);
    index = flit.channel * queues_a_channel() +
            (packets_.queueing == Queueing::kChannel ? 0 : hop.port * channels_ + hop.channel);
    from.queues[at(index)].hops.push_back(hop);
  }
  Queue& queue = from.queues[at(index)];
  output(queue.hops.back().port).waiting += flit.wire;
  queue.flits.push_back(flit);
  if (queue.flits.size() > 1) return;
  from.waiting.push_back(index);
  wake_.notify(to_sc_time(flit.head - now()));
}

void PacketRouter::add_credit(std::int32_t port, std::int32_t channel, Bytes wire, TimePoint back) {
  Output& to = output(port);
  to.returning.push_back({back, channel, wire});
  if (to.starved) wake_.notify(to_sc_time(back - now()));
}

Bytes PacketRouter::queued(std::int32_t port) {
  Output& to = output(port);
  invariant(to.link != nullptr, "a way leads to no link");
  Bytes out = to.waiting;
  for (const Channel& channel : to.channels) out += to.link->channel_buffer() - channel.credits;
  return out;
}

std::size_t PacketRouter::waiting_flits() const {
  std::size_t count = 0;
  for (const Input& port : inputs_)
    for (const Queue& queue : port.queues) count += queue.flits.size();
  return count;
}

// All that comes from others lies ahead when it comes, so what happens in an instant does not depend on whose turn the
// kernel makes it first.
void PacketRouter::allocate() {
  const TimePoint time = now();
  next_ = kNever;
  activations.add(1);
  collect_credits(time);
  allocate_channels(time);
  allocate_switch(time);
  if (whole_packets()) give_back_channels();
  if (next_ != kNever) wake_.notify(to_sc_time(next_ - time));
}

void PacketRouter::collect_credits(TimePoint time) {
  for (Output& to : outputs_) {
    to.starved = false;
    while (!to.returning.empty() && to.returning.front().back <= time) {
      to.channels[at(to.returning.front().channel)].credits += to.returning.front().wire;
      to.returning.pop_front();
    }
  }
}

// Outputs have no say in each other's channels: who asks is served output by output, in turn or by age.
void PacketRouter::allocate_channels(TimePoint time) {
  asking_.clear();
  for (std::int32_t port = 0; port < static_cast<std::int32_t>(inputs_.size()); ++port) ask_for_channels(port, time);
  if (asking_.size() > 1) {
    const bool age = packets_.arbitration == Arbitration::kAge;
    std::sort(asking_.begin(), asking_.end(), [age](const Asking& a, const Asking& b) {
      const auto key = [age](const Asking& x) { return std::tuple(x.output, age ? x.since : TimePoint(), x.turn); };
      return key(a) < key(b);
    });
  }
  for (const Asking& asking : asking_) {
    Output& to = output(asking.output);
    Queue& queue = input(asking.input).queues[at(asking.queue)];
    if (!give_channel(queue, to, time)) continue;
    if (whole_packets()) holding_.push_back(&queue);
    to.turn = asking.input * queues_an_input() + asking.queue + 1;
  }
}

void PacketRouter::ask_for_channels(std::int32_t port, TimePoint time) {
  Input& from = input(port);
  const auto all = static_cast<std::int32_t>(inputs_.size()) * queues_an_input();
  for (const std::int32_t index : from.waiting) {
    Queue& queue = from.queues[at(index)];
    if (queue.allocated) continue;
    const Flit& first = queue.flits.front();
    invariant(first.first, "a packet begins in its middle");
    const TimePoint ready = std::max(first.head, queue.may_ask);
    if (ready > time) {
      wake_at(ready);
      continue;
    }
    queue.since = first.head;
    const std::int32_t to = queue.hops.front().port;
    const std::int32_t turn = port * queues_an_input() + index - output(to).turn;
    asking_.push_back({to, port, index, turn >= 0 ? turn : turn + all, queue.since});
  }
}

bool PacketRouter::give_channel(Queue& queue, Output& to, TimePoint time) {
  invariant(to.link != nullptr, "a way leads to no link");
  TrainHop hop = queue.hops.front();
  PacketTrain& packet = store_.at(queue.flits.front().packet);
  if (one_of_several(packet)) {  // they take one channel, so that they stay in order
    hop.channel += static_cast<std::int32_t>(hop.route.flow % static_cast<std::uint64_t>(hop.channels));
    hop.channels = 1;
  }
  for (std::int32_t i = 0; i < hop.channels; ++i) {
    const std::int32_t index = hop.channel + (to.channel_turn + i) % hop.channels;
    Channel& channel = to.channels[at(index)];
    if (channel.taken) continue;
    if (channel.free > time) {
      wake_at(channel.free);
      continue;
    }
    channel.taken = true;
    to.channel_turn = index - hop.channel + 1;
    queue.allocated = true;
    queue.channel = index;
    queue.may_ask = time + packets_.vc_allocation;
    packet.route = hop.route;
    return true;
  }
  return false;
}

// A packet that moves as a whole has no flit behind that channel yet: should it not move now, who is first then gets
// it.
void PacketRouter::give_back_channels() {
  for (Queue* queue : holding_) {
    if (!queue->allocated) continue;
    queue->allocated = false;
    output(queue->hops.front().port).channels[at(queue->channel)].taken = false;
  }
  holding_.clear();
}

void PacketRouter::allocate_switch(TimePoint time) {
  requests_.clear();
  for (std::int32_t port = 0; port < static_cast<std::int32_t>(inputs_.size()); ++port) ask_for_switch(port, time);
  if (requests_.empty()) return;
  allocator_.match(requests_);
  for (const SwitchAllocator::Request& granted : requests_) pass(granted, time);
}

void PacketRouter::ask_for_switch(std::int32_t port, TimePoint time) {
  const Input& from = input(port);
  first_request_ = requests_.size();
  for (const std::int32_t index : from.waiting) {
    const Queue& queue = from.queues[at(index)];
    if (queue.allocated && may_pass(from, queue, time)) offer(port, index, queue);
  }
}

// Its flit is here, both sides of the crossbar are free, and the next queue has room.
bool PacketRouter::may_pass(const Input& from, const Queue& queue, TimePoint time) {
  Output& to = output(queue.hops.front().port);
  const Flit& flit = queue.flits.front();
  if (to.channels[at(queue.channel)].credits < flit.wire) {
    to.starved = true;
    if (!to.returning.empty()) wake_at(to.returning.front().back);
    return false;
  }
  const TimePoint follows(flit.tail.since_start() - std::min(flit.tail.since_start(), to.link->length(flit.wire)));
  const TimePoint ready = std::max({queue.may_ask, flit.head, follows, from.free, to.free});
  if (ready <= time) return true;
  wake_at(ready);
  return false;
}

// Of several queues of one input that want to the same output, one asks.
void PacketRouter::offer(std::int32_t port, std::int32_t index, const Queue& queue) {
  const std::int32_t turn = input(port).turn;
  const auto ahead = [&](std::int32_t q) { return q >= turn ? q - turn : q - turn + queues_an_input(); };
  const std::int32_t to = queue.hops.front().port;
  for (std::size_t i = first_request_; i < requests_.size(); ++i) {
    SwitchAllocator::Request& other = requests_[i];
    if (other.output != to) continue;
    const bool before = packets_.arbitration == Arbitration::kAge && queue.since != other.since
                            ? queue.since < other.since
                            : ahead(index) < ahead(other.queue);
    if (before) other.queue = index, other.since = queue.since;
    return;
  }
  requests_.push_back({port, to, index, queue.since});
}

void PacketRouter::pass(const SwitchAllocator::Request& granted, TimePoint time) {
  Input& from = input(granted.input);
  Queue& queue = from.queues[at(granted.queue)];
  Output& to = output(granted.output);
  Channel& channel = to.channels[at(queue.channel)];
  Flit flit = queue.flits.front();
  queue.flits.pop_front();
  const Duration in = from.link->length(flit.wire);
  from.free = time + (in + Duration(packets_.input_speedup - 1)) / packets_.input_speedup;
  to.free = time + to.link->length(flit.wire);
  from.turn = granted.queue + 1;
  channel.credits -= flit.wire;
  to.waiting -= flit.wire;
  from.link->return_credit(flit.channel, flit.wire, time + packets_.switch_allocation + in);
  flit.channel = queue.channel;
  to.link->send(flit, time + (params_.crossing - packets_.vc_allocation));
  flits.add(1);
  if (flit.last) {
    packets.add(1);
    channel.taken = false;
    channel.free = to.free;
    queue.hops.pop_front();
    queue.allocated = false;
    queue.may_ask = from.free;
  }
  if (queue.flits.empty()) from.waiting.erase(std::find(from.waiting.begin(), from.waiting.end(), granted.queue));
  wake_at(std::min(from.free, to.free));  // for whoever was not matched
}

}  // namespace decodesim
