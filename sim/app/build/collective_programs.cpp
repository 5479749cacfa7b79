// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/collective_programs.hpp"

#include <algorithm>

#include "workloads/collectives/all_reduce.hpp"

namespace decodesim {

CollectivePrograms::CollectivePrograms(const Plan& plan, std::int64_t simulated_ranks)
    : plan_(plan), by_rank_(static_cast<std::size_t>(simulated_ranks)) {}

bool CollectivePrograms::prepare(const StepProgram& step, std::vector<std::int32_t>& program_of_operator) {
  bool made = false;
  program_of_operator.assign(step.operators.size(), -1);
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    if (op.kind != OperatorKind::kAllReduce && op.kind != OperatorKind::kAllGather) continue;
    program_of_operator[i] = index_of({op.kind, op.message_bytes, op.group}, made);
  }
  return made;
}

std::int32_t CollectivePrograms::index_of(const Shape& shape, bool& made) {
  const auto it = std::find(shapes_.begin(), shapes_.end(), shape);
  if (it != shapes_.end()) return static_cast<std::int32_t>(it - shapes_.begin());
  made = true;
  for (std::size_t r = 0; r < by_rank_.size(); ++r) by_rank_[r].push_back(make(shape, static_cast<std::int32_t>(r)));
  shapes_.push_back(shape);
  return static_cast<std::int32_t>(shapes_.size()) - 1;
}

// Groups are of ranks with consecutive numbers.
MessageProgram CollectivePrograms::make(const Shape& shape, std::int32_t rank) {
  const auto size = static_cast<std::int32_t>(shape.group);
  const CollectiveShape collective{{rank / size * size, 1, size}, rank, shape.bytes};
  if (shape.kind == OperatorKind::kAllGather) return one_shot_all_gather(collective);
  AllReduceAlgorithm algorithm = plan_.software.all_reduce;
  if (algorithm == AllReduceAlgorithm::kAuto) algorithm = plan_.software.selection.choose(shape.group, shape.bytes);
  const std::string name(name_of(algorithm));
  if (std::find(algorithms_.begin(), algorithms_.end(), name) == algorithms_.end()) algorithms_.push_back(name);
  return all_reduce_program(algorithm, plan_.software.selection, collective);
}

}  // namespace decodesim
