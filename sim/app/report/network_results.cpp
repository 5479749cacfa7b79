// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/network_results.hpp"

#include <nlohmann/json.hpp>

#include "sim/app/metrics/network_energy_metrics.hpp"

namespace decodesim {
namespace {

// A quotient: see results_json.cpp.
double joules(Energy energy) { return static_cast<double>(energy.count()) / 1e12; }

}  // namespace

void add_network_energy(const Plan& plan, const RunResult& result, nlohmann::ordered_json& network) {
  if (!plan.network->energy) return;
  const NetworkEnergyMetrics energy = network_energy(plan, result);
  network["energy_j"] = {{"links", joules(energy.links)},
                         {"crossings", joules(energy.crossings)},
                         {"switches_static", joules(energy.switches)},
                         {"total", joules(energy.total())}};
}

}  // namespace decodesim
