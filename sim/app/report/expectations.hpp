// SPDX-License-Identifier: Apache-2.0
// A scenario's `expect:` list: what its author holds true of the results.
//
//   expect:
//     - {path: decode.step_latency_s.mean, value: 9.2 ms, tolerance: 20 %, because: "vLLM at TP8, measured"}
//     - {path: memory.hbm.utilisation, min: 0.5, max: 90 %}
//     - {path: network.all_reduce, value: one_shot}
//
// `path` leads through results.json; an item of a list is named by its `name` or its index. A number is in the unit of
// the result's key or carries its own ("9.2 ms"). `tolerance` is relative; without it a value has to be exact.
#pragma once

#include <string>
#include <vector>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Reports every mistake in the plan's `expect:` list (null: none), and each path that its results will not have. For
/// before simulated time.
void check_expectations(const Plan& plan, Diagnostics& diagnostics);

/// One line for each expectation that the results miss, in the order of the scenario: its place, what it says, what
/// came out, the difference and `because`. A path that is not in the results is missed. Throws ConfigError when
/// check_expectations would have complained.
[[nodiscard]] std::vector<std::string> missed_expectations(const Plan& plan, const RunResult& result);

}  // namespace decodesim
