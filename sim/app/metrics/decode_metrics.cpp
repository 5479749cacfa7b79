// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/decode_metrics.hpp"

#include <algorithm>
#include <set>

namespace decodesim {
namespace {

// numerator / denominator, zero when there is no denominator. The whole part is taken out first, in integers: large
// results that are whole come out whole.
double quotient(Int128 numerator, Int128 denominator) {
  if (denominator <= 0) return 0;
  const Int128 whole = numerator / denominator;
  return static_cast<double>(whole) + static_cast<double>(numerator % denominator) / static_cast<double>(denominator);
}

// The same for something that happened within `picoseconds`, a second.
double rate(Int128 amount, Int128 picoseconds) { return quotient(amount * kPicosecondsPerSecond, picoseconds); }

Duration rounded_mean(Duration sum, std::int64_t count) {
  if (count == 0) return Duration();
  return Duration(checked::narrow((static_cast<Int128>(sum.count()) * 2 + count) / (static_cast<Int128>(count) * 2)));
}

Breakdown rounded_mean(const Breakdown& sum, std::int64_t count) {
  return {rounded_mean(sum.memory, count), rounded_mean(sum.compute, count), rounded_mean(sum.network, count),
          rounded_mean(sum.overhead, count)};
}

TierMetrics tier_metrics(const MemoryRecord& record, Duration simulated) {
  TierMetrics tier;
  tier.name = record.name;
  tier.part = record.part;
  tier.bytes_read = record.bytes_read;
  tier.bytes_written = record.bytes_written;
  tier.peak = record.peak;
  tier.busy = record.busy;
  const Int128 bytes = (record.bytes_read + record.bytes_written).count();
  const Int128 peak = record.peak.count();
  tier.bandwidth = rate(bytes, simulated.count());
  tier.utilisation = rate(bytes, peak * simulated.count());
  // Every accelerator's tier is busy at the same time when all do the same: the rate while busy is that of all
  // together.
  tier.streaming = rate(bytes, record.busy.count());
  tier.streaming_share = rate(bytes, peak * record.busy.count());
  return tier;
}

// Of the tiers that hold what every step has to read.
Int128 peak_of_read_tiers(const Plan& plan, const RunResult& result) {
  std::set<std::string> names;
  const PlacementPlan& placement = plan.placement;
  const std::int32_t experts = plan.workload.decode.architecture.moe.present() ? placement.experts : placement.weights;
  for (const std::int32_t tier : {placement.weights, placement.kv_cache, experts,
                                  placement.hot_experts ? placement.hot_experts->tier : placement.weights,
                                  placement.recent_kv.value_or(placement.kv_cache),
                                  plan.workload.decode.retrieval.present() ? placement.corpus : placement.weights}) {
    if (tier >= 0 && static_cast<std::size_t>(tier) < plan.memory.size())
      names.insert(plan.memory[static_cast<std::size_t>(tier)].name);
  }
  Int128 peak = 0;
  for (const MemoryRecord& record : result.memory)
    if (names.contains(record.name)) peak += record.peak.count();
  return peak;
}

// Tokens of this step itself are not counted: their keys and values are on the chip when attention needs them.
Int128 bytes_to_read(const Plan& plan, const RunResult& result) {
  const DecodeConfig& decode = plan.workload.decode;
  Int128 bytes = result.drafting_bytes + result.cache_traffic.retrieved;
  for (const StepRecord& step : result.steps)
    bytes += static_cast<Int128>(result.weights_per_step.count()) +
             decode.architecture.kv_bytes(decode.precision.kv_cache, step.kv_tokens, step.sequences).count();
  return bytes;
}

// Weights of 8 bits are multiplied as such, others in the activations' format.
DataType multiplication_type(const Precision& precision) {
  return precision.weights.multiplied_in(precision.activations);
}

}  // namespace

Duration percentile(const std::vector<Duration>& sorted, std::int64_t percent) {
  if (sorted.empty()) return Duration();
  const auto size = static_cast<std::int64_t>(sorted.size());
  const std::int64_t rank = std::clamp<std::int64_t>(checked::multiply_divide_up(percent, size, 100), 1, size);
  return sorted[static_cast<std::size_t>(rank - 1)];
}

DurationSummary summarise(std::vector<Duration> durations) {
  std::sort(durations.begin(), durations.end());
  Duration sum;
  for (const Duration duration : durations) sum += duration;
  return {rounded_mean(sum, static_cast<std::int64_t>(durations.size())), percentile(durations, 50),
          percentile(durations, 90), percentile(durations, 99), percentile(durations, 100)};
}

DecodeMetrics decode_metrics(const Plan& plan, const RunResult& result) {
  DecodeMetrics metrics;
  std::vector<Duration> latencies;
  latencies.reserve(result.steps.size());
  Int128 user_time = 0;
  for (const StepRecord& step : result.steps) {
    latencies.push_back(step.latency);
    metrics.tokens = checked::add(metrics.tokens, step.tokens);
    metrics.total += step.latency;
    metrics.breakdown += step.breakdown;
    user_time += static_cast<Int128>(step.sequences) * step.latency.count();
  }
  metrics.steps = static_cast<std::int64_t>(result.steps.size());
  metrics.step_latency = summarise(std::move(latencies));
  metrics.mean_breakdown = rounded_mean(metrics.breakdown, metrics.steps);

  metrics.tokens_per_s = rate(metrics.tokens, metrics.total.count());
  metrics.tokens_per_s_per_user = rate(metrics.tokens, user_time);
  metrics.mbu = rate(bytes_to_read(plan, result), peak_of_read_tiers(plan, result) * metrics.total.count());
  const Int128 flop_rate = plan.accelerator.rate(multiplication_type(plan.workload.decode.precision)).count();
  metrics.mfu = rate(result.flops, flop_rate * plan.accelerators * result.simulated.count());
  for (const MemoryRecord& record : result.memory) metrics.tiers.push_back(tier_metrics(record, result.simulated));
  metrics.network_payload = result.network_payload;
  return metrics;
}

}  // namespace decodesim
