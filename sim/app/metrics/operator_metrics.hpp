// SPDX-License-Identifier: Apache-2.0
// OperatorMetrics: how well the rows of a table of operators are predicted, where they say what was measured.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Of rows with a prediction and a measurement. An error is predicted / measured - 1; all in percent.
struct ErrorSummary {
  std::int64_t count = 0;
  double mape = 0;  ///< mean of the absolute errors
  double bias = 0;  ///< mean of the errors
  double p90 = 0;   ///< of the absolute errors, by nearest rank
};

using ErrorGroups = std::map<std::string, ErrorSummary>;

struct OperatorMetrics {
  std::int64_t rows = 0;
  std::int64_t predicted = 0;
  std::int64_t not_predicted = 0;  ///< for a reason; not those that an interrupted run did not get to
  ErrorSummary all;
  ErrorGroups by_op;
  ErrorGroups by_dtype;
  ErrorGroups by_software;
  ErrorGroups by_residency;
  ErrorGroups by_op_residency;  ///< "gemm/memory"
};

/// In percent; nothing where `row` has no measurement, or zero `predicted`.
[[nodiscard]] std::optional<double> error_percent(const OperatorRow& row, Duration predicted);

[[nodiscard]] OperatorMetrics operator_metrics(const Plan& plan, const RunResult& result);

}  // namespace decodesim
