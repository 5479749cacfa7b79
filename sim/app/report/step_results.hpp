// SPDX-License-Identifier: Apache-2.0
// What prefill, speculative decoding and block diffusion add to results.json. Internal to sim/app/report.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds "prefill", "speculative" or "diffusion", as the workload has it.
void add_step_results(const Plan& plan, const RunResult& result, nlohmann::ordered_json& root);

}  // namespace decodesim
