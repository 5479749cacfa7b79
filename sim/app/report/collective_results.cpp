// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/collective_results.hpp"

#include <nlohmann/json.hpp>

#include "sim/app/metrics/collective_metrics.hpp"
#include "sim/app/report/number_text.hpp"

namespace decodesim {
namespace {

using Json = nlohmann::ordered_json;

// A quotient: see results_json.cpp.
double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e12; }

}  // namespace

void add_collective_results(const Plan& plan, const RunResult& result, Json& root) {
  const std::vector<OperatorRow>& rows = plan.workload.operators->table.rows;
  Json& out = root["collectives"];
  out["op"] = name_of(collective_of(rows.front().kind));
  out["type"] = rows.front().dtype;
  out["results"] = Json::array();
  for (const CollectiveMetrics& m : collective_metrics(plan, result))
    out["results"].push_back({{"name", std::to_string(m.ranks) + "/" + std::to_string(m.size.count())},
                              {"ranks", m.ranks},
                              {"size_bytes", m.size.count()},
                              {"count", m.count},
                              {"time_s", seconds(m.time)},
                              {"algbw_bytes_per_s", m.algorithm_bandwidth},
                              {"busbw_bytes_per_s", m.bus_bandwidth},
                              {"algorithm", m.algorithm}});
}

std::string collectives_csv(const Plan& plan, const RunResult& result) {
  const std::vector<OperatorRow>& rows = plan.workload.operators->table.rows;
  std::string out = "op,ranks,size_bytes,count,type,time_us,algbw_gb_per_s,busbw_gb_per_s,algorithm\n";
  const std::string op(name_of(collective_of(rows.front().kind)));
  for (const CollectiveMetrics& m : collective_metrics(plan, result))
    out += op + "," + std::to_string(m.ranks) + "," + std::to_string(m.size.count()) + "," + std::to_string(m.count) +
           "," + rows.front().dtype + "," + exact_microseconds(m.time) + "," +
           fixed_text(m.algorithm_bandwidth / 1e9, 3) + "," + fixed_text(m.bus_bandwidth / 1e9, 3) + "," + m.algorithm +
           "\n";
  return out;
}

}  // namespace decodesim
