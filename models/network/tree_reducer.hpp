// SPDX-License-Identifier: Apache-2.0
// TreeReducer: one router's part in reductions over trees of routers, without a kernel. What comes from below is
// combined and goes up by one port; the root turns the sum round, and on its way down it goes by every port by which a
// contribution came.
//
//   rank, children --contributions--> [ reduction unit ] --sum--> parent ... root
//   rank, children <----copies of the result-------------------- parent ... root
//
// Laws, each one a test in test/models/network/tree_reducer_test.cpp:
//   1. A sum leaves when everyone below has contributed, once; the root's is that of all ranks of the group.
//   2. The result leaves once by every port that leads to a contributor, at one time; to a rank as data.
//   3. With one contributor there is nothing to combine: its train passes through.
//   4. A multicast leaves once by every port that leads to a receiver, wherever it came from; a receiver gets it once.
//   5. Contributions to one rank (kCombine) are combined where they meet on their way along the tree; the rank gets one
//      sum of all contributors.
//   6. Groups have trees of their own; reductions of several groups at once do not disturb each other.
//
// Contributions and results are kept in the unit and not in the buffers of the inputs, which are free when a tail has
// come in: no train of a reduction waits for room further on while it takes room here, so that reductions cannot close
// a circle of waiting, whatever the trees. What they need in the unit is bounded by the window that a group has (NICs
// keep to it) and by the groups that the table admits (see sim/app/build/reductions.hpp). Of multicasts and sums for
// one rank nothing bounds it.
//
// Sources: sapio2021 (A. Sapio et al., "Scaling Distributed Machine Learning with In-Network Aggregation", NSDI 2021)
// for a window of slots that ranks keep to; graham2020 (see switch.hpp) for trees, streaming and short messages.
#pragma once

#include <span>
#include <vector>

#include "models/network/reduction_unit.hpp"

namespace decodesim {

/// One router's place in the tree of a group.
struct TreePlace {
  struct Branch {
    std::int32_t node = 0;              ///< who contributes: a rank, or a router's node
    std::int32_t port = 0;              ///< by which the result goes to it
    bool to_a_rank = false;             ///< behind the port is the rank itself
    std::vector<std::int32_t> ranks{};  ///< members of the group there, ascending
  };
  std::vector<Branch> branches;   ///< at least one
  std::int32_t parent_port = -1;  ///< by which the sum goes on; -1 at the root
  std::int32_t ranks = 0;         ///< members of the group at this router and below
};

/// The trees, as routers see them.
class TreeLookup {
 public:
  virtual ~TreeLookup() = default;
  /// Null when `node` is not in the tree of `group`. Stays valid.
  [[nodiscard]] virtual const TreePlace* place(std::int32_t node, const RankGroup& group) const = 0;
};

class TreeReducer {
 public:
  struct Departure {
    std::int32_t port = 0;
    PacketTrain train;
  };

  /// `trees` outlives this.
  TreeReducer(const ReductionParams& params, std::int32_t node, const TreeLookup& trees, std::string_view owner)
      : unit_(params, owner), node_(node), trees_(trees), owner_(owner) {}

  [[nodiscard]] static bool serves(MessageKind kind) {
    return kind == MessageKind::kReduceInSwitch || kind == MessageKind::kReduced || kind == MessageKind::kMulticast ||
           kind == MessageKind::kCombine;
  }
  /// What leaves because `train`, a contribution or a result, is here; valid until the next call.
  std::span<const Departure> accept(const PacketTrain& train);
  /// Reductions that wait for contributions.
  [[nodiscard]] std::size_t open() const { return unit_.open(); }

 private:
  struct Gathering {
    std::int32_t from = 0;                       ///< which neighbour this contribution comes from
    std::int32_t contributors = 0;               ///< neighbours that contributions come from
    std::int32_t ranks = 0;                      ///< contributors among the ranks behind them
    const TreePlace::Branch* towards = nullptr;  ///< where the sum goes; null: to the parent
  };

  [[nodiscard]] static Gathering gathering(const TreePlace& place, const PacketTrain& train);
  void climb(const TreePlace& place, const PacketTrain& contribution);
  void descend(const TreePlace& place, const PacketTrain& result);
  void spread(const TreePlace& place, const PacketTrain& train);
  void gather(const TreePlace& place, const PacketTrain& contribution);

  ReductionUnit unit_;
  std::int32_t node_;
  const TreeLookup& trees_;
  std::string_view owner_;
  std::vector<Departure> departures_;
};

}  // namespace decodesim
