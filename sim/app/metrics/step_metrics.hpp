// SPDX-License-Identifier: Apache-2.0
// What a decode run comes to beyond its steps: the time to the first token, what drafting gained, what a block took,
// and steps before and after years have passed. Each is there when the workload has it.
#pragma once

#include <optional>

#include "sim/app/metrics/decode_metrics.hpp"
#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

struct PrefillMetrics {
  std::int64_t prompt_tokens = 0;         ///< of each sequence, vision tokens included
  std::int64_t chunks = 0;                ///< finished
  std::int64_t tokens = 0;                ///< of all sequences' prompts, computed in them
  Duration time;                          ///< of these chunks
  std::optional<Duration> time_to_first;  ///< token; empty when the run was interrupted before
  double prompt_tokens_per_s = 0;         ///< tokens / time
};

struct SpeculationMetrics {
  std::int64_t drafted = 0;    ///< tokens, over all sequences and steps
  std::int64_t accepted = 0;   ///< thereof
  double tokens_per_step = 0;  ///< of a sequence
  Duration drafting;           ///< mean of a step
};

struct DiffusionMetrics {
  std::int64_t blocks = 0;     ///< finished, over all sequences
  Duration block;              ///< mean time of one
  double tokens_per_step = 0;  ///< of a sequence, over finished blocks
};

/// Steps between fast-forwards.
struct WindowMetrics {
  std::int64_t first_step = 0;
  std::int64_t steps = 0;  ///< finished
  std::int64_t days = 0;   ///< that had passed before
  DurationSummary latency;
  std::vector<TierCondition> flash;  ///< when it began
};

/// One more than the plan has fast-forwards; none without them.
[[nodiscard]] std::vector<WindowMetrics> window_metrics(const Plan& plan, const RunResult& result);
[[nodiscard]] std::optional<PrefillMetrics> prefill_metrics(const Plan& plan, const RunResult& result);
[[nodiscard]] std::optional<SpeculationMetrics> speculation_metrics(const Plan& plan, const RunResult& result);
[[nodiscard]] std::optional<DiffusionMetrics> diffusion_metrics(const Plan& plan, const RunResult& result);

}  // namespace decodesim
