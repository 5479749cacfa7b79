// SPDX-License-Identifier: Apache-2.0
// WriteBuffer: pages on the base die that wait to be programmed. Pages written again while they wait are programmed
// once; pages that wait together and are neighbours leave as one run.
//
// Laws, each a test in test/models/memory/hbf/write_buffer_test.cpp:
//   1. It takes as many pages as it holds and not one more; writing a page again needs no room.
//   2. Pages leave in the order of their first arrival, each with the neighbours that follow it.
//   3. A page is in the buffer from its write until it is taken.
//
// Not modelled: power loss. Pages in the buffer count as written (capacitors); whoever stops drains it first.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "sim/core/work/traffic_class.hpp"

namespace decodesim {

class WriteBuffer {
 public:
  struct Run {
    std::uint64_t logical = 0;
    std::uint64_t pages = 0;
    TrafficClass traffic = TrafficClass::kOther;

    friend bool operator==(const Run&, const Run&) = default;
  };

  /// REQUIRES capacity > 0.
  explicit WriteBuffer(std::uint64_t capacity_pages);

  /// False when full: the writer waits.
  [[nodiscard]] bool put(std::uint64_t logical, TrafficClass traffic);
  /// The next run of at most `pages`; nothing when empty.
  [[nodiscard]] std::optional<Run> take(std::uint64_t pages);
  [[nodiscard]] bool contains(std::uint64_t logical) const { return waiting_.contains(logical); }
  [[nodiscard]] std::uint64_t size() const { return waiting_.size(); }
  /// Writes that found their page still waiting.
  [[nodiscard]] std::uint64_t absorbed() const { return absorbed_; }

 private:
  struct Waiting {
    TrafficClass traffic;
    std::uint64_t arrival;
  };
  struct Arrival {
    std::uint64_t number;
    std::uint64_t logical;
  };

  std::uint64_t capacity_;
  std::uint64_t absorbed_ = 0;
  std::uint64_t arrivals_ = 0;
  std::map<std::uint64_t, Waiting> waiting_;  ///< by logical page
  std::deque<Arrival> order_;                 ///< those that have left with a neighbour are skipped
};

}  // namespace decodesim
