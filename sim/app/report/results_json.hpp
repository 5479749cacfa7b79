// SPDX-License-Identifier: Apache-2.0
// results.json as text. Its keys and their units are an interface: scripts, `compare` and `expect:` read them.
#pragma once

#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/report/build_info.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Keys in a fixed order. Only simulation.wall_s, real_time_factor and peak_rss_bytes depend on the host; every double
/// is a quotient of integers.
[[nodiscard]] std::string results_json(const Plan& plan, const RunResult& result,
                                       const BuildInfo& build = build_info());

}  // namespace decodesim
