// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/traffic_self_check.hpp"

#include <algorithm>
#include <string>

#include "sim/core/component/require.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

void require_equal(const std::string& name, const std::string& what, std::int64_t left, std::int64_t right) {
  if (left == right) return;
  throw InternalError(name, what + ": " + std::to_string(left) + " and " + std::to_string(right) + " packets");
}

void check_packets(const std::string& name, const TrafficPoint& point) {
  require_equal(name, "made, and delivered or forgotten", point.made, point.delivered + point.discarded);
  const std::int64_t late = point.measured - point.latency.count();  // of the unfinished some came in the end
  require(late >= 0 && late <= point.unfinished, name, "a measured packet was lost, or counted twice");
  require(point.delivered_at_end <= point.injected_at_end && point.injected_at_end <= point.made, name,
          "more packets were delivered than injected, or injected than made");
}

// Within the window a link may finish a packet that it had begun before.
void check_links(const std::string& name, const TrafficWorkloadPlan& workload, const TrafficPoint& point) {
  const Duration packet = workload.packet / workload.capacity;
  const Ratio slack(checked::multiply_divide(packet.count(), kPartsPerMillion, point.window.count()) + 1);
  if (point.busiest_link <= Ratio(kPartsPerMillion) + slack) return;
  throw InternalError(name, "a link carried " + to_text(point.busiest_link) + " of its bandwidth");
}

// Nothing is faster than the fastest lone packet: every way was taken by one, or chance decides.
void check_latency(const std::string& name, const TrafficResult& traffic, const TrafficPoint& point, bool all_ways) {
  if (!all_ways || point.latency.count() == 0) return;
  require(point.latency.least() >= traffic.zero_load.least(), name, "a packet was faster than on the idle network");
}

}  // namespace

void traffic_self_check(const Plan& plan, const RunResult& result) {
  require(result.traffic.has_value(), "traffic", "there are no results");
  const TrafficWorkloadPlan& workload = *plan.workload.traffic;
  const TrafficResult& traffic = *result.traffic;
  require(result.interrupted || traffic.points.size() == workload.loads.size(), "traffic", "loads are missing");
  const std::int64_t n = workload.layout.endpoints();
  const bool all_ways = workload.pattern.kind == TrafficKind::kUniform && traffic.zero_load.count() == n * (n - 1);
  for (std::size_t i = 0; i < traffic.points.size(); ++i) {
    const TrafficPoint& point = traffic.points[i];
    const std::string name = "load " + to_text(point.offered);
    require(point.offered == workload.loads[i], name, "it is not the one that was asked for");
    check_packets(name, point);
    check_links(name, workload, point);
    check_latency(name, traffic, point, all_ways);
  }
}

}  // namespace decodesim
