// SPDX-License-Identifier: Apache-2.0
// CollectiveChooser: which algorithm and protocol a plan's collectives take on the plan's machine.
//
// The software profile comes first: a runtime's own all-reduce kernels by size (AllReduceSelection). What is left to
// its collective library is chosen by cost: every algorithm and protocol that the library weighs is written as a
// program for the group, and its steps are added up with the crossings and bandwidths of this machine (StepWriter).
// Groups are ordered as the topology suggests (topologies/collective_order.hpp).
#pragma once

#include <array>
#include <map>
#include <vector>

#include "sim/app/scenario/plan.hpp"
#include "workloads/collectives/library_programs.hpp"

namespace decodesim {

/// One way to do a collective. `request.protocol` is kAuto for a runtime's own kernel, which has none.
struct CollectiveChoice {
  CollectiveRequest request;
  Duration estimate;  ///< zero for a runtime's own kernel
  bool symmetric = false;

  [[nodiscard]] std::string text() const;
};

class CollectiveChooser {
 public:
  /// For ranks of `plan`, which must outlive this and has a network.
  explicit CollectiveChooser(const Plan& plan) : plan_(plan) {}

  /// What may be meant by `asked`, the best estimate first, and none whose estimate is half as much again. `ranks` from
  /// number 0 on. Empty: there is nothing that does it.
  [[nodiscard]] std::vector<CollectiveChoice> choices(const CollectiveRequest& asked, std::int32_t ranks);

  /// The program of `rank` in `group`.
  [[nodiscard]] MessageProgram program(const CollectiveRequest& request, const RankGroup& group, std::int32_t rank);

 private:
  [[nodiscard]] CollectiveTeam team(CollectiveAlgorithm algorithm, const RankGroup& group, std::int32_t rank) const;
  [[nodiscard]] const MachineCosts& costs(const CollectiveTeam& team, CollectiveAlgorithm algorithm);
  [[nodiscard]] bool reduces(const CollectiveRequest& asked) const;

  const Plan& plan_;
  // Of the teams seen so far, by first rank, second rank and last: finding ways takes time on large networks.
  std::map<std::array<std::int32_t, 3>, MachineCosts> costs_;
};

/// Whether the machine's network is one switch, from which all ranks look the same.
[[nodiscard]] bool is_star(const NetworkPlan& network);

/// What a message from rank `from` to rank `to` costs on an idle network: overheads, links, switches; the slowest link.
[[nodiscard]] CrossingCost crossing_cost(const NetworkPlan& network, std::int32_t from, std::int32_t to);

}  // namespace decodesim
