// SPDX-License-Identifier: Apache-2.0
// DramSystem: all pseudo-channels of a memory at command fidelity, and the trains in service on them, without a
// simulation kernel. CommandMemory puts it behind a socket; SteadyState runs a sample of a mix of trains on it.
//
//   add(train) --> [accesses, as many as its window holds] --> bursts --> a DramController a pseudo-channel
//        ^                                                                              |
//        +--- the access's bytes are free again, its data moved + the initiator's way --+
//
// A train's accesses go out in order (access_sequence.hpp). An access counts against the train's window until all of
// it has come; one that is larger than the window is sent burst by burst, each burst counting by itself.
//
// Time runs ahead only as far as nothing from outside could still change: a command's data moves at least `lookahead`
// clocks after it, so controllers run that far at a time, in any order, with the same result as clock by clock.
//
// Laws, each a test in test/models/memory/dram/: those of CommandMemory, and
//   1. How often advance() is called changes nothing.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "models/memory/dram/access_sequence.hpp"
#include "models/memory/dram/controller.hpp"
#include "models/memory/dram/dram_activity.hpp"

namespace decodesim {

class DramSystem : private CompletionSink {
 public:
  /// `stacks` equal stacks, interleaved as one with so many times the channels. `way`: from the memory back to the
  /// initiator and its next request to the memory, of trains with a window. `log` (may be null) is told of every
  /// command, of all pseudo-channels mixed. REQUIRES ConstraintTable::problems and AddressMap::problems empty.
  DramSystem(const DramParameters& stack, std::int64_t stacks, Duration way, CommandSink* log = nullptr);

  using TrainId = std::uint64_t;
  /// A train whose last byte has moved, with the bytes of its accesses.
  struct Ended {
    TrainId train = 0;
    Bytes read;
    Bytes written;
  };
  /// Takes a train at `now`, which does not fall from call to call (nor of advance()). Its length is not zero and its
  /// bytes lie within the capacity. The id may be used again once the train is done.
  TrainId add(const StreamShape& shape, TimePoint now);
  /// Lets everything happen up to `now`; appends the trains whose last byte has moved, in order of time.
  void advance(TimePoint now, std::vector<Ended>& done);
  /// Whether add() may be called without advance(now) before: nothing that is due could send accesses of its own.
  [[nodiscard]] bool all_sent() const { return unsent_ == 0; }
  /// When to call advance() next, so that no train's end is missed; nothing when no train is in service.
  [[nodiscard]] std::optional<TimePoint> next_wake() const;

  /// What all pseudo-channels have done by `now`, refreshes of idle time included.
  [[nodiscard]] DramActivity activity(TimePoint now);
  /// Bursts of the train whose command has been issued.
  [[nodiscard]] std::int64_t bursts_of(TrainId train) const { return trains_[train].opened - trains_[train].unknown; }
  /// Bytes asked for by the bursts that the train has sent out, as a share of what they carry.
  [[nodiscard]] Ratio use_of(TrainId train) const;

  [[nodiscard]] std::int64_t in_service() const { return in_service_; }
  /// Bursts whose command has been issued.
  [[nodiscard]] std::int64_t bursts() const { return bursts_; }
  [[nodiscard]] const DramParameters& parameters() const { return parameters_; }  ///< of all stacks together
  [[nodiscard]] const AddressMap& map() const { return map_; }

 private:
  struct Train {
    StreamShape shape;
    AccessSequence sequence;
    TimePoint begin;
    std::int64_t window = 0;       ///< bytes
    std::int64_t outstanding = 0;  ///< bytes of the window in use
    std::int64_t open = 0;         ///< accesses not yet complete
    std::int64_t unknown = 0;      ///< bursts of which it is not known when they move
    std::int64_t opened = 0;       ///< bursts of all accesses so far
    std::int64_t asked = 0;        ///< bytes of them
    std::int64_t read = 0;         ///< bytes of complete accesses
    std::int64_t written = 0;
    Clock last = 0;             ///< of the data known so far
    std::uint32_t current = 0;  ///< access that is being sent burst by burst, kNoAccess for none
    std::uint64_t cursor = 0;   ///< of that access: next burst and end
    std::uint64_t end = 0;
    bool writes = false;
    Duration way;
    bool timed = false;   ///< waits for the next start of its offered load
    bool unsent = false;  ///< counted in unsent_
    [[nodiscard]] bool sent() const;
  };
  /// An access on its way.
  struct Open {
    TrainId train = 0;
    TimePoint issued;
    std::int64_t bytes = 0;
    std::int64_t unmoved = 0;  ///< bursts
    bool piecewise = false;    ///< its bursts free their part of the window one by one
    bool write = false;
  };
  /// A part of a train's window that is free again.
  struct Return {
    TimePoint at;
    TrainId train = 0;
    std::uint64_t serial = 0;
    std::int64_t bytes = 0;
  };
  struct Finish {
    TimePoint at;
    TrainId train = 0;
    friend bool operator>(const Finish& a, const Finish& b) { return a.at != b.at ? a.at > b.at : a.train > b.train; }
  };
  static constexpr std::uint32_t kNoAccess = UINT32_MAX;

  void completed(std::uint64_t id, Clock last_data) override;
  void send(TrainId id, TimePoint now);
  void open_access(Train& train, TrainId id, TimePoint now);
  void send_pieces(Train& train, TimePoint now);
  void send_burst(std::uint32_t access, std::uint64_t address, bool write, Clock arrival);
  [[nodiscard]] TimePoint next_start(const Train& train) const;
  /// The next thing that happens at the initiators.
  struct Next {
    enum class Kind : std::uint8_t { kNothing, kMoved, kReturned, kTimer };
    Kind kind = Kind::kNothing;
    TimePoint at;
    Clock clock = 0;       ///< of kMoved
    std::size_t side = 0;  ///< of kReturned
  };
  [[nodiscard]] Next next_of(Clock known);
  void process(TimePoint until, Clock known, std::vector<Ended>& done);
  void take_moved(Clock clock, std::vector<Ended>& done);
  void complete_access(std::uint32_t access, TimePoint at, std::vector<Ended>& done);
  void give_back(const Return& back);
  void take_timers(TimePoint until);
  [[nodiscard]] TimePoint next_timer() const;
  void run_controllers(Clock clock);
  void note_finish(TrainId id);
  void note_unsent(Train& train);
  [[nodiscard]] std::vector<std::uint32_t>& slot_of(Clock clock) {
    return calendar_[static_cast<std::size_t>(clock) & (calendar_.size() - 1)];
  }
  [[nodiscard]] const std::vector<std::uint32_t>& slot_of(Clock clock) const {
    return calendar_[static_cast<std::size_t>(clock) & (calendar_.size() - 1)];
  }
  [[nodiscard]] Clock last_edge(TimePoint now) const;
  [[nodiscard]] Clock next_edge(TimePoint now) const;
  /// Of bursts that are sent at `now`.
  [[nodiscard]] Clock arrival_of(TimePoint now) const { return std::max(next_edge(now), ran_to_); }
  [[nodiscard]] TimePoint time_of(Clock clock) const { return TimePoint(cycles_at(clock, parameters_.clock)); }

  DramParameters parameters_;
  AddressMap map_;
  Duration way_;
  std::int64_t burst_bytes_;
  std::int64_t all_queues_;  ///< bytes that all queues hold, twice: a window that keeps them full
  std::vector<std::unique_ptr<DramController>> controllers_;
  Clock lookahead_ = 1;
  Clock ran_to_ = 0;     ///< every command before this clock has been issued
  Clock processed_ = 0;  ///< every completion before this clock has been taken
  // Completions by clock: a ring that covers lookahead and latency.
  std::vector<std::vector<std::uint32_t>> calendar_;
  std::int64_t pending_ = 0;
  std::vector<Train> trains_;
  std::vector<std::uint64_t> serials_;  ///< by train id: how often it has been used
  std::vector<TrainId> free_trains_;
  std::vector<TrainId> timed_;  ///< trains that wait for their offered load
  std::vector<Open> accesses_;
  std::vector<std::uint32_t> free_accesses_;
  std::array<std::deque<Return>, 2> returning_;  ///< over the initiator's way, and at once: each in order of time
  std::priority_queue<Finish, std::vector<Finish>, std::greater<>> finishes_;
  std::int64_t in_service_ = 0;
  std::int64_t unsent_ = 0;  ///< trains that have more to send
  std::int64_t bursts_ = 0;
  Histogram latency_ps_;
};

}  // namespace decodesim
