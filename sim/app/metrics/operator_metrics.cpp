// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/operator_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace decodesim {
namespace {

using Errors = std::vector<double>;
using ErrorLists = std::map<std::string, Errors>;

ErrorSummary summarise(const Errors& errors) {
  ErrorSummary out;
  out.count = static_cast<std::int64_t>(errors.size());
  if (errors.empty()) return out;
  Errors absolute;
  double sum = 0;
  double absolute_sum = 0;
  for (const double error : errors) {
    sum += error;
    absolute.push_back(std::abs(error));
    absolute_sum += absolute.back();
  }
  std::sort(absolute.begin(), absolute.end());
  const auto count = static_cast<double>(errors.size());
  out.mape = absolute_sum / count;
  out.bias = sum / count;
  out.p90 = absolute[(absolute.size() * 9 + 9) / 10 - 1];
  return out;
}

ErrorGroups summarise(const ErrorLists& lists) {
  ErrorGroups out;
  for (const auto& [name, errors] : lists)
    if (!name.empty()) out[name] = summarise(errors);
  return out;
}

}  // namespace

std::optional<double> error_percent(const OperatorRow& row, Duration predicted) {
  if (!row.measured_us || predicted.is_zero()) return std::nullopt;
  return (static_cast<double>(predicted.count()) / 1e6 / *row.measured_us - 1) * 100;
}

OperatorMetrics operator_metrics(const Plan& plan, const RunResult& result) {
  const OperatorsWorkloadPlan& operators = *plan.workload.operators;
  const std::vector<OperatorRow>& rows = operators.table.rows;
  OperatorMetrics out;
  out.rows = static_cast<std::int64_t>(rows.size());
  Errors all;
  ErrorLists by_op, by_dtype, by_software, by_residency, by_op_residency;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const OperatorRow& row = rows[i];
    if (!row.not_predicted.empty()) ++out.not_predicted;
    if (i >= result.operators.size() || result.operators[i].is_zero()) continue;
    ++out.predicted;
    const std::optional<double> error = error_percent(row, result.operators[i]);
    if (!error) continue;
    const std::string op(name_of(row.kind));
    all.push_back(*error);
    by_op[op].push_back(*error);
    by_dtype[row.dtype].push_back(*error);
    by_software[row.software.empty() ? operators.profiles.front().part : row.software].push_back(*error);
    by_residency[row.residency].push_back(*error);
    by_op_residency[row.residency.empty() ? "" : op + "/" + row.residency].push_back(*error);
  }
  out.all = summarise(all);
  out.by_op = summarise(by_op);
  out.by_dtype = summarise(by_dtype);
  out.by_software = summarise(by_software);
  out.by_residency = summarise(by_residency);
  out.by_op_residency = summarise(by_op_residency);
  return out;
}

}  // namespace decodesim
