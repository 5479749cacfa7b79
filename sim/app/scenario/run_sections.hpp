// SPDX-License-Identifier: Apache-2.0
// A scenario's smaller sections: `mapping`, `run` and `outputs`. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

enum class KvSplit : std::uint8_t { kHeads, kSequence };

/// Optional keys of `mapping`, which only count where they are given.
struct MappingExtras {
  bool experts = true;          ///< placement.experts
  bool all_gather = true;       ///< collectives.all_gather
  bool expert_exchange = true;  ///< collectives.expert_exchange
};

struct ParallelKeys {
  static Schema<Parallelism> schema();
};

/// Names of memory tiers.
struct PlacementKeys {
  std::string weights;
  std::string experts;
  std::string kv_cache;
  std::string activations;
  static Schema<PlacementKeys> schema(const MappingExtras& extras);
};

struct CollectiveKeys {
  CollectiveAlgorithm all_reduce = CollectiveAlgorithm::kAuto;
  CollectiveAlgorithm all_gather = CollectiveAlgorithm::kAuto;
  TokenTravel expert_exchange = TokenTravel::kEven;
  static Schema<CollectiveKeys> schema(const MappingExtras& extras);
};

struct MappingKeys {
  KvSplit kv_split = KvSplit::kHeads;
  Parallelism parallel;
  PlacementKeys placement;
  CollectiveKeys collectives;
  static Schema<MappingKeys> schema(const MappingExtras& extras);
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
  /// Whether the groups of the model's collectives fit the algorithms named; once the rest is sound.
  void check_groups();
  void resolve();

 private:
  void read_parallel(const Node* accelerators);
  void check_exchange();
  void check_group(const std::string& key, CollectiveOp op, std::int64_t ranks);
  std::int32_t tier_of(const char* key, std::string& name, const std::string& fallback,
                       const std::vector<std::string>& tiers);
  void check_placement(const SourcePosition& fallback);
  [[nodiscard]] const Node* at(std::string_view path) const;

  Reading& reading_;
  Node node_;
  bool given_ = false;
  MappingKeys keys_;
  SourcePosition count_;
};

/// `run:`, which may be absent.
void read_run(const Node* run, Reading& reading);
Schema<RunPlan> run_schema();

/// `outputs:`, which may be absent.
void read_outputs(const Node* outputs, Reading& reading);

}  // namespace decodesim
