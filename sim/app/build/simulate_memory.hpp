// SPDX-License-Identifier: Apache-2.0
// simulate_memory: the run of a memory workload: one memory tier and what drives it. Internal to sim/app/build.
#pragma once

#include "sim/app/build/simulate.hpp"

namespace decodesim {

/// As simulate, for a plan of WorkloadKind::kMemory.
RunResult simulate_memory(const Plan& plan, ProgressListener& progress);

}  // namespace decodesim
