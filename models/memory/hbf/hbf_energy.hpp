// SPDX-License-Identifier: Apache-2.0
// What HBF stacks did, and what it cost.
#pragma once

#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim {

/// What one stack, or several, have done since the start.
struct FlashActivity {
  std::int64_t senses = 0;      ///< pages sensed, retries among them
  std::int64_t retries = 0;     ///< thereof again
  std::int64_t programs = 0;    ///< pages programmed, moved and refreshed ones among them
  std::int64_t erases = 0;      ///< blocks erased
  std::int64_t refreshed = 0;   ///< pages programmed for refreshes, each read before
  std::int64_t suspends = 0;    ///< programs and erases that made way for a read
  std::int64_t read_pages = 0;  ///< pages delivered
  std::int64_t staged = 0;      ///< thereof pages that were, or were coming, in the staging SRAM when asked for
  Duration waited_for_writes;   ///< of reads, for programs and erases on the array

  /// Adds `times` what another one did; waiting is not added up.
  void add(const FlashActivity& other, std::int64_t times) {
    senses += other.senses * times;
    retries += other.retries * times;
    programs += other.programs * times;
    erases += other.erases * times;
    refreshed += other.refreshed * times;
    suspends += other.suspends * times;
    read_pages += other.read_pages * times;
    staged += other.staged * times;
    waited_for_writes = std::max(waited_for_writes, other.waited_for_writes);
  }
};

struct HbfEnergy {
  Energy read;
  Energy program;
  Energy erase;
  Energy idle;
  [[nodiscard]] Energy total() const { return read + program + erase + idle; }
};

/// Of `activity` on `stacks` stacks within `elapsed`.
[[nodiscard]] HbfEnergy energy_of(const HbfParameters& parameters, const FlashActivity& activity, std::int64_t stacks,
                                  Duration elapsed);

}  // namespace decodesim
