// SPDX-License-Identifier: Apache-2.0
// MemoryWorkloadSection: a scenario's `workload:` of `kind: memory` -> the pattern or the trace that drives a memory.
// Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

/// Keys of `trace`.
struct MemoryTraceKeys {
  std::string file;
  MemoryTraceFormat format = MemoryTraceFormat::kDetect;
  Bytes access_bytes{64};
  Frequency clock{1'000'000'000};
  std::string levels;  ///< names with blanks between them; empty where the format has none
  static Schema<MemoryTraceKeys> schema();
};

/// Keys of the workload itself.
struct MemoryDriveKeys {
  std::int64_t outstanding = 1;
  static Schema<MemoryDriveKeys> schema();
};

/// Keys of `load_curve`.
struct LoadCurveKeys {
  std::int64_t points = 10;
  static Schema<LoadCurveKeys> schema();
};

class MemoryWorkloadSection {
 public:
  explicit MemoryWorkloadSection(Reading& reading) : reading_(reading) {}

  /// Whether a scenario's `workload:` is of this kind, and whether it replays a trace.
  [[nodiscard]] static bool is_memory(const Node* workload);
  [[nodiscard]] static bool is_trace(const Node* workload);

  /// Fills Plan::workload, but for the trace's records.
  void read(const Node& workload);
  /// What depends on the memory; to be called once the rest of the scenario is sound. Reads the trace. Throws
  /// ConfigError. `accelerator`: whether there is one.
  void complete(bool accelerator);
  void resolve();

 private:
  void read_pattern(const Node& pattern);
  void read_trace(const Node& trace);
  void read_load_curve();
  void check_extent();
  void check_flash();
  void load_trace();
  void find_levels(const Node& place);
  [[nodiscard]] std::int64_t default_outstanding() const;

  Reading& reading_;
  Node node_;
  Node trace_node_;  ///< `trace` with its levels as one text
  MemoryTraceKeys trace_;
  MemoryDriveKeys drive_;
  LoadCurveKeys load_curve_;
};

}  // namespace decodesim
