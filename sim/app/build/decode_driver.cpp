// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/decode_driver.hpp"

#include <algorithm>
#include <numeric>

#include "workloads/trace/hot_experts.hpp"

namespace decodesim {

DecodeDriver::DecodeDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, Machine& machine,
                           ProgressListener& progress)
    : Component(name, context),
      plan_(plan),
      machine_(machine),
      awaited_(machine.ranks().size()),
      absent_(machine.ranks().size()),
      fast_forwards_(plan, machine),
      progress_(progress),
      builder_(plan.workload.decode),
      draft_builder_(plan.workload.draft ? std::make_unique<DecodeStepBuilder>(*plan.workload.draft) : nullptr),
      schedule_(plan.workload.schedule(plan.run.seed)),
      total_steps_(plan.workload.steps),
      folded_(static_cast<std::int64_t>(machine.ranks().size()) < plan.accelerators),
      stages_(static_cast<std::size_t>(plan.workload.decode.parallel.pipeline)) {
  SC_HAS_PROCESS(DecodeDriver);
  SC_METHOD(begin_passes);
  sensitive << next_;
  dont_initialize();
  constexpr std::int64_t kMostReserved = 100'000;  // what a run asks for and what it lives to see may differ
  records_.reserve(static_cast<std::size_t>(std::min(total_steps_, kMostReserved)));
  if (const auto& trace = plan.workload.trace; trace && trace->experts() > 0 && builder_.hot_experts() > 0)
    hot_experts_ = hot_experts_of(*trace, plan.workload.decode.parallel.expert, builder_.hot_experts());
  make_teams(machine);
}

void DecodeDriver::make_teams(Machine& machine) {
  const Parallelism& p = plan_.workload.decode.parallel;
  for (std::int64_t stage = 0; stage < p.pipeline; ++stage) {
    for (std::int64_t replica = 0; replica < (folded_ ? 1 : p.data); ++replica) {
      std::vector<std::int32_t> ranks(static_cast<std::size_t>(folded_ ? 1 : p.replica_ranks()));
      std::iota(ranks.begin(), ranks.end(),
                static_cast<std::int32_t>(stage * p.stage_ranks() + replica * p.replica_ranks()));
      Stage& here = stages_[static_cast<std::size_t>(stage)];
      here.teams.push_back(
          std::make_unique<StepTeam>(plan_, builder_, part_of(stage, replica), machine, std::move(ranks)));
      if (draft_builder_)
        here.drafting.push_back(std::make_unique<StepTeam>(plan_, *draft_builder_, *here.teams.back()));
    }
  }
}

void DecodeDriver::start_of_simulation() { next_.notify(sc_core::SC_ZERO_TIME); }

// Of the stage's next step.
StepPart DecodeDriver::part_of(std::int64_t stage, std::int64_t replica) {
  StepPart part{stage, replica};
  const std::int64_t step = stages_[static_cast<std::size_t>(stage)].next_step;
  const bool several = plan_.workload.decode.parallel.pipeline > 1;
  if (several && stage == 0 && step > 0)
    part.tokens_before =
        builder_.micro_batches(static_cast<std::int64_t>(schedule_.at(step - 1).of_model().sequences.size()));
  part.returns_tokens = several && step + 1 < total_steps_;
  return part;
}

void DecodeDriver::begin_passes() {
  for (std::size_t i = 0; i < stages_.size(); ++i)
    if (stages_[i].due && stages_[i].next_step < total_steps_) begin_pass(static_cast<std::int64_t>(i));
}

void DecodeDriver::begin_step(Stage& stage, bool last) {
  stage.began = now();
  stage.before = stage.teams.front()->front().breakdown();
  stage.front_waited = stage.drafting_time = Duration();
  if (last) trace(EventKind::kStepStart, static_cast<std::uint64_t>(stage.next_step));
}

void DecodeDriver::begin_pass(std::int64_t index) {
  Stage& stage = stages_[static_cast<std::size_t>(index)];
  stage.due = false;
  if (stage.pass == 0 && !stage.again) fast_forwards_.before_step(stage.next_step);
  const Pass& pass = schedule_.at(stage.next_step).passes[stage.pass];
  const auto& teams = pass.of == PassOf::kDraft ? stage.drafting : stage.teams;
  sequences_ = pass.sequences;  // the schedule is asked for other steps, too
  if (const auto& arrivals = plan_.workload.kinds.arrivals)
    builder_.arrive(schedule_.at(stage.next_step).arriving, arrivals->prompt);
  if (const auto& trace = plan_.workload.trace; trace && trace->experts() > 0) {
    builder_.route(trace->expert_rows(stage.next_step), hot_experts_);
    for (const auto& team : teams) team->route(trace->expert_rows(stage.next_step));
  }
  for (std::size_t i = 0; i < teams.size(); ++i) {
    teams[i]->prepare(sequences_, part_of(index, static_cast<std::int64_t>(i)));
    stage.ranks_running += teams[i]->size();
  }
  if (!plan_.faults.time_out.is_zero()) rejoin(false);
  std::fill(awaited_.begin(), awaited_.end(), 1);
  if (stage.pass == 0 && !stage.again) begin_step(stage, index + 1 == static_cast<std::int64_t>(stages_.size()));
  for (const auto& team : teams) team->start(*this);
}

void DecodeDriver::step_done(std::int32_t rank) {
  const std::int64_t stage_ranks = plan_.workload.decode.parallel.stage_ranks();
  const std::int64_t index = rank / stage_ranks;
  Stage& stage = stages_[static_cast<std::size_t>(index)];
  invariant(stage.ranks_running > 0, "a rank finished a pass twice");
  if (rank % stage_ranks == 0) stage.front_done = now();
  awaited_[static_cast<std::size_t>(rank)] = 0;
  if (--stage.ranks_running == 0) {
    finish_pass(index);
  } else if (!plan_.faults.time_out.is_zero()) {
    go_on_without_late(rank);
  }
}

void DecodeDriver::finish_pass(std::int64_t index) {
  Stage& stage = stages_[static_cast<std::size_t>(index)];
  // The first rank may have finished first: the pass then waits for the others. That its own parts add up is checked
  // later.
  stage.front_waited += now() - stage.front_done;
  if (stage.lost) {
    repeat_step(stage);
    return;
  }
  const StepWork& work = schedule_.at(stage.next_step);
  const Pass& pass = work.passes[stage.pass];
  const bool drafted = pass.of == PassOf::kDraft;
  for (const auto& team : drafted ? stage.drafting : stage.teams) {
    flops_ += static_cast<Int128>(team->flops().count()) * team->size();
    expert_reads_.add(team->experts(), team->size());
    cache_traffic_.add(team->cache(), team->size());
  }
  if (drafted) count_drafting(stage, pass);
  const bool more = ++stage.pass < work.passes.size();
  if (!more) finish_step(index);
  stage.due = true;
  if (more || stage.next_step < total_steps_) next_.notify(sc_core::SC_ZERO_TIME);
}

void DecodeDriver::step_lost() {
  for (Stage& stage : stages_) stage.lost = stage.ranks_running > 0;
}

// When only those are left whom `rank`, which has finished, no longer waited for, the pass ends without them.
void DecodeDriver::go_on_without_late(std::int32_t rank) {
  const auto& ranks = machine_.ranks();
  const CollectiveEngine* engine = ranks[static_cast<std::size_t>(rank)]->collectives.get();
  std::vector<std::size_t> left;
  for (std::size_t r = 0; r < awaited_.size(); ++r) {
    if (awaited_[r] == 0) continue;
    if (engine == nullptr || !engine->late(static_cast<std::int32_t>(r))) return;
    left.push_back(r);
  }
  for (const std::size_t r : left) awaited_[r] = 0;
  for (const std::size_t r : left) {
    absent_[r] = 1;
    ranks[r]->collectives->abandon();
    ranks[r]->core.abandon();
  }
}

// Who can work again takes part from the next pass on; after the last, everyone has.
void DecodeDriver::rejoin(bool all) {
  const auto& ranks = machine_.ranks();
  for (std::size_t r = 0; r < absent_.size(); ++r) {
    if (absent_[r] == 0 || (ranks[r]->core.held() && !all)) continue;
    absent_[r] = 0;
    const auto rank = static_cast<std::int32_t>(r);
    CollectiveCounts& started = ranks[r]->core.collectives_started();
    for (const auto& other : ranks) {
      started.catch_up(other->core.collectives_started(), rank);
      other->collectives->forgive(rank);
    }
    started.for_each([&](const RankGroup& group, std::uint64_t next) { ranks[r]->collectives->skip_to(group, next); });
  }
}

// Its passes begin anew; its latency goes on.
void DecodeDriver::repeat_step(Stage& stage) {
  stage.lost = false;
  stage.again = true;
  stage.pass = 0;
  stage.due = true;
  steps_repeated.add(1);
  next_.notify(sc_core::SC_ZERO_TIME);
}

void DecodeDriver::count_drafting(Stage& stage, const Pass& pass) {
  stage.drafting_time = now() - stage.began;
  for (const auto& team : stage.drafting)
    drafting_weights_ += static_cast<Int128>(team->weights().count()) * team->size();
  const DecodeConfig& config = draft_builder_->config();
  std::int64_t cached = 0;
  for (const SequenceStep& sequence : pass.sequences) cached = checked::add(cached, sequence.cached);
  const auto sequences = static_cast<std::int64_t>(pass.sequences.size());
  drafting_cache_ += config.architecture.kv_bytes(config.precision.kv_cache, cached, sequences).count();
}

void DecodeDriver::finish_step(std::int64_t index) {
  Stage& stage = stages_[static_cast<std::size_t>(index)];
  if (index + 1 == static_cast<std::int64_t>(stages_.size())) record(stage);
  ++stage.next_step;
  stage.pass = 0;
  stage.again = false;
  if (faults_ == nullptr || stage.next_step < total_steps_) return;
  faults_->stop();
  rejoin(true);
}

// What has begun anywhere is finished when the run is interrupted: its messages are on their way.
void DecodeDriver::record(const Stage& stage) {
  trace(EventKind::kStepEnd, static_cast<std::uint64_t>(stage.next_step));
  const StepWork& work = schedule_.at(stage.next_step);
  StepRecord record;
  record.step = stage.next_step;
  record.begin = stage.began;
  record.latency = now() - stage.began;
  record.drafting = stage.drafting_time;
  record.sequences = work.sequences;
  record.tokens = work.produced;
  for (const SequenceStep& sequence : work.of_model().sequences) {
    record.kv_tokens = checked::add(record.kv_tokens, sequence.cached);
    record.new_tokens = checked::add(record.new_tokens, sequence.tokens);
    record.longest_context = std::max(record.longest_context, sequence.cached);
  }
  record.breakdown = stage.teams.front()->front().breakdown() - stage.before;
  record.breakdown.network += stage.front_waited;
  records_.push_back(record);
  steps_done.add(1);
  tokens.add(record.tokens);
  progress_.step_finished(stage.next_step + 1, total_steps_, now().since_start());
  if (interrupted_ || stage.next_step + 1 >= total_steps_ || !progress_.interrupted()) return;
  std::int64_t begun = 0;
  for (const Stage& s : stages_) begun = std::max(begun, s.next_step + 1);
  interrupted_ = begun < total_steps_;
  total_steps_ = std::min(total_steps_, begun);
}

bool DecodeDriver::finished() const {
  return std::all_of(stages_.begin(), stages_.end(), [this](const Stage& s) { return s.next_step >= total_steps_; });
}

std::vector<std::string> DecodeDriver::algorithms(std::vector<std::string> CollectivePrograms::InUse::*kind) const {
  std::vector<std::string> out;
  for (const Stage& stage : stages_)
    for (const auto& team : stage.teams)
      for (const std::string& name : team->programs().in_use().*kind)
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
