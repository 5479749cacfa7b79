// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/traffic_results.hpp"

#include <nlohmann/json.hpp>

#include "sim/app/metrics/traffic_metrics.hpp"
#include "sim/app/report/network_results.hpp"
#include "sim/app/report/number_text.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

// A quotient: see results_json.cpp.
double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e12; }

Json latency_json(const PacketLatency& latency) {
  return {{"mean", seconds(latency.mean)},
          {"p50", seconds(latency.p50)},
          {"p99", seconds(latency.p99)},
          {"max", seconds(latency.max)}};
}

Json point_json(const TrafficPointMetrics& point) {
  return {{"offered_share", point.offered_share},
          {"offered_bytes_per_s", point.offered.count()},
          {"accepted_share", point.accepted_share},
          {"accepted_bytes_per_s", point.accepted},
          {"packets", point.packets},
          {"unfinished", point.unfinished},
          {"latency_s", latency_json(point.latency)},
          {"busiest_link_utilisation", point.busiest_link},
          {"saturated", point.saturated}};
}

}  // namespace

void add_traffic_results(const Plan& plan, const RunResult& result, Json& root) {
  const TrafficMetrics metrics = traffic_metrics(plan, result);
  root["network"] = {{"topology", plan.network->topology},
                     {"endpoints", plan.accelerators},
                     {"capacity_bytes_per_s", metrics.capacity.count()}};
  add_network_energy(plan, result, root["network"]);
  Json points = Json::array();
  for (const TrafficPointMetrics& point : metrics.points) points.push_back(point_json(point));
  Json saturation = {{"load_share", nullptr}, {"throughput_share", metrics.throughput}};
  if (metrics.saturation) saturation["load_share"] = *metrics.saturation;
  root["traffic"] = {{"senders", metrics.senders},
                     {"packet_bytes", plan.workload.traffic->packet.count()},
                     {"zero_load", {{"packets", metrics.lone_packets}, {"latency_s", latency_json(metrics.zero_load)}}},
                     {"saturation", saturation},
                     {"points", points}};
}

std::string traffic_csv(const Plan& plan, const RunResult& result) {
  std::string out =
      "offered_share,offered_bytes_per_s,accepted_share,packets,unfinished,latency_mean_s,latency_p50_s,latency_p99_s,"
      "latency_max_s,busiest_link_utilisation,saturated\n";
  for (const TrafficPointMetrics& point : traffic_metrics(plan, result).points)
    out += fixed_text(point.offered_share, 6) + "," + std::to_string(point.offered.count()) + "," +
           fixed_text(point.accepted_share, 6) + "," + std::to_string(point.packets) + "," +
           std::to_string(point.unfinished) + "," + exact_seconds(point.latency.mean) + "," +
           exact_seconds(point.latency.p50) + "," + exact_seconds(point.latency.p99) + "," +
           exact_seconds(point.latency.max) + "," + fixed_text(point.busiest_link, 6) + "," +
           (point.saturated ? "yes" : "no") + "\n";
  return out;
}

}  // namespace decodesim
