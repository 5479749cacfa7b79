// SPDX-License-Identifier: Apache-2.0
// RunResult: what a run measured, in integers and simulated units, before anyone formats it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/compute/command.hpp"
#include "models/memory/dram/dram_activity.hpp"
#include "models/memory/hbf/flash_wear.hpp"
#include "models/memory/hbf/hbf_energy.hpp"
#include "sim/app/metrics/traffic_result.hpp"
#include "sim/core/units/units.hpp"

namespace decodesim {

/// One decode step.
struct StepRecord {
  std::int64_t step = 0;
  TimePoint begin;
  Duration latency;
  std::int64_t sequences = 0;        ///< decoded or prefilled
  std::int64_t tokens = 0;           ///< produced
  std::int64_t new_tokens = 0;       ///< that the model computed, over all sequences
  Duration drafting;                 ///< of the latency: passes before the model's
  std::int64_t kv_tokens = 0;        ///< cached before the step, over all sequences
  std::int64_t longest_context = 0;  ///< of one sequence, before the step
  Breakdown breakdown;               ///< of rank 0; adds up to the latency
};

/// What the flash of a tier did and how it wears.
struct FlashRecord {
  FlashActivity activity;   ///< of all stacks of all accelerators; times of one
  HbfEnergy energy;         ///< of all accelerators
  FlashWear wear;           ///< of one stack of the first accelerator
  std::int64_t stacks = 1;  ///< of all accelerators
};

/// One memory tier over the whole run, summed over all accelerators.
struct MemoryRecord {
  std::string name;
  std::string part;
  Bytes bytes_read;
  Bytes bytes_written;
  Bandwidth peak;  ///< of all accelerators' tiers together
  Duration busy;   ///< of one accelerator
  std::optional<FlashRecord> flash{};
};

/// What a tier of flash is like when a window begins.
struct TierCondition {
  std::string tier;
  FlashCondition flash;  ///< of one stack of the first accelerator
};

/// Decode steps between fast-forwards.
struct WindowRecord {
  std::int64_t first_step = 0;
  std::int64_t days = 0;  ///< of fast-forwards, until it begins
  std::vector<TierCondition> flash;
};

/// One statistic of one component.
struct ComponentRecord {
  std::string component;
  std::string statistic;
  std::string unit;
  std::int64_t value = 0;
};

/// One phase of a memory workload: the measurement, or a point of its latency-against-load curve.
struct MemoryPhase {
  Bandwidth offered;  ///< zero: as fast as the memory takes it
  Duration elapsed;   ///< from the first request to the last answer at the initiator
  std::int64_t accesses_asked = 0;
  std::int64_t accesses = 0;        ///< served
  std::int64_t address_errors = 0;  ///< refused
  Bytes bytes_asked;                ///< of the accesses that were sent
  Bytes bytes_refused;              ///< thereof
  Bytes bytes_read;
  Bytes bytes_written;
  DramActivity activity;
  DramEnergy energy;
};

/// What went wrong in a decode run.
struct FaultRecord {
  std::int64_t failures = 0;
  std::int64_t spares_used = 0;
  std::int64_t stragglers = 0;
  std::int64_t link_failures = 0;
  std::int64_t switch_failures = 0;
  std::int64_t rerouted_trains = 0;  ///< that waited for a link when its failure was detected
  std::int64_t steps_repeated = 0;
  std::int64_t inexact_collectives = 0;  ///< that went on without someone, on the rank that saw most of them
  std::int64_t late_messages = 0;        ///< to all ranks, for collectives that had gone on without them
  Duration down;                         ///< from failures until their replacement went on, summed
};

/// Reads of routed experts' matrices: one for each expert of a grouped product. What a cache holds of them counts, too.
struct ExpertReads {
  Int128 all = 0;
  Int128 hot = 0;
  Int128 bytes = 0;
  Int128 hot_bytes = 0;

  void add(const ExpertReads& other, std::int64_t times) {
    all += other.all * times;
    hot += other.hot * times;
    bytes += other.bytes * times;
    hot_bytes += other.hot_bytes * times;
  }
};

/// Bytes of the cache (and of a corpus) that kernels ask for, or move from where recent tokens are to where old ones
/// are.
struct CacheTraffic {
  Int128 read = 0;      ///< by attention
  Int128 old_read = 0;  ///< thereof of old tokens
  Int128 appended = 0;
  Int128 moved = 0;
  Int128 retrieved = 0;  ///< of a corpus

  void add(const CacheTraffic& other, std::int64_t times) {
    read += other.read * times;
    old_read += other.old_read * times;
    appended += other.appended * times;
    moved += other.moved * times;
    retrieved += other.retrieved * times;
  }
};

struct RunResult {
  std::vector<StepRecord> steps;
  std::vector<Duration> operators;      ///< time of each row of a table of operators; zero: not predicted
  std::vector<std::string> algorithms;  ///< what its collective took; empty: it is none
  std::int64_t steps_asked = 0;
  bool interrupted = false;
  Duration simulated;
  std::uint64_t events = 0;          ///< traced events: transfers, commands, trains
  std::string fingerprint;           ///< 16 hexadecimal digits
  std::int64_t folded_ranks = 1;     ///< ranks that one simulated rank stands for
  std::string all_reduce_algorithm;  ///< "" without collectives
  /// Others that the scenario names: which, and what was used.
  std::vector<std::pair<std::string, std::string>> named_collectives;
  std::vector<MemoryRecord> memory;
  std::vector<WindowRecord> windows;       ///< empty without a fast-forward
  std::vector<MemoryPhase> memory_phases;  ///< of a memory workload: the measurement, then the points of its curve
  std::optional<TrafficResult> traffic;    ///< exactly of a traffic workload
  std::vector<ComponentRecord> components;
  std::optional<FaultRecord> faults;  ///< when the plan has any
  Bytes network_payload;              ///< delivered between accelerators, all ranks
  Int128 flops = 0;                   ///< of all ranks: a long run of a large model exceeds 64 bits
  Bytes weights_per_step;             ///< of all ranks, for MBU: the model's
  ExpertReads expert_reads;           ///< of all ranks
  CacheTraffic cache_traffic;         ///< of all ranks
  Int128 drafting_bytes = 0;          ///< weights and cached tokens that all drafting passes read, all ranks, for MBU
  // Not reproducible: measured on the host.
  double wall_seconds = 0;
  std::int64_t peak_rss_bytes = 0;
};

}  // namespace decodesim
