// SPDX-License-Identifier: Apache-2.0
// Drives a FlashEngine without a kernel.
#pragma once

#include <memory>
#include <vector>

#include "models/memory/hbf/stack_pages.hpp"
#include "models/memory/hbf/stack_train.hpp"

namespace decodesim::test {

class EngineDriver {
 public:
  EngineDriver(const HbfParameters& parameters, bool pages, Duration way = Duration()) {
    if (pages)
      engine_ = std::make_unique<StackPages>(parameters, way);
    else
      engine_ = std::make_unique<StackTrain>(parameters, way);
  }

  [[nodiscard]] FlashEngine& engine() { return *engine_; }
  [[nodiscard]] TimePoint now() const { return now_; }

  /// Weights, so that what is announced is read ahead from the start.
  void hold_weights(Bytes bytes) {
    engine_->writes().hold({TrafficClass::kWeights, 0, bytes});
    engine_->advance(now_);
  }
  void run_until(TimePoint t) {
    for (auto next = engine_->next_event(); next && *next <= t; next = engine_->next_event()) step(*next);
    step(t);
  }
  /// Begins at once; the end is in ends() when it has come.
  std::uint64_t begin(FlashRequest request) {
    request.id = next_id_++;
    ends_.resize(next_id_);
    engine_->advance(now_);
    engine_->begin(now_, request);
    return request.id;
  }
  /// Begins and runs until it has ended; returns how long it took.
  Duration serve(const FlashRequest& request) {
    const TimePoint before = now_;
    const std::uint64_t id = begin(request);
    run_until_ended(id);
    return *ends_[id] - before;
  }
  void run_until_ended(std::uint64_t id) {
    while (!ends_[id]) step(*engine_->next_event());
  }
  void run_until_idle() {
    for (auto next = engine_->next_event(); next; next = engine_->next_event()) step(*next);
  }
  [[nodiscard]] const std::vector<std::optional<TimePoint>>& ends() const { return ends_; }

 private:
  void step(TimePoint t) {
    now_ = std::max(now_, t);
    engine_->advance(now_);
    while (const auto done = engine_->take_done(now_)) ends_[done->id] = done->time;
  }

  std::unique_ptr<FlashEngine> engine_;
  TimePoint now_;
  std::uint64_t next_id_ = 0;
  std::vector<std::optional<TimePoint>> ends_;
};

inline FlashRequest weights(Bytes bytes, bool announced = true, Bytes window = {}) {
  FlashRequest r;
  r.bytes = bytes;
  r.announced = announced;
  r.window = window;
  r.traffic = TrafficClass::kWeights;
  return r;
}

inline FlashRequest kv_write(Bytes bytes, std::uint64_t address) {
  FlashRequest r;
  r.write = true;
  r.bytes = bytes;
  r.address = address;
  r.traffic = TrafficClass::kKvCache;
  return r;
}

}  // namespace decodesim::test
