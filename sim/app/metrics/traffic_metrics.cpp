// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/traffic_metrics.hpp"

#include <algorithm>

namespace decodesim {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

PacketLatency latency_of(const Histogram& latency) {
  return {Duration(latency.mean()), Duration(latency.percentile(500'000)), Duration(latency.percentile(990'000)),
          Duration(latency.most())};
}

TrafficPointMetrics metrics_of(const TrafficWorkloadPlan& plan, const TrafficPoint& point, std::int32_t senders) {
  TrafficPointMetrics out;
  out.offered = point.offered;
  out.offered_share = ratio(to_double(point.offered), to_double(plan.capacity));
  const double bytes = static_cast<double>(point.window_arrived) * to_double(plan.packet);
  out.accepted = ratio(bytes / to_seconds(point.window), senders);
  out.accepted_share = ratio(out.accepted, to_double(plan.capacity));
  out.packets = point.measured;
  out.unfinished = point.unfinished;
  out.latency = latency_of(point.latency);
  out.busiest_link = to_double(point.busiest_link);
  out.saturated = point.unfinished > 0 || point.window_arrived * 100 < point.measured * 95;
  return out;
}

}  // namespace

TrafficMetrics traffic_metrics(const Plan& plan, const RunResult& result) {
  TrafficMetrics out;
  const TrafficWorkloadPlan& workload = *plan.workload.traffic;
  out.capacity = workload.capacity;
  if (!result.traffic) return out;
  out.senders = result.traffic->senders;
  out.lone_packets = result.traffic->zero_load.count();
  out.zero_load = latency_of(result.traffic->zero_load);
  for (const TrafficPoint& point : result.traffic->points) {
    out.points.push_back(metrics_of(workload, point, out.senders));
    const TrafficPointMetrics& last = out.points.back();
    if (last.saturated && !out.saturation) out.saturation = last.offered_share;
    out.throughput = std::max(out.throughput, last.accepted_share);
  }
  return out;
}

}  // namespace decodesim
