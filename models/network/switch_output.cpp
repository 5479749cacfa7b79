// SPDX-License-Identifier: Apache-2.0
#include "models/network/switch_output.hpp"

#include <algorithm>
#include <tuple>

namespace decodesim {

SwitchOutput::SwitchOutput(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {
  SC_HAS_PROCESS(SwitchOutput);
  SC_METHOD(forward);
  sensitive << ready_;
  dont_initialize();
}

bool SwitchOutput::later(const Waiting& a, const Waiting& b) {
  if (a.train.head != b.train.head) return a.train.head > b.train.head;
  const auto key = [](const PacketTrain& t) {
    return std::tuple(t.tag.group.distance(t.destination, t.source), t.tag.group.stride, t.tag.group.size, t.id);
  };
  return key(a.train) > key(b.train);
}

void SwitchOutput::enqueue(const PacketTrain& train, CreditReturn* credits) {
  const bool next = queue_.empty() || later(queue_.front(), {train, credits});
  queue_.push_back({train, credits});
  std::push_heap(queue_.begin(), queue_.end(), later);
  if (!next) return;  // forward() is to run for the one before it, and then comes to this one
  const TimePoint time = now();
  ready_.notify(to_sc_time(std::max(train.head, time) - time));
}

void SwitchOutput::forward() {
  const TimePoint time = now();
  while (!queue_.empty() && queue_.front().train.head <= time) {
    const Waiting& next = queue_.front();
    const std::optional<TimePoint> left = out->try_push(next.train);
    if (!left) {
      next_trigger(out->space_event());
      return;
    }
    wire_bytes.add(next.train.wire.count());
    trains.add(1);
    waiting.record((time - next.train.head).count());
    if (next.credits != nullptr) next.credits->return_credit(next.train.wire, *left);
    std::pop_heap(queue_.begin(), queue_.end(), later);
    queue_.pop_back();
  }
  if (!queue_.empty()) ready_.notify(to_sc_time(queue_.front().train.head - time));
}

}  // namespace decodesim
