// SPDX-License-Identifier: Apache-2.0
// QueueRunner: executes the commands of one in-order queue of an accelerator, one at a time.
//
//   gap --> loads and compute, overlapped --> drain --> complete --> next command
//
// A kernel's end is max(last load + tail, start + busy) + exposed x min(load, busy) + drain: data streams through the
// cores, so arithmetic hides behind loads or loads behind arithmetic, whichever is shorter, but for a part that the
// kernel's pipeline leaves exposed. Of an operand that is used again soon, the cache has a part, which is not loaded
// from memory but passes through the shared on-chip memory like the rest. The matrix and vector units are one resource:
// two queues' kernels do not compute at the same time. A power limit may lower the clock of the cores' part.
//
// Laws: see accelerator.hpp.
#pragma once

#include "models/compute/command_list.hpp"
#include "models/compute/compute_timing.hpp"
#include "models/compute/dma_engine.hpp"
#include "models/compute/last_level_cache.hpp"
#include "models/compute/power_governor.hpp"
#include "models/compute/weight_prefetcher.hpp"
#include "models/transport/collective_port.hpp"

namespace decodesim {

/// How many collectives of each group a rank has started. All members of a group start its collectives in one order, so
/// that the counts tell them apart wherever members of several groups meet.
class CollectiveCounts {
 public:
  /// The number of the group's next one.
  std::uint64_t next(const RankGroup& group);
  /// As the others that have gone on without this rank: of every group that `rank` is in, at least as many as `others`.
  void catch_up(const CollectiveCounts& others, std::int32_t rank);
  /// Calls `visit(group, started)` for each group.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Count& count : counts_) visit(count.group, count.started);
  }

 private:
  struct Count {
    RankGroup group;
    std::uint64_t started = 0;
  };
  std::vector<Count> counts_;  // a rank is in few groups
};

/// What the runners of one accelerator share.
struct RunnerShared {
  CommandList list;
  ComputeTiming timing;
  LastLevelCache cache;
  DmaEngine& dma;
  WeightPrefetcher& prefetcher;
  std::span<const MessageProgram> programs;  ///< of this rank, by Command::program
  CollectivePort* network = nullptr;         ///< null: no collectives
  CollectiveCounts started;
  PowerGovernor power;
  Power matrix_power;  ///< of the matrix unit at its peak
  EnergyPerBit load_energy;
  bool held = false;                   ///< nothing more is started
  Ratio slow_down = Ratio(1'000'000);  ///< what a kernel takes of the time that it should; 2'000'000: twice
  TimePoint cores_free;                ///< when the units finish what they have
  Bytes in_flight_per_core;
};

/// Told when a command has completed, so that others may start.
class RunnerListener {
 public:
  virtual ~RunnerListener() = default;
  virtual void command_completed(std::int64_t index) = 0;
};

class QueueRunner : public Component, public DmaClient, public CollectiveListener {
 public:
  QueueRunner(const sc_core::sc_module_name& name, Context& context, RunnerShared& shared, RunnerListener& listener,
              std::int64_t queue);

  /// Starts the queue's next command if it is ready, none runs, and the accelerator is not held.
  void pump();
  /// The rest of the step has been dropped: what has not begun does not, a collective ends without its result, and a
  /// kernel comes to its end.
  void abandon();
  [[nodiscard]] const Breakdown& breakdown() const { return breakdown_; }

  Counter commands{statistics(), "commands", "1", "Commands completed"};
  Counter memory_ps{statistics(), "memory_ps", "ps", "Time waiting for or streaming from memory"};
  Counter compute_ps{statistics(), "compute_ps", "ps", "Time bound by the cores"};
  Counter network_ps{statistics(), "network_ps", "ps", "Time in collectives"};
  Counter cache_hit_bytes{statistics(), "cache_hit_bytes", "B", "Operand bytes found in the cache"};
  Counter throttled_ps{statistics(), "throttled_ps", "ps", "Time that clocks below the full one added"};
  Counter overhead_ps{statistics(), "overhead_ps", "ps", "Start gaps, drains and host work"};

 private:
  enum class State { kIdle, kGap, kLoading, kEnding, kCollective };

  void on_event();  // SC_METHOD: a gap has passed, or a command has ended
  void begin();
  void begin_kernel();
  [[nodiscard]] Bytes load_from_memory(const Transfer& transfer, std::int32_t which);
  [[nodiscard]] Bytes reread(const Transfer& transfer, Bytes once) const;
  [[nodiscard]] Bytes weights() const;
  void schedule_end();
  [[nodiscard]] TimePoint kernel_end() const;
  void throttle();
  [[nodiscard]] Duration slowed(Duration time) const;
  void end_at(TimePoint at);
  void complete();
  void account(Duration Breakdown::*part, Counter& counter, Duration amount);
  void transfer_done(std::uint64_t tag, TimePoint at) override;
  void collective_done(std::uint64_t instance) override;

  RunnerShared& shared_;
  RunnerListener& listener_;
  std::int64_t queue_;
  State state_ = State::kIdle;
  std::int64_t index_ = -1;
  const Command* command_ = nullptr;
  ComputeEstimate estimate_;
  std::int64_t loads_pending_ = 0;
  Bytes from_memory_;     ///< of the running kernel
  bool waiting_ = false;  ///< for the accelerator not to be held, since held_since_
  TimePoint held_since_;
  TimePoint began_;
  TimePoint loaded_;
  Breakdown breakdown_;
  sc_core::sc_event event_{"event"};
};

}  // namespace decodesim
