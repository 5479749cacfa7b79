// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/decode_driver.hpp"

#include <algorithm>
#include <numeric>

namespace decodesim {
namespace {

StepProgram first_step(const DecodeStepBuilder& builder, std::span<const std::int64_t> contexts) {
  StepProgram step;
  builder.fill(contexts, step);
  return step;
}

Bytes need_named(const std::vector<MemoryNeed>& needs, std::string_view name) {
  for (const MemoryNeed& need : needs)
    if (need.name == name) return need.bytes;
  throw InternalError("DecodeDriver", "no memory need named '" + std::string(name) + "'");
}

Placement place(const Plan& plan, const DecodeStepBuilder& builder, const StepProgram& step) {
  const WorkloadPlan& workload = plan.workload;
  const std::int64_t sequences = workload.trace ? workload.trace->largest_batch() : workload.batch;
  const std::int64_t tokens =
      workload.trace ? workload.trace->peak_cached_tokens() : workload.batch * (workload.context + 1);
  const auto needs = builder.memory_needs(sequences, tokens);
  const bool tied = workload.decode.architecture.tied_embeddings;
  return {plan.placement, step, tied ? Bytes() : need_named(needs, "embedding table"), need_named(needs, "kv cache")};
}

}  // namespace

DecodeDriver::DecodeDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, Machine& machine,
                           ProgressListener& progress)
    : Component(name, context),
      plan_(plan),
      machine_(machine),
      progress_(progress),
      builder_(plan.workload.decode),
      fixed_contexts_(static_cast<std::size_t>(plan.workload.trace ? 0 : plan.workload.batch), plan.workload.context),
      total_steps_(plan.workload.steps),
      step_(first_step(builder_, contexts_of(0))),
      placement_(place(plan, builder_, step_)),
      lowering_(plan.software.library(), plan.accelerator, placement_),
      programs_(plan, static_cast<std::int64_t>(machine.ranks().size())) {
  SC_HAS_PROCESS(DecodeDriver);
  SC_METHOD(begin_step);
  sensitive << next_;
  dont_initialize();
  constexpr std::int64_t kMostReserved = 100'000;  // what a run asks for and what it lives to see may differ
  records_.reserve(static_cast<std::size_t>(std::min(total_steps_, kMostReserved)));
}

void DecodeDriver::start_of_simulation() { next_.notify(sc_core::SC_ZERO_TIME); }

std::span<const std::int64_t> DecodeDriver::contexts_of(std::int64_t step) const {
  if (plan_.workload.trace) return plan_.workload.trace->contexts(step);
  return fixed_contexts_;
}

void DecodeDriver::prepare(std::span<const std::int64_t> contexts) {
  builder_.fill(contexts, step_);
  if (programs_.prepare(step_, program_of_operator_) || next_step_ == 0)
    for (std::size_t r = 0; r < machine_.ranks().size(); ++r)
      machine_.ranks()[r]->core.set_programs(programs_.of_rank(r));
  lowering_.lower(step_, program_of_operator_, commands_);
  step_flops_ = Flops();
  weights_per_step_ = Bytes();
  for (const Operator& op : step_.operators) {
    step_flops_ += op.flops;
    weights_per_step_ += op.weight_bytes;
  }
}

void DecodeDriver::begin_step() {
  const auto contexts = contexts_of(next_step_);
  prepare(contexts);
  current_ = {};
  current_.step = next_step_;
  current_.begin = now();
  current_.sequences = static_cast<std::int64_t>(contexts.size());
  current_.kv_tokens = std::accumulate(contexts.begin(), contexts.end(), std::int64_t{0});
  current_.longest_context = *std::max_element(contexts.begin(), contexts.end());
  breakdown_before_ = machine_.ranks().front()->core.breakdown();
  ranks_running_ = static_cast<std::int64_t>(machine_.ranks().size());
  trace(EventKind::kStepStart, static_cast<std::uint64_t>(next_step_));
  for (const auto& rank : machine_.ranks()) rank->core.run(commands_, *this);
}

void DecodeDriver::step_done(std::int32_t rank) {
  invariant(ranks_running_ > 0, "a rank finished a step twice");
  if (rank == 0) rank0_done_ = now();
  if (--ranks_running_ > 0) return;
  record();
  ++next_step_;
  progress_.step_finished(next_step_, total_steps_, now().since_start());
  interrupted_ = next_step_ < total_steps_ && progress_.interrupted();
  if (next_step_ < total_steps_ && !interrupted_) next_.notify(sc_core::SC_ZERO_TIME);
}

void DecodeDriver::record() {
  trace(EventKind::kStepEnd, static_cast<std::uint64_t>(next_step_));
  current_.latency = now() - current_.begin;
  current_.breakdown = machine_.ranks().front()->core.breakdown() - breakdown_before_;
  // Rank 0 may have finished first: the step then waits for the others. That its own parts add up is checked later.
  current_.breakdown.network += now() - rank0_done_;
  records_.push_back(current_);
  steps_done.add(1);
  tokens.add(current_.sequences);
  flops_ += step_flops_.count();
}

}  // namespace decodesim
