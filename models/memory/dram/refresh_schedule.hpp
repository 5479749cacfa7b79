// SPDX-License-Identifier: Apache-2.0
// RefreshSchedule: which refreshes of a pseudo-channel are due, and which bank or rank is to be refreshed next.
//
// All-bank: each rank is due every refresh interval. Per bank: a refresh is due every interval / banks of a rank, and
// every bank gets one a round (of as many refreshes as banks), in any order: one that nobody waits for goes first
// (out-of-order per-bank refresh; Chang et al., HPCA 2014), of those the one that was last activated, because streams
// come back to it last. Ranks take turns, evenly offset. Up to `refresh_postpone`
// may be owed while requests wait for what would be refreshed; beyond that a refresh is taken up whoever waits.
//
// Law: the k-th refresh of a rank or bank comes before (k + 1 + postponed) intervals have passed (the checker's
// deadline).
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "models/memory/dram/constraint_table.hpp"

namespace decodesim {

inline constexpr Clock kNever = std::numeric_limits<Clock>::max();

class RefreshSchedule {
 public:
  explicit RefreshSchedule(const ConstraintTable& table);

  /// When the next refresh becomes due.
  [[nodiscard]] Clock next_due() const { return next_due_; }
  /// Counts what has become due up to and including `now`.
  void advance(Clock now);
  /// Whether any refresh is owed or taken up.
  [[nodiscard]] bool pending() const { return owed_total_ > 0; }
  /// Decides what to refresh, given the set of banks that requests wait for and the clocks of their last activates.
  void take_up(std::uint64_t wanted, const std::vector<Clock>& activated);
  /// Banks that wait for their refresh and must get no other work: of ranks taken up, or single banks.
  [[nodiscard]] std::uint64_t held() const { return held_; }
  /// Whether some rank owes more than it may postpone and the refresh that is then taken up.
  [[nodiscard]] bool late() const;
  /// Bank to be refreshed in `rank` (any of it for all-bank), or -1 when none is taken up.
  [[nodiscard]] std::int32_t target(std::int32_t rank) const { return targets_[static_cast<std::size_t>(rank)]; }
  /// The refresh taken up in `rank` has been issued.
  void issued(std::int32_t rank);

 private:
  [[nodiscard]] std::uint64_t rank_banks(std::int32_t rank) const;
  [[nodiscard]] Clock due(std::int32_t rank) const;
  void find_next_due();

  bool all_bank_;
  std::int32_t ranks_;
  std::int32_t banks_per_rank_;
  Clock interval_;
  std::int64_t postpone_;
  std::int64_t slots_;                ///< refreshes of a rank an interval
  std::vector<std::int64_t> passed_;  ///< by rank: refreshes that have become due
  std::vector<std::int64_t> owed_;    ///< by rank
  std::vector<std::uint64_t> done_;   ///< by rank: banks refreshed in this round
  std::vector<std::int32_t> targets_;
  std::int64_t owed_total_ = 0;
  std::uint64_t held_ = 0;
  Clock next_due_ = 0;
};

}  // namespace decodesim
