// SPDX-License-Identifier: Apache-2.0
// What a memory workload leaves in results.json and in its tables. Internal to sim/app/report.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds `memory` and `energy_j` to `root`.
void add_memory_results(const Plan& plan, const RunResult& result, nlohmann::ordered_json& root);

/// latency.csv: how many accesses took how long, one row a bucket.
[[nodiscard]] std::string latency_csv(const RunResult& result);

/// load_curve.csv: one row a point, from the least load to the highest.
[[nodiscard]] std::string load_curve_csv(const Plan& plan, const RunResult& result);

}  // namespace decodesim
