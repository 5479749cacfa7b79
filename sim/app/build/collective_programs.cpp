// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/collective_programs.hpp"

#include <algorithm>
#include <numeric>

#include "workloads/collectives/all_reduce.hpp"

namespace decodesim {

std::vector<std::int32_t> first_ranks(std::int64_t count) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

CollectivePrograms::CollectivePrograms(const Plan& plan, std::vector<std::int32_t> ranks,
                                       ReductionAdmission* reductions)
    : plan_(plan), ranks_(std::move(ranks)), reductions_(reductions), by_rank_(ranks_.size()) {}

bool CollectivePrograms::prepare(const StepProgram& step, std::vector<std::int32_t>& program_of_operator) {
  bool made = false;
  program_of_operator.assign(step.operators.size(), -1);
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    if (!is_communication(op.kind)) continue;
    program_of_operator[i] = index_of({op.kind, op.message_bytes, op.group, op.peer}, made);
  }
  return made;
}

std::int32_t CollectivePrograms::index_of(const Shape& shape, bool& made) {
  const auto it = std::find(shapes_.begin(), shapes_.end(), shape);
  if (it != shapes_.end()) return static_cast<std::int32_t>(it - shapes_.begin());
  made = true;
  for (std::size_t r = 0; r < by_rank_.size(); ++r) by_rank_[r].push_back(make(shape, ranks_[r]));
  shapes_.push_back(shape);
  return static_cast<std::int32_t>(shapes_.size()) - 1;
}

// Messages between two ranks have a group for each direction: the sender, then the receiver.
MessageProgram CollectivePrograms::make_message(const Shape& shape, std::int32_t rank) {
  const auto peer = static_cast<std::int32_t>(shape.peer);
  if (shape.kind == OperatorKind::kSend) return send_program({{rank, peer, 2}, rank, shape.bytes});
  return receive_program({{rank + peer, -peer, 2}, rank, shape.bytes});
}

// Groups are of ranks with consecutive numbers.
MessageProgram CollectivePrograms::make(const Shape& shape, std::int32_t rank) {
  if (shape.kind == OperatorKind::kSend || shape.kind == OperatorKind::kReceive) return make_message(shape, rank);
  const auto size = static_cast<std::int32_t>(shape.group);
  const CollectiveShape collective{{rank / size * size, 1, size}, rank, shape.bytes};
  if (shape.kind == OperatorKind::kAllGather) return one_shot_all_gather(collective);
  if (shape.kind == OperatorKind::kAllToAll) return one_shot_all_to_all(collective);
  return make_all_reduce(collective);
}

MessageProgram CollectivePrograms::make_all_reduce(const CollectiveShape& shape) {
  const AllReduceSelection& selection = plan_.software.selection;
  AllReduceAlgorithm algorithm = plan_.software.all_reduce;
  if (algorithm == AllReduceAlgorithm::kAuto) algorithm = selection.choose(shape.group.size, shape.bytes);
  const bool fallback = algorithm == AllReduceAlgorithm::kInNetwork && shape.group.size > 1 &&
                        (reductions_ == nullptr || !reductions_->admit(shape.group));
  if (fallback) algorithm = selection.choose_fallback(shape.group.size, shape.bytes);
  const std::string name(name_of(algorithm));
  if (std::find(algorithms_.begin(), algorithms_.end(), name) == algorithms_.end()) algorithms_.push_back(name);
  MessageProgram program = all_reduce_program(algorithm, selection, shape);
  program.fallback = fallback;
  return program;
}

}  // namespace decodesim
