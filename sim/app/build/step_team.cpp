// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/step_team.hpp"

#include "sim/app/scenario/capacity.hpp"

namespace decodesim {
namespace {

// Weights lie in the order of the operators, which is the same in every step; the largest one that has logits has them
// all, and most experts.
StepProgram largest_step(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, PassOf of) {
  const StepPeak peak = peak_of(plan.workload.schedule(plan.run.seed), of);
  const std::int64_t each = checked::narrow(checked::divide_up(peak.tokens, peak.sequences));
  const std::vector<SequenceStep> sequences(static_cast<std::size_t>(peak.sequences), {0, each, 1});
  StepProgram step;
  builder.fill(sequences, part, step);
  return step;
}

Bytes need_named(const std::vector<MemoryNeed>& needs, std::string_view name) {
  for (const MemoryNeed& need : needs)
    if (need.name == name) return need.bytes;
  throw InternalError("StepTeam", "no memory need named '" + std::string(name) + "'");
}

/// What a team has to place beside its operators' weights.
struct Tables {
  std::optional<Bytes> embedding;  ///< none: where lm_head's weights are, if they are here
  KvBytes kv_cache;
  Bytes corpus{};
};

Tables tables_of(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, PassOf of) {
  const auto needs = builder.memory_needs(peak_of_replica(plan, of), part.stage);
  const DecodeConfig& decode = builder.config();
  Tables tables{std::nullopt, KvBytes(need_named(needs, "kv cache"), need_named(needs, "recent kv cache")),
                need_named(needs, "corpus")};
  const bool tied = decode.architecture.tied_embeddings && decode.parallel.pipeline == 1;
  if (!tied && !decode.mtp_module) tables.embedding = need_named(needs, "embedding table");
  return tables;
}

Placement place(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, const StepProgram& step) {
  const Tables tables = tables_of(plan, builder, part, PassOf::kModel);
  Placement placement(plan.placement, step, tables.embedding, tables.kv_cache);
  placement.place_corpus(tables.corpus);
  return placement;
}

Placement place_behind(const Placement& model, const Plan& plan, const DecodeStepBuilder& builder,
                       const StepProgram& step) {
  const Tables tables = tables_of(plan, builder, {}, PassOf::kDraft);
  return {model, step, tables.embedding, tables.kv_cache, builder.config().mtp_module};
}

CacheTraffic cache_traffic_of(const Operator& op) {
  CacheTraffic traffic;
  if (op.kind == OperatorKind::kKvMove) {
    traffic.moved = op.kv_read.count();
  } else {
    traffic.read = op.kv_read.count();
    traffic.old_read = op.kv_old.count();
    traffic.appended = op.kv_written.count();
    traffic.retrieved = op.retrieved.count();
  }
  return traffic;
}

}  // namespace

StepTeam::StepTeam(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, Machine& machine,
                   std::vector<std::int32_t> ranks)
    : builder_(builder),
      machine_(machine),
      ranks_(std::move(ranks)),
      step_(largest_step(plan, builder, part, PassOf::kModel)),
      placement_(place(plan, builder, part, step_)),
      lowering_(plan.software.kernel_library(), plan.accelerator, placement_),
      programs_(std::make_shared<CollectivePrograms>(plan, ranks_, machine.reductions())) {
  hold_data();
}

StepTeam::StepTeam(const Plan& plan, const DecodeStepBuilder& builder, const StepTeam& model)
    : builder_(builder),
      machine_(model.machine_),
      ranks_(model.ranks_),
      step_(largest_step(plan, builder, {}, PassOf::kDraft)),
      placement_(place_behind(model.placement_, plan, builder, step_)),
      lowering_(plan.software.kernel_library(), plan.accelerator, placement_),
      programs_(model.programs_) {
  hold_data();
}

// Weights and the cache are where they belong before the first step.
void StepTeam::hold_data() {
  for (const std::int32_t rank : ranks_) {
    auto& tiers = machine_.ranks()[static_cast<std::size_t>(rank)]->memory;
    for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
      const Region weights = placement_.weights_on(static_cast<std::int32_t>(tier));
      tiers[tier]->hold(TrafficClass::kWeights, weights.address, weights.bytes);
    }
    const auto hold = [&tiers](const Region& cache) {
      tiers.at(static_cast<std::size_t>(cache.tier))->hold(TrafficClass::kKvCache, cache.address, cache.bytes);
    };
    hold(placement_.kv_cache());
    if (placement_.plan().recent_kv) hold(placement_.recent_kv());
    const Region& corpus = placement_.corpus();
    tiers.at(static_cast<std::size_t>(corpus.tier))->hold(TrafficClass::kOther, corpus.address, corpus.bytes);
  }
}

void StepTeam::prepare(std::span<const SequenceStep> sequences, const StepPart& part) {
  builder_.fill(sequences, part, step_);
  if (programs_->prepare(step_, program_of_operator_) || !programs_set_)
    for (std::size_t i = 0; i < ranks_.size(); ++i)
      machine_.ranks()[static_cast<std::size_t>(ranks_[i])]->core.set_programs(programs_->of_rank(i));
  programs_set_ = true;
  lowering_.lower(step_, program_of_operator_, commands_);
  flops_ = Flops();
  weights_ = Bytes();
  experts_ = {};
  cache_ = {};
  for (const Operator& op : step_.operators) {
    flops_ += op.flops;
    weights_ += op.weight_bytes;
    cache_.add(cache_traffic_of(op), 1);
    if (op.routed) experts_.add({op.groups, op.hot_groups, op.weight_bytes.count(), op.hot_weight_bytes().count()}, 1);
  }
}

void StepTeam::start(StepListener& listener) {
  for (const std::int32_t rank : ranks_)
    machine_.ranks()[static_cast<std::size_t>(rank)]->core.run(commands_, listener);
}

const Accelerator& StepTeam::front() const { return machine_.ranks()[static_cast<std::size_t>(ranks_.front())]->core; }

}  // namespace decodesim
