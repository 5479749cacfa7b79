// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/simulate.hpp"

#include <algorithm>
#include <chrono>

#include "models/memory/hbf/hbf_memory.hpp"
#include "sim/app/build/decode_driver.hpp"
#include "sim/app/build/fault_injector.hpp"
#include "sim/app/build/run_support.hpp"
#include "sim/app/build/simulate_memory.hpp"
#include "sim/app/build/simulate_operators.hpp"
#include "sim/app/build/simulate_traffic.hpp"
#include "sim/app/build/stuck_report.hpp"
#include "sim/app/scenario/capacity.hpp"
#include "sim/app/scenario/scenario.hpp"
#include "sim/core/trace/fingerprint.hpp"

namespace decodesim {
namespace {

// Replicas do the same when each has as many sequences, all alike. Sequences that slide have tokens come of age in
// turn.
bool replicas_alike(const Plan& plan) {
  const DecodeConfig& decode = plan.workload.decode;
  const std::int64_t replicas = decode.parallel.data;
  return replicas == 1 || (!plan.workload.trace && !decode.kv_ages.present() && plan.workload.batch % replicas == 0);
}

// Ranks of one stage run one program with one placement on a symmetric star: one of them can stand for all. Stages
// differ.
std::int64_t simulated_ranks(const Plan& plan) {
  const bool fold = may_fold(plan) && plan.workload.decode.parallel.pipeline == 1 && replicas_alike(plan);
  return fold ? 1 : plan.accelerators;
}

// Of all ranks; how one stack of the first rank wears.
std::optional<FlashRecord> flash_of(const Machine& machine, std::size_t tier, std::int64_t fold) {
  const Duration elapsed = from_sc_time(sc_core::sc_time_stamp());
  std::optional<FlashRecord> record;
  for (const auto& rank : machine.ranks()) {
    const auto* flash = dynamic_cast<const HbfMemory*>(rank->memory[tier].get());
    if (flash == nullptr) return std::nullopt;
    if (!record) record = FlashRecord{{}, {}, flash->wear(elapsed), 0};
    record->activity.add(flash->flash_activity(), fold);
    record->stacks += flash->stacks() * fold;
    record->energy = energy_of(flash->parameters(), record->activity, record->stacks, elapsed);
  }
  return record;
}

void collect_memory(const Plan& plan, const Machine& machine, std::int64_t fold, RunResult& result) {
  for (std::size_t tier = 0; tier < plan.memory.size(); ++tier) {
    MemoryRecord record;
    record.name = plan.memory[tier].name;
    record.part = plan.memory[tier].part;
    for (const auto& rank : machine.ranks()) {
      const MemoryModule& memory = *rank->memory[tier];
      record.bytes_read += Bytes(memory.bytes_read.value()) * fold;
      record.bytes_written += Bytes(memory.bytes_written.value()) * fold;
      record.peak += memory.peak() * fold;
    }
    record.flash = flash_of(machine, tier, fold);
    record.busy = Duration(machine.ranks().front()->memory[tier]->busy_ps.value());
    result.memory.push_back(record);
  }
}

// Of one rank, on all of its tiers.
Bytes resident_bytes(const Plan& plan) {
  Bytes bytes;
  for (const TierCapacity& tier : capacity_table(plan)) bytes += tier.asked;
  return bytes;
}

FaultRecord fault_record(const FaultInjector& faults, const DecodeDriver& driver, const Machine& machine) {
  FaultRecord record;
  record.failures = faults.failures.value();
  record.spares_used = faults.spares_used.value();
  record.stragglers = faults.stragglers.value();
  record.link_failures = faults.link_failures.value();
  record.switch_failures = faults.switch_failures.value();
  if (machine.network() != nullptr) record.rerouted_trains = machine.network()->rerouted_trains();
  record.steps_repeated = driver.steps_repeated.value();
  record.down = Duration(faults.down_ps.value());
  for (const auto& rank : machine.ranks()) {
    if (!rank->collectives) continue;
    record.inexact_collectives = std::max(record.inexact_collectives, rank->collectives->inexact.value());
    record.late_messages += rank->collectives->late_messages.value();
  }
  return record;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// Of what is not named, all-reduces alone are said: most steps have them, and they have most choice.
void collect_algorithms(const Plan& plan, const DecodeDriver& driver, RunResult& result) {
  using InUse = CollectivePrograms::InUse;
  result.all_reduce_algorithm = joined(driver.algorithms(&InUse::all_reduce));
  if (plan.software.all_gather != CollectiveAlgorithm::kAuto)
    result.named_collectives.emplace_back("all_gather", joined(driver.algorithms(&InUse::all_gather)));
  if (plan.software.expert_exchange != TokenTravel::kEven)
    result.named_collectives.emplace_back("expert_exchange", joined(driver.algorithms(&InUse::expert_exchange)));
}

RunResult simulate_decode(const Plan& plan, ProgressListener& progress) {
  const auto wall_begin = std::chrono::steady_clock::now();
  Context context(static_cast<std::uint64_t>(plan.run.seed));
  FingerprintSink fingerprint;
  context.add_sink(fingerprint);
  const std::int64_t simulated = simulated_ranks(plan);
  const std::int64_t fold = plan.accelerators / simulated;
  Machine machine(plan, context, simulated);
  DecodeDriver driver("host", context, plan, machine, progress);
  std::optional<FaultInjector> faults;
  if (plan.faults.any()) {
    faults.emplace("faults", context, plan.faults, machine, driver, resident_bytes(plan));
    driver.set_faults(*faults);
  }
  run_kernel();
  if (!driver.finished()) throw InternalError("host", "the run is stuck: " + stuck_report(machine));
  machine.check_quiet();

  RunResult result;
  result.steps = driver.steps();
  result.steps_asked = plan.workload.steps;
  result.windows = driver.windows();
  result.interrupted = driver.interrupted();
  require(result.interrupted || static_cast<std::int64_t>(result.steps.size()) == result.steps_asked, "host",
          "the simulation ran out of events before the last step: something waits for ever");
  result.simulated = from_sc_time(sc_core::sc_time_stamp());
  result.events = fingerprint.events();
  result.fingerprint = fingerprint.text();
  result.folded_ranks = fold;
  collect_algorithms(plan, driver, result);
  result.flops = driver.flops() * fold;
  result.weights_per_step = driver.weights_per_step() * fold;
  result.expert_reads.add(driver.expert_reads(), fold);
  result.cache_traffic.add(driver.cache_traffic(), fold);
  result.drafting_bytes = driver.drafting_weights() * fold + driver.drafting_cache();
  if (faults) result.faults = fault_record(*faults, driver, machine);
  collect_memory(plan, machine, fold, result);
  for (const auto& rank : machine.ranks())
    if (rank->nic) result.network_payload += Bytes(rank->nic->payload_received.value()) * fold;
  collect_components(context, result);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  result.peak_rss_bytes = peak_rss_bytes();
  return result;
}

}  // namespace

RunResult simulate(const Plan& plan, ProgressListener& progress) {
  check_simulated(plan);
  switch (plan.workload.kind) {
    case WorkloadKind::kMemory: return simulate_memory(plan, progress);
    case WorkloadKind::kOperators:
    case WorkloadKind::kCollective: return simulate_operators(plan, progress);
    case WorkloadKind::kTraffic: return simulate_traffic(plan, progress);
    case WorkloadKind::kDecode: break;
  }
  return simulate_decode(plan, progress);
}

}  // namespace decodesim
