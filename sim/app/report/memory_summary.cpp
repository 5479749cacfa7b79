// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ostream>

#include "sim/app/metrics/memory_metrics.hpp"
#include "sim/app/report/number_text.hpp"
#include "sim/app/report/summary_lines.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

std::string memory_text(const Plan& plan) {
  const MemoryPlan& tier = plan.memory.front();
  std::string text = (tier.stacks == 1 ? "" : std::to_string(tier.stacks) + " x ") + tier.part + ", " +
                     (tier.fidelity == Fidelity::kCommand ? "every command"
                      : tier.fidelity == Fidelity::kPage  ? "every page"
                                                          : "closed form");
  if (plan.workload.memory->accelerator)
    text += ", " + to_short_text(plan.workload.memory->initiator_latency) + " from the cores of " +
            (plan.accelerator_part.empty() ? "an accelerator" : plan.accelerator_part);
  return text;
}

std::string counted_accesses(std::int64_t count) {
  return grouped_text(count) + (count == 1 ? " access" : " accesses");
}

std::string kind_text(PatternKind kind) {
  for (const Choice<PatternKind>& choice : pattern_kind_choices())
    if (choice.value == kind) return std::string(choice.name);
  return "";
}

std::string workload_text(const MemoryWorkloadPlan& workload) {
  const std::string window = ", " + grouped_text(workload.outstanding) + " outstanding";
  if (!workload.pattern) return "trace of " + counted_accesses(workload.accesses()) + window;
  const AccessPattern& pattern = *workload.pattern;
  const bool dependent = pattern.kind == PatternKind::kPointerChase;
  std::string text = kind_text(pattern.kind) + ", " + to_short_text(pattern.request) + " an access, " +
                     percent_text(static_cast<double>(pattern.read_share.count()) / 1e6) + " reads, " +
                     counted(pattern.streams, "stream") + " over " + to_short_text(pattern.footprint) +
                     (dependent ? ", one at a time" : window);
  if (!pattern.offered_load.is_zero()) text += ", " + to_short_text(pattern.offered_load) + " offered";
  return text;
}

std::string run_text(const RunResult& result, const MemoryPhaseMetrics& m) {
  std::string text = counted_accesses(m.accesses) + " in " + to_short_text(m.elapsed) + ", " +
                     to_short_text(m.bytes_read) + " read, " + to_short_text(m.bytes_written) + " written";
  return result.interrupted ? "interrupted: " + text : text;
}

void print_pins(const MemoryPhaseMetrics& m, std::ostream& out) {
  out << "  where the pins' time goes\n";
  const auto row = [&out](const std::string& name, double share) {
    std::string text = right_aligned(percent_text(share), 9);
    if (const std::string bar = bar_text(share); !bar.empty()) text += "  " + bar;
    print_line(out, "  " + name, text);
  };
  row("data", m.utilisation);
  for (const LossShare& loss : m.lost) {
    std::string name(loss.name);
    std::replace(name.begin(), name.end(), '_', ' ');
    row(name, loss.share);
  }
}

void print_latency(const MemoryPhaseMetrics& m, std::ostream& out) {
  const AccessLatency& l = m.latency;
  const TimeColumn column(l.max);
  print_line(out, "latency",
             "mean " + column.text(l.mean) + "   p50 " + column.text(l.p50) + "   p90 " + column.text(l.p90) +
                 "   p99 " + column.text(l.p99) + "   max " + column.text(l.max));
}

void print_load_curve(const MemoryMetrics& metrics, std::ostream& out) {
  if (metrics.load_curve.empty()) return;
  Duration largest;
  for (const MemoryPhaseMetrics& point : metrics.load_curve) largest = std::max(largest, point.latency.p99);
  const TimeColumn column(largest);
  out << "\n  latency against load\n";
  print_line(out, "  offered GB/s", "achieved GB/s           mean            p50            p99");
  for (const MemoryPhaseMetrics& point : metrics.load_curve)
    print_line(out, right_aligned(gigabytes(to_double(point.offered)), 14),
               right_aligned(gigabytes(point.bandwidth), 13) + right_aligned(column.text(point.latency.mean), 15) +
                   right_aligned(column.text(point.latency.p50), 15) +
                   right_aligned(column.text(point.latency.p99), 15));
}

}  // namespace

void print_memory_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  const MemoryMetrics metrics = memory_metrics(plan, result);
  const MemoryPhaseMetrics& m = metrics.measurement;
  out << plan.title << "\n\n";
  print_line(out, "memory", memory_text(plan));
  print_line(out, "workload", workload_text(*plan.workload.memory));
  print_line(out, "run", run_text(result, m));
  out << '\n';
  print_line(out, plan.memory.front().name,
             gigabytes(m.bandwidth) + " of " + gigabytes(to_double(metrics.peak)) + " GB/s, " +
                 percent_text(m.utilisation) + " of peak");
  print_latency(m, out);
  if (m.address_errors > 0)
    print_line(out, "address errors", counted_accesses(m.address_errors) + " beyond the capacity, refused");
  out << '\n';
  print_pins(m, out);
  out << '\n';
  if (!result.memory.empty() && result.memory.front().flash) {
    const auto& flash = result.memory.front().flash;
    print_line(
        out, "pages",
        grouped_text(flash->activity.senses) + " sensed, " + grouped_text(flash->activity.programs) + " programmed");
    print_line(out, "energy", to_short_text(flash->energy.total()));
  } else {
    print_line(out, "row hits", percent_text(m.row_hit_rate) + " of bursts");
    print_line(out, "energy",
               to_short_text(m.energy.total()) + ", " + significant_text(m.energy_pj_per_bit, 3) + " pJ/bit");
  }
  print_load_curve(metrics, out);
  out << '\n';
  print_line(out, "simulation", simulation_text(result));
}

}  // namespace decodesim
