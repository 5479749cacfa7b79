// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/checker.hpp"

#include <algorithm>

namespace decodesim {
namespace {

constexpr Clock kLongAgo = -(Clock{1} << 40);
constexpr std::int64_t kNoRow = -1;

}  // namespace

std::string Violation::text() const {
  std::string out = std::string(rule) + ": " + std::string(name_of(record.command)) + " of bank " +
                    std::to_string(record.bank) + " at clock " + std::to_string(record.clock);
  if (legal_at > record.clock) out += "; legal at " + std::to_string(legal_at);
  return out;
}

Checker::Checker(const ConstraintTable& table, std::size_t most)
    : ranks_(table.ranks()),
      bank_groups_(table.bank_groups()),
      banks_per_group_(table.banks_per_group()),
      refresh_interval_(table.refresh_interval()),
      refresh_postpone_(table.refresh_postpone()),
      all_bank_(table.refresh_mode() == RefreshMode::kAllBank),
      most_(most),
      following_(kCommands),
      preceding_(kCommands),
      open_row_(static_cast<std::size_t>(table.banks()), kNoRow),
      refreshes_(static_cast<std::size_t>(table.banks()), 0) {
  for (const Constraint& row : table.rows()) {
    for (std::size_t c = 0; c < kCommands; ++c) {
      if (row.following.has(static_cast<DramCommand>(c))) following_[c].push_back(histories_.size());
      if (row.preceding.has(static_cast<DramCommand>(c))) preceding_[c].push_back(histories_.size());
    }
    const auto count = static_cast<std::size_t>(units(row.scope));
    histories_.push_back({row, std::vector<Clock>(count * static_cast<std::size_t>(row.window), kLongAgo),
                          std::vector<std::size_t>(count, 0)});
  }
}

std::int32_t Checker::units(Scope scope) const {
  switch (scope) {
    case Scope::kBank: return ranks_ * bank_groups_ * banks_per_group_;
    case Scope::kBankGroup: return ranks_ * bank_groups_;
    case Scope::kRank:
    case Scope::kOtherRank: return ranks_;
    case Scope::kChannel: break;
  }
  return 1;
}

std::int32_t Checker::unit_of(Scope scope, std::int32_t bank) const {
  switch (scope) {
    case Scope::kBank: return bank;
    case Scope::kBankGroup: return bank / banks_per_group_;
    case Scope::kRank:
    case Scope::kOtherRank: return bank / (banks_per_group_ * bank_groups_);
    case Scope::kChannel: break;
  }
  return 0;
}

std::pair<std::int32_t, std::int32_t> Checker::banks_of(const CommandRecord& record) const {
  if (!kAllBankCommands.has(record.command)) return {record.bank, record.bank + 1};
  const std::int32_t per_rank = bank_groups_ * banks_per_group_;
  const std::int32_t first = record.bank / per_rank * per_rank;
  return {first, first + per_rank};
}

void Checker::report(std::string_view rule, const CommandRecord& record, Clock legal_at) {
  ++violation_count_;
  if (violations_.size() < most_) violations_.push_back({rule, record, legal_at});
}

void Checker::check_row(const History& history, const CommandRecord& record) {
  const Constraint& row = history.row;
  const auto window = static_cast<std::size_t>(row.window);
  const auto [first, end] = banks_of(record);
  Clock before = kLongAgo;
  if (row.scope == Scope::kOtherRank) {
    const std::int32_t own = unit_of(row.scope, record.bank);
    for (std::int32_t rank = 0; rank < ranks_; ++rank)
      if (rank != own) before = std::max(before, history.times[static_cast<std::size_t>(rank)]);
  } else {
    const std::int32_t last_unit = unit_of(row.scope, end - 1);
    for (std::int32_t unit = unit_of(row.scope, first); unit <= last_unit; ++unit) {
      const auto u = static_cast<std::size_t>(unit);
      before = std::max(before, history.times[u * window + history.oldest[u]]);
    }
  }
  if (record.clock < before + row.latency) report(row.name, record, before + row.latency);
}

void Checker::check_state(const CommandRecord& record) {
  const auto [first, end] = banks_of(record);
  const auto open = [&](std::int32_t bank) { return open_row_[static_cast<std::size_t>(bank)] != kNoRow; };
  switch (record.command) {
    case DramCommand::kActivate:
    case DramCommand::kRefreshAll:
    case DramCommand::kRefreshPerBank:
      for (std::int32_t bank = first; bank < end; ++bank)
        if (open(bank)) {
          report("bank open", record);
          break;
        }
      break;
    case DramCommand::kPrecharge:
    case DramCommand::kPrechargeAll: break;
    default:
      if (!open(record.bank))
        report("bank closed", record);
      else if (open_row_[static_cast<std::size_t>(record.bank)] != record.row)
        report("wrong row", record);
  }
  const bool closes = record.command == DramCommand::kPrecharge || record.command == DramCommand::kPrechargeAll ||
                      record.command == DramCommand::kReadAuto || record.command == DramCommand::kWriteAuto;
  if (record.command == DramCommand::kActivate) open_row_[static_cast<std::size_t>(record.bank)] = record.row;
  for (std::int32_t bank = first; closes && bank < end; ++bank) open_row_[static_cast<std::size_t>(bank)] = kNoRow;
}

void Checker::remember(History& history, std::int32_t unit, Clock clock) {
  const auto window = static_cast<std::size_t>(history.row.window);
  std::size_t& oldest = history.oldest[static_cast<std::size_t>(unit)];
  history.times[static_cast<std::size_t>(unit) * window + oldest] = clock;
  oldest = (oldest + 1) % window;
}

void Checker::remember(const CommandRecord& record) {
  const auto [first, end] = banks_of(record);
  for (const std::size_t index : preceding_[static_cast<std::size_t>(record.command)]) {
    History& history = histories_[index];
    const Scope scope = history.row.scope;
    for (std::int32_t unit = unit_of(scope, first); unit <= unit_of(scope, end - 1); ++unit)
      remember(history, unit, record.clock);
  }
}

void Checker::count_refresh(const CommandRecord& record) {
  const auto [first, end] = banks_of(record);
  for (std::int32_t bank = first; bank < end; ++bank) {
    std::int64_t& count = refreshes_[static_cast<std::size_t>(bank)];
    ++count;
    if (record.clock > (count + 1 + refresh_postpone_) * refresh_interval_) {
      report("refresh missing", record);
      break;
    }
  }
}

void Checker::command(const CommandRecord& record) {
  ++commands_;
  if (record.clock < last_) report("order", record);
  last_ = record.clock;
  for (const std::size_t index : following_[static_cast<std::size_t>(record.command)])
    check_row(histories_[index], record);
  check_state(record);
  remember(record);
  if (record.command == (all_bank_ ? DramCommand::kRefreshAll : DramCommand::kRefreshPerBank)) count_refresh(record);
}

void Checker::finish(Clock clock) {
  const DramCommand refresh = all_bank_ ? DramCommand::kRefreshAll : DramCommand::kRefreshPerBank;
  for (std::size_t bank = 0; bank < refreshes_.size(); ++bank)
    if (clock > (refreshes_[bank] + 2 + refresh_postpone_) * refresh_interval_)
      report("refresh missing", {clock, refresh, static_cast<std::int32_t>(bank), 0});
}

}  // namespace decodesim
