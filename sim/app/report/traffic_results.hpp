// SPDX-License-Identifier: Apache-2.0
// What synthetic network traffic leaves in results.json and in its table. Internal to sim/app/report.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds `network` and `traffic` to `root`.
void add_traffic_results(const Plan& plan, const RunResult& result, nlohmann::ordered_json& root);

/// traffic.csv: one row a load.
[[nodiscard]] std::string traffic_csv(const Plan& plan, const RunResult& result);

}  // namespace decodesim
