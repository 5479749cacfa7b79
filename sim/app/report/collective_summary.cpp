// SPDX-License-Identifier: Apache-2.0
#include <ostream>

#include "sim/app/metrics/collective_metrics.hpp"
#include "sim/app/report/number_text.hpp"
#include "sim/app/report/summary_lines.hpp"

namespace decodesim {
namespace {

// Columns as nccl-tests has them.
void print_table(const std::string& type, const std::vector<CollectiveMetrics>& results, std::ostream& out) {
  out << "  ranks          size         count    type         time   algbw   busbw  algorithm\n"
      << "                  (B)    (elements)                 (us)  (GB/s)  (GB/s)\n";
  for (const CollectiveMetrics& m : results) {
    const double microseconds = static_cast<double>(m.time.count()) / 1e6;
    out << right_aligned(std::to_string(m.ranks), 7) << right_aligned(std::to_string(m.size.count()), 14)
        << right_aligned(std::to_string(m.count), 14) << right_aligned(type, 8)
        << right_aligned(fixed_text(microseconds, 2), 13)
        << right_aligned(fixed_text(m.algorithm_bandwidth / 1e9, 2), 8)
        << right_aligned(fixed_text(m.bus_bandwidth / 1e9, 2), 8) << "  " << m.algorithm << '\n';
  }
}

}  // namespace

void print_collective_summary(const Plan& plan, const RunResult& result, std::ostream& out) {
  const std::vector<OperatorRow>& rows = plan.workload.operators->table.rows;
  const std::vector<CollectiveMetrics> results = collective_metrics(plan, result);
  out << plan.title << "\n\n";
  print_line(out, "machine", machine_text(plan));
  const std::string done = std::to_string(results.size()) + " of " + std::to_string(rows.size()) + " sizes";
  print_line(out, "run",
             std::string(name_of(collective_of(rows.front().kind))) + ", " +
                 (result.interrupted ? "interrupted after " + done
                                     : counted(static_cast<std::int64_t>(rows.size()), "result")));
  out << '\n';
  print_table(rows.front().dtype, results, out);
  out << '\n';
  print_line(out, "simulation", simulation_text(result));
}

}  // namespace decodesim
