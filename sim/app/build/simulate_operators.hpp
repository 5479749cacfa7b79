// SPDX-License-Identifier: Apache-2.0
// simulate_operators: the run of a table of single operators. Internal to sim/app/build.
#pragma once

#include "sim/app/build/simulate.hpp"

namespace decodesim {

/// As simulate, for a plan of WorkloadKind::kOperators.
RunResult simulate_operators(const Plan& plan, ProgressListener& progress);

}  // namespace decodesim
