// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/placement.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

Region Placement::place(NextFree& next_free, std::int32_t tier, Bytes bytes) {
  std::uint64_t& next = next_free[tier];
  const Region region{tier, next, bytes};
  next += static_cast<std::uint64_t>(bytes.count());
  return region;
}

// Operators without weights, and those whose weights another one has brought, take no place.
void Placement::place_weights(const StepProgram& step, NextFree& next_free) {
  weights_.resize(step.operators.size());
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    Region& region = weights_[step.tensor_of(i)];
    if (region.bytes.is_zero()) region = place(next_free, plan_.weights, op.weight_bytes);
  }
}

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, std::optional<Bytes> embedding_bytes,
                     Bytes kv_bytes)
    : plan_(plan) {
  NextFree next_free;
  place_weights(step, next_free);
  if (!embedding_bytes) {
    const auto lm_head = std::find_if(step.operators.begin(), step.operators.end(),
                                      [](const Operator& op) { return op.name == "lm_head"; });
    require(lm_head != step.operators.end(), "Placement", "a tied embedding table without an lm_head");
    embedding_ = weights_[step.tensor_of(static_cast<std::size_t>(lm_head - step.operators.begin()))];
  } else {
    embedding_ = place(next_free, plan.weights, *embedding_bytes);
  }
  kv_cache_ = place(next_free, plan.kv_cache, kv_bytes);
}

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, Bytes kv_bytes) : plan_(plan) {
  NextFree next_free;
  place_weights(step, next_free);
  kv_cache_ = place(next_free, plan.kv_cache, kv_bytes);
}

}  // namespace decodesim
