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
  const TimePoint time = now();
  ready_.notify(to_sc_time(std::max(train.head, time) - time));
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

// The channel whose first train is ready and leaves first; null when none can.
SwitchOutput::Queue* SwitchOutput::next_ready(TimePoint time) {
  Queue* best = nullptr;
  for (Queue& queue : queues_) {
    if (queue.refused || queue.heap.empty() || queue.heap.front().train.head > time) continue;
    if (best == nullptr || later(best->heap.front(), queue.heap.front())) best = &queue;
  }
  return best;
}

bool SwitchOutput::push_front(Queue& queue, TimePoint time) {
  const Waiting& next = queue.heap.front();
  const std::optional<TimePoint> left = out->try_push(next.train);
  if (!left) return false;
  wire_bytes.add(next.train.wire.count());
  trains.add(1);
  waiting_bytes_ -= next.train.wire;
  waiting.record((time - next.train.head).count());
  if (next.credits != nullptr) next.credits->return_credit(next.train.wire, *left, next.came_by);
  std::pop_heap(queue.heap.begin(), queue.heap.end(), later);
  queue.heap.pop_back();
  return true;
}

void SwitchOutput::forward() {
  const TimePoint time = now();
  for (Queue& queue : queues_) queue.refused = false;
  while (Queue* queue = next_ready(time)) queue->refused = !push_front(*queue, time);
  bool refused = false;
  for (const Queue& queue : queues_) {
    refused = refused || queue.refused;
    if (!queue.refused && !queue.heap.empty()) ready_.notify(to_sc_time(queue.heap.front().train.head - time));
  }
  if (!refused) return;
  if (channels() == 1)
    next_trigger(out->space_event());
  else
    next_trigger(ready_ | out->space_event());  // another channel may have room for what becomes ready
}

}  // namespace decodesim
