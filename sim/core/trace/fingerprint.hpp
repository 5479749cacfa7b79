// SPDX-License-Identifier: Apache-2.0
// FingerprintSink: a 64-bit hash over every event (time, component, kind, detail) of a run. Two runs that differ
// anywhere differ here. Events are combined by addition, so the order in which the kernel happens to run processes
// within one instant does not matter, and the same event twice does not cancel.
#pragma once

#include <string>

#include "sim/core/trace/trace_sink.hpp"

namespace decodesim {

class FingerprintSink : public TraceSink {
 public:
  void event(TimePoint at, std::uint64_t component, EventKind kind, std::uint64_t detail) override;

  [[nodiscard]] std::uint64_t value() const { return sum_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  /// 16 hexadecimal digits.
  [[nodiscard]] std::string text() const;

 private:
  std::uint64_t sum_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace decodesim
