// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/decode_driver.hpp"

#include <algorithm>

namespace decodesim {

DecodeDriver::DecodeDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, Machine& machine,
                           ProgressListener& progress)
    : Component(name, context),
      plan_(plan),
      machine_(machine),
      progress_(progress),
      schedule_(plan.workload.schedule(plan.run.seed)),
      total_steps_(plan.workload.steps),
      model_(plan),
      draft_(plan.workload.draft ? std::make_unique<PassProgram>(plan, model_) : nullptr),
      programs_(plan, static_cast<std::int64_t>(machine.ranks().size())) {
  SC_HAS_PROCESS(DecodeDriver);
  SC_METHOD(run_pass);
  sensitive << next_;
  dont_initialize();
  constexpr std::int64_t kMostReserved = 100'000;  // what a run asks for and what it lives to see may differ
  records_.reserve(static_cast<std::size_t>(std::min(total_steps_, kMostReserved)));
}

void DecodeDriver::start_of_simulation() { next_.notify(sc_core::SC_ZERO_TIME); }

void DecodeDriver::begin_step() {
  work_ = &schedule_.at(next_step_);
  current_ = {};
  current_.step = next_step_;
  current_.begin = now();
  current_.sequences = work_->sequences;
  current_.tokens = work_->produced;
  for (const SequenceStep& sequence : work_->of_model().sequences) {
    current_.kv_tokens = checked::add(current_.kv_tokens, sequence.cached);
    current_.new_tokens = checked::add(current_.new_tokens, sequence.tokens);
    current_.longest_context = std::max(current_.longest_context, sequence.cached);
  }
  rank0_waited_ = Duration();
  breakdown_before_ = machine_.ranks().front()->core.breakdown();
  trace(EventKind::kStepStart, static_cast<std::uint64_t>(next_step_));
}

void DecodeDriver::run_pass() {
  if (work_ == nullptr) begin_step();
  const Pass& pass = work_->passes[pass_];
  PassProgram& program = pass.of == PassOf::kDraft ? *draft_ : model_;
  if (program.prepare(pass.sequences, programs_, commands_) || !programs_set_)
    for (std::size_t r = 0; r < machine_.ranks().size(); ++r)
      machine_.ranks()[r]->core.set_programs(programs_.of_rank(r));
  programs_set_ = true;
  ranks_running_ = static_cast<std::int64_t>(machine_.ranks().size());
  for (const auto& rank : machine_.ranks()) rank->core.run(commands_, *this);
}

void DecodeDriver::step_done(std::int32_t rank) {
  invariant(ranks_running_ > 0, "a rank finished a pass twice");
  if (rank == 0) rank0_done_ = now();
  if (--ranks_running_ == 0) finish_pass();
}

void DecodeDriver::finish_pass() {
  // Rank 0 may have finished first: the pass then waits for the others. That its own parts add up is checked later.
  rank0_waited_ += now() - rank0_done_;
  const Pass& pass = work_->passes[pass_];
  const bool drafted = pass.of == PassOf::kDraft;
  flops_ += (drafted ? *draft_ : model_).flops().count();
  if (drafted) count_drafting(pass);
  if (++pass_ < work_->passes.size()) {
    next_.notify(sc_core::SC_ZERO_TIME);
    return;
  }
  finish_step();
  pass_ = 0;
  work_ = nullptr;
  progress_.step_finished(next_step_, total_steps_, now().since_start());
  interrupted_ = next_step_ < total_steps_ && progress_.interrupted();
  if (next_step_ < total_steps_ && !interrupted_) next_.notify(sc_core::SC_ZERO_TIME);
}

void DecodeDriver::count_drafting(const Pass& pass) {
  current_.drafting = now() - current_.begin;
  const DecodeConfig& config = *plan_.workload.draft;
  std::int64_t cached = 0;
  for (const SequenceStep& sequence : pass.sequences) cached = checked::add(cached, sequence.cached);
  const auto sequences = static_cast<std::int64_t>(pass.sequences.size());
  drafting_bytes_ += static_cast<Int128>(draft_->weights().count()) * plan_.accelerators +
                     config.architecture.kv_bytes(config.precision.kv_cache, cached, sequences).count();
}

void DecodeDriver::finish_step() {
  trace(EventKind::kStepEnd, static_cast<std::uint64_t>(next_step_));
  current_.latency = now() - current_.begin;
  current_.breakdown = machine_.ranks().front()->core.breakdown() - breakdown_before_;
  current_.breakdown.network += rank0_waited_;
  records_.push_back(current_);
  steps_done.add(1);
  tokens.add(current_.tokens);
  ++next_step_;
}

}  // namespace decodesim
