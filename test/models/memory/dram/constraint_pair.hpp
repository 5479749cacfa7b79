// SPDX-License-Identifier: Apache-2.0
// For tests of single rows of a constraint table: two commands that a row separates, placed on banks, and the commands
// that bring those banks into the state they need.
#pragma once

#include <string>
#include <vector>

#include "models/memory/dram/pseudo_channel_state.hpp"
#include "test/support/dram_traffic.hpp"

namespace decodesim::test {

/// A command that a test issues.
struct Step {
  DramCommand command;
  std::int32_t bank;
  std::int64_t row;
};

/// `before` on bank `first`, then `after` on bank `second`, as one row constrains them.
struct Pair {
  Constraint row;
  DramCommand before;
  DramCommand after;
  std::int32_t first;
  std::int32_t second;
};

inline bool needs_open(DramCommand c) { return kColumnCommands.has(c); }
inline bool needs_closed(DramCommand c) {
  return c == DramCommand::kActivate || c == DramCommand::kRefreshAll || c == DramCommand::kRefreshPerBank;
}

/// HBM3 with two stack ids: all rows exist and all scopes have more than one unit.
inline DramParameters two_ranks() {
  DramParameters p = hbm3_pseudo_channel();
  p.ranks = 2;
  p.ccd_l_write = 6;  // writes and reads apart
  return p;
}

/// Whether the row's scope joins the two banks.
inline bool joined(const ConstraintTable& t, const Constraint& row, DramCommand before, DramCommand after,
                   std::int32_t a, std::int32_t b) {
  const bool same_rank = a / t.banks_per_rank() == b / t.banks_per_rank();
  const bool all = kAllBankCommands.has(before) || kAllBankCommands.has(after);
  switch (row.scope) {
    case Scope::kBank: return all ? same_rank : a == b;
    case Scope::kBankGroup: return all ? same_rank : a / t.banks_per_group() == b / t.banks_per_group();
    case Scope::kRank: return same_rank;
    case Scope::kOtherRank: return !same_rank;
    case Scope::kChannel: return true;
  }
  return false;
}

/// Every pair of commands and one placement of each kind (same bank, same group, other group, other rank) that `row`
/// is about.
inline std::vector<Pair> pairs_of(const ConstraintTable& t, const Constraint& row) {
  std::vector<Pair> out;
  const std::int32_t first = 1;
  for (std::size_t before = 0; before < kCommands; ++before)
    for (std::size_t after = 0; after < kCommands; ++after)
      for (const std::int32_t second : {first, first + 1, first + t.banks_per_group(), first + t.banks_per_rank()}) {
        const auto b = static_cast<DramCommand>(before);
        const auto a = static_cast<DramCommand>(after);
        if (second < t.banks() && row.preceding.has(b) && row.following.has(a) && joined(t, row, b, a, first, second))
          // A window's own banks are taken by its commands.
          out.push_back({row, b, a, first, row.window > 1 ? first + 1 : second});
      }
  return out;
}

/// Long before the pair: opens the banks that it needs open. Row 7 everywhere.
inline std::vector<Step> preparation(const Pair& pair) {
  std::vector<Step> out;
  if (needs_open(pair.before) || pair.before == DramCommand::kPrecharge || pair.before == DramCommand::kPrechargeAll)
    out.push_back({DramCommand::kActivate, pair.first, 7});
  if (needs_open(pair.after) && pair.second != pair.first) out.push_back({DramCommand::kActivate, pair.second, 7});
  return out;
}

/// Issues as soon as it is legal from `at` on, row 7, and logs it. Says when that was.
inline Clock issue_when_legal(PseudoChannelState& state, CommandLog& log, DramCommand command, std::int32_t bank,
                              Clock at) {
  const Clock clock = std::max(at, state.earliest(command, bank));
  state.issue(command, bank, 7, clock);
  log.command({clock, command, bank, 7});
  return clock;
}

/// Brings the banks into the state that the pair needs and does its preceding commands (a window's worth of them, on
/// different banks). Returns the clock from which the row counts, or -1 when the pair cannot be staged.
inline Clock stage(PseudoChannelState& state, CommandLog& log, const ConstraintTable& table, const Pair& pair) {
  constexpr Clock kLater = 10'000;  // longer than any constraint
  Clock clock = 0;
  for (const Step& step : preparation(pair)) clock = issue_when_legal(state, log, step.command, step.bank, clock);
  const Clock start = issue_when_legal(state, log, pair.before, pair.first, clock + kLater);
  for (std::int32_t i = 1; i < pair.row.window; ++i)
    issue_when_legal(state, log, pair.before, pair.first + i * table.banks_per_group(), start);
  // The row's own preceding command may have left the second bank in the wrong state.
  const bool all = kAllBankCommands.has(pair.after);
  const bool open = all ? state.any_open(pair.second) : state.is_open(pair.second);
  if (needs_open(pair.after) && !open) return -1;
  if (needs_closed(pair.after) && open)
    issue_when_legal(state, log, all ? DramCommand::kPrechargeAll : DramCommand::kPrecharge, pair.second, start);
  return start;
}

/// "tCCD_S_read": a row's name as the name of a test.
inline std::string test_name(const Constraint& row) {
  std::string out(row.name);
  for (char& c : out)
    if (c == ' ' || c == '+') c = '_';
  return out;
}

}  // namespace decodesim::test
