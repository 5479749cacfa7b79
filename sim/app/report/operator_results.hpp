// SPDX-License-Identifier: Apache-2.0
// What a table of operators leaves in results.json and in its own table. Internal to sim/app/report.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds `operators` to `root`. Errors are there only where something was measured.
void add_operator_results(const Plan& plan, const RunResult& result, nlohmann::ordered_json& root);

/// operators.csv: the input's columns, then predicted_us, error_percent and note: for a row without prediction, why; of
/// a collective, what was chosen.
[[nodiscard]] std::string operators_csv(const Plan& plan, const RunResult& result);

}  // namespace decodesim
