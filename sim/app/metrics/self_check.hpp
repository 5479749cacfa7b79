// SPDX-License-Identifier: Apache-2.0
// The laws that every run has to keep, checked after it from its statistics.
#pragma once

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Throws InternalError naming the component (or "step N", "memory NAME", "network", "workload") that breaks one of:
///   1. Bytes asked equal bytes delivered: in each memory tier, DMA engine and link; from DMA engines to tiers; from
///      NIC to NIC through the switches; from the simulated tiers to the reported sums.
///   2. No transfer beats a bandwidth: bytes / busy time <= peak of tiers and links; no tier's average beats its peak.
///   3. Tokens produced equal tokens asked: every step has the sequences and the tokens that the workload gives it,
///      and no step is missing unless the run was interrupted.
///      Of a table of operators: every row that can be predicted has a time.
///   4. The breakdown of each step adds up to its latency, and steps do not overlap.
/// What a component is follows from the statistics it has.
void self_check(const Plan& plan, const RunResult& result);

}  // namespace decodesim
