// SPDX-License-Identifier: Apache-2.0
// DecodeMetrics: what a decode run comes to, computed from what it measured. Times stay integer picoseconds; rates and
// shares are doubles, each one quotient of integers, and zero where there is nothing to divide by.
#pragma once

#include <string>
#include <vector>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// A distribution of durations. All zero when there are none.
struct DurationSummary {
  Duration mean;  ///< to the nearest picosecond
  Duration p50;
  Duration p90;
  Duration p99;
  Duration max;
};

/// `percent` (1 to 100) of `sorted` by nearest rank: the smallest element that at least `percent` of all elements do
/// not exceed. Always an element, never interpolated. `sorted` ascends; zero when it is empty.
[[nodiscard]] Duration percentile(const std::vector<Duration>& sorted, std::int64_t percent);
[[nodiscard]] DurationSummary summarise(std::vector<Duration> durations);

/// What one memory tier did, over all accelerators and the whole simulated time.
struct TierMetrics {
  std::string name;
  std::string part;
  Bytes bytes_read;
  Bytes bytes_written;
  Bandwidth peak;
  Duration busy;               ///< of one accelerator
  double bandwidth = 0;        ///< achieved: B/s, idle time included
  double utilisation = 0;      ///< of the peak, idle time included
  double streaming = 0;        ///< B/s while there was something to move
  double streaming_share = 0;  ///< of the peak, while there was something to move
};

struct DecodeMetrics {
  std::int64_t steps = 0;   ///< finished ones
  std::int64_t tokens = 0;  ///< produced
  Duration total;           ///< of all steps' latencies
  DurationSummary step_latency;
  double tokens_per_s = 0;           ///< tokens / total
  double tokens_per_s_per_user = 0;  ///< tokens / sum of sequences x latency: what a user sees, weighted by sequence
  Breakdown breakdown;               ///< summed over the steps
  Breakdown mean_breakdown;          ///< of a step, each part to the nearest picosecond
  /// Memory bandwidth utilisation: bytes that the steps had to read (each rank's weights once, each cached token once)
  /// over what the tiers that hold them could have delivered within the steps.
  double mbu = 0;
  /// Model FLOP utilisation: the work's FLOPs over the dense peak at the linear layers' number format, in simulated
  /// time.
  double mfu = 0;
  std::vector<TierMetrics> tiers;
  Bytes network_payload;
};

[[nodiscard]] DecodeMetrics decode_metrics(const Plan& plan, const RunResult& result);

}  // namespace decodesim
