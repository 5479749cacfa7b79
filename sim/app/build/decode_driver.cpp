// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/decode_driver.hpp"

#include <algorithm>
#include <numeric>

namespace decodesim {

DecodeDriver::DecodeDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, Machine& machine,
                           ProgressListener& progress)
    : Component(name, context),
      plan_(plan),
      progress_(progress),
      builder_(plan.workload.decode),
      fixed_contexts_(static_cast<std::size_t>(plan.workload.trace ? 0 : plan.workload.batch), plan.workload.context),
      total_steps_(plan.workload.steps),
      folded_(static_cast<std::int64_t>(machine.ranks().size()) < plan.accelerators),
      stages_(static_cast<std::size_t>(plan.workload.decode.parallel.pipeline)) {
  SC_HAS_PROCESS(DecodeDriver);
  SC_METHOD(begin_steps);
  sensitive << next_;
  dont_initialize();
  constexpr std::int64_t kMostReserved = 100'000;  // what a run asks for and what it lives to see may differ
  records_.reserve(static_cast<std::size_t>(std::min(total_steps_, kMostReserved)));
  make_teams(machine);
}

void DecodeDriver::make_teams(Machine& machine) {
  const Parallelism& p = plan_.workload.decode.parallel;
  const auto first = sequences_of(0);
  for (std::int64_t stage = 0; stage < p.pipeline; ++stage) {
    for (std::int64_t replica = 0; replica < (folded_ ? 1 : p.data); ++replica) {
      std::vector<std::int32_t> ranks(static_cast<std::size_t>(folded_ ? 1 : p.replica_ranks()));
      std::iota(ranks.begin(), ranks.end(),
                static_cast<std::int32_t>(stage * p.stage_ranks() + replica * p.replica_ranks()));
      stages_[static_cast<std::size_t>(stage)].teams.push_back(
          std::make_unique<StepTeam>(plan_, builder_, part_of(stage, replica), machine, std::move(ranks), first));
    }
  }
}

void DecodeDriver::start_of_simulation() { next_.notify(sc_core::SC_ZERO_TIME); }

std::span<const std::int64_t> DecodeDriver::contexts_of(std::int64_t step) const {
  if (plan_.workload.trace) return plan_.workload.trace->contexts(step);
  return fixed_contexts_;
}

std::span<const SequenceStep> DecodeDriver::sequences_of(std::int64_t step) {
  sequences_.clear();
  for (const std::int64_t context : contexts_of(step)) sequences_.push_back({.cached = context});
  return sequences_;
}

// Of the stage's next step.
StepPart DecodeDriver::part_of(std::int64_t stage, std::int64_t replica) const {
  StepPart part{stage, replica};
  const std::int64_t step = stages_[static_cast<std::size_t>(stage)].next_step;
  const bool several = plan_.workload.decode.parallel.pipeline > 1;
  if (several && stage == 0 && step > 0)
    part.tokens_before = builder_.micro_batches(static_cast<std::int64_t>(contexts_of(step - 1).size()));
  part.returns_tokens = several && step + 1 < total_steps_;
  return part;
}

void DecodeDriver::begin_steps() {
  for (std::size_t i = 0; i < stages_.size(); ++i)
    if (stages_[i].due && stages_[i].next_step < total_steps_) begin_step(static_cast<std::int64_t>(i));
}

void DecodeDriver::begin_step(std::int64_t index) {
  Stage& stage = stages_[static_cast<std::size_t>(index)];
  const bool last = index + 1 == static_cast<std::int64_t>(stages_.size());
  stage.due = false;
  const auto sequences = sequences_of(stage.next_step);
  for (std::size_t i = 0; i < stage.teams.size(); ++i) {
    stage.teams[i]->prepare(sequences, part_of(index, static_cast<std::int64_t>(i)));
    stage.ranks_running += stage.teams[i]->size();
  }
  stage.began = now();
  stage.before = stage.teams.front()->front().breakdown();
  if (last) trace(EventKind::kStepStart, static_cast<std::uint64_t>(stage.next_step));
  for (const auto& team : stage.teams) team->start(*this);
}

void DecodeDriver::step_done(std::int32_t rank) {
  const std::int64_t stage_ranks = plan_.workload.decode.parallel.stage_ranks();
  const std::int64_t index = rank / stage_ranks;
  Stage& stage = stages_[static_cast<std::size_t>(index)];
  invariant(stage.ranks_running > 0, "a rank finished a step twice");
  if (rank % stage_ranks == 0) stage.front_done = now();
  if (--stage.ranks_running == 0) finish_step(index);
}

void DecodeDriver::finish_step(std::int64_t index) {
  Stage& stage = stages_[static_cast<std::size_t>(index)];
  for (const auto& team : stage.teams) flops_ += static_cast<Int128>(team->flops().count()) * team->size();
  if (index + 1 == static_cast<std::int64_t>(stages_.size())) record(stage);
  ++stage.next_step;
  stage.due = true;
  if (stage.next_step < total_steps_) next_.notify(sc_core::SC_ZERO_TIME);
}

// What has begun anywhere is finished when the run is interrupted: its messages are on their way.
void DecodeDriver::record(const Stage& stage) {
  trace(EventKind::kStepEnd, static_cast<std::uint64_t>(stage.next_step));
  const auto contexts = contexts_of(stage.next_step);
  StepRecord record;
  record.step = stage.next_step;
  record.begin = stage.began;
  record.latency = now() - stage.began;
  record.sequences = static_cast<std::int64_t>(contexts.size());
  record.kv_tokens = std::accumulate(contexts.begin(), contexts.end(), std::int64_t{0});
  record.longest_context = *std::max_element(contexts.begin(), contexts.end());
  record.breakdown = stage.teams.front()->front().breakdown() - stage.before;
  // The first rank may have finished first: the step then waits for the others. That its own parts add up is checked
  // later.
  record.breakdown.network += now() - stage.front_done;
  records_.push_back(record);
  steps_done.add(1);
  tokens.add(record.sequences);
  progress_.step_finished(stage.next_step + 1, total_steps_, now().since_start());
  if (interrupted_ || stage.next_step + 1 >= total_steps_ || !progress_.interrupted()) return;
  std::int64_t begun = 0;
  for (const Stage& s : stages_) begun = std::max(begun, s.next_step + 1);
  interrupted_ = begun < total_steps_;
  total_steps_ = std::min(total_steps_, begun);
}

std::vector<std::string> DecodeDriver::all_reduce_algorithms() const {
  std::vector<std::string> out;
  for (const Stage& stage : stages_)
    for (const auto& team : stage.teams)
      for (const std::string& name : team->programs().all_reduce_algorithms())
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  return out;
}

Bytes DecodeDriver::weights_per_step() const {
  Bytes bytes;
  for (const Stage& stage : stages_)
    for (const auto& team : stage.teams) bytes += team->weights() * team->size();
  return bytes;
}

}  // namespace decodesim
