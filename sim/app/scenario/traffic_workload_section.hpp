// SPDX-License-Identifier: Apache-2.0
// TrafficWorkloadSection: a scenario's `workload:` of `kind: traffic` -> the plan's synthetic network traffic. Internal
// to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

/// Keys of the workload beside the pattern's.
struct TrafficKeys {
  std::string loads = "10 %, 20 %, 30 %, 40 %, 50 %, 60 %, 70 %, 80 %, 90 %, 100 %";  ///< with ", " between them
  Bytes packet{64};
  Duration slot;
  Duration warm_up;
  Duration measure;
  static Schema<TrafficKeys> schema();
};

class TrafficWorkloadSection {
 public:
  explicit TrafficWorkloadSection(Reading& reading) : reading_(reading) {}

  /// Whether a scenario's `workload:` is of this kind.
  [[nodiscard]] static bool is_traffic(const Node* workload);

  /// Fills Plan::workload but for what depends on the network.
  void read(const Node& workload);
  /// What depends on the network, which has to be sound. Throws ConfigError.
  void complete();
  void resolve();

 private:
  static Schema<TrafficPattern> pattern_schema_of(TrafficKind kind);  ///< with nothing but the keys that it reads
  [[nodiscard]] const SourcePosition& place_of(std::string_view key) const;
  void check_pattern_keys();
  void find_times();
  void find_loads();
  void add_load(const std::string& text);
  void report_load(const std::string& problem);

  Reading& reading_;
  Node node_;  ///< `loads` as one text
  TrafficKeys keys_;
};

}  // namespace decodesim
