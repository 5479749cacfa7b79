// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/operator_limits.hpp"

#include <vector>

#include "sim/app/scenario/network_limits.hpp"
#include "workloads/operators/row_program.hpp"

namespace decodesim {
namespace {

std::string collective_problem(const Plan& plan, const OperatorRow& row) {
  if (row.ranks < 2) return "one rank has nobody to exchange with";
  if (!plan.network) return "the machine has no network";
  if (row.ranks > plan.accelerators)
    return std::to_string(row.ranks) + " ranks but the machine has " + std::to_string(plan.accelerators) +
           (plan.accelerators == 1 ? " accelerator" : " accelerators");
  const CollectiveOp op = collective_of(row.kind);
  if (row.algorithm != CollectiveAlgorithm::kAuto) return "";
  if (op == CollectiveOp::kAllReduce) return algorithm_problem(*plan.network, op, plan.software.all_reduce, row.ranks);
  if (op == CollectiveOp::kAllGather) return algorithm_problem(*plan.network, op, plan.software.all_gather, row.ranks);
  return "";
}

// What a row's operands take of each tier against what it has.
std::string memory_problem(const Plan& plan, const StepProgram& step) {
  std::vector<Bytes> asked(plan.memory.size());
  for (const Operator& op : step.operators)
    asked.at(static_cast<std::size_t>(op.routed ? plan.placement.experts : plan.placement.weights)) += op.weight_bytes;
  asked.at(static_cast<std::size_t>(plan.placement.kv_cache)) += cache_bytes(step);
  for (std::size_t tier = 0; tier < asked.size(); ++tier)
    if (asked[tier] > plan.memory[tier].capacity())
      return "operands of " + to_short_text(asked[tier]) + " exceed " + plan.memory[tier].name + " of " +
             to_short_text(plan.memory[tier].capacity());
  return "";
}

}  // namespace

void refuse_what_cannot_be_predicted(const Plan& plan, OperatorsWorkloadPlan& operators, Diagnostics& diagnostics) {
  RowPrograms programs;
  StepProgram step;
  for (OperatorRow& row : operators.table.rows) {
    if (is_collective(row.kind)) {
      row.not_predicted = collective_problem(plan, row);
      continue;
    }
    try {
      programs.fill(row, step);
      row.not_predicted = memory_problem(plan, step);
    } catch (const OverflowError&) {
      diagnostics.error(row.at, "sizes whose product does not fit 64 bits; expected magnitudes that exist");
    }
  }
}

}  // namespace decodesim
