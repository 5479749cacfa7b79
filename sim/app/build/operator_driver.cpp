// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/operator_driver.hpp"

#include <algorithm>
#include <string>

namespace decodesim {
namespace {

Plan plan_of_bench(const Plan& whole, std::int64_t accelerators, std::size_t profile) {
  Plan plan = whole;
  plan.accelerators = accelerators;
  plan.software = whole.workload.operators->profiles.at(profile);
  if (accelerators == 1) plan.network.reset();
  plan.workload = {};
  return plan;
}

}  // namespace

OperatorBench::OperatorBench(const sc_core::sc_module_name& name, Context& context, const Plan& whole,
                             const BenchKey& key)
    : sc_core::sc_module(name),
      plan(plan_of_bench(whole, key.accelerators, key.profile)),
      machine(plan, context, may_fold(plan) && key.symmetric ? 1 : key.accelerators),
      programs(plan, first_ranks(static_cast<std::int64_t>(machine.ranks().size())), machine.reductions()),
      key_(key) {}

OperatorDriver::OperatorDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan,
                               ProgressListener& progress)
    : Component(name, context), plan_(plan), progress_(progress), placement_(plan.placement, step_, Bytes()) {
  SC_HAS_PROCESS(OperatorDriver);
  SC_METHOD(begin_row);
  sensitive << begin_;
  dont_initialize();
  for (const SoftwarePlan& profile : plan.workload.operators->profiles) {
    KernelLibrary library = profile.kernel_library();
    library.common.host_time_per_step = Duration();
    lowerings_.emplace_back(std::move(library), plan.accelerator, placement_);
  }
  // All modules have to be there before simulated time starts. The first bench is the single accelerator.
  benches_.push_back(std::make_unique<OperatorBench>("bench0", context, plan, BenchKey()));
  find_choices();
  for (std::size_t row = 0; row < rows().size(); ++row) {
    if (choices_[row].empty()) continue;
    const BenchKey key = key_of(row);
    if (std::any_of(benches_.begin(), benches_.end(), [&key](const auto& bench) { return bench->key() == key; }))
      continue;
    const std::string bench = "bench" + std::to_string(benches_.size());
    benches_.push_back(std::make_unique<OperatorBench>(bench.c_str(), context, plan, key));
  }
  times_.reserve(rows().size());
}

void OperatorDriver::start_of_simulation() { begin_.notify(sc_core::SC_ZERO_TIME); }

// A collective needs its own machine; everything else is of one rank, whatever its software.
BenchKey OperatorDriver::key_of(std::size_t row) const {
  if (choices_[row].empty()) return {};
  const bool symmetric = std::all_of(choices_[row].begin(), choices_[row].end(),
                                     [](const CollectiveChoice& choice) { return choice.symmetric; });
  return {rows()[row].ranks, rows()[row].profile, symmetric};
}

void OperatorDriver::find_choices() {
  choices_.resize(rows().size());
  const std::vector<SoftwarePlan>& profiles = plan_.workload.operators->profiles;
  std::vector<std::unique_ptr<Plan>> plans(profiles.size());  // as each profile sees the whole machine
  for (std::size_t i = 0; i < rows().size(); ++i) {
    const OperatorRow& row = rows()[i];
    if (!row.not_predicted.empty() || !is_collective(row.kind)) continue;
    std::unique_ptr<Plan>& plan = plans.at(row.profile);
    if (!plan) {
      plan = std::make_unique<Plan>(plan_);
      plan->software = profiles[row.profile];
    }
    choices_[i] = CollectiveChooser(*plan).choices({collective_of(row.kind), row.algorithm, row.protocol, row.bytes},
                                                   static_cast<std::int32_t>(row.ranks));
    invariant(!choices_[i].empty(), "nothing does the collective of a row");
  }
}

OperatorBench& OperatorDriver::bench_of(std::size_t row) {
  const BenchKey key = key_of(row);
  for (const auto& bench : benches_)
    if (bench->key() == key) return *bench;
  throw InternalError(this->name(), "no machine for a row");
}

void OperatorDriver::make_commands(const OperatorRow& row, OperatorBench& bench) {
  row_programs_.fill(row, step_);
  const bool collective = !choices_[next_].empty();
  const bool made = collective ? bench.programs.prepare(choices_[next_][try_].request, row.ranks, program_of_operator_)
                               : bench.programs.prepare(step_, program_of_operator_);
  if (made)
    for (std::size_t r = 0; r < bench.machine.ranks().size(); ++r)
      bench.machine.ranks()[r]->core.set_programs(bench.programs.of_rank(r));
  placement_ = Placement(plan_.placement, step_, cache_bytes(step_));
  lowerings_.at(row.profile).lower(step_, program_of_operator_, commands_);
}

void OperatorDriver::begin_row() {
  while (next_ < rows().size() && !rows()[next_].not_predicted.empty()) {
    times_.emplace_back();
    chosen_.emplace_back();
    ++next_;
  }
  if (next_ == rows().size()) return;
  OperatorBench& bench = bench_of(next_);
  make_commands(rows()[next_], bench);
  began_ = now();
  ranks_running_ = static_cast<std::int64_t>(bench.machine.ranks().size());
  trace(EventKind::kStepStart, static_cast<std::uint64_t>(next_));
  for (const auto& rank : bench.machine.ranks()) {
    rank->core.rest();  // rows are measured one by one
    rank->core.run(commands_, *this);
  }
}

void OperatorDriver::step_done(std::int32_t) {
  invariant(ranks_running_ > 0, "a rank finished a row twice");
  if (--ranks_running_ > 0) return;
  trace(EventKind::kStepEnd, static_cast<std::uint64_t>(next_));
  end_row(now() - began_);
  const auto total = static_cast<std::int64_t>(rows().size());
  progress_.step_finished(static_cast<std::int64_t>(next_), total, now().since_start());
  interrupted_ = next_ < rows().size() && progress_.interrupted();
  if (!interrupted_) begin_.notify(sc_core::SC_ZERO_TIME);
}

// Or tries the row's next choice.
void OperatorDriver::end_row(Duration time) {
  if (try_ == 0) chosen_.emplace_back();
  if (try_ == 0 || time < best_) {
    best_ = time;
    if (!choices_[next_].empty()) chosen_.back() = choices_[next_][try_].text();
  }
  if (++try_ < choices_[next_].size()) return;
  times_.push_back(best_);
  rows_done.add(1);
  try_ = 0;
  ++next_;
}

}  // namespace decodesim
