// SPDX-License-Identifier: Apache-2.0
// simulate_traffic: the run of synthetic network traffic. Internal to sim/app/build.
#pragma once

#include "sim/app/build/simulate.hpp"

namespace decodesim {

/// As simulate, for a plan of WorkloadKind::kTraffic.
RunResult simulate_traffic(const Plan& plan, ProgressListener& progress);

}  // namespace decodesim
