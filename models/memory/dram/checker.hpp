// SPDX-License-Identifier: Apache-2.0
// Checker: reads a log of DRAM commands and reports every violation of a constraint table by the row's name. It knows
// the table and nothing of controllers or bank state machines; it keeps, for every row, when the row's preceding
// commands were last seen, and asks each command against that.
//
// Besides the table's rows it reports:
//   order            a command before its predecessor in the log
//   bank open        ACT or a refresh of a bank whose row is open
//   bank closed      a column command to a closed bank
//   wrong row        a column command to another row than the open one
//   refresh missing  the k-th refresh of a rank or bank did not come within k + 1 intervals plus what may be postponed
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/memory/dram/constraint_table.hpp"

namespace decodesim {

struct Violation {
  std::string_view rule;  ///< the row's name, or one of those above
  CommandRecord record;   ///< the command that broke it
  Clock legal_at = 0;     ///< when it would have been legal, for the table's rows

  /// "tRCDRD: RD of bank 3 at clock 30; legal at 31".
  [[nodiscard]] std::string text() const;
};

class Checker : public CommandSink {
 public:
  /// Keeps the first `most` violations and counts the others.
  explicit Checker(const ConstraintTable& table, std::size_t most = 100);

  void command(const CommandRecord& record) override;
  /// The log ends at `clock`: checks the refreshes that were due.
  void finish(Clock clock);

  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }
  [[nodiscard]] std::int64_t violation_count() const { return violation_count_; }
  [[nodiscard]] std::int64_t commands() const { return commands_; }

 private:
  /// Times of a row's preceding commands: for each unit of its scope the last `window` of them.
  struct History {
    Constraint row;
    std::vector<Clock> times;
    std::vector<std::size_t> oldest;
  };

  [[nodiscard]] std::int32_t units(Scope scope) const;
  [[nodiscard]] std::int32_t unit_of(Scope scope, std::int32_t bank) const;
  /// First and one past the last bank that a command acts on.
  [[nodiscard]] std::pair<std::int32_t, std::int32_t> banks_of(const CommandRecord& record) const;
  void check_row(const History& history, const CommandRecord& record);
  void check_state(const CommandRecord& record);
  static void remember(History& history, std::int32_t unit, Clock clock);
  void remember(const CommandRecord& record);
  void count_refresh(const CommandRecord& record);
  void report(std::string_view rule, const CommandRecord& record, Clock legal_at = 0);

  std::int32_t ranks_;
  std::int32_t bank_groups_;
  std::int32_t banks_per_group_;
  Clock refresh_interval_;
  std::int64_t refresh_postpone_;
  bool all_bank_;
  std::size_t most_;
  std::vector<History> histories_;
  std::vector<std::vector<std::size_t>> following_;  ///< by command: rows that constrain it
  std::vector<std::vector<std::size_t>> preceding_;  ///< by command: rows that it starts
  std::vector<std::int64_t> open_row_;               ///< by bank, -1 when closed
  std::vector<std::int64_t> refreshes_;              ///< by bank
  Clock last_ = 0;
  std::int64_t commands_ = 0;
  std::int64_t violation_count_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace decodesim
