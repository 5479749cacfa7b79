// SPDX-License-Identifier: Apache-2.0
// TraceSink: where components report what happens. Sinks record; components do not know which ones there are.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/units/units.hpp"

namespace decodesim {

/// A thing that happened, as one of few kinds. Names are stable: they are part of the fingerprint.
enum class EventKind : std::uint8_t {
  kCommandStart,
  kCommandEnd,
  kTransferStart,
  kTransferEnd,
  kTrainArrive,
  kTrainDepart,
  kReduce,
  kMessageDelivered,
  kStepStart,
  kStepEnd,
};

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  /// `component` (stable 64-bit id of its hierarchical name) saw `kind` at `at`; `detail` is a size or an id.
  virtual void event(TimePoint at, std::uint64_t component, EventKind kind, std::uint64_t detail) = 0;
  /// A stretch of work on a component's track, begin to end. Only timelines record it.
  virtual void span(std::uint64_t component, std::string_view name, TimePoint begin, TimePoint end) {
    static_cast<void>(component), static_cast<void>(name), static_cast<void>(begin), static_cast<void>(end);
  }
};

}  // namespace decodesim
