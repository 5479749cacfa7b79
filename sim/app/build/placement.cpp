// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/placement.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

Region Placement::place(std::int32_t tier, Bytes bytes) {
  std::uint64_t& next = next_free_[tier];
  const Region region{tier, next, bytes};
  next += static_cast<std::uint64_t>(bytes.count());
  return region;
}

void Placement::place_weights(const StepProgram& step) {
  weights_.reserve(step.operators.size());
  for (const Operator& op : step.operators) weights_.push_back(place(plan_.weights, op.weight_bytes));
}

std::size_t Placement::lm_head_of(const StepProgram& step) {
  const auto lm_head = std::find_if(step.operators.begin(), step.operators.end(),
                                    [](const Operator& op) { return op.name == "lm_head"; });
  require(lm_head != step.operators.end(), "Placement", "a step without an lm_head");
  return static_cast<std::size_t>(lm_head - step.operators.begin());
}

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, Bytes embedding_bytes, Bytes kv_bytes)
    : plan_(plan) {
  place_weights(step);
  lm_head_ = weights_[lm_head_of(step)];
  embedding_ = embedding_bytes.is_zero() ? lm_head_ : place(plan.weights, embedding_bytes);
  kv_cache_ = place(plan.kv_cache, kv_bytes);
}

Placement::Placement(const Placement& before, const StepProgram& step, Bytes embedding_bytes, Bytes kv_bytes,
                     bool shares_ends)
    : plan_(before.plan_), next_free_(before.next_free_) {
  if (!shares_ends) {
    place_weights(step);
    lm_head_ = weights_[lm_head_of(step)];
    embedding_ = embedding_bytes.is_zero() ? lm_head_ : place(plan_.weights, embedding_bytes);
  } else {
    StepProgram own = step;
    own.operators[lm_head_of(step)].weight_bytes = Bytes();
    place_weights(own);
    lm_head_ = weights_[lm_head_of(step)] = before.lm_head_;
    embedding_ = before.embedding_;
  }
  kv_cache_ = place(plan_.kv_cache, kv_bytes);
}

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, Bytes kv_bytes) : plan_(plan) {
  place_weights(step);
  kv_cache_ = place(plan.kv_cache, kv_bytes);
}

}  // namespace decodesim
