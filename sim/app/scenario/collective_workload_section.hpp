// SPDX-License-Identifier: Apache-2.0
// CollectiveWorkloadSection: a scenario's `workload:` of `kind: collective` -> one row for each number of ranks and
// size. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

/// Keys of the workload, but for sizes. A list is a text with ", " between its items.
struct CollectiveWorkloadKeys {
  CollectiveOp op = CollectiveOp::kAllReduce;
  CollectiveAlgorithm algorithm = CollectiveAlgorithm::kAuto;
  CollectiveProtocol protocol = CollectiveProtocol::kAuto;
  DataType dtype = DataType::kBf16;
  std::string ranks;
  static Schema<CollectiveWorkloadKeys> schema();
};

/// `sizes: {from: .., to: .., factor: ..}`.
struct SizeSweepKeys {
  Bytes from{1 << 10};
  Bytes to{1 << 30};
  std::int64_t factor = 2;
  static Schema<SizeSweepKeys> schema();
};

/// `sizes: [..]`.
struct SizeListKey {
  std::string sizes;
  static Schema<SizeListKey> schema();
};

class CollectiveWorkloadSection {
 public:
  explicit CollectiveWorkloadSection(Reading& reading) : reading_(reading) {}

  /// Whether a scenario's `workload:` is of this kind.
  [[nodiscard]] static bool is_collective(const Node* workload);

  void read(const Node& workload);
  /// Makes the rows, once the rest of the scenario is sound. Throws ConfigError.
  void complete();
  void resolve();

 private:
  [[nodiscard]] std::vector<Node> list_of(const char* key) const;
  void find_sizes();
  void find_ranks();
  void check_algorithm();
  void check_protocol();
  void check_team(std::int64_t ranks, const SourcePosition& at);
  [[nodiscard]] const SourcePosition& place(const char* key) const;

  Reading& reading_;
  Node given_;  ///< as in the scenario
  Node node_;   ///< lists as texts
  CollectiveWorkloadKeys keys_;
  SizeSweepKeys sweep_;
  SizeListKey list_;
  bool swept_ = true;
  std::vector<Bytes> sizes_;
  std::vector<std::int64_t> ranks_;
};

}  // namespace decodesim
