// SPDX-License-Identifier: Apache-2.0
// TrafficMetrics: what synthetic network traffic comes to: latency against load, and where the network saturates.
// Shares are of the capacity: what the link carries by which the slowest endpoint sends.
#pragma once

#include <optional>
#include <vector>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

struct PacketLatency {
  Duration mean;
  Duration p50;
  Duration p99;
  Duration max;
};

struct TrafficPointMetrics {
  Bandwidth offered;         ///< by each endpoint that sends
  double offered_share = 0;  ///< of the capacity
  double accepted = 0;       ///< B/s for each endpoint that sends, delivered in the window
  double accepted_share = 0;
  std::int64_t packets = 0;     ///< measured
  std::int64_t unfinished = 0;  ///< thereof not delivered in time
  PacketLatency latency;        ///< of those delivered
  double busiest_link = 0;      ///< share of the window
  bool saturated = false;       ///< a measured packet was not delivered in time, or arrivals fall 5 % behind
};

struct TrafficMetrics {
  Bandwidth capacity;
  std::int32_t senders = 0;
  std::int64_t lone_packets = 0;
  PacketLatency zero_load;
  std::vector<TrafficPointMetrics> points;
  std::optional<double> saturation;  ///< the least load that saturates it, as a share
  double throughput = 0;             ///< the most that was accepted at any load, as a share
};

/// Of a run without traffic everything is zero.
[[nodiscard]] TrafficMetrics traffic_metrics(const Plan& plan, const RunResult& result);

}  // namespace decodesim
