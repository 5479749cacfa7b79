// SPDX-License-Identifier: Apache-2.0
// What a run of synthetic network traffic measured.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/component/histogram.hpp"
#include "sim/core/units/units.hpp"

namespace decodesim {

/// One load. Packets are made during warm-up, window and what comes after it; those made in the window are measured.
struct TrafficPoint {
  Bandwidth offered;  ///< by each endpoint that sends
  Duration window;
  std::int64_t made = 0;              ///< packets, from first to last
  std::int64_t delivered = 0;         ///< thereof
  std::int64_t discarded = 0;         ///< thereof: still waited in their endpoints when the load was over
  std::int64_t measured = 0;          ///< made in the window
  std::int64_t unfinished = 0;        ///< thereof not delivered one window later
  std::int64_t window_arrived = 0;    ///< packets that arrived in the window, whenever they were made
  Histogram latency;                  ///< ps, of the measured ones: from being made to the last byte's arrival
  std::int64_t injected_at_end = 0;   ///< packets that had left their endpoints when the window ended
  std::int64_t delivered_at_end = 0;  ///< thereof delivered
  Ratio busiest_link;                 ///< bytes of the link that was used most, of what it carries in the window
};

struct TrafficResult {
  std::int32_t senders = 0;
  Histogram zero_load;  ///< ps, of lone packets on the idle network
  std::vector<TrafficPoint> points;
};

}  // namespace decodesim
