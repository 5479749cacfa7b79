// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/collective_kinds.hpp"

namespace decodesim {
namespace {

template <class E>
std::string_view name_among(const std::vector<Choice<E>>& choices, E value) {
  for (const Choice<E>& choice : choices)
    if (choice.value == value) return choice.name;
  return "";
}

}  // namespace

std::vector<Choice<CollectiveOp>> collective_op_choices() {
  return {{"all_reduce", CollectiveOp::kAllReduce},         {"all_gather", CollectiveOp::kAllGather},
          {"reduce_scatter", CollectiveOp::kReduceScatter}, {"all_to_all", CollectiveOp::kAllToAll},
          {"broadcast", CollectiveOp::kBroadcast},          {"send_recv", CollectiveOp::kSendReceive}};
}

std::vector<Choice<CollectiveAlgorithm>> collective_algorithm_choices() {
  using A = CollectiveAlgorithm;
  return {{"auto", A::kAuto},
          {"one_shot", A::kOneShot},
          {"one_shot_push", A::kOneShotPush},
          {"two_shot", A::kTwoShot},
          {"ring", A::kRing},
          {"halving_doubling", A::kHalvingDoubling},
          {"tree", A::kTree},
          {"hierarchical", A::kHierarchical},
          {"in_network", A::kInNetwork}};
}

std::vector<Choice<CollectiveAlgorithm>> collective_algorithm_choices(CollectiveOp op) {
  std::vector<Choice<CollectiveAlgorithm>> out;
  for (const CollectiveAlgorithm algorithm : algorithms_of(op)) out.push_back({name_of(algorithm), algorithm});
  return out;
}

std::vector<Choice<CollectiveProtocol>> collective_protocol_choices() {
  return {{"auto", CollectiveProtocol::kAuto},
          {"ll", CollectiveProtocol::kLl},
          {"ll128", CollectiveProtocol::kLl128},
          {"simple", CollectiveProtocol::kSimple}};
}

std::string_view name_of(CollectiveOp op) { return name_among(collective_op_choices(), op); }
std::string_view name_of(CollectiveAlgorithm algorithm) {
  return name_among(collective_algorithm_choices(), algorithm);
}
std::string_view name_of(CollectiveProtocol protocol) { return name_among(collective_protocol_choices(), protocol); }

std::vector<CollectiveAlgorithm> algorithms_of(CollectiveOp op) {
  using A = CollectiveAlgorithm;
  switch (op) {
    case CollectiveOp::kAllReduce:
      return {A::kAuto, A::kOneShot,      A::kOneShotPush, A::kTwoShot, A::kRing, A::kHalvingDoubling,
              A::kTree, A::kHierarchical, A::kInNetwork};
    case CollectiveOp::kAllGather:
    case CollectiveOp::kReduceScatter: return {A::kAuto, A::kOneShot, A::kRing, A::kHalvingDoubling};
    case CollectiveOp::kBroadcast: return {A::kAuto, A::kRing, A::kTree};
    case CollectiveOp::kAllToAll:
    case CollectiveOp::kSendReceive: return {A::kAuto, A::kOneShot};
  }
  return {};
}

BusFactor bus_factor(CollectiveOp op, std::int64_t ranks) {
  switch (op) {
    case CollectiveOp::kAllReduce: return {2 * (ranks - 1), ranks};
    case CollectiveOp::kAllGather:
    case CollectiveOp::kReduceScatter:
    case CollectiveOp::kAllToAll: return {ranks - 1, ranks};
    case CollectiveOp::kBroadcast:
    case CollectiveOp::kSendReceive: break;
  }
  return {1, 1};
}

// Of an all-reduce: every rank's vector but its own part leaves it, and the combined rest comes; a switch that combines
// takes every vector once.
Bytes least_traffic(CollectiveOp op, std::int64_t ranks, Bytes size, bool reduced_in_network) {
  if (ranks < 2) return Bytes();
  if (op == CollectiveOp::kAllReduce && reduced_in_network) return size;
  const BusFactor factor = bus_factor(op, ranks);
  return Bytes(checked::multiply_divide(size.count(), factor.numerator, factor.denominator));
}

}  // namespace decodesim
