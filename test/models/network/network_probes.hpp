// SPDX-License-Identifier: Apache-2.0
// Stand-ins for the neighbours of a network component under test.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "models/network/packet.hpp"
#include "sim/core/component/component.hpp"

namespace decodesim::test {

using namespace literals;

inline TimePoint at(Duration since_start) { return TimePoint(since_start); }

/// Runs the kernel until `since_start`.
inline void run_until(Duration since_start) {
  sc_core::sc_start(to_sc_time(since_start - from_sc_time(sc_core::sc_time_stamp())));
}

inline PacketTrain train_of(std::uint64_t id, Bytes bytes) {
  PacketTrain train;
  train.id = id;
  train.payload = train.wire = bytes;
  return train;
}

/// A buffer that keeps what comes. Open, it frees a train's space when its tail has come; closed, never.
class BufferProbe : public PacketReceiver {
 public:
  explicit BufferProbe(Bytes size) : size_(size) {}
  void receive(const PacketTrain& train, CreditReturn& credits) override {
    arrived.push_back(train);
    seen_at.push_back(from_sc_time(sc_core::sc_time_stamp()));
    if (open_)
      credits.return_credit(train.wire, train.tail, train.channel);
    else
      held_.emplace_back(&credits, train);
  }
  [[nodiscard]] Bytes buffer() const override { return size_; }
  void cut(const TrainCut& cut, CreditReturn& credits) override {
    PacketTrain& train = arrived.back();
    credits.cut_credit(train.wire, train.tail, train.channel, cut.wire, cut.train.tail);
    train.wire -= cut.wire;
    train.tail = cut.train.tail;
  }

  void close() { open_ = false; }
  /// Frees everything held.
  void open() {
    open_ = true;
    for (const auto& [credits, train] : held_)
      credits->return_credit(train.wire, TimePoint(from_sc_time(sc_core::sc_time_stamp())), train.channel);
    held_.clear();
  }
  [[nodiscard]] std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> out;
    for (const PacketTrain& train : arrived) out.push_back(train.id);
    return out;
  }

  std::vector<PacketTrain> arrived;
  std::vector<Duration> seen_at;  ///< when the head was announced

 private:
  Bytes size_;
  bool open_ = true;
  std::vector<std::pair<CreditReturn*, PacketTrain>> held_;
};

/// A sink that takes everything, or nothing while closed.
class SinkProbe : public PacketSink {
 public:
  std::optional<TimePoint> try_push(const PacketTrain& train) override {
    if (!open_) return std::nullopt;
    pushed.emplace_back(train, from_sc_time(sc_core::sc_time_stamp()));
    return train.tail;
  }
  [[nodiscard]] const sc_core::sc_event& space_event() const override { return space_; }
  [[nodiscard]] Bytes longest_train() const override { return longest; }
  void close() { open_ = false; }
  void open() {
    open_ = true;
    space_.notify(sc_core::SC_ZERO_TIME);
  }

  Bytes longest = 1_MiB;
  std::vector<std::pair<PacketTrain, Duration>> pushed;

 private:
  bool open_ = true;
  sc_core::sc_event space_;
};

/// Notes where credits go.
class CreditProbe : public CreditReturn {
 public:
  void return_credit(Bytes wire, TimePoint freed, std::int32_t) override {
    returned.emplace_back(wire, freed.since_start());
  }
  std::vector<std::pair<Bytes, Duration>> returned;
};

/// Pushes trains into a sink in order, each at its time or as soon after as there is room.
class TrainSource : public Component {
 public:
  TrainSource(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {
    SC_HAS_PROCESS(TrainSource);
    SC_METHOD(push);
  }
  sc_core::sc_port<PacketSink> out{"out"};
  void add(Duration when, const PacketTrain& train) { waiting_.emplace_back(when, train); }

 private:
  void push() {
    while (!waiting_.empty()) {
      auto [when, train] = waiting_.front();
      if (at(when) > now()) return next_trigger(to_sc_time(at(when) - now()));
      train.head = train.tail = now();
      if (!out->try_push(train)) return next_trigger(out->space_event());
      waiting_.pop_front();
    }
  }
  std::deque<std::pair<Duration, PacketTrain>> waiting_;
};

}  // namespace decodesim::test
