// SPDX-License-Identifier: Apache-2.0
// Placement: where each tensor of one rank lies: its tier and its address there. Every rank has the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sim/app/scenario/plan.hpp"
#include "sim/core/work/traffic_class.hpp"
#include "workloads/operator.hpp"

namespace decodesim {

/// A stretch of one tier.
struct Region {
  std::int32_t tier = 0;
  std::uint64_t address = 0;
  Bytes bytes;
};

/// What a rank caches.
struct KvBytes {
  KvBytes(Bytes all_tokens,
          Bytes recent_ones = Bytes())  // NOLINT(google-explicit-constructor): mostly there is one part
      : all(all_tokens), recent(recent_ones) {}

  Bytes all;     ///< of old tokens only, where recent ones lie elsewhere
  Bytes recent;  ///< nothing without PlacementPlan::recent_kv
};

class Placement {
 public:
  /// Lays out the weights of each operator of `step` and an embedding table of `embedding_bytes`, one after the other,
  /// then a KV cache of `kv`, on the tiers that `plan` names. Without `embedding_bytes` the table is tied to the
  /// weights of `lm_head`. That it fits has been checked before (capacity.hpp).
  Placement(const PlacementPlan& plan, const StepProgram& step, std::optional<Bytes> embedding_bytes,
            const KvBytes& kv);

  /// The same behind what `before` has placed, for a model that drafts for another one. `shares_ends`: its embedding
  /// table and lm_head are those of `before`.
  Placement(const Placement& before, const StepProgram& step, std::optional<Bytes> embedding_bytes, const KvBytes& kv,
            bool shares_ends);

  /// The same without an embedding table, for operators that look nothing up.
  Placement(const PlacementPlan& plan, const StepProgram& step, const KvBytes& kv);

  /// Puts a corpus of `bytes` behind all that.
  void place_corpus(Bytes bytes) { corpus_ = place(plan_.corpus, bytes); }

  /// Weights of a tensor (StepProgram::tensor_of), but those of hot experts.
  [[nodiscard]] const Region& weights(std::size_t tensor) const { return weights_.at(tensor); }
  /// Those of its hot experts; nothing where there are none.
  [[nodiscard]] const Region& hot_weights(std::size_t tensor) const { return hot_weights_.at(tensor); }
  /// All weights on `tier`; nothing when there are none.
  [[nodiscard]] Region weights_on(std::int32_t tier) const;
  [[nodiscard]] const Region& embedding() const { return embedding_; }
  /// The KV cache of all layers, of old tokens where recent ones lie elsewhere. Where in it a sequence's pages lie does
  /// not matter to the timing.
  [[nodiscard]] const Region& kv_cache() const { return kv_cache_; }
  /// Where new tokens go: the part of recent ones, or the whole.
  [[nodiscard]] const Region& recent_kv() const { return plan_.recent_kv ? recent_kv_ : kv_cache_; }
  /// Nothing where there is none. Where in it a read goes does not matter to the timing.
  [[nodiscard]] const Region& corpus() const { return corpus_; }
  /// Buffers that kernels hand to each other, used over and over; where they lie does not matter to the timing either.
  [[nodiscard]] Region activations() const { return {plan_.activations, 0, Bytes()}; }
  [[nodiscard]] const PlacementPlan& plan() const { return plan_; }

 private:
  using NextFree = std::map<std::int32_t, std::uint64_t>;
  Region place(std::int32_t tier, Bytes bytes);
  void place_weights(const StepProgram& step);
  void place_cache(const KvBytes& kv);
  void place_experts(const StepProgram& step, const Operator& op, std::size_t tensor);
  // Where the weights of the operator that makes logits are; nowhere when the step has none.
  [[nodiscard]] Region lm_head_of(const StepProgram& step) const;

  PlacementPlan plan_;
  NextFree next_free_;
  std::vector<Region> weights_;
  std::vector<Region> hot_weights_;
  Region embedding_;
  Region lm_head_;
  Region kv_cache_;
  Region recent_kv_;
  Region corpus_;
};

}  // namespace decodesim
