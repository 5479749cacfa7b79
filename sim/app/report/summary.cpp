// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

#include "sim/app/metrics/decode_metrics.hpp"
#include "sim/app/metrics/limiter.hpp"
#include "sim/app/report/number_text.hpp"
#include "sim/app/report/report.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

constexpr int kLabelWidth = 16;
constexpr double kBarWidth = 40;

void line(std::ostream& out, const std::string& label, const std::string& text) {
  out << "  " << std::left << std::setw(kLabelWidth) << label << text << '\n';
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

std::string machine_text(const Plan& plan) {
  std::string text = std::to_string(plan.accelerators) + " x " + plan.accelerator_part;
  for (const MemoryPlan& tier : plan.memory)
    text += (tier.stacks == 1 ? ", " + tier.part : ", " + std::to_string(tier.stacks) + " x " + tier.part) +
            (tier.part.rfind(tier.name, 0) == 0 ? "" : " (" + tier.name + ")");
  if (plan.network)
    text += ", " + plan.network->topology + " of " + to_short_text(plan.network->link.bandwidth) + " links";
  return plan.software.part.empty() ? text : text + ", " + plan.software.part;
}

std::string workload_text(const Plan& plan) {
  const WorkloadPlan& workload = plan.workload;
  const Precision& precision = workload.decode.precision;
  std::string text = workload.model + ", weights " + std::string(name_of(precision.weights)) + ", KV cache " +
                     std::string(name_of(precision.kv_cache));
  if (workload.trace)
    text += ", trace of up to " + counted(workload.trace->largest_batch(), "sequence") + " and " +
            grouped_text(workload.trace->longest_context()) + " tokens of context";
  else
    text += ", batch " + grouped_text(workload.batch) + ", context " + grouped_text(workload.context);
  return text + ", tensor parallel " + std::to_string(workload.decode.ranks);
}

std::string steps_text(const RunResult& result, const DecodeMetrics& metrics) {
  const std::string tokens = ", " + counted(metrics.tokens, "token");
  if (!result.interrupted) return counted(metrics.steps, "step") + tokens;
  return "interrupted after " + grouped_text(metrics.steps) + " of " + counted(result.steps_asked, "step") + tokens;
}

// Four digits, or all those before the point.
std::string rate_text(double value) {
  return value >= 1000 && value < 1e15 ? grouped_text(std::llround(value)) : significant_text(value, 4);
}

std::string gigabytes(double bytes_per_second) { return rate_text(bytes_per_second / 1e9); }

std::string tier_text(const TierMetrics& tier, std::int64_t accelerators) {
  std::string text = gigabytes(tier.bandwidth) + " of " + gigabytes(to_double(tier.peak)) + " GB/s, " +
                     percent_text(tier.utilisation) + " of peak";
  if (accelerators > 1)
    text += "; " + gigabytes(tier.bandwidth / static_cast<double>(accelerators)) + " GB/s an accelerator";
  return text;
}

void print_breakdown(const DecodeMetrics& metrics, std::ostream& out) {
  const Duration total = metrics.breakdown.total();
  const auto means = parts_of(metrics.mean_breakdown);
  const auto sums = parts_of(metrics.breakdown);
  Duration largest;
  for (const BreakdownPart& part : means) largest = std::max(largest, part.time);
  const TimeColumn column(largest);
  out << "  where the time of a step goes\n";
  for (std::size_t i = 0; i < means.size(); ++i) {
    const double share =
        total.is_zero() ? 0 : static_cast<double>(sums[i].time.count()) / static_cast<double>(total.count());
    const auto bar = static_cast<std::size_t>(std::lround(share * kBarWidth));
    std::string text = right(column.text(means[i].time), 11) + right(percent_text(share), 9);
    if (bar > 0) text += "  " + std::string(bar, '#');
    line(out, "  " + std::string(means[i].name), text);
  }
}

std::string simulation_text(const RunResult& result) {
  const double simulated = to_seconds(result.simulated);
  const double wall = result.wall_seconds;
  std::string text = significant_text(simulated, 3) + " s simulated in " + significant_text(wall, 3) + " s";
  if (wall > 0) text += ", " + significant_text(simulated / wall, 3) + " x real time";
  return text + "; " + counted(static_cast<std::int64_t>(result.events), "event") + ", " +
         short_quantity(static_cast<double>(result.peak_rss_bytes), unit_table<Bytes>());
}

void print_latency(const DecodeMetrics& metrics, std::ostream& out) {
  const DurationSummary& latency = metrics.step_latency;
  const TimeColumn column(latency.max);
  line(out, "step latency",
       "mean " + column.text(latency.mean) + "   p50 " + column.text(latency.p50) + "   p99 " +
           column.text(latency.p99) + "   max " + column.text(latency.max));
  line(out, "tokens/s",
       rate_text(metrics.tokens_per_s) + " in all, " + rate_text(metrics.tokens_per_s_per_user) + " for each user");
}

}  // namespace

void print_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  const DecodeMetrics metrics = decode_metrics(plan, result);
  out << plan.title << "\n\n";
  line(out, "machine", machine_text(plan));
  line(out, "workload", workload_text(plan));
  line(out, "run", steps_text(result, metrics));
  out << '\n';
  print_latency(metrics, out);
  out << '\n';
  print_breakdown(metrics, out);
  out << '\n';
  for (const TierMetrics& tier : metrics.tiers) line(out, tier.name, tier_text(tier, plan.accelerators));
  line(out, "utilisation", "MBU " + percent_text(metrics.mbu) + ", MFU " + percent_text(metrics.mfu));
  if (!result.all_reduce_algorithm.empty())
    line(out, "all-reduce",
         result.all_reduce_algorithm + ", " + to_short_text(metrics.network_payload) + " between accelerators");
  line(out, "limited by", limiter(plan, result, metrics));
  out << '\n';
  line(out, "simulation", simulation_text(result));
}

}  // namespace decodesim
