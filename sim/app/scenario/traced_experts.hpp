// SPDX-License-Identifier: Apache-2.0
// Whether the experts' rows of a decode trace go with the model and its sharding.
#pragma once

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Reports what is wrong at `place`, where the scenario names the trace: another number of experts, rows that are not
/// experts_per_token a sequence, an expert with more rows than sequences, a sharding under which a step has several
/// loads.
void check_traced_experts(const Plan& plan, const SourcePosition& place, Diagnostics& diagnostics);

}  // namespace decodesim
