// SPDX-License-Identifier: Apache-2.0
// Component: base of every SystemC module here. Gives it simulated time in our own types, its statistics, its trace
// id and its random streams.
#pragma once

#include <string>
#include <string_view>
#include <systemc>

#include "sim/core/component/context.hpp"
#include "sim/core/component/random.hpp"
#include "sim/core/component/require.hpp"

namespace decodesim {

/// The kernel's resolution must be 1 ps (its default): a count of ours is then its count. A negative duration is an
/// InternalError: the kernel's time is unsigned and would take it for the far future.
inline sc_core::sc_time to_sc_time(Duration d) {
  require(d.count() >= 0, "kernel", "a delay must not be negative");
  return sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(d.count()));
}
inline Duration from_sc_time(const sc_core::sc_time& t) { return Duration(static_cast<std::int64_t>(t.value())); }

class Component : public sc_core::sc_module {
 public:
  Component(const sc_core::sc_module_name& name, Context& context);
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;

  [[nodiscard]] StatisticsGroup& statistics() { return statistics_; }
  [[nodiscard]] const StatisticsGroup& statistics() const { return statistics_; }

 protected:
  [[nodiscard]] Context& context() const { return context_; }
  [[nodiscard]] static TimePoint now() { return TimePoint(from_sc_time(sc_core::sc_time_stamp())); }
  /// Reports an event to every sink.
  void trace(EventKind kind, std::uint64_t detail) const {
    const TimePoint at = now();
    for (TraceSink* sink : context_.sinks()) sink->event(at, id_, kind, detail);
  }
  /// This component's own random numbers for `purpose`.
  [[nodiscard]] RandomStream random(std::string_view purpose) const { return {context_.seed(), name(), purpose}; }
  /// Throws InternalError naming this component unless `holds`.
  void invariant(bool holds, std::string_view what) const {
    if (!holds) [[unlikely]]
      require(false, name(), what);  // the name is only looked up for the message
  }

 private:
  Context& context_;
  std::uint64_t id_;
  StatisticsGroup statistics_;
};

}  // namespace decodesim
