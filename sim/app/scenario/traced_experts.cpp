// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/traced_experts.hpp"

#include <algorithm>
#include <numeric>

namespace decodesim {
namespace {

// What is wrong with one step; empty: nothing.
std::string problem_of(const DecodeTrace& trace, std::int64_t step, const MoeShape& moe) {
  const auto rows = trace.expert_rows(step);
  const auto sequences = static_cast<std::int64_t>(trace.ids(step).size());
  const std::int64_t sum = std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
  const std::int64_t expected = checked::multiply(sequences, moe.experts_per_token);
  if (sum != expected)
    return std::to_string(sum) + " rows for " + std::to_string(sequences) + " sequences; expected " +
           std::to_string(expected) + ", " + std::to_string(moe.experts_per_token) + " a sequence";
  const std::int64_t most = *std::max_element(rows.begin(), rows.end());
  if (most > sequences)
    return std::to_string(most) + " rows of one expert for " + std::to_string(sequences) +
           " sequences; expected at most one a sequence";
  return "";
}

}  // namespace

void check_traced_experts(const Plan& plan, const SourcePosition& place, Diagnostics& diagnostics) {
  const DecodeTrace& trace = *plan.workload.trace;
  if (trace.experts() == 0) return;
  const DecodeConfig& decode = plan.workload.decode;
  const MoeShape& moe = decode.architecture.moe;
  const std::string who = "the trace has the rows of " + std::to_string(trace.experts()) + " experts";
  if (trace.experts() != moe.experts) {
    diagnostics.error(place, who + ", and " + decode.architecture.name + " has " + std::to_string(moe.experts) +
                                 " a layer; expected as many");
    return;
  }
  if (decode.routing_alpha_ppm != 0) diagnostics.error(place, who + "; expected no routing beside it");
  if (decode.parallel.pipeline > 1)
    diagnostics.error(place, who + " in a whole step; expected no pipeline, whose micro-batches have parts of it");
  if (decode.parallel.data > 1 && decode.parallel.expert == 1)
    diagnostics.error(place, who + " of all replicas; expected expert parallelism, or no data parallelism");
  for (std::int64_t step = 0; step < trace.steps(); ++step) {
    const std::string problem = problem_of(trace, step, moe);
    if (problem.empty()) continue;
    diagnostics.error(place, "step " + std::to_string(step + 1) + " of the trace: " + problem);
    return;
  }
}

}  // namespace decodesim
