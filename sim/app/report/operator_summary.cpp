// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include "sim/app/metrics/operator_metrics.hpp"
#include "sim/app/report/number_text.hpp"
#include "sim/app/report/summary_lines.hpp"

namespace decodesim {
namespace {

void print_row(const std::string& name, const ErrorSummary& errors, std::ostream& out) {
  const auto column = [](double percent) { return right_aligned(fixed_text(percent, 1) + " %", 11); };
  print_line(
      out, "  " + name,
      right_aligned(grouped_text(errors.count), 9) + column(errors.mape) + column(errors.bias) + column(errors.p90));
}

// Each operator, and those of its rows whose operands come from memory.
void print_errors(const OperatorMetrics& metrics, std::ostream& out) {
  out << "  predicted against measured\n";
  print_line(out, "  operator", "     rows       MAPE       bias        p90");
  for (const auto& [op, errors] : metrics.by_op) {
    print_row(op, errors, out);
    const auto memory = metrics.by_op_residency.find(op + "/memory");
    if (memory != metrics.by_op_residency.end()) print_row("  memory", memory->second, out);
  }
  if (metrics.by_op.size() > 1) print_row("all", metrics.all, out);
}

std::string rows_text(const RunResult& result, const OperatorMetrics& metrics) {
  std::string text = grouped_text(metrics.predicted) + " of " + counted(metrics.rows, "row") + " predicted";
  if (metrics.not_predicted > 0)
    text += ", " + grouped_text(metrics.not_predicted) + " cannot be: operators.csv says why";
  return result.interrupted ? "interrupted: " + text : text;
}

}  // namespace

void print_operator_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  const OperatorMetrics metrics = operator_metrics(plan, result);
  out << plan.title << "\n\n";
  print_line(out, "machine", machine_text(plan));
  print_line(out, "run", rows_text(result, metrics));
  out << '\n';
  if (metrics.all.count > 0) {
    print_errors(metrics, out);
    out << '\n';
  }
  print_line(out, "simulation", simulation_text(result));
}

}  // namespace decodesim
