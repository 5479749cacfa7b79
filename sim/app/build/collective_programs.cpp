// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/collective_programs.hpp"

#include <algorithm>
#include <numeric>

#include "workloads/collectives/all_reduce.hpp"
#include "workloads/collectives/programs.hpp"

namespace decodesim {

std::vector<std::int32_t> first_ranks(std::int64_t count) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

CollectivePrograms::CollectivePrograms(const Plan& plan, std::vector<std::int32_t> ranks,
                                       ReductionAdmission* reductions)
    : plan_(plan), chooser_(plan), ranks_(std::move(ranks)), reductions_(reductions), by_rank_(ranks_.size()) {}

bool CollectivePrograms::prepare(const StepProgram& step, std::vector<std::int32_t>& program_of_operator) {
  bool made = false;
  program_of_operator.assign(step.operators.size(), -1);
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    if (!is_communication(op.kind)) continue;
    program_of_operator[i] = index_of({op.kind, op.message_bytes, op.group, op.peer, {}}, made);
  }
  return made;
}

bool CollectivePrograms::prepare(const CollectiveRequest& request, std::int64_t group,
                                 std::vector<std::int32_t>& program_of_operator) {
  const Shape shape{OperatorKind::kSendReceive, request.bytes, group, 0, request};
  if (std::find(shapes_.begin(), shapes_.end(), shape) == shapes_.end()) {  // long ones take much room
    shapes_.clear();
    for (auto& programs : by_rank_) programs.clear();
  }
  bool made = false;
  program_of_operator.assign(1, index_of(shape, made));
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
  if (shape.kind == OperatorKind::kSendReceive) return requested(shape.request, collective.group, rank);
  return all_reduce(shape, collective.group, rank);
}

MessageProgram CollectivePrograms::requested(CollectiveRequest request, const RankGroup& group, std::int32_t rank) {
  const bool fallback = request.algorithm == CollectiveAlgorithm::kInNetwork && !admitted(group);
  if (fallback) request.algorithm = CollectiveAlgorithm::kRing;
  MessageProgram program = chooser_.program(request, group, rank);
  program.fallback = fallback;
  return program;
}

// A group asks before its first reduction.
bool CollectivePrograms::admitted(const RankGroup& group) {
  return group.size == 1 || (reductions_ != nullptr && reductions_->admit(group));
}

MessageProgram CollectivePrograms::all_reduce(const Shape& shape, const RankGroup& group, std::int32_t rank) {
  AllReduceAlgorithm algorithm = plan_.software.all_reduce;
  if (algorithm == AllReduceAlgorithm::kAuto) algorithm = plan_.software.selection.choose(shape.group, shape.bytes);
  const bool library = algorithm == AllReduceAlgorithm::kLibrary;
  CollectiveChoice choice;
  if (library) {
    const CollectiveRequest asked{CollectiveOp::kAllReduce, CollectiveAlgorithm::kAuto, CollectiveProtocol::kAuto,
                                  shape.bytes};
    const std::vector<CollectiveChoice> choices = chooser_.choices(asked, group.size);
    // On a star one rank may stand for all.
    const auto fits = std::find_if(choices.begin(), choices.end(), [this](const CollectiveChoice& c) {
      return c.symmetric || !is_star(*plan_.network);
    });
    require(fits != choices.end(), "collectives", "a library without an all-reduce");
    choice = *fits;
  }
  const bool in_network = library ? choice.request.algorithm == CollectiveAlgorithm::kInNetwork
                                  : algorithm == AllReduceAlgorithm::kInNetwork;
  const bool fallback = in_network && !admitted(group);
  if (fallback) algorithm = plan_.software.selection.choose_fallback(shape.group, shape.bytes);
  if (fallback && algorithm == AllReduceAlgorithm::kLibrary) algorithm = AllReduceAlgorithm::kRing;
  const bool by_library = library && !fallback;
  const std::string name = by_library ? choice.text() : std::string(name_of(algorithm));
  if (std::find(algorithms_.begin(), algorithms_.end(), name) == algorithms_.end()) algorithms_.push_back(name);
  if (by_library) return chooser_.program(choice.request, group, rank);
  MessageProgram program = all_reduce_program(algorithm, plan_.software.selection, {group, rank, shape.bytes});
  program.fallback = fallback;
  return program;
}

}  // namespace decodesim
