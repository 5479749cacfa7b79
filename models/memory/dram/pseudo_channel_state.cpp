// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/pseudo_channel_state.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kClosed = -1;

void push(std::vector<Clock>& ready, std::size_t base, std::size_t following, Clock clock) {
  Clock& slot = ready[base + following];
  slot = std::max(slot, clock);
}

}  // namespace

PseudoChannelState::PseudoChannelState(const ConstraintTable& table)
    : ranks_(table.ranks()), banks_per_rank_(table.banks_per_rank()) {
  const auto banks = static_cast<std::size_t>(table.banks());
  const auto ranks = static_cast<std::size_t>(table.ranks());
  for (std::int32_t bank = 0; bank < table.banks(); ++bank) {
    rank_of_.push_back(bank / table.banks_per_rank());
    group_of_.push_back(bank / table.banks_per_group());
  }
  bank_ready_.assign(banks * kCommands, 0);
  group_ready_.assign(ranks * static_cast<std::size_t>(table.bank_groups()) * kCommands, 0);
  rank_ready_.assign(ranks * kCommands, 0);
  row_.assign(banks, kClosed);
  open_banks_.assign(ranks, 0);
  for (const Constraint& row : table.rows()) {
    if (row.window == 1)
      add_row(row);
    else
      add_window(row);
  }
}

void PseudoChannelState::add_row(const Constraint& row) {
  for (std::size_t before = 0; before < kCommands; ++before) {
    if (!row.preceding.has(static_cast<DramCommand>(before))) continue;
    for (std::size_t after = 0; after < kCommands; ++after) {
      if (!row.following.has(static_cast<DramCommand>(after))) continue;
      const Push push{static_cast<std::uint8_t>(after), static_cast<std::int32_t>(row.latency)};
      // A command on all banks of a rank has a bank in common with every other of that rank.
      const bool whole_rank = kAllBankCommands.has(static_cast<DramCommand>(before)) ||
                              kAllBankCommands.has(static_cast<DramCommand>(after));
      Reach& reach = reach_[before];
      switch (row.scope) {
        case Scope::kBank: (whole_rank ? reach.rank : reach.bank).push_back(push); break;
        case Scope::kBankGroup: (whole_rank ? reach.rank : reach.group).push_back(push); break;
        case Scope::kRank: reach.rank.push_back(push); break;
        case Scope::kOtherRank: reach.other_rank.push_back(push); break;
        case Scope::kChannel: reach.channel.push_back(push); break;
      }
    }
  }
}

void PseudoChannelState::add_window(const Constraint& row) {
  require(row.scope == Scope::kRank, "PseudoChannelState", "a window of commands is counted within a rank");
  for (std::size_t before = 0; before < kCommands; ++before)
    for (std::size_t after = 0; after < kCommands; ++after)
      if (row.preceding.has(static_cast<DramCommand>(before)) && row.following.has(static_cast<DramCommand>(after)))
        windows_.push_back({static_cast<DramCommand>(before), static_cast<std::uint8_t>(after),
                            static_cast<std::int32_t>(row.latency), row.window,
                            std::vector<Clock>(static_cast<std::size_t>(ranks_ * row.window), -row.latency),
                            std::vector<std::int32_t>(static_cast<std::size_t>(ranks_), 0)});
}

Verdict PseudoChannelState::probe(DramCommand command, std::int32_t bank, std::int64_t row, Clock clock) const {
  switch (command) {
    case DramCommand::kActivate:
    case DramCommand::kRefreshPerBank:
      if (is_open(bank)) return Verdict::kBankOpen;
      break;
    case DramCommand::kRefreshAll:
      if (any_open(bank)) return Verdict::kBankOpen;
      break;
    case DramCommand::kRead:
    case DramCommand::kReadAuto:
    case DramCommand::kWrite:
    case DramCommand::kWriteAuto:
      if (!is_open(bank)) return Verdict::kBankClosed;
      if (row_[static_cast<std::size_t>(bank)] != row) return Verdict::kWrongRow;
      break;
    case DramCommand::kPrecharge:
    case DramCommand::kPrechargeAll: break;  // legal on closed banks, too
  }
  return earliest(command, bank) <= clock ? Verdict::kLegal : Verdict::kTooEarly;
}

void PseudoChannelState::issue(DramCommand command, std::int32_t bank, std::int64_t row, Clock clock) {
  const Verdict verdict = probe(command, bank, row, clock);
  if (verdict != Verdict::kLegal) [[unlikely]]
    throw InternalError("PseudoChannelState", std::string(name_of(command)) + " is not legal at clock " +
                                                  std::to_string(clock) + " on bank " + std::to_string(bank));
  const Reach& reach = reach_[index(command)];
  const auto base = [](std::int32_t unit) { return static_cast<std::size_t>(unit) * kCommands; };
  const std::int32_t own_rank = rank(bank);
  for (const Push& p : reach.bank) push(bank_ready_, base(bank), p.following, clock + p.latency);
  for (const Push& p : reach.group) push(group_ready_, base(group(bank)), p.following, clock + p.latency);
  for (const Push& p : reach.rank) push(rank_ready_, base(own_rank), p.following, clock + p.latency);
  for (const Push& p : reach.other_rank)
    for (std::int32_t other = 0; other < ranks_; ++other)
      if (other != own_rank) push(rank_ready_, base(other), p.following, clock + p.latency);
  for (const Push& p : reach.channel)
    channel_ready_[p.following] = std::max(channel_ready_[p.following], clock + p.latency);
  if (command == DramCommand::kActivate) apply_windows(command, static_cast<std::size_t>(own_rank), clock);
  move_rows(command, bank, row);
}

void PseudoChannelState::apply_windows(DramCommand command, std::size_t rank, Clock clock) {
  for (Window& w : windows_) {
    if (w.preceding != command) continue;
    std::int32_t& next = w.next[rank];
    const std::size_t ring = rank * static_cast<std::size_t>(w.size);
    w.clocks[ring + static_cast<std::size_t>(next)] = clock;
    next = next + 1 == w.size ? 0 : next + 1;
    // `next` is now the oldest of the last `size`.
    push(rank_ready_, rank * kCommands, w.following, w.clocks[ring + static_cast<std::size_t>(next)] + w.latency);
  }
}

void PseudoChannelState::close(std::int32_t bank) {
  std::int64_t& row = row_[static_cast<std::size_t>(bank)];
  if (row == kClosed) return;
  row = kClosed;
  --open_banks_[static_cast<std::size_t>(rank(bank))];
}

void PseudoChannelState::move_rows(DramCommand command, std::int32_t bank, std::int64_t row) {
  switch (command) {
    case DramCommand::kActivate:
      row_[static_cast<std::size_t>(bank)] = row;
      ++open_banks_[static_cast<std::size_t>(rank(bank))];
      break;
    case DramCommand::kPrecharge:
    case DramCommand::kReadAuto:
    case DramCommand::kWriteAuto: close(bank); break;
    case DramCommand::kPrechargeAll: {
      const std::int32_t first = rank(bank) * banks_per_rank_;
      for (std::int32_t b = first; b < first + banks_per_rank_; ++b) close(b);
      break;
    }
    default: break;
  }
}

}  // namespace decodesim
