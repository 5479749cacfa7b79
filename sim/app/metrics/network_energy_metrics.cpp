// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/network_energy_metrics.hpp"

#include <algorithm>
#include <map>

namespace decodesim {
namespace {

struct Moved {
  Bytes over_cables;
  Bytes into_switches;
};

// Links are the components with these two counters. One that leads down ends at an accelerator, any other at a switch
// or router; what leads to and from an accelerator's own router is no cable.
Moved moved(const Plan& plan, const RunResult& result) {
  std::map<std::string, Bytes, std::less<>> taken_in;
  Moved out;
  for (const ComponentRecord& record : result.components) {
    if (record.statistic == "wire_bytes") taken_in[record.component] = Bytes(record.value);
    if (record.statistic != "delivered_bytes") continue;
    const auto link = taken_in.find(record.component);
    if (link == taken_in.end()) continue;
    const bool down = record.component.ends_with("down");
    const bool inner = plan.network->fabric->topology().endpoints_forward && (down || record.component.ends_with("up"));
    if (!inner) out.over_cables += link->second * result.folded_ranks;
    if (!down) out.into_switches += link->second * result.folded_ranks;
  }
  return out;
}

}  // namespace

Bytes cable_bytes(const Plan& plan, const RunResult& result) { return moved(plan, result).over_cables; }

NetworkEnergyMetrics network_energy(const Plan& plan, const RunResult& result) {
  const NetworkEnergy& energy = *plan.network->energy;
  const auto& nodes = plan.network->fabric->topology().nodes;
  const auto switches = std::count_if(nodes.begin(), nodes.end(),
                                      [](const TopologyNode& n) { return n.kind == TopologyNode::Kind::kSwitch; });
  const Moved bytes = moved(plan, result);
  return {bytes.over_cables * energy.link, bytes.into_switches * energy.crossing,
          energy.switch_power * result.simulated * switches};
}

}  // namespace decodesim
