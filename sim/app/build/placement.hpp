// SPDX-License-Identifier: Apache-2.0
// Placement: where each tensor of one rank lies: its tier and its address there. Every rank has the same.
#pragma once

#include <cstdint>
#include <map>
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

class Placement {
 public:
  /// Lays out the weights of each operator of `step` and an embedding table of `embedding_bytes`, one after the other,
  /// then a KV cache of `kv_bytes`, on the tiers that `plan` names. Zero `embedding_bytes`: the table is tied to the
  /// weights of `lm_head`. That it fits has been checked before (capacity.hpp).
  Placement(const PlacementPlan& plan, const StepProgram& step, Bytes embedding_bytes, Bytes kv_bytes);

  /// The same without an embedding table, for operators that look nothing up.
  Placement(const PlacementPlan& plan, const StepProgram& step, Bytes kv_bytes);

  /// Weights of the operator at `index` in the step program.
  [[nodiscard]] const Region& weights(std::size_t index) const { return weights_.at(index); }
  [[nodiscard]] const Region& embedding() const { return embedding_; }
  /// The KV cache of all layers. Where in it a sequence's pages lie does not matter to the timing.
  [[nodiscard]] const Region& kv_cache() const { return kv_cache_; }
  /// Buffers that kernels hand to each other, used over and over; where they lie does not matter to the timing either.
  [[nodiscard]] Region activations() const { return {plan_.activations, 0, Bytes()}; }
  [[nodiscard]] const PlacementPlan& plan() const { return plan_; }

 private:
  using NextFree = std::map<std::int32_t, std::uint64_t>;
  static Region place(NextFree& next_free, std::int32_t tier, Bytes bytes);

  PlacementPlan plan_;
  std::vector<Region> weights_;
  Region embedding_;
  Region kv_cache_;
};

}  // namespace decodesim
