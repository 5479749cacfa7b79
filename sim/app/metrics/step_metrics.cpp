// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/step_metrics.hpp"

namespace decodesim {
namespace {

double quotient(std::int64_t numerator, std::int64_t denominator) {
  return denominator == 0 ? 0 : static_cast<double>(numerator) / static_cast<double>(denominator);
}

Duration mean(Duration sum, std::int64_t count) { return count == 0 ? Duration() : sum / count; }

}  // namespace

std::optional<PrefillMetrics> prefill_metrics(const Plan& plan, const RunResult& result) {
  const StepKinds& kinds = plan.workload.kinds;
  if (!kinds.prefill) return std::nullopt;
  const std::int64_t chunks = *steps_of(kinds) - (kinds.prefill->output - 1);
  PrefillMetrics metrics;
  metrics.prompt_tokens = prompt_tokens(kinds);
  for (const StepRecord& step : result.steps) {
    if (step.step >= chunks) break;
    ++metrics.chunks;
    metrics.tokens = checked::add(metrics.tokens, step.new_tokens);
    metrics.time += step.latency;
    if (step.step + 1 == chunks) metrics.time_to_first = (step.begin + step.latency).since_start();
  }
  metrics.prompt_tokens_per_s = quotient(metrics.tokens, metrics.time.count()) * 1e12;
  return metrics;
}

std::vector<WindowMetrics> window_metrics(const Plan& plan, const RunResult& result) {
  std::vector<WindowMetrics> out;
  const std::vector<FastForward>& ahead = plan.workload.fast_forwards;
  for (std::size_t i = 0; i <= ahead.size() && !ahead.empty(); ++i) {
    WindowMetrics window;
    window.first_step = i == 0 ? 0 : ahead[i - 1].after_step;
    const std::int64_t end = i < ahead.size() ? ahead[i].after_step : plan.workload.steps;
    std::vector<Duration> latencies;
    for (const StepRecord& step : result.steps)
      if (step.step >= window.first_step && step.step < end) latencies.push_back(step.latency);
    window.steps = static_cast<std::int64_t>(latencies.size());
    window.latency = summarise(std::move(latencies));
    if (i > 0) window.days = out.back().days + ahead[i - 1].days;
    if (i < result.windows.size()) window.flash = result.windows[i].flash;
    for (std::size_t tier = 0; tier < plan.memory.size() && i >= result.windows.size(); ++tier)  // not reached
      if (plan.memory[tier].hbf) window.flash.push_back({plan.memory[tier].name, {}});
    out.push_back(std::move(window));
  }
  return out;
}

std::optional<SpeculationMetrics> speculation_metrics(const Plan& plan, const RunResult& result) {
  const StepKinds& kinds = plan.workload.kinds;
  if (!kinds.speculation) return std::nullopt;
  SpeculationMetrics metrics;
  std::int64_t verified = 0;  // sequences x steps
  std::int64_t produced = 0;
  Duration drafting;
  for (const StepRecord& step : result.steps) {
    verified = checked::add(verified, step.sequences);
    produced = checked::add(produced, step.tokens);
    drafting += step.drafting;
  }
  metrics.drafted = checked::multiply(verified, kinds.speculation->draft_tokens);
  metrics.accepted = produced - verified;
  metrics.tokens_per_step = quotient(produced, verified);
  metrics.drafting = mean(drafting, static_cast<std::int64_t>(result.steps.size()));
  return metrics;
}

std::optional<DiffusionMetrics> diffusion_metrics(const Plan& plan, const RunResult& result) {
  const StepKinds& kinds = plan.workload.kinds;
  if (!kinds.diffusion) return std::nullopt;
  const std::int64_t steps = kinds.diffusion->steps_per_block();
  const std::int64_t rounds = static_cast<std::int64_t>(result.steps.size()) / steps;  // of all sequences together
  Duration time;
  for (std::int64_t i = 0; i < rounds * steps; ++i) time += result.steps[static_cast<std::size_t>(i)].latency;
  DiffusionMetrics metrics;
  metrics.blocks = checked::multiply(rounds, plan.workload.batch);
  metrics.block = mean(time, rounds);
  metrics.tokens_per_step = rounds == 0 ? 0 : quotient(kinds.diffusion->block, steps);
  return metrics;
}

}  // namespace decodesim
