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

// Operators without weights, and those whose weights another one has brought, take no place.
void Placement::place_weights(const StepProgram& step) {
  weights_.resize(step.operators.size());
  hot_weights_.resize(step.operators.size());
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    const std::size_t tensor = step.tensor_of(i);
    if (!weights_[tensor].bytes.is_zero() || !hot_weights_[tensor].bytes.is_zero()) continue;
    if (op.routed && plan_.hot_experts)
      place_experts(step, op, tensor);
    else
      weights_[tensor] = place(op.routed ? plan_.experts : plan_.weights, op.weight_bytes);
  }
}

// All that the rank has: which of them a step reads, and so how many of the hot ones, differs.
void Placement::place_experts(const StepProgram& step, const Operator& op, std::size_t tensor) {
  const Bytes expert = op.weight_bytes / op.groups;
  weights_[tensor] = place(plan_.experts, expert * (step.experts - step.hot_experts));
  hot_weights_[tensor] = place(plan_.hot_experts->tier, expert * step.hot_experts);
}

void Placement::place_cache(const KvBytes& kv) {
  kv_cache_ = place(plan_.kv_cache, kv.all);
  if (plan_.recent_kv) recent_kv_ = place(*plan_.recent_kv, kv.recent);
}

Region Placement::lm_head_of(const StepProgram& step) const {
  for (std::size_t i = 0; i < step.operators.size(); ++i)
    if (step.operators[i].name == "lm_head") return weights_[step.tensor_of(i)];
  return {};
}

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, std::optional<Bytes> embedding_bytes,
                     const KvBytes& kv)
    : plan_(plan) {
  place_weights(step);
  lm_head_ = lm_head_of(step);
  require(embedding_bytes || !lm_head_.bytes.is_zero(), "Placement", "a tied embedding table without an lm_head");
  embedding_ = embedding_bytes ? place(plan.weights, *embedding_bytes) : lm_head_;
  place_cache(kv);
}

Placement::Placement(const Placement& before, const StepProgram& step, std::optional<Bytes> embedding_bytes,
                     const KvBytes& kv, bool shares_ends)
    : plan_(before.plan_), next_free_(before.next_free_) {
  if (shares_ends)
    for (std::size_t i = 0; i < step.operators.size(); ++i)
      if (step.operators[i].name == "lm_head") {
        weights_.resize(step.operators.size());
        weights_[step.tensor_of(i)] = before.lm_head_;
      }
  place_weights(step);
  lm_head_ = lm_head_of(step);
  if (shares_ends)
    embedding_ = before.embedding_;
  else
    embedding_ = embedding_bytes ? place(plan_.weights, *embedding_bytes) : lm_head_;
  place_cache(kv);
}

Placement::Placement(const PlacementPlan& plan, const StepProgram& step, const KvBytes& kv) : plan_(plan) {
  place_weights(step);
  place_cache(kv);
}

// Weights and the table of one tier lie side by side, but for the cache of a model that this one drafts for.
Region Placement::weights_on(std::int32_t tier) const {
  Region all{tier, 0, Bytes()};
  const auto add = [&all](const Region& region) {
    if (region.tier != all.tier || region.bytes.is_zero()) return;
    const std::uint64_t first = all.bytes.is_zero() ? region.address : std::min(all.address, region.address);
    const std::uint64_t end = std::max(all.address + static_cast<std::uint64_t>(all.bytes.count()),
                                       region.address + static_cast<std::uint64_t>(region.bytes.count()));
    all = {all.tier, first, Bytes(static_cast<std::int64_t>(end - first))};
  };
  for (const Region& region : weights_) add(region);
  for (const Region& region : hot_weights_) add(region);
  add(embedding_);
  return all;
}

}  // namespace decodesim
