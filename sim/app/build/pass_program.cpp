// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/pass_program.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

Bytes need_named(const std::vector<MemoryNeed>& needs, std::string_view name) {
  for (const MemoryNeed& need : needs)
    if (need.name == name) return need.bytes;
  throw InternalError("PassProgram", "no memory need named '" + std::string(name) + "'");
}

}  // namespace

PassProgram::PassProgram(const Plan& plan, const DecodeConfig& config, PassOf of, const Placement* before)
    : builder_(config),
      placement_(place(plan, of, before)),
      lowering_(plan.software.kernels, plan.accelerator.load_run, placement_) {}

// Weights lie in the order of the operators, which is the same in every step; one that needs logits has them all.
Placement PassProgram::place(const Plan& plan, PassOf of, const Placement* before) {
  const StepPeak peak = peak_of(plan.workload.schedule(plan.run.seed), of);
  // Balanced routing reaches most experts in the largest step.
  const std::int64_t each = checked::narrow(checked::divide_up(peak.tokens, peak.sequences));
  step_.sequences.assign(static_cast<std::size_t>(peak.sequences), {0, each, 1});
  builder_.fill(step_.sequences, step_);
  const auto needs = builder_.memory_needs(peak);
  const DecodeConfig& config = builder_.config();
  const Bytes cache = need_named(needs, "kv cache");
  const bool shares_ends = config.mtp_module;
  const bool tied = config.architecture.tied_embeddings || shares_ends;
  const Bytes table = tied ? Bytes() : need_named(needs, "embedding table");
  if (before != nullptr) return {*before, step_, table, cache, shares_ends};
  return {plan.placement, step_, table, cache};
}

bool PassProgram::prepare(std::span<const SequenceStep> sequences, CollectivePrograms& programs,
                          std::vector<Command>& commands) {
  builder_.fill(sequences, step_);
  const bool made = programs.prepare(step_, program_of_operator_);
  lowering_.lower(step_, program_of_operator_, commands);
  flops_ = Flops();
  weights_ = Bytes();
  for (const Operator& op : step_.operators) {
    flops_ += op.flops;
    weights_ += op.weight_bytes;
  }
  return made;
}

}  // namespace decodesim
