// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ostream>

#include "sim/app/metrics/traffic_metrics.hpp"
#include "sim/app/report/number_text.hpp"
#include "sim/app/report/summary_lines.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

std::string pattern_text(const TrafficWorkloadPlan& workload) {
  std::string name;
  for (const auto& choice : traffic_kind_choices())
    if (choice.value == workload.pattern.kind) name = choice.name;
  std::replace(name.begin(), name.end(), '_', ' ');
  return name + ", packets of " + to_short_text(workload.packet) + ", windows of " + to_short_text(workload.measure);
}

std::string saturation_text(const TrafficMetrics& metrics) {
  const std::string most = "at most " + percent_text(metrics.throughput) + " of an endpoint's link accepted";
  if (!metrics.saturation) return "not reached; " + most;
  return "at " + percent_text(*metrics.saturation) + " offered; " + most;
}

void print_points(const TrafficMetrics& metrics, std::ostream& out) {
  if (metrics.points.empty()) return;
  Duration largest;
  for (const TrafficPointMetrics& point : metrics.points) largest = std::max(largest, point.latency.p99);
  const TimeColumn column(largest);
  print_line(out, "  offered", "   accepted           mean            p50            p99   busiest link");
  for (const TrafficPointMetrics& point : metrics.points)
    print_line(
        out, right_aligned(percent_text(point.offered_share), 11),
        right_aligned(percent_text(point.accepted_share), 11) + right_aligned(column.text(point.latency.mean), 15) +
            right_aligned(column.text(point.latency.p50), 15) + right_aligned(column.text(point.latency.p99), 15) +
            right_aligned(percent_text(point.busiest_link), 15) + (point.saturated ? "  saturated" : ""));
}

}  // namespace

void print_traffic_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  const TrafficMetrics metrics = traffic_metrics(plan, result);
  out << plan.title << "\n\n";
  print_line(out, "network",
             plan.network->fabric->title() + ", links of " + to_short_text(plan.network->link.bandwidth) + " and " +
                 to_short_text(plan.network->link.latency));
  print_line(out, "workload", pattern_text(*plan.workload.traffic));
  if (result.interrupted)
    print_line(out, "run",
               "interrupted after " + std::to_string(metrics.points.size()) + " of " +
                   std::to_string(result.steps_asked) + " loads");
  out << '\n';
  print_line(out, "zero load",
             "mean " + to_short_text(metrics.zero_load.mean) + ", at most " + to_short_text(metrics.zero_load.max) +
                 ", over " + counted(metrics.lone_packets, "lone packet"));
  print_line(out, "saturation", saturation_text(metrics));
  out << "\n  latency against load, of packets made in the window\n";
  print_points(metrics, out);
  out << '\n';
  print_line(out, "simulation", simulation_text(result));
}

}  // namespace decodesim
