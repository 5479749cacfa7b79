// SPDX-License-Identifier: Apache-2.0
// What flash leaves in results.json. Internal to sim/app/report.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds to each tier of `root["memory"]` that is flash what it did, and `root["endurance"]`: of the tier that lasts
/// shortest. Nothing without flash.
void add_flash_results(const Plan& plan, const RunResult& result, nlohmann::ordered_json& root);

}  // namespace decodesim
