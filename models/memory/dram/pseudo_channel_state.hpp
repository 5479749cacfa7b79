// SPDX-License-Identifier: Apache-2.0
// PseudoChannelState: the banks of one pseudo-channel as state machines, and for each command the earliest clock at
// which the constraint table allows it. A command's issue pushes back the earliest clocks of those that may not follow
// soon; asking is then a handful of comparisons, however many rows the table has.
//
// Laws: probe() changes nothing; issue() throws InternalError for what probe() does not call legal; for every row of
// the table a following command is illegal one clock before and legal at its time (test: constraint_table_test.cpp).
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "models/memory/dram/constraint_table.hpp"

namespace decodesim {

enum class Verdict : std::uint8_t { kLegal, kTooEarly, kBankOpen, kBankClosed, kWrongRow };

class PseudoChannelState {
 public:
  explicit PseudoChannelState(const ConstraintTable& table);

  /// First clock at which timing allows `command` on `bank` (for all-bank commands: any bank of the rank), whatever
  /// its row state.
  [[nodiscard]] Clock earliest(DramCommand command, std::int32_t bank) const {
    return std::max({bank_ready(command, bank), group_ready(command, bank), rank_ready(command, bank),
                     channel_ready_[index(command)]});
  }
  /// The parts of earliest(): what the bank itself allows, its bank group, its rank, the whole pseudo-channel.
  [[nodiscard]] Clock bank_ready(DramCommand c, std::int32_t bank) const { return bank_ready_[at(bank, c)]; }
  [[nodiscard]] Clock group_ready(DramCommand c, std::int32_t bank) const { return group_ready_[at(group(bank), c)]; }
  [[nodiscard]] Clock rank_ready(DramCommand c, std::int32_t bank) const { return rank_ready_[at(rank(bank), c)]; }
  [[nodiscard]] Clock channel_ready(DramCommand c) const { return channel_ready_[index(c)]; }

  /// Whether `command` is legal at `clock`. Pure.
  [[nodiscard]] Verdict probe(DramCommand command, std::int32_t bank, std::int64_t row, Clock clock) const;
  /// Does it. Throws InternalError when it is not legal.
  void issue(DramCommand command, std::int32_t bank, std::int64_t row, Clock clock);

  [[nodiscard]] bool is_open(std::int32_t bank) const { return row_[static_cast<std::size_t>(bank)] >= 0; }
  /// Open row; negative when closed.
  [[nodiscard]] std::int64_t row(std::int32_t bank) const { return row_[static_cast<std::size_t>(bank)]; }
  /// Whether any bank of `bank`'s rank is open.
  [[nodiscard]] bool any_open(std::int32_t bank) const { return open_banks_[static_cast<std::size_t>(rank(bank))] > 0; }
  [[nodiscard]] std::int32_t rank(std::int32_t bank) const { return rank_of_[static_cast<std::size_t>(bank)]; }
  [[nodiscard]] std::int32_t group(std::int32_t bank) const { return group_of_[static_cast<std::size_t>(bank)]; }

 private:
  /// "After this command, `following` not before `latency` more clocks."
  struct Push {
    std::uint8_t following;
    std::int32_t latency;
  };
  /// The pushes of one preceding command, by how far they reach.
  struct Reach {
    std::vector<Push> bank, group, rank, other_rank, channel;
  };
  /// At most `clocks.size()` of `preceding` within `latency`; `clocks` is a ring for each rank.
  struct Window {
    DramCommand preceding;
    std::uint8_t following;
    std::int32_t latency;
    std::int32_t size;
    std::vector<Clock> clocks;
    std::vector<std::int32_t> next;
  };

  static std::size_t index(DramCommand c) { return static_cast<std::size_t>(c); }
  static std::size_t at(std::int32_t unit, DramCommand c) {
    return static_cast<std::size_t>(unit) * kCommands + index(c);
  }
  void add_row(const Constraint& row);
  void add_window(const Constraint& row);
  void apply_windows(DramCommand command, std::size_t rank, Clock clock);
  void move_rows(DramCommand command, std::int32_t bank, std::int64_t row);
  void close(std::int32_t bank);

  std::int32_t ranks_;
  std::int32_t banks_per_rank_;
  std::vector<std::int32_t> rank_of_;   // by bank
  std::vector<std::int32_t> group_of_;  // by bank; counts over all ranks
  std::array<Reach, kCommands> reach_;
  std::vector<Window> windows_;
  // Earliest clocks, by unit and command.
  std::vector<Clock> bank_ready_;
  std::vector<Clock> group_ready_;
  std::vector<Clock> rank_ready_;
  std::array<Clock, kCommands> channel_ready_{};
  std::vector<std::int64_t> row_;         // open row by bank, -1 when closed
  std::vector<std::int32_t> open_banks_;  // by rank
};

}  // namespace decodesim
