// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/collective_programs.hpp"

#include <algorithm>
#include <numeric>

#include "workloads/collectives/all_reduce.hpp"
#include "workloads/collectives/programs.hpp"
#include "workloads/collectives/token_routing.hpp"
#include "workloads/operators/expert_load.hpp"

namespace decodesim {

std::vector<std::int32_t> first_ranks(std::int64_t count) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(count));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

namespace {

void note(const std::string& name, std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

CollectivePrograms::CollectivePrograms(const Plan& plan, std::vector<std::int32_t> ranks,
                                       ReductionAdmission* reductions)
    : plan_(plan), chooser_(plan), ranks_(std::move(ranks)), reductions_(reductions), by_rank_(ranks_.size()) {}

bool CollectivePrograms::prepare(const StepProgram& step, std::vector<std::int32_t>& program_of_operator) {
  bool made = false;
  program_of_operator.assign(step.operators.size(), -1);
  for (std::size_t i = 0; i < step.operators.size(); ++i) {
    const Operator& op = step.operators[i];
    if (!is_communication(op.kind)) continue;
    const bool routed = plan_.software.expert_exchange != TokenTravel::kEven;
    program_of_operator[i] =
        index_of({op.kind, op.message_bytes, op.group, op.peer, routed ? op.exchange : TokenExchange(), {}}, made);
  }
  return made;
}

bool CollectivePrograms::prepare(const CollectiveRequest& request, std::int64_t group,
                                 std::vector<std::int32_t>& program_of_operator) {
  const Shape shape{OperatorKind::kSendReceive, request.bytes, group, 0, {}, request};
  if (std::find(shapes_.begin(), shapes_.end(), shape) == shapes_.end()) {  // long ones take much room
    shapes_.clear();
    made_at_.clear();
    for (auto& programs : by_rank_) programs.clear();
  }
  bool made = false;
  program_of_operator.assign(1, index_of(shape, made));
  return made;
}

// Programs of tokens are made again when the experts' rows have changed.
std::int32_t CollectivePrograms::index_of(const Shape& shape, bool& made) {
  const auto it = std::find(shapes_.begin(), shapes_.end(), shape);
  const auto index = static_cast<std::size_t>(it - shapes_.begin());
  const bool known = it != shapes_.end();
  if (known && (shape.exchange.tokens == 0 || made_at_[index] == routes_)) return static_cast<std::int32_t>(index);
  made = true;
  for (std::size_t r = 0; r < by_rank_.size(); ++r) {
    MessageProgram program = make(shape, ranks_[r]);
    if (known)
      by_rank_[r][index] = std::move(program);
    else
      by_rank_[r].push_back(std::move(program));
  }
  if (!known) shapes_.push_back(shape), made_at_.push_back(routes_);
  made_at_[index] = routes_;
  return static_cast<std::int32_t>(index);
}

void CollectivePrograms::route(std::span<const std::int64_t> expert_rows) {
  if (std::equal(expert_rows.begin(), expert_rows.end(), expert_rows_.begin(), expert_rows_.end())) return;
  expert_rows_.assign(expert_rows.begin(), expert_rows.end());
  routings_.clear();
  ++routes_;
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
  if (shape.kind == OperatorKind::kAllGather) return all_gather(shape, collective.group, rank);
  if (shape.exchange.tokens > 0) return token_exchange(shape, collective.group, rank);
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

// Of what `auto` weighs on a star only what one rank may stand for all in. What is named is taken.
const CollectiveChoice& CollectivePrograms::best(const CollectiveRequest& asked, std::int32_t ranks) {
  const auto [known, added] = best_.try_emplace({asked.op, asked.bytes.count(), ranks});
  if (!added) return known->second;
  const CollectiveAlgorithm named =
      asked.op == CollectiveOp::kAllReduce ? plan_.software.all_reduce : plan_.software.all_gather;
  const bool any = named != CollectiveAlgorithm::kAuto || !is_star(*plan_.network);
  const std::vector<CollectiveChoice> choices = chooser_.choices(asked, ranks);
  const auto fits =
      std::find_if(choices.begin(), choices.end(), [any](const CollectiveChoice& c) { return c.symmetric || any; });
  require(fits != choices.end(), "collectives", "nothing does a collective");
  known->second = *fits;
  return known->second;
}

MessageProgram CollectivePrograms::all_reduce(const Shape& shape, const RankGroup& group, std::int32_t rank) {
  CollectiveChoice choice =
      best({CollectiveOp::kAllReduce, CollectiveAlgorithm::kAuto, CollectiveProtocol::kAuto, shape.bytes}, group.size);
  CollectiveRequest& request = choice.request;
  const bool fallback = request.algorithm == CollectiveAlgorithm::kInNetwork && !admitted(group);
  if (fallback) {
    request.algorithm = plan_.software.selection.choose_fallback(shape.group, shape.bytes);
    if (request.algorithm == CollectiveAlgorithm::kLibrary) request.algorithm = CollectiveAlgorithm::kRing;
    request.protocol = CollectiveProtocol::kAuto;
  }
  note(choice.text(), in_use_.all_reduce);
  MessageProgram program = chooser_.program(request, group, rank);
  program.fallback = fallback;
  return program;
}

// By a kernel of the runtime's own, unless the scenario names what a library has. Libraries count the whole.
MessageProgram CollectivePrograms::all_gather(const Shape& shape, const RankGroup& group, std::int32_t rank) {
  const CollectiveAlgorithm named = plan_.software.all_gather;
  if (named == CollectiveAlgorithm::kAuto || named == CollectiveAlgorithm::kOneShot) {
    note(std::string(name_of(CollectiveAlgorithm::kOneShot)), in_use_.all_gather);
    return one_shot_all_gather({group, rank, shape.bytes});
  }
  const CollectiveChoice& choice =
      best({CollectiveOp::kAllGather, CollectiveAlgorithm::kAuto, CollectiveProtocol::kAuto, shape.bytes * shape.group},
           group.size);
  note(choice.text(), in_use_.all_gather);
  return chooser_.program(choice.request, group, rank);
}

// One routing for all layers of a step, and for all steps whose experts have the same rows.
const ExpertExchange& CollectivePrograms::routing(const TokenExchange& exchange, const RankGroup& group) {
  const auto [known, added] =
      routings_.try_emplace({exchange.tokens, exchange.experts, exchange.top_k, std::int64_t{group.first}});
  if (!added) return known->second;
  const DecodeConfig& decode = plan_.workload.decode;
  const auto seed = static_cast<std::uint64_t>(plan_.run.seed);
  std::vector<std::int64_t> rows = expert_rows_;
  if (rows.empty() && decode.routing_alpha_ppm > 0)
    rows = rows_of_all_experts(
        {exchange.tokens, exchange.top_k, exchange.experts, decode.parallel.expert, decode.routing_alpha_ppm});
  if (rows.empty()) rows = even_expert_rows(exchange.tokens, exchange.top_k, exchange.experts, seed);
  known->second =
      route_tokens({group, decode.parallel.data, decode.parallel.expert}, exchange.tokens, exchange.top_k, rows, seed);
  return known->second;
}

// What a rank adds up itself is a kernel of its own in a step, and not part of the collective.
MessageProgram CollectivePrograms::token_exchange(const Shape& shape, const RankGroup& group, std::int32_t rank) {
  const ExpertExchange& exchange = routing(shape.exchange, group);
  const bool asked = plan_.software.expert_exchange == TokenTravel::kInNetwork;
  const bool helped = asked && admitted(group);
  note(std::string(name_of(helped ? TokenTravel::kInNetwork : TokenTravel::kPlain)), in_use_.expert_exchange);
  const auto dispatch = helped ? dispatch_in_network : dispatch_plain;
  const auto combine = helped ? combine_in_network : combine_plain;
  MessageProgram program = (shape.exchange.back ? combine : dispatch)(exchange, rank, shape.exchange.bytes);
  for (MessagePhase& phase : program.phases) phase.reduced = Bytes();
  program.fallback = asked && !helped;
  return program;
}

}  // namespace decodesim
