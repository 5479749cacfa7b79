// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <ostream>

#include "sim/app/metrics/decode_metrics.hpp"
#include "sim/app/metrics/limiter.hpp"
#include "sim/app/report/number_text.hpp"
#include "sim/app/report/placement_results.hpp"
#include "sim/app/report/report.hpp"
#include "sim/app/report/summary_lines.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

// "tensor parallel 8": tensor parallelism always, what else there is after it.
std::string parallel_text(const Parallelism& p) {
  std::string out = "tensor parallel " + std::to_string(p.tensor);
  const auto add = [&out](const char* key, std::int64_t degree) {
    if (degree > 1) out += std::string(", ") + key + " parallel " + std::to_string(degree);
  };
  add("pipeline", p.pipeline);
  add("expert", p.expert);
  add("data", p.data);
  add("context", p.context);
  return out;
}

std::string workload_text(const Plan& plan) {
  const WorkloadPlan& workload = plan.workload;
  const Precision& precision = workload.decode.precision;
  const std::string text = workload.model + ", weights " + std::string(precision.weights.name) +
                           (precision.experts ? ", experts " + std::string(precision.experts->name) : "") +
                           ", KV cache " + std::string(name_of(precision.kv_cache)) + ", " + steps_text(workload);
  return text + ", " + parallel_text(workload.decode.parallel);
}

std::string run_text(const RunResult& result, const DecodeMetrics& metrics) {
  const std::string tokens = ", " + counted(metrics.tokens, "token");
  if (!result.interrupted) return counted(metrics.steps, "step") + tokens;
  return "interrupted after " + grouped_text(metrics.steps) + " of " + counted(result.steps_asked, "step") + tokens;
}

std::string tier_text(const TierMetrics& tier, std::int64_t accelerators) {
  std::string text = gigabytes(tier.bandwidth) + " of " + gigabytes(to_double(tier.peak)) + " GB/s, " +
                     percent_text(tier.utilisation) + " of peak";
  if (accelerators > 1)
    text += "; " + gigabytes(tier.bandwidth / static_cast<double>(accelerators)) + " GB/s an accelerator";
  return text;
}

// "87.2 % of pages staged ahead; 1.2 years to the first worn block (read disturb)".
std::string flash_text(const FlashRecord& flash) {
  const FlashActivity& activity = flash.activity;
  const double staged =
      activity.read_pages > 0 ? static_cast<double>(activity.staged) / static_cast<double>(activity.read_pages) : 0;
  std::string text = percent_text(staged) + " of pages staged ahead";
  if (std::isfinite(flash.wear.life.years))
    text += "; " + significant_text(flash.wear.life.years, 3) + " years to the first worn block (" +
            std::string(name_of(flash.wear.life.cause)) + ")";
  return flash.wear.state == "good" ? text : text + "; " + flash.wear.state;
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
    std::string text = right_aligned(column.text(means[i].time), 11) + right_aligned(percent_text(share), 9);
    if (const std::string bar = bar_text(share); !bar.empty()) text += "  " + bar;
    print_line(out, "  " + std::string(means[i].name), text);
  }
}

void print_latency(const DecodeMetrics& metrics, std::ostream& out) {
  const DurationSummary& latency = metrics.step_latency;
  const TimeColumn column(latency.max);
  print_line(out, "step latency",
             "mean " + column.text(latency.mean) + "   p50 " + column.text(latency.p50) + "   p99 " +
                 column.text(latency.p99) + "   max " + column.text(latency.max));
  print_line(
      out, "tokens/s",
      rate_text(metrics.tokens_per_s) + " in all, " + rate_text(metrics.tokens_per_s_per_user) + " for each user");
}

std::string faults_text(const FaultRecord& faults) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (faults.failures > 0)
    add(counted(faults.failures, "failure") + " (" + counted(faults.spares_used, "spare") + " used, down for " +
        to_short_text(faults.down) + "), " + counted(faults.steps_repeated, "step") + " done again");
  if (faults.link_failures > 0)
    add(counted(faults.link_failures, "link failure") + " (" + counted(faults.rerouted_trains, "train") +
        " waiting sent another way)");
  if (faults.switch_failures > 0) add(counted(faults.switch_failures, "switch failure"));
  if (faults.stragglers > 0) add(counted(faults.stragglers, "straggler"));
  if (faults.inexact_collectives > 0) add(counted(faults.inexact_collectives, "inexact collective"));
  return text.empty() ? "none happened" : text;
}

}  // namespace

void print_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  if (plan.workload.kind == WorkloadKind::kMemory) {
    print_memory_summary(plan, result, out);
    return;
  }
  if (plan.workload.kind == WorkloadKind::kTraffic) {
    print_traffic_summary(plan, result, out);
    return;
  }
  if (plan.workload.kind == WorkloadKind::kOperators) {
    print_operator_summary(plan, result, out);
    return;
  }
  if (plan.workload.kind == WorkloadKind::kCollective) {
    print_collective_summary(plan, result, out);
    return;
  }
  const DecodeMetrics metrics = decode_metrics(plan, result);
  out << plan.title << "\n\n";
  print_line(out, "machine", machine_text(plan));
  print_line(out, "workload", workload_text(plan));
  print_line(out, "run", run_text(result, metrics));
  out << '\n';
  print_latency(metrics, out);
  print_step_summary(plan, result, out);
  out << '\n';
  print_breakdown(metrics, out);
  out << '\n';
  for (const TierMetrics& tier : metrics.tiers) print_line(out, tier.name, tier_text(tier, plan.accelerators));
  for (const MemoryRecord& tier : result.memory)
    if (tier.flash) print_line(out, tier.name + " flash", flash_text(*tier.flash));
  print_placement_summary(plan, result, out);
  print_line(out, "utilisation", "MBU " + percent_text(metrics.mbu) + ", MFU " + percent_text(metrics.mfu));
  if (!result.all_reduce_algorithm.empty())
    print_line(out, "all-reduce",
               result.all_reduce_algorithm + ", " + to_short_text(metrics.network_payload) + " between accelerators");
  for (const auto& [collective, algorithm] : result.named_collectives) print_line(out, collective, algorithm);
  if (result.faults) print_line(out, "faults", faults_text(*result.faults));
  print_line(out, "limited by", limiter(plan, result, metrics));
  out << '\n';
  print_line(out, "simulation", simulation_text(result));
}

}  // namespace decodesim
