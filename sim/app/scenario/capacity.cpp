// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/capacity.hpp"

#include <algorithm>

namespace decodesim {
namespace {

std::size_t tier_of(const PlacementPlan& placement, const MemoryNeed& need) {
  if (need.name == "expert weights") return static_cast<std::size_t>(placement.experts);
  if (need.name == "hot expert weights") return static_cast<std::size_t>(placement.hot_experts->tier);
  if (need.name == "recent kv cache") return static_cast<std::size_t>(*placement.recent_kv);
  if (need.name == "corpus") return static_cast<std::size_t>(placement.corpus);
  switch (need.traffic) {
    case TrafficClass::kWeights: return static_cast<std::size_t>(placement.weights);
    case TrafficClass::kKvCache: return static_cast<std::size_t>(placement.kv_cache);
    case TrafficClass::kActivations:
    case TrafficClass::kOther: break;
  }
  return static_cast<std::size_t>(placement.activations);
}

std::string line(const std::string& what, Bytes bytes, std::size_t width) {
  const std::string amount = to_short_text(bytes);
  const std::size_t used = 4 + what.size();
  return "    " + what + std::string(width > used + amount.size() ? width - used - amount.size() : 1, ' ') + amount +
         "\n";
}

Bytes asked(const std::vector<MemoryNeed>& needs) {
  Bytes sum;
  for (const MemoryNeed& need : needs) sum += need.bytes;
  return sum;
}

std::vector<MemoryNeed> needs_of_largest_stage(const DecodeConfig& config, const StepPeak& peak) {
  const DecodeStepBuilder builder(config);
  std::vector<MemoryNeed> most = builder.memory_needs(peak);
  for (std::int64_t stage = 1; stage < config.parallel.pipeline; ++stage) {
    std::vector<MemoryNeed> needs = builder.memory_needs(peak, stage);
    if (asked(needs) > asked(most)) most = std::move(needs);
  }
  return most;
}

}  // namespace

StepPeak peak_of_replica(const Plan& plan, PassOf of) {
  return peak_of(plan.workload.schedule(plan.run.seed), of, plan.workload.decode.parallel.data);
}

std::vector<TierCapacity> capacity_table(const Plan& plan) {
  std::vector<TierCapacity> table;
  for (const MemoryPlan& memory : plan.memory) {
    TierCapacity tier;
    tier.tier = memory.name;
    tier.capacity = memory.capacity();
    table.push_back(std::move(tier));
  }
  const WorkloadPlan& workload = plan.workload;
  const auto add = [&](const DecodeConfig& config, PassOf of, const std::string& whose) {
    for (const MemoryNeed& need : needs_of_largest_stage(config, peak_of_replica(plan, of))) {
      if (need.bytes.is_zero()) continue;
      TierCapacity& tier = table.at(tier_of(plan.placement, need));
      tier.entries.push_back({whose + std::string(need.name), need.bytes});
      tier.asked += need.bytes;
    }
  };
  add(workload.decode, PassOf::kModel, "");
  if (workload.draft) add(*workload.draft, PassOf::kDraft, "draft ");
  return table;
}

std::string capacity_text(const std::vector<TierCapacity>& table) {
  constexpr std::size_t kWidth = 40;
  std::string out;
  for (const TierCapacity& tier : table) {
    out += "  " + tier.tier + ", on each accelerator:\n";
    for (const CapacityEntry& entry : tier.entries) out += line(entry.name, entry.bytes, kWidth);
    out += line("asked for", tier.asked, kWidth);
    out += line("capacity", tier.capacity, kWidth);
    out += tier.fits() ? line("left", tier.capacity - tier.asked, kWidth)
                       : line("too much", tier.asked - tier.capacity, kWidth);
  }
  return out;
}

void check_capacity(const Plan& plan, const SourcePosition& position) {
  const std::vector<TierCapacity> table = capacity_table(plan);
  std::vector<Diagnostic> diagnostics;
  for (const TierCapacity& tier : table) {
    if (tier.fits()) continue;
    diagnostics.push_back({position, "memory tier '" + tier.tier + "' is too small: " + to_short_text(tier.asked) +
                                         " asked for on each accelerator, " +
                                         to_short_text(tier.asked - tier.capacity) + " too much; expected at most " +
                                         to_short_text(tier.capacity)});
  }
  if (!diagnostics.empty()) throw CapacityError(std::move(diagnostics), capacity_text(table));
}

}  // namespace decodesim
