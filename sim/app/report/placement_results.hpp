// SPDX-License-Identifier: Apache-2.0
// What tensors that lie in two tiers add to results.json and to the summary. Internal to sim/app/report.
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Adds `root["placement"]` where experts are hot, recent tokens apart or a corpus is read.
void add_placement_results(const Plan& plan, const RunResult& result, nlohmann::ordered_json& root);

/// A line each, or none.
void print_placement_summary(const Plan& plan, const RunResult& result, std::ostream& out);

}  // namespace decodesim
