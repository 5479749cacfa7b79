// SPDX-License-Identifier: Apache-2.0
// CollectiveMetrics: times of collectives as bandwidths, and the bounds that every one of them has to keep.
#pragma once

#include <string>
#include <vector>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// One size on one number of ranks. Bandwidths are those of nccl-tests.
struct CollectiveMetrics {
  std::int64_t ranks = 0;
  Bytes size;
  std::int64_t count = 0;  ///< elements
  Duration time;
  double algorithm_bandwidth = 0;  ///< size / time, bytes a second
  double bus_bandwidth = 0;
  std::string algorithm;  ///< what was chosen
};

/// Of each row that was finished.
[[nodiscard]] std::vector<CollectiveMetrics> collective_metrics(const Plan& plan, const RunResult& result);

/// What a rank's links carry in one direction, all together.
[[nodiscard]] Bandwidth rank_bandwidth(const NetworkPlan& network);

/// No time below what its traffic takes on a rank's links, and none that falls as the collective grows, the rest being
/// equal. Throws InternalError.
void check_collectives(const Plan& plan, const RunResult& result);

}  // namespace decodesim
