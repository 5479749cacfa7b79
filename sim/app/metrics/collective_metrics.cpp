// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/collective_metrics.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/core/component/require.hpp"
#include "sim/core/units/text.hpp"
#include "workloads/collectives/collective_kinds.hpp"

namespace decodesim {
namespace {

std::string described(const OperatorRow& row, const RunResult& result, std::size_t index) {
  const std::string algorithm = index < result.algorithms.size() ? " (" + result.algorithms[index] + ")" : "";
  return std::string(name_of(row.kind)) + " of " + to_text(row.bytes) + " on " + std::to_string(row.ranks) + " ranks" +
         algorithm;
}

void check_bound(const Plan& plan, const RunResult& result, std::size_t index, Bandwidth rate) {
  const OperatorRow& row = plan.workload.operators->table.rows[index];
  const bool in_network = index < result.algorithms.size() && result.algorithms[index] == "in_network";
  const Bytes traffic = least_traffic(collective_of(row.kind), row.ranks, row.bytes, in_network);
  const Duration bound = traffic / rate;
  if (result.operators[index] >= bound) return;
  throw InternalError(described(row, result, index), "took " + to_text(result.operators[index]) + ", less than the " +
                                                         to_text(bound) + " that " + to_text(traffic) +
                                                         " take on the links of a rank");
}

}  // namespace

std::vector<CollectiveMetrics> collective_metrics(const Plan& plan, const RunResult& result) {
  std::vector<CollectiveMetrics> out;
  const std::vector<OperatorRow>& rows = plan.workload.operators->table.rows;
  for (std::size_t i = 0; i < std::min(rows.size(), result.operators.size()); ++i) {
    const OperatorRow& row = rows[i];
    CollectiveMetrics m;
    m.ranks = row.ranks;
    m.size = row.bytes;
    const std::optional<DataType> type = data_type_named(row.dtype);
    m.count = row.bytes.count() * 8 / bits_of(type.value_or(DataType::kInt8));
    m.time = result.operators[i];
    if (!m.time.is_zero())
      m.algorithm_bandwidth = static_cast<double>(m.size.count()) * 1e12 / static_cast<double>(m.time.count());
    const BusFactor factor = bus_factor(collective_of(row.kind), row.ranks);
    m.bus_bandwidth =
        m.algorithm_bandwidth * static_cast<double>(factor.numerator) / static_cast<double>(factor.denominator);
    if (i < result.algorithms.size()) m.algorithm = result.algorithms[i];
    out.push_back(std::move(m));
  }
  return out;
}

Bandwidth rank_bandwidth(const NetworkPlan& network) {
  if (network.topology == "star") return network.link.bandwidth;
  const Topology& topology = network.fabric->topology();
  std::vector<Bandwidth> of_node(topology.nodes.size());
  Bandwidth most;
  for (const TopologyCable& cable : topology.cables) {
    for (const std::int32_t node : {cable.a, cable.b}) {
      if (topology.nodes[static_cast<std::size_t>(node)].kind != TopologyNode::Kind::kEndpoint) continue;
      Bandwidth& sum = of_node[static_cast<std::size_t>(node)];
      sum = sum + part_of(network.links, cable.level, network.link).bandwidth;
      most = std::max(most, sum);
    }
  }
  return most;
}

void check_collectives(const Plan& plan, const RunResult& result) {
  const std::vector<OperatorRow>& rows = plan.workload.operators->table.rows;
  using Series = std::tuple<RowKind, std::size_t, std::int64_t, CollectiveAlgorithm, CollectiveProtocol>;
  std::map<Series, std::vector<std::size_t>> by_series;
  Bandwidth rate;
  for (std::size_t i = 0; i < std::min(rows.size(), result.operators.size()); ++i) {
    const OperatorRow& row = rows[i];
    if (!is_collective(row.kind) || !row.not_predicted.empty()) continue;
    if (rate.is_zero()) rate = rank_bandwidth(*plan.network);
    check_bound(plan, result, i, rate);
    by_series[{row.kind, row.profile, row.ranks, row.algorithm, row.protocol}].push_back(i);
  }
  for (auto& [series, indices] : by_series) {
    std::stable_sort(indices.begin(), indices.end(),
                     [&rows](std::size_t a, std::size_t b) { return rows[a].bytes < rows[b].bytes; });
    for (std::size_t i = 1; i < indices.size(); ++i)
      if (result.operators[indices[i]] < result.operators[indices[i - 1]])
        throw InternalError(described(rows[indices[i]], result, indices[i]),
                            "took " + to_text(result.operators[indices[i]]) + ", less than the " +
                                to_text(result.operators[indices[i - 1]]) + " of " +
                                described(rows[indices[i - 1]], result, indices[i - 1]));
  }
}

}  // namespace decodesim
