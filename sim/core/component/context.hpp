// SPDX-License-Identifier: Apache-2.0
// Context: what every component of a simulation is given: the seed, the trace sinks, the list of statistics. It is
// owned by whoever builds the simulation and outlives all components; there is no global.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/component/statistics.hpp"
#include "sim/core/trace/trace_sink.hpp"

namespace decodesim {

class Context {
 public:
  explicit Context(std::uint64_t seed = 1) : seed_(seed) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() = default;

  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  /// Adds a sink; it must outlive the simulation.
  void add_sink(TraceSink& sink) { sinks_.push_back(&sink); }
  [[nodiscard]] const std::vector<TraceSink*>& sinks() const { return sinks_; }

  void add_statistics(const StatisticsGroup& group) { groups_.push_back(&group); }
  /// Every component's statistics, in order of construction.
  [[nodiscard]] const std::vector<const StatisticsGroup*>& statistics() const { return groups_; }

 private:
  std::uint64_t seed_;
  std::vector<TraceSink*> sinks_;
  std::vector<const StatisticsGroup*> groups_;
};

}  // namespace decodesim
