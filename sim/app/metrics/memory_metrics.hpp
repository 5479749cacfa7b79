// SPDX-License-Identifier: Apache-2.0
// MemoryMetrics: what a memory workload comes to, computed from what it measured. Rates and shares are doubles, each
// from integers, and zero where there is nothing to divide by.
//
// Of what the pins could have carried within the elapsed time, `utilisation` is the share of the bytes that were asked
// for; `lost` says where the rest went. All shares together are 1:
//   partial_burst   bytes on the pins that nobody asked for: a burst moves as a whole
//   refresh, row, bank_group, turnaround, activation   as in models/memory/dram/bus_accounting.hpp
//   idle            no request waited; and all that the memory does not account for
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// A cause and its share of the peak.
struct LossShare {
  std::string_view name;
  double share = 0;
};

struct AccessLatency {
  Duration mean;
  Duration p50;
  Duration p90;
  Duration p99;
  Duration p999;
  Duration max;
};

struct MemoryPhaseMetrics {
  Bandwidth offered;  ///< zero: as fast as possible
  Duration elapsed;
  Bytes bytes_read;
  Bytes bytes_written;
  std::int64_t accesses = 0;
  std::int64_t address_errors = 0;
  double bandwidth = 0;    ///< B/s
  double utilisation = 0;  ///< of the peak
  std::array<LossShare, 7> lost;
  double row_hit_rate = 0;  ///< of bursts
  AccessLatency latency;
  DramEnergy energy;
  double energy_pj_per_bit = 0;  ///< of the bits that were asked for
};

struct MemoryMetrics {
  Bandwidth peak;
  MemoryPhaseMetrics measurement;
  std::vector<MemoryPhaseMetrics> load_curve;
};

[[nodiscard]] MemoryPhaseMetrics memory_phase_metrics(const MemoryPlan& plan, const MemoryPhase& phase);
/// Of a run without phases everything is zero.
[[nodiscard]] MemoryMetrics memory_metrics(const Plan& plan, const RunResult& result);

}  // namespace decodesim
