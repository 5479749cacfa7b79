// SPDX-License-Identifier: Apache-2.0
// OperatorsWorkloadSection: a scenario's `workload:` of `kind: operators` -> the table of operators and the software
// profiles that it names. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

/// Keys of the workload: one of the two.
struct OperatorFileKey {
  std::string file;
  static Schema<OperatorFileKey> schema();
};
struct OperatorFilesKey {
  std::string files;  ///< with ", " between them
  static Schema<OperatorFilesKey> schema();
};

class OperatorsWorkloadSection {
 public:
  explicit OperatorsWorkloadSection(Reading& reading) : reading_(reading) {}

  /// Whether a scenario's `workload:` is of this kind.
  [[nodiscard]] static bool is_operators(const Node* workload);

  /// Fills Plan::workload, but for the table.
  void read(const Node& workload);
  /// Reads the table; to be called once the rest of the scenario is sound. Throws ConfigError.
  void complete();
  void resolve();

 private:
  [[nodiscard]] std::vector<Node> file_nodes() const;
  std::string read_file(const Node& name, OperatorTable& table);
  void find_profile(OperatorRow& row, OperatorsWorkloadPlan& plan);
  void add_profile(const std::string& part, const OperatorRow& row, OperatorsWorkloadPlan& plan);
  [[nodiscard]] std::string part_of(const OperatorRow& row) const;

  Reading& reading_;
  Node node_;  ///< `files` as one text
  OperatorFileKey file_;
  OperatorFilesKey files_;
};

}  // namespace decodesim
