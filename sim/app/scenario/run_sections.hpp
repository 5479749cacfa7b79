// SPDX-License-Identifier: Apache-2.0
// A scenario's smaller sections: `mapping`, `run` and `outputs`. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/placement_section.hpp"
#include "sim/app/scenario/reading.hpp"

namespace decodesim {

enum class KvSplit : std::uint8_t { kHeads, kSequence };

/// Optional keys of `mapping.collectives`, which only count where they are given.
struct CollectivesGiven {
  bool all_gather = true;
  bool expert_exchange = true;
};

struct ParallelKeys {
  static Schema<Parallelism> schema();
};

struct CollectiveKeys {
  CollectiveAlgorithm all_reduce = CollectiveAlgorithm::kAuto;
  CollectiveAlgorithm all_gather = CollectiveAlgorithm::kAuto;
  TokenTravel expert_exchange = TokenTravel::kEven;
  static Schema<CollectiveKeys> schema(const CollectivesGiven& given);
};

struct MappingKeys {
  KvSplit kv_split = KvSplit::kHeads;
  Parallelism parallel;
  PlacementKeys placement;
  CollectiveKeys collectives;
  static Schema<MappingKeys> schema(const PlacementGiven& placed, const CollectivesGiven& collectives);
};

struct OutputKeys {
  bool timeline = false;
  bool waveform = false;
  static Schema<OutputKeys> schema();
};

class MappingSection {
 public:
  explicit MappingSection(Reading& reading) : reading_(reading) {}

  /// `mapping` may be absent. `accelerators` is their number where the scenario gives one; the degrees of parallelism
  /// and that number determine each other. `tiers` are the names of the memory tiers.
  void read(const Node* mapping, const Node* accelerators, const std::vector<std::string>& tiers);
  /// Whether model, parallelism and network go together; `fallback` is the place when the scenario says nothing.
  void check(const SourcePosition& fallback);
  /// Thereof whether the network has what the collectives need.
  void check_collectives();
  /// What does not go with a table of operators.
  void check_operators() { placement_.check_operators(); }
  /// Whether the groups of the model's collectives fit the algorithms named; once the rest is sound.
  void check_groups();
  void resolve();

 private:
  void read_parallel(const Node* accelerators);
  void check_exchange();
  void check_group(const std::string& key, CollectiveOp op, std::int64_t ranks);
  [[nodiscard]] const Node* at(std::string_view path) const;

  Reading& reading_;
  Node node_;
  bool given_ = false;
  MappingKeys keys_;
  PlacementSection placement_{reading_};
  SourcePosition count_;
};

/// `run:`, which may be absent.
void read_run(const Node* run, Reading& reading);
Schema<RunPlan> run_schema();

/// `outputs:`, which may be absent.
void read_outputs(const Node* outputs, Reading& reading);

}  // namespace decodesim
