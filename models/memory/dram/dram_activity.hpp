// SPDX-License-Identifier: Apache-2.0
// DramActivity: what a DRAM did over some time, at either fidelity: commands, where the clocks of its data pins went,
// what its requests found, and how long its accesses took. An access is one ordinary transaction, or one run of a
// train.
#pragma once

#include "models/memory/dram/bus_accounting.hpp"
#include "models/memory/dram/dram_energy.hpp"
#include "models/memory/dram/request_queues.hpp"
#include "sim/core/component/histogram.hpp"

namespace decodesim {

struct DramActivity {
  CommandCounts counts;
  BusClocks bus;                           ///< summed over the pseudo-channels
  std::array<std::int64_t, 3> outcomes{};  ///< bursts by RowOutcome
  Histogram latency_ps;                    ///< of accesses: request to last data, with the initiator's own latency

  [[nodiscard]] std::int64_t bursts() const { return outcomes[0] + outcomes[1] + outcomes[2]; }
  [[nodiscard]] std::int64_t outcome(RowOutcome o) const { return outcomes[static_cast<std::size_t>(o)]; }

  DramActivity& operator+=(const DramActivity& other);
  /// What happened since `earlier`, an activity of the same memory.
  DramActivity& operator-=(const DramActivity& earlier);
  /// Adds `other` times `numerator` / `denominator`: what went on in a sample, for all that it stands for.
  void add_scaled(const DramActivity& other, Int128 numerator, Int128 denominator);
};

}  // namespace decodesim
