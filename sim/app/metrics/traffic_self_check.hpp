// SPDX-License-Identifier: Apache-2.0
// What must hold of all synthetic traffic's results. Internal to sim/app/metrics.
#pragma once

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// As self_check, for what is particular to a plan of WorkloadKind::kTraffic.
void traffic_self_check(const Plan& plan, const RunResult& result);

}  // namespace decodesim
