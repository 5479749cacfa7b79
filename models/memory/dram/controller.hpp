// SPDX-License-Identifier: Apache-2.0
// DramController: command fidelity of one DRAM pseudo-channel. Queues requests (one burst each), schedules every
// command, and skips from one command to the next: an idle clock costs nothing.
//
//   submit --> [wait] --> read queue, write queue --> FR-FCFS --> PseudoChannelState --> completion (end of data)
//
// Scheduling. Of the column commands for open rows that requests wait for, the one that is legal first; of those the
// oldest request (first ready, first come, first served). Row commands likewise, on a bus of their own: an open bank
// without hits is precharged, a closed one activated for its oldest request. After row_hit_cap column commands on a
// row, an older request for another row of that bank goes first. Reads are served until the write queue is filled to
// write_low + write_drain or no read waits; then writes, down to write_low when reads wait, else to the last. Banks
// that the present direction leaves alone may have their rows made ready for the other one. With the closed page
// policy the last queued access to a row precharges it by itself. Refresh: see refresh_schedule.hpp.
//
// Laws, each a test in test/models/memory/dram/controller_test.cpp:
//   1. An unloaded read takes tRCD + CL + burst; a row hit CL + burst.
//   2. The checker, which knows only the constraint table, finds no violation in what it issues.
//   3. Every request completes exactly once; bytes in equal bytes out.
//   4. Data clocks and lost clocks add up to all clocks.
//   5. The same requests give the same commands at the same clocks.
//
// Not modelled: data and its hazards (a read does not look into the write queue), power-down, the controller's own
// pipeline (a user adds its latency outside).
//
// Sources: FR-FCFS: Rixner et al., "Memory Access Scheduling", ISCA 2000; a cap on hits: Mutlu and Moscibroda, MICRO
// 2007.
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "models/memory/dram/bus_accounting.hpp"
#include "models/memory/dram/dram_energy.hpp"
#include "models/memory/dram/pseudo_channel_state.hpp"
#include "models/memory/dram/refresh_schedule.hpp"
#include "models/memory/dram/request_queues.hpp"

namespace decodesim {

/// Told of every request that a controller has served.
class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  /// `last_data` is the clock at which the burst's data has moved; it lies ahead of the command that moves it.
  virtual void completed(std::uint64_t id, Clock last_data) = 0;
};

class DramController {
 public:
  /// `completions` and `commands` must outlive the controller; `commands` may be null. REQUIRES
  /// ConstraintTable::problems(parameters) empty.
  DramController(const DramParameters& parameters, CompletionSink& completions, CommandSink* commands = nullptr);

  /// Lets time pass to the request's arrival and takes it; false when its queue is full or others wait for theirs.
  bool try_enqueue(const DramRequest& request);
  /// The same, but a request whose queue is full waits outside it, behind those that came before; it enters the queue
  /// at the clock at which a place becomes free.
  void submit(const DramRequest& request);
  /// Issues every command before `clock`.
  void run_until(Clock clock);
  /// Clock of the next command or due refresh if nothing more arrives; never kNever, because refreshes go on.
  [[nodiscard]] Clock next_event();
  /// Whether no request waits.
  [[nodiscard]] bool idle() const { return queues_.empty() && waiting_.empty(); }
  [[nodiscard]] bool full(bool write) const { return queues_.full(write); }
  [[nodiscard]] Clock now() const { return now_; }

  [[nodiscard]] const CommandCounts& counts() const { return counts_; }
  [[nodiscard]] const BusAccounting& bus() const { return bus_; }
  [[nodiscard]] std::int64_t outcomes(RowOutcome o) const { return outcomes_[static_cast<std::size_t>(o)]; }
  [[nodiscard]] const ConstraintTable& table() const { return table_; }

 private:
  /// A command that may be issued, and when.
  struct Choice {
    Clock clock = kNever;
    DramCommand command = DramCommand::kActivate;
    std::int32_t bank = 0;
    std::int32_t entry = RequestQueues::kNone;
    std::uint64_t order = 0;  ///< of the request's arrival
  };
  /// What a bank's history means for where the data pins' clocks go.
  struct BankPast {
    Clock refreshed = 0;       ///< end of its last refresh
    Clock activate_ready = 0;  ///< when its last ACT could have been, but for tRRD and tFAW
    std::int64_t hits = 0;     ///< column commands since
  };

  void decide();
  void update_direction();
  void forget();
  void choose_column();
  void choose_row();
  [[nodiscard]] Choice choose_refresh() const;
  void improve(Choice& best, DramCommand command, std::int32_t bank, std::int32_t entry) const;
  void improve_column(std::int32_t bank);
  void improve_row(std::int32_t bank, bool write);
  void execute(const Choice& choice);
  void activate(const Choice& choice);
  void column(const Choice& choice);
  [[nodiscard]] bool last_of_row(std::int32_t entry) const;
  void refreshed(const Choice& choice);
  void account(const Choice& choice, bool write);
  [[nodiscard]] ColumnHold hold_of(const Choice& choice, bool write) const;
  void review(std::int32_t bank);
  void enqueue(const DramRequest& request);
  void admit();
  [[nodiscard]] BankPast& past(std::int32_t bank) { return past_[static_cast<std::size_t>(bank)]; }
  [[nodiscard]] const BankPast& past(std::int32_t bank) const { return past_[static_cast<std::size_t>(bank)]; }

  ConstraintTable table_;
  PseudoChannelState state_;
  RequestQueues queues_;
  std::deque<DramRequest> waiting_;  ///< outside full queues, in order of arrival
  RefreshSchedule refresh_;
  CompletionSink& completions_;
  CommandSink* commands_;
  bool shared_bus_;
  bool closed_page_;
  std::int64_t row_hit_cap_;
  std::int64_t write_low_;
  std::int64_t write_high_;

  Clock now_ = 0;
  bool draining_ = false;  ///< direction: writes
  // The best command of each bus; known ones are improved bank by bank instead of being searched for again.
  Choice column_;
  Choice row_;
  Choice next_;
  bool column_known_ = false;
  bool row_known_ = false;
  bool decided_ = false;         ///< whether next_ holds
  Clock requested_ = 0;          ///< since when the queues have not been empty
  bool last_was_write_ = false;  ///< the last column command
  // Sets of banks by direction: with a hit to serve, with a row to open or close.
  std::array<std::uint64_t, 2> column_banks_{};
  std::array<std::uint64_t, 2> row_banks_{};
  std::uint64_t wanted_ = 0;
  std::vector<BankPast> past_;
  std::vector<Clock> activated_;  ///< by bank: its last ACT

  CommandCounts counts_;
  BusAccounting bus_;
  std::array<std::int64_t, 3> outcomes_{};
};

}  // namespace decodesim
