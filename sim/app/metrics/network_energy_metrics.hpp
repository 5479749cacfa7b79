// SPDX-License-Identifier: Apache-2.0
// NetworkEnergyMetrics: what a run's network took, from the bytes that its links counted.
#pragma once

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Bytes on the wire that a run's cables carried, each cable and direction by itself.
Bytes cable_bytes(const Plan& plan, const RunResult& result);

struct NetworkEnergyMetrics {
  Energy links;
  Energy crossings;
  Energy switches;  ///< static

  [[nodiscard]] Energy total() const { return links + crossings + switches; }
};

/// REQUIRES a network with energies. All ranks, those that others stand for too.
[[nodiscard]] NetworkEnergyMetrics network_energy(const Plan& plan, const RunResult& result);

}  // namespace decodesim
