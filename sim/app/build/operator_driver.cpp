// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/operator_driver.hpp"

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

// A collective needs its own machine; everything else is of one rank, whatever its software.
std::int64_t accelerators_of(const OperatorRow& row) { return is_collective(row.kind) ? row.ranks : 1; }
std::size_t profile_of(const OperatorRow& row) { return is_collective(row.kind) ? row.profile : 0; }

}  // namespace

OperatorBench::OperatorBench(const sc_core::sc_module_name& name, Context& context, const Plan& whole,
                             std::int64_t accelerators, std::size_t profile)
    : sc_core::sc_module(name),
      plan(plan_of_bench(whole, accelerators, profile)),
      machine(plan, context, may_fold(plan) ? 1 : accelerators),
      programs(plan, first_ranks(static_cast<std::int64_t>(machine.ranks().size()))),
      profile_(profile) {}

bool OperatorBench::serves(std::int64_t accelerators, std::size_t profile) const {
  return plan.accelerators == accelerators && profile_ == profile;
}

OperatorDriver::OperatorDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan,
                               ProgressListener& progress)
    : Component(name, context), plan_(plan), progress_(progress), placement_(plan.placement, step_, Bytes()) {
  SC_HAS_PROCESS(OperatorDriver);
  SC_METHOD(begin_row);
  sensitive << begin_;
  dont_initialize();
  for (const SoftwarePlan& profile : plan.workload.operators->profiles) {
    KernelLibrary library = profile.library();
    library.common.host_time_per_step = Duration();
    lowerings_.emplace_back(std::move(library), plan.accelerator, placement_);
  }
  // All modules have to be there before simulated time starts. The first bench is the single accelerator.
  benches_.push_back(std::make_unique<OperatorBench>("bench0", context, plan, 1, 0));
  for (const OperatorRow& row : rows()) {
    if (!row.not_predicted.empty() || !is_collective(row.kind)) continue;
    bool found = false;
    for (const auto& bench : benches_) found = found || bench->serves(accelerators_of(row), profile_of(row));
    if (found) continue;
    const std::string bench = "bench" + std::to_string(benches_.size());
    benches_.push_back(
        std::make_unique<OperatorBench>(bench.c_str(), context, plan, accelerators_of(row), profile_of(row)));
  }
  times_.reserve(rows().size());
}

void OperatorDriver::start_of_simulation() { begin_.notify(sc_core::SC_ZERO_TIME); }

OperatorBench& OperatorDriver::bench_of(const OperatorRow& row) {
  for (const auto& bench : benches_)
    if (bench->serves(accelerators_of(row), profile_of(row))) return *bench;
  throw InternalError(this->name(), "no machine for a row");
}

void OperatorDriver::make_commands(const OperatorRow& row, OperatorBench& bench) {
  row_programs_.fill(row, step_);
  if (bench.programs.prepare(step_, program_of_operator_))
    for (std::size_t r = 0; r < bench.machine.ranks().size(); ++r)
      bench.machine.ranks()[r]->core.set_programs(bench.programs.of_rank(r));
  placement_ = Placement(plan_.placement, step_, cache_bytes(step_));
  lowerings_.at(row.profile).lower(step_, program_of_operator_, commands_);
}

void OperatorDriver::begin_row() {
  while (next_ < rows().size() && !rows()[next_].not_predicted.empty()) {
    times_.emplace_back();
    ++next_;
  }
  if (next_ == rows().size()) return;
  const OperatorRow& row = rows()[next_];
  OperatorBench& bench = bench_of(row);
  make_commands(row, bench);
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
  times_.push_back(now() - began_);
  rows_done.add(1);
  ++next_;
  const auto total = static_cast<std::int64_t>(rows().size());
  progress_.step_finished(static_cast<std::int64_t>(next_), total, now().since_start());
  interrupted_ = next_ < rows().size() && progress_.interrupted();
  if (!interrupted_) begin_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace decodesim
