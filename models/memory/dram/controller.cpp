// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/controller.hpp"

#include <bit>

namespace decodesim {
namespace {

constexpr std::uint64_t bit(std::int32_t bank) { return 1ULL << static_cast<unsigned>(bank); }

// Calls f(bank) for each bank of the set, lowest first.
template <class F>
void for_each_bank(std::uint64_t banks, F f) {
  for (; banks != 0; banks &= banks - 1) f(std::countr_zero(banks));
}

void set(std::uint64_t& banks, std::int32_t bank, bool value) {
  banks = value ? banks | bit(bank) : banks & ~bit(bank);
}

}  // namespace

DramController::DramController(const DramParameters& p, CompletionSink& completions, CommandSink* commands)
    : table_(p),
      state_(table_),
      queues_(table_.banks(), p.queue_depth, p.controller.write_queue_depth),
      refresh_(table_),
      completions_(completions),
      commands_(commands),
      shared_bus_(p.shared_command_bus),
      closed_page_(p.controller.page == PagePolicy::kClosed),
      row_hit_cap_(p.controller.row_hit_cap),
      write_low_(p.controller.write_low),
      write_high_(p.controller.write_low + p.write_drain),
      past_(static_cast<std::size_t>(table_.banks())),
      activated_(static_cast<std::size_t>(table_.banks()), 0) {}

bool DramController::try_enqueue(const DramRequest& request) {
  if (request.arrival > now_) run_until(request.arrival);
  if (!waiting_.empty() || queues_.full(request.write)) return false;
  enqueue(request);
  return true;
}

void DramController::submit(const DramRequest& request) {
  if (!try_enqueue(request)) waiting_.push_back(request);
}

// A column command has freed a place.
void DramController::admit() {
  while (!waiting_.empty() && !queues_.full(waiting_.front().write)) {
    enqueue(waiting_.front());
    waiting_.pop_front();
  }
}

void DramController::enqueue(const DramRequest& request) {
  if (queues_.empty()) requested_ = now_;
  const DecodedAddress& w = request.where;
  const std::int32_t bank = (w.rank * table_.bank_groups() + w.bank_group) * table_.banks_per_group() + w.bank;
  if (queues_.push(request, bank, state_.row(bank)))
    review(bank);
  else
    decided_ = false;  // the queues' lengths decide on the direction
}

void DramController::run_until(Clock clock) {
  while (true) {
    if (!decided_) decide();
    const Clock next = std::min(next_.clock, refresh_.next_due());
    if (next >= clock) break;
    now_ = std::max(now_, next);
    if (refresh_.next_due() <= now_) {
      refresh_.advance(now_);  // and decide again: it may come first
      forget();
    } else {
      execute(next_);
    }
  }
  now_ = std::max(now_, clock);
}

Clock DramController::next_event() {
  if (!decided_) decide();
  return std::min(next_.clock, refresh_.next_due());
}

void DramController::decide() {
  const bool direction = draining_;
  update_direction();
  if (direction != draining_ || refresh_.pending()) forget();
  if (refresh_.pending()) refresh_.take_up(wanted_, activated_);
  if (!column_known_) choose_column();
  if (!row_known_) choose_row();
  next_ = row_.clock < column_.clock ? row_ : column_;
  if (refresh_.held() != 0) {
    const Choice refresh = choose_refresh();
    // A tie is lost to other commands for the same pins, but not for ever: activates without a gap and a refresh all
    // wait for the same activate before.
    const bool same_pins = shared_bus_ || (row_.clock < column_.clock && refresh_.late());
    if (refresh.clock < next_.clock || (same_pins && refresh.clock == next_.clock)) next_ = refresh;
  }
  decided_ = true;
}

void DramController::update_direction() {
  const std::int64_t reads = queues_.size(false);
  const std::int64_t writes = queues_.size(true);
  if (draining_ && (writes == 0 || (writes <= write_low_ && reads > 0))) draining_ = false;
  if (!draining_ && (writes >= write_high_ || (reads == 0 && writes > 0))) draining_ = true;
}

void DramController::forget() {
  column_known_ = false;
  row_known_ = false;
  decided_ = false;
}

void DramController::improve(Choice& best, DramCommand command, std::int32_t bank, std::int32_t entry) const {
  const Clock clock = std::max(now_, state_.earliest(command, bank));
  if (clock > best.clock) return;
  const std::uint64_t order = queues_.at(entry).order;
  if (clock < best.clock || order < best.order) best = {clock, command, bank, entry, order};
}

void DramController::improve_column(std::int32_t bank) {
  improve(column_, draining_ ? DramCommand::kWrite : DramCommand::kRead, bank, queues_.hit(draining_, bank));
}

void DramController::improve_row(std::int32_t bank, bool write) {
  improve(row_, state_.is_open(bank) ? DramCommand::kPrecharge : DramCommand::kActivate, bank,
          queues_.oldest(write, bank));
}

void DramController::choose_column() {
  column_ = {};
  for_each_bank(column_banks_[draining_] & ~refresh_.held(), [&](std::int32_t bank) { improve_column(bank); });
  column_known_ = true;
}

void DramController::choose_row() {
  row_ = {};
  const std::uint64_t usable = ~refresh_.held();
  const std::uint64_t present = row_banks_[draining_] & usable;
  const bool other = present == 0;
  const std::uint64_t banks = other ? row_banks_[!draining_] & ~column_banks_[draining_] & usable : present;
  for_each_bank(banks, [&](std::int32_t bank) { improve_row(bank, draining_ != other); });
  row_known_ = !other;  // with nothing to do for the present direction, any change may bring something
}

DramController::Choice DramController::choose_refresh() const {
  const bool all = table_.refresh_mode() == RefreshMode::kAllBank;
  Choice best;
  for (std::int32_t rank = 0; rank < table_.ranks(); ++rank) {
    if (refresh_.target(rank) < 0) continue;
    const std::int32_t bank = all ? rank * table_.banks_per_rank() : refresh_.target(rank);
    const bool open = all ? state_.any_open(bank) : state_.is_open(bank);
    const DramCommand precharge = all ? DramCommand::kPrechargeAll : DramCommand::kPrecharge;
    const DramCommand refresh = all ? DramCommand::kRefreshAll : DramCommand::kRefreshPerBank;
    const DramCommand command = open ? precharge : refresh;
    const Clock clock = std::max(now_, state_.earliest(command, bank));
    if (clock < best.clock) best = {clock, command, bank, RequestQueues::kNone, 0};
  }
  return best;
}

void DramController::execute(const Choice& choice) {
  if (shared_bus_) forget();  // any command delays every other
  switch (choice.command) {
    case DramCommand::kRead:
    case DramCommand::kWrite: column(choice); return;
    case DramCommand::kActivate: activate(choice); return;
    case DramCommand::kRefreshAll:
    case DramCommand::kRefreshPerBank: refreshed(choice); return;
    default: break;
  }
  const bool all = choice.command == DramCommand::kPrechargeAll;
  const std::int32_t first = all ? state_.rank(choice.bank) * table_.banks_per_rank() : choice.bank;
  const std::int32_t count = all ? table_.banks_per_rank() : 1;
  state_.issue(choice.command, choice.bank, 0, now_);
  counts_.add(choice.command);
  row_known_ = false;
  if (choice.entry != RequestQueues::kNone) queues_.set_outcome(choice.entry, RowOutcome::kConflict);
  for (std::int32_t bank = first; bank < first + count; ++bank) {
    queues_.row_changed(bank, -1);
    review(bank);
  }
  if (commands_ != nullptr) commands_->command({now_, choice.command, first, 0});
}

void DramController::activate(const Choice& choice) {
  const RequestQueues::Entry& entry = queues_.at(choice.entry);
  BankPast& bank = past(choice.bank);
  bank.activate_ready = std::min(now_, std::max(state_.bank_ready(DramCommand::kActivate, choice.bank), requested_));
  bank.hits = 0;
  activated_[static_cast<std::size_t>(choice.bank)] = now_;
  state_.issue(DramCommand::kActivate, choice.bank, entry.row, now_);
  counts_.add(DramCommand::kActivate);
  row_known_ = false;
  if (entry.outcome == RowOutcome::kHit) queues_.set_outcome(choice.entry, RowOutcome::kMiss);
  queues_.row_changed(choice.bank, entry.row);
  review(choice.bank);
  if (commands_ != nullptr) commands_->command({now_, DramCommand::kActivate, choice.bank, entry.row});
}

// Whether no other request hits the row of this one.
bool DramController::last_of_row(std::int32_t entry) const {
  const RequestQueues::Entry& e = queues_.at(entry);
  return queues_.next_hit(entry) == RequestQueues::kNone && queues_.hit(!e.write, e.bank) == RequestQueues::kNone;
}

void DramController::column(const Choice& choice) {
  const RequestQueues::Entry entry = queues_.at(choice.entry);
  account(choice, entry.write);
  const bool closes = closed_page_ && last_of_row(choice.entry);
  const DramCommand command = !closes ? choice.command : entry.write ? DramCommand::kWriteAuto : DramCommand::kReadAuto;
  state_.issue(command, choice.bank, entry.row, now_);
  counts_.add(command);
  column_known_ = false;
  ++past(choice.bank).hits;
  ++outcomes_[static_cast<std::size_t>(entry.outcome)];
  queues_.pop_hit(choice.entry);
  if (closes) queues_.row_changed(choice.bank, -1);
  review(choice.bank);
  if (commands_ != nullptr) commands_->command({now_, command, choice.bank, entry.row});
  const Clock latency = entry.write ? table_.write_latency() : table_.read_latency();
  completions_.completed(entry.id, now_ + latency + table_.burst());
  admit();
}

void DramController::refreshed(const Choice& choice) {
  forget();
  state_.issue(choice.command, choice.bank, 0, now_);
  counts_.add(choice.command);
  const bool all = choice.command == DramCommand::kRefreshAll;
  const std::int32_t count = all ? table_.banks_per_rank() : 1;
  for (std::int32_t bank = choice.bank; bank < choice.bank + count; ++bank)
    past(bank).refreshed = now_ + table_.refresh_time();
  refresh_.issued(state_.rank(choice.bank));
  if (commands_ != nullptr) commands_->command({now_, choice.command, choice.bank, 0});
}

void DramController::account(const Choice& choice, bool write) {
  const Clock latency = write ? table_.write_latency() : table_.read_latency();
  const Clock first = now_ + latency;
  // What held the command up only matters where it left a gap.
  bus_.burst(first, table_.burst(), latency, first > bus_.total() ? hold_of(choice, write) : ColumnHold{});
  last_was_write_ = write;
}

ColumnHold DramController::hold_of(const Choice& choice, bool write) const {
  const BankPast& bank = past(choice.bank);
  const Clock open = write ? table_.activate_to_write() : table_.activate_to_read();
  ColumnHold hold;
  hold.requested = requested_;
  hold.turned = write != last_was_write_;
  // Of the earliest clock, all but what the bank's own activate asks for.
  hold.spacing =
      std::max(state_.group_ready(choice.command, choice.bank),
               std::max(state_.rank_ready(choice.command, choice.bank), state_.channel_ready(choice.command)));
  hold.refreshed = bank.refreshed;
  hold.row = bank.activate_ready + open;
  hold.activation = activated_[static_cast<std::size_t>(choice.bank)] + open;
  return hold;
}

// Brings the sets of banks, and the choices as far as they are known, up to date after `bank`'s row or requests
// changed.
void DramController::review(std::int32_t bank) {
  const bool open = state_.is_open(bank);
  const bool capped = past(bank).hits >= row_hit_cap_;
  bool wanted = false;
  for (const bool write : {false, true}) {
    const std::int32_t oldest = queues_.oldest(write, bank);
    const std::int32_t hit = queues_.hit(write, bank);
    const bool serve = open && hit != RequestQueues::kNone && (!capped || hit == oldest);
    set(column_banks_[write], bank, serve);
    set(row_banks_[write], bank, oldest != RequestQueues::kNone && !serve);
    wanted = wanted || oldest != RequestQueues::kNone;
  }
  set(wanted_, bank, wanted);
  decided_ = false;
  if (column_known_ && column_.clock != kNever && column_.bank == bank) column_known_ = false;
  if (row_known_ && row_.bank == bank) row_known_ = false;
  if ((refresh_.held() & bit(bank)) != 0) return;
  if (column_known_ && (column_banks_[draining_] & bit(bank)) != 0) improve_column(bank);
  if (row_known_ && (row_banks_[draining_] & bit(bank)) != 0) improve_row(bank, draining_);
}

}  // namespace decodesim
