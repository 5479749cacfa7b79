// SPDX-License-Identifier: Apache-2.0
#include "models/network/switch_output.hpp"

#include <algorithm>
#include <tuple>

namespace decodesim {

SwitchOutput::SwitchOutput(const sc_core::sc_module_name& name, Context& context, std::int32_t channels)
    : Component(name, context), queues_(static_cast<std::size_t>(channels)) {
  SC_HAS_PROCESS(SwitchOutput);
  SC_METHOD(forward);
  sensitive << ready_;
  dont_initialize();
}

bool SwitchOutput::later(const Waiting& a, const Waiting& b) {
  if (a.train.head != b.train.head) return a.train.head > b.train.head;
  const auto key = [](const PacketTrain& t) {
    return std::tuple(t.tag.group.distance(t.destination, t.source), t.tag.group.stride, t.tag.group.size, t.id,
                      t.source, t.destination, t.tag.group.first);
  };
  return key(a.train) > key(b.train);
}

void SwitchOutput::enqueue(const PacketTrain& train, CreditReturn* credits, std::int32_t came_by) {
  std::vector<Waiting>& heap = queues_.at(static_cast<std::size_t>(train.channel)).heap;
  const Waiting entry{train, credits, came_by};
  const bool next = heap.empty() || later(heap.front(), entry);
  heap.push_back(entry);
  std::push_heap(heap.begin(), heap.end(), later);
  waiting_bytes_ += train.wire;
  if (!next) return;  // forward() is to run for the one before it, and then comes to this one
  const bool cuts = divisible(departing_.train) && !same_flow(departing_.train, train);
  wake(cuts ? train.head : std::max(train.head, wire_free_));
}

void SwitchOutput::wake(TimePoint ready) {
  const TimePoint time = now();
  ready_.notify(to_sc_time(std::max(ready, time) - time));
}

std::vector<SwitchOutput::Waiting> SwitchOutput::take_all() {
  std::vector<Waiting> taken;
  for (Queue& queue : queues_) {
    std::sort(queue.heap.begin(), queue.heap.end(), [](const Waiting& a, const Waiting& b) { return later(b, a); });
    taken.insert(taken.end(), queue.heap.begin(), queue.heap.end());
    queue.heap.clear();
  }
  waiting_bytes_ = Bytes();
  return taken;
}

std::size_t SwitchOutput::waiting_trains() const {
  std::size_t count = 0;
  for (const Queue& queue : queues_) count += queue.heap.size();
  return count;
}

// The channel whose first train is ready and leaves first; null when none can, or the wire is not free yet.
SwitchOutput::Queue* SwitchOutput::next_ready(TimePoint time) {
  Queue* best = nullptr;
  if (wire_free_ > time) return best;
  for (Queue& queue : queues_) {
    if (queue.refused || queue.heap.empty() || queue.heap.front().train.head > time) continue;
    if (best == nullptr || later(best->heap.front(), queue.heap.front())) best = &queue;
  }
  return best;
}

// Who else is here by `time` and came before the last byte of `train`: when the first of them came, and the least
// grain of all.
SwitchOutput::Rivals SwitchOutput::rivals(const PacketTrain& train, TimePoint time) const {
  Rivals found{false, train.tail, train.grain};
  for (const Queue& queue : queues_) {
    if (queue.refused) continue;
    for (const Waiting& other : queue.heap) {
      const PacketTrain& theirs = other.train;
      if (theirs.head >= train.tail || theirs.head > time || same_flow(theirs, train)) continue;
      found = {true, std::min(found.first, theirs.head), std::min(found.grain, theirs.grain)};
    }
  }
  return found;
}

// All of the train in front where nobody else waits and there is room; else a piece, and the rest queues up again.
bool SwitchOutput::push_front(Queue& queue, TimePoint time) {
  std::pop_heap(queue.heap.begin(), queue.heap.end(), later);
  Waiting next = queue.heap.back();
  queue.heap.pop_back();
  bool pushed = false;
  if (divisible(next.train)) {
    const Rivals others = rivals(next.train, time);
    if (!others.any && push(next.train, next, time)) return true;
    PacketTrain rest = next.train;
    const auto front =
        cut_front(rest, std::max(packets_of(rest, others.grain), others.any ? packets_before(rest, others.first) : 0));
    pushed = push(front ? *front : next.train, next, time);
    if (pushed && !front) return true;
    if (pushed) next.train = rest;
  } else if (push(next.train, next, time)) {
    return true;
  }
  queue.heap.push_back(next);
  std::push_heap(queue.heap.begin(), queue.heap.end(), later);
  return pushed;
}

bool SwitchOutput::push(const PacketTrain& train, const Waiting& from, TimePoint time) {
  const std::optional<TimePoint> left = out->try_push(train);
  if (!left) return false;
  wire_free_ = *left;
  wire_bytes.add(train.wire.count());
  trains.add(1);
  waiting_bytes_ -= train.wire;
  waiting.record((time - train.head).count());
  if (from.credits != nullptr) from.credits->return_credit(train.wire, *left, from.came_by);
  departing_.train.packet = Bytes();
  if (train.packet.is_zero() || !out->can_cut()) return true;
  departing_ = {train, time, *left};
  departing_credits_ = from.credits;
  departing_came_by_ = from.came_by;
  return true;
}

// Somebody else is ready: what has not begun to leave queues up again, where it is worth a turn.
void SwitchOutput::cut_departing(TimePoint time) {
  if (wire_free_ <= time || !divisible(departing_.train)) return;
  const Rivals others = rivals(departing_.train, time);
  if (!others.any) return;
  PacketTrain rest = departing_.train;
  const auto front =
      cut_front(rest, std::max<std::int64_t>({1, departing_.packets_begun(time), packets_before(rest, others.first)}));
  if (!front || rest.payload < others.grain) return;
  shorten_departing({*front, rest.payload, rest.wire});
  std::vector<Waiting>& heap = queues_.at(static_cast<std::size_t>(rest.channel)).heap;
  heap.push_back({rest, departing_credits_, departing_came_by_});
  std::push_heap(heap.begin(), heap.end(), later);
  waiting_bytes_ += rest.wire;
}

void SwitchOutput::shorten_departing(const TrainCut& cut) {
  const TimePoint left = out->cut(cut);
  const Bytes was = departing_.train.wire;
  if (departing_credits_ != nullptr)
    departing_credits_->cut_credit(was, wire_free_, departing_came_by_, cut.wire, left);
  wire_bytes.add(-cut.wire.count());
  departing_.train.payload -= cut.payload;
  departing_.train.wire -= cut.wire;
  departing_.train.tail = cut.train.tail;
  departing_.train.last = false;
  departing_.end = wire_free_ = left;
}

// Of the parts of a train that are here, the last ones end later than it does now.
bool SwitchOutput::cut(const TrainCut& cut, const CreditReturn& came) {
  TrainCut more = cut;
  const auto is_part = [&](const PacketTrain& train, const CreditReturn* credits, std::int32_t came_by) {
    return train.id == cut.train.id && same_flow(train, cut.train) && credits == &came && came_by == cut.train.channel;
  };
  for (Queue& queue : queues_) {
    while (more.payload > Bytes()) {
      auto last = queue.heap.end();
      for (auto i = queue.heap.begin(); i != queue.heap.end(); ++i)
        if (is_part(i->train, i->credits, i->came_by) && (last == queue.heap.end() || i->train.tail > last->train.tail))
          last = i;
      if (last == queue.heap.end()) break;
      PacketTrain& part = last->train;
      const Bytes wire = std::min(more.wire, part.wire);
      waiting_bytes_ -= wire;
      if (part.payload <= more.payload) {
        more.payload -= part.payload;
        more.wire -= part.wire;
        queue.heap.erase(last);
        std::make_heap(queue.heap.begin(), queue.heap.end(), later);
        continue;
      }
      part.payload -= more.payload;
      part.wire -= more.wire;
      part.tail = cut.train.tail;
      part.last = false;
      return true;
    }
  }
  if (more.payload.is_zero()) return true;
  if (departing_.train.packet.is_zero() || !is_part(departing_.train, departing_credits_, departing_came_by_)) {
    invariant(more.payload == cut.payload, "a train is cut that has left");
    return false;
  }
  more.train.channel = departing_.train.channel;
  shorten_departing(more);
  wake(wire_free_);
  return true;
}

void SwitchOutput::forward() {
  const TimePoint time = now();
  cut_departing(time);
  for (Queue& queue : queues_) queue.refused = false;
  while (Queue* queue = next_ready(time)) queue->refused = !push_front(*queue, time);
  bool refused = false;
  for (const Queue& queue : queues_) {
    refused = refused || queue.refused;
    if (queue.refused || queue.heap.empty()) continue;
    ready_.notify(to_sc_time(std::max(queue.heap.front().train.head, wire_free_) - time));
  }
  if (!refused) return;
  if (channels() == 1)
    next_trigger(out->space_event());
  else
    next_trigger(ready_ | out->space_event());  // another channel may have room for what becomes ready
}

}  // namespace decodesim
