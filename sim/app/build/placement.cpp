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

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, Bytes embedding_bytes, Bytes kv_bytes)
    : plan_(plan) {
  NextFree next_free;
  weights_.reserve(step.operators.size());
  for (const Operator& op : step.operators) weights_.push_back(place(next_free, plan.weights, op.weight_bytes));
  if (embedding_bytes.is_zero()) {
    const auto lm_head = std::find_if(step.operators.begin(), step.operators.end(),
                                      [](const Operator& op) { return op.name == "lm_head"; });
    require(lm_head != step.operators.end(), "Placement", "a tied embedding table without an lm_head");
    embedding_ = weights_[static_cast<std::size_t>(lm_head - step.operators.begin())];
  } else {
    embedding_ = place(next_free, plan.weights, embedding_bytes);
  }
  kv_cache_ = place(next_free, plan.kv_cache, kv_bytes);
}

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, Bytes kv_bytes) : plan_(plan) {
  NextFree next_free;
  weights_.reserve(step.operators.size());
  for (const Operator& op : step.operators) weights_.push_back(place(next_free, plan.weights, op.weight_bytes));
  kv_cache_ = place(next_free, plan.kv_cache, kv_bytes);
}

}  // namespace decodesim
