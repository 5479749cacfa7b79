// SPDX-License-Identifier: Apache-2.0
// The comma-separated files of a run, as text.
#pragma once

#include <string>

#include "sim/app/metrics/run_result.hpp"

namespace decodesim {

/// steps.csv: one row a step; times in seconds, exact to the picosecond.
[[nodiscard]] std::string steps_csv(const RunResult& result);

/// components.csv: one row a statistic, in base units.
[[nodiscard]] std::string components_csv(const RunResult& result);

}  // namespace decodesim
