// SPDX-License-Identifier: Apache-2.0
// Reductions: which groups of a machine may be reduced in its network, and by which tree. A group asks once, before its
// first reduction, and keeps what it gets: as an aggregation manager does for a communicator.
//
// A group is admitted when every switch that has to combine for it can reduce and has room in its table. The others go
// by their fallback algorithm for good: nothing ever waits for room in a table, so nothing can hang for it.
//
// Laws, each one a test in test/app/build/reductions_test.cpp:
//   1. The places of a group's routers are its reduction tree (see topologies/reduction_tree.hpp): every contributor's
//      port leads to it, and the ranks below the root are all of the group.
//   2. No switch serves more groups than its table holds, and one that cannot reduce none; whoever is refused takes no
//      room anywhere.
//   3. The same group gets the same answer.
#pragma once

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "models/network/tree_reducer.hpp"
#include "sim/app/build/collective_programs.hpp"
#include "sim/app/build/fabric_routes.hpp"
#include "sim/app/scenario/network_limits.hpp"
#include "sim/core/component/component.hpp"
#include "topologies/reduction_tree.hpp"

namespace decodesim {

class Reductions : public Component, public TreeLookup, public ReductionAdmission {
 public:
  /// Both outlive this. `routes` is null on a star, where the switch needs no tree.
  Reductions(const sc_core::sc_module_name& name, Context& context, const NetworkPlan& network,
             const FabricRoutes* routes);

  bool admit(const RankGroup& group) override;
  /// Valid until the next admission.
  [[nodiscard]] const TreePlace* place(std::int32_t node, const RankGroup& group) const override;

  Counter admitted{statistics(), "admitted", "1", "Groups that are reduced in the network"};
  Counter refused{statistics(), "refused", "1", "Groups that found a table full, or a switch that cannot reduce"};

 private:
  using Key = std::tuple<std::int32_t, std::int32_t, std::int32_t>;

  bool decide(const RankGroup& group);
  [[nodiscard]] std::int64_t table(std::int32_t node) const;
  [[nodiscard]] bool fits(const ReductionTree& tree) const;
  void settle(const ReductionTree& tree, const RankGroup& group);

  const NetworkPlan& network_;
  const FabricRoutes* routes_;
  std::unique_ptr<ReductionPlanter> planter_;  // where there is no star
  std::map<Key, bool> answers_;
  std::vector<std::int64_t> used_;  // of each node's table; of a star, of its switch's
  std::vector<std::vector<std::pair<RankGroup, TreePlace>>> places_;  // by node
};

}  // namespace decodesim
