// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/placement.hpp"

#include <map>

namespace decodesim {

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, Bytes embedding_bytes, Bytes kv_bytes)
    : plan_(plan) {
  std::map<std::int32_t, std::uint64_t> next_free;
  const auto place = [&next_free](std::int32_t tier, Bytes bytes) {
    std::uint64_t& next = next_free[tier];
    const Region region{tier, next, bytes};
    next += static_cast<std::uint64_t>(bytes.count());
    return region;
  };
  weights_.reserve(step.operators.size());
  for (const Operator& op : step.operators) weights_.push_back(place(plan.weights, op.weight_bytes));
  embedding_ = place(plan.weights, embedding_bytes);
  kv_cache_ = place(plan.kv_cache, kv_bytes);
}

}  // namespace decodesim
