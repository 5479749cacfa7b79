// SPDX-License-Identifier: Apache-2.0
// What a collective workload leaves in results.json and in its own table. Internal to sim/app/report.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds `collectives` to `root`. A result is found by its ranks and bytes, "8/1048576".
void add_collective_results(const Plan& plan, const RunResult& result, nlohmann::ordered_json& root);

/// collectives.csv: one row a size and number of ranks.
[[nodiscard]] std::string collectives_csv(const Plan& plan, const RunResult& result);

}  // namespace decodesim
