// SPDX-License-Identifier: Apache-2.0
// The parts that library programs are made of, each among some of the ranks. Internal to workloads/collectives.
#pragma once

#include <vector>

#include "workloads/collectives/step_writer.hpp"
#include "workloads/collectives/tree_shape.hpp"

namespace decodesim {

/// Ranks that exchange messages: all of a team, those of one domain, or one of each domain.
struct Members {
  std::vector<std::int32_t> ranks;
  std::int32_t position = 0;  ///< of this rank
  bool between = false;       ///< some of their messages go between domains

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(ranks.size()); }
  [[nodiscard]] std::int32_t at(std::int32_t position) const;  ///< which may run over the end
};

Members all_members(const CollectiveTeam& team);
Members domain_members(const CollectiveTeam& team);
/// Those at this rank's place in their domains.
Members rail_members(const CollectiveTeam& team);

/// `bytes` over `parts`, rounded up.
Bytes part_of(Bytes bytes, std::int32_t parts);

/// Members - 1 steps of `part` to the next: reduce-scatter or all-gather.
void ring_steps(const Members& members, Bytes part, StepWriter& out);
/// A power of two of members: halves, quarters, ... of `bytes` with partners 1, 2, 4 positions away, or back.
void halving_steps(const Members& members, Bytes bytes, StepWriter& out);
void doubling_steps(const Members& members, Bytes bytes, StepWriter& out);
/// Up to the root of the tree, and down from it.
void reduce_up(const Members& members, const TreeShape& tree, Bytes bytes, StepWriter& out);
void broadcast_down(const Members& members, const TreeShape& tree, Bytes bytes, StepWriter& out);
/// `bytes` from every member to every other, the next one first.
void exchange_step(const Members& members, Bytes bytes, StepWriter& out);

}  // namespace decodesim
