// SPDX-License-Identifier: Apache-2.0
// What limits a run, in one line for people.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "sim/app/metrics/decode_metrics.hpp"

namespace decodesim {

/// One part of a breakdown by its name.
struct BreakdownPart {
  std::string_view name;  ///< "memory", "compute", "network", "overhead"
  Duration time;
};

/// The parts in the order in which they are always reported.
[[nodiscard]] std::array<BreakdownPart, 4> parts_of(const Breakdown& breakdown);

/// One sentence without a full stop: the largest part of the step time and what is known of it, then the second
/// largest. The earlier part wins a tie.
[[nodiscard]] std::string limiter(const Plan& plan, const RunResult& result, const DecodeMetrics& metrics);

}  // namespace decodesim
