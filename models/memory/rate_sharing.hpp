// SPDX-License-Identifier: Apache-2.0
// RateSharing: several trains that share one server's bandwidth, in exact integer arithmetic. Each has a cap of its
// own (its initiator's bytes in flight, the channels it reaches); what is left is shared among the rest in proportion
// to their rates (weighted max-min fairness). Progress only has to be brought up to date when the set of trains
// changes.
//
// A train's remaining work is kept in byte x ps/s units (bytes x 10^12), so that work done = rate x time is an integer.
//
// Laws: work is conserved; a train alone at rate r finishes after ceil(bytes x 10^12 / r) ps; nobody exceeds its cap.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/units/units.hpp"

namespace decodesim {

class RateSharing {
 public:
  struct Train {
    std::uint64_t id = 0;
    Int128 remaining = 0;  ///< bytes x 10^12
    Bandwidth cap;         ///< most this train can get
    Bandwidth rate;        ///< what it gets now
    [[nodiscard]] bool done() const { return remaining <= 0; }
  };

  /// Adds a train. Call advance(now) before and share(total) after.
  void add(std::uint64_t id, Bytes bytes, Bandwidth cap);
  /// Lets all trains work at their present rates until `now`; returns what they have moved, in bytes x 10^12.
  Int128 advance(TimePoint now);
  /// Gives each train its of `rates`, in order of arrival, but at most its cap; what caps leave goes to the others, in
  /// proportion to their rates.
  void share(std::span<const Bandwidth> rates);
  /// Takes out one finished train, lowest position first; false when none is finished.
  bool take_finished(std::uint64_t& id);
  /// When the next train finishes at the present rates; REQUIRES !empty().
  [[nodiscard]] TimePoint next_completion() const;

  [[nodiscard]] bool empty() const { return trains_.empty(); }
  [[nodiscard]] const std::vector<Train>& trains() const { return trains_; }

 private:
  std::vector<Train> trains_;        ///< in order of arrival
  std::vector<std::size_t> by_cap_;  ///< scratch of share()
  TimePoint updated_;
};

}  // namespace decodesim
