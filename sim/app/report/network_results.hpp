// SPDX-License-Identifier: Apache-2.0
// What every run leaves of its network's energy in results.json. Internal to sim/app/report.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds `energy_j` to `network`, where the scenario asks for it.
void add_network_energy(const Plan& plan, const RunResult& result, nlohmann::ordered_json& network);

}  // namespace decodesim
