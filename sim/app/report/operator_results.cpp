// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/operator_results.hpp"

#include <nlohmann/json.hpp>

#include "sim/app/metrics/operator_metrics.hpp"
#include "sim/app/report/number_text.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

void add_errors(const ErrorSummary& errors, Json& out) {
  out["mape_percent"] = errors.mape;
  out["bias_percent"] = errors.bias;
  out["p90_percent"] = errors.p90;
}

Json groups_json(const ErrorGroups& groups) {
  Json out = Json::object();
  for (const auto& [name, errors] : groups) {
    out[name]["count"] = errors.count;
    add_errors(errors, out[name]);
  }
  return out;
}

// Cells of the input have no commas or quotes; the columns' names neither.
std::string joined(const std::vector<std::string>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + cells[i];
  return out;
}

std::string prediction_cells(const OperatorRow& row, Duration time, bool reached, const std::string& chosen) {
  if (!row.not_predicted.empty()) return ",,not predicted: " + row.not_predicted;
  if (!reached) return ",,not predicted: the run was interrupted";
  const std::optional<double> error = error_percent(row, time);
  return exact_microseconds(time) + "," + (error ? fixed_text(*error, 3) : "") + "," + chosen;
}

}  // namespace

void add_operator_results(const Plan& plan, const RunResult& result, Json& root) {
  const OperatorMetrics metrics = operator_metrics(plan, result);
  Json& out = root["operators"];
  out["count"] = metrics.rows;
  out["predicted"] = metrics.predicted;
  out["not_predicted"] = metrics.not_predicted;
  if (metrics.all.count == 0) return;
  add_errors(metrics.all, out);
  out["by_op"] = groups_json(metrics.by_op);
  out["by_dtype"] = groups_json(metrics.by_dtype);
  out["by_software"] = groups_json(metrics.by_software);
  out["by_residency"] = groups_json(metrics.by_residency);
  out["by_op_residency"] = groups_json(metrics.by_op_residency);
}

std::string operators_csv(const Plan& plan, const RunResult& result) {
  const OperatorTable& table = plan.workload.operators->table;
  std::string out = joined(table.columns) + ",predicted_us,error_percent,note\n";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const bool reached = i < result.operators.size();
    out += joined(table.rows[i].cells) + "," +
           prediction_cells(table.rows[i], reached ? result.operators[i] : Duration(), reached,
                            i < result.algorithms.size() ? result.algorithms[i] : "") +
           "\n";
  }
  return out;
}

}  // namespace decodesim
