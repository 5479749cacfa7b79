// SPDX-License-Identifier: Apache-2.0
// A scenario's section `faults`, which may be absent. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

class FaultsSection {
 public:
  explicit FaultsSection(Reading& reading) : reading_(reading) {}

  /// Keys of the section itself, and of an entry of its lists, which depend on the kind.
  static Schema<FaultPlan> schema();
  static Schema<FaultEvent> event_schema(FaultKind kind);
  static Schema<FaultRate> rate_schema(FaultKind kind);

  void read(const Node* faults);
  /// Whether ranks exist and the workload can go on after a fault; once the mapping is known.
  void check();
  void resolve();

 private:
  void check_time_out();
  template <class Entry>
  void read_list(const char* key, Schema<Entry> (*schema_of)(FaultKind), std::vector<Entry>& out,
                 std::vector<Node>& nodes);

  Reading& reading_;
  Node node_;
  bool given_ = false;
  std::vector<Node> events_;
  std::vector<Node> rates_;
};

}  // namespace decodesim
