// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/step_team.hpp"

#include "sim/app/scenario/capacity.hpp"

namespace decodesim {
namespace {

StepProgram program_of(const DecodeStepBuilder& builder, const StepPart& part, std::span<const SequenceStep> first) {
  StepProgram step;
  builder.fill(first, part, step);
  return step;
}

Bytes need_named(const std::vector<MemoryNeed>& needs, std::string_view name) {
  for (const MemoryNeed& need : needs)
    if (need.name == name) return need.bytes;
  throw InternalError("StepTeam", "no memory need named '" + std::string(name) + "'");
}

// A tied table is where lm_head's weights are, if they are here.
Placement place(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, const StepProgram& step) {
  const auto needs = builder.memory_needs(peak_of_replica(plan), part.stage);
  const DecodeConfig& decode = builder.config();
  const bool tied = decode.architecture.tied_embeddings && decode.parallel.pipeline == 1;
  const Bytes table = need_named(needs, "embedding table");
  return {plan.placement, step, tied ? std::nullopt : std::optional(table), need_named(needs, "kv cache")};
}

}  // namespace

StepTeam::StepTeam(const Plan& plan, const DecodeStepBuilder& builder, const StepPart& part, Machine& machine,
                   std::vector<std::int32_t> ranks, std::span<const SequenceStep> first)
    : builder_(builder),
      machine_(machine),
      ranks_(std::move(ranks)),
      step_(program_of(builder, part, first)),
      placement_(place(plan, builder, part, step_)),
      lowering_(plan.software.kernels, plan.accelerator.load_run, placement_),
      programs_(plan, ranks_) {}

void StepTeam::prepare(std::span<const SequenceStep> sequences, const StepPart& part) {
  builder_.fill(sequences, part, step_);
  if (programs_.prepare(step_, program_of_operator_) || !programs_set_)
    for (std::size_t i = 0; i < ranks_.size(); ++i)
      machine_.ranks()[static_cast<std::size_t>(ranks_[i])]->core.set_programs(programs_.of_rank(i));
  programs_set_ = true;
  lowering_.lower(step_, program_of_operator_, commands_);
  flops_ = Flops();
  weights_ = Bytes();
  for (const Operator& op : step_.operators) {
    flops_ += op.flops;
    weights_ += op.weight_bytes;
  }
}

void StepTeam::start(StepListener& listener) {
  for (const std::int32_t rank : ranks_)
    machine_.ranks()[static_cast<std::size_t>(rank)]->core.run(commands_, listener);
}

const Accelerator& StepTeam::front() const { return machine_.ranks()[static_cast<std::size_t>(ranks_.front())]->core; }

}  // namespace decodesim
