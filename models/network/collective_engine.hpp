// SPDX-License-Identifier: Apache-2.0
// CollectiveEngine: runs one rank's part of collectives. Takes message programs phase by phase: posts the sends, waits
// for the receives, spends the local time of synchronising and combining, goes on.
//
//   accelerator --start--> [ phase: sends | receives | sync + reduce ]... --> collective_done
//                               |post          ^message_arrived
//                               +---> NIC -----+
//
// Laws, each one a test in test/models/network/collective_engine_test.cpp:
//   1. A phase ends its sync cost + reduced / reduce_rate after its last receive.
//   2. Messages of a later phase, or of an instance that has not started here, are kept and count then.
//   3. An empty program is done at once, but never inside start().
//   4. Several instances (for instance of different groups) run side by side.
//   5. A message more than the program expects is an InternalError.
//   6. With a time-out, a phase goes on at its beginning + time-out without who is missing, not a picosecond earlier;
//      later ones wait for them no more until they are forgiven. Messages that come after their collective's end are
//      dropped and counted.
//
// Not modelled: contention of the combining kernel with others on the accelerator; overlap of combining with arrival.
#pragma once

#include <vector>

#include "models/network/packet.hpp"
#include "models/transport/collective_port.hpp"
#include "sim/core/component/component.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

using namespace literals;

/// What the software of a collective costs on the accelerator: a part of the software profile.
struct CollectiveParams {
  Duration relaxed_sync = 360_ns;
  Duration system_fence = 3'330_ns;
  Duration library_setup = 5'600_ns;
  Bandwidth reduce_rate = 1'600_GBps;

  static Schema<CollectiveParams> schema();
};

class CollectiveEngine : public Component, public CollectivePort, public MessageReceiver {
 public:
  CollectiveEngine(const sc_core::sc_module_name& name, Context& context, const CollectiveParams& params);

  sc_core::sc_port<MessageSender> nic{"nic"};

  void start(const MessageProgram& program, std::uint64_t instance, CollectiveListener& listener) override;
  void message_arrived(const MessageTag& tag, std::int32_t source) override;

  /// A phase that has waited for `time_out` goes on without who is missing; zero (the default): it waits.
  void set_time_out(Duration time_out) { time_out_ = time_out; }
  /// Whether collectives no longer wait for `rank`.
  [[nodiscard]] bool late(std::int32_t rank) const;
  /// They wait for it again.
  void forgive(std::int32_t rank);
  /// Forgets what runs here, without an end.
  void abandon();
  /// Takes part in the group's collectives from number `next` on: what has come for earlier ones is of no use.
  void skip_to(const RankGroup& group, std::uint64_t next);
  /// Instances that have started here, or that others have sent to, and that are not done: 0 at the end of a run.
  [[nodiscard]] std::size_t open() const;

  Counter collectives{statistics(), "collectives", "1", "Collectives done"};
  Counter messages{statistics(), "messages", "1", "Messages posted"};
  Counter reduced_bytes{statistics(), "reduced_bytes", "B", "Bytes read to be combined"};
  Counter local_time{statistics(), "local_time", "ps", "Time in synchronising and combining, summed over collectives"};
  Counter inexact{statistics(), "inexact", "1", "Collectives that went on without a rank"};
  Counter late_messages{statistics(), "late_messages", "1", "Messages of collectives that had gone on without them"};
  Sample duration{statistics(), "duration", "ps", "From start to done"};

 private:
  struct Slot {
    bool used = false;
    RankGroup group;
    std::uint64_t instance = 0;
    const MessageProgram* program = nullptr;  ///< null while only early messages have come
    CollectiveListener* listener = nullptr;
    TimePoint started;
    std::size_t phase = 0;
    bool resuming = false;  ///< the next phase begins at `resume`
    TimePoint resume;
    std::vector<std::int64_t> arrived;  ///< messages so far, by phase
    // With a time-out only.
    std::vector<std::uint8_t> heard;  ///< by phase and position in the group: a message of it has come
    TimePoint deadline;               ///< of the phase under way
    bool forced = false;              ///< its phases wait no more, for whom is not known
    bool incomplete = false;          ///< a phase went on without someone
  };

  Slot& slot_of(const RankGroup& group, std::uint64_t instance);
  void resume();  // SC_METHOD: takes every slot whose local work is over to its next phase
  void begin_phase(Slot& slot);
  void end_phase_if_complete(Slot& slot);
  void resume_at(Slot& slot, TimePoint at);
  // With a time-out: collective_time_out.cpp.
  std::uint64_t& begun(const RankGroup& group);
  [[nodiscard]] bool is_past(const MessageTag& tag);
  void note(Slot& slot, const MessageTag& tag, std::int32_t source);
  template <class Visit>
  void visit_missing(const Slot& slot, Visit visit) const;
  [[nodiscard]] std::int64_t expected(const Slot& slot) const;
  void give_up();  // SC_METHOD: phases that have waited for too long
  void start_clock(Slot& slot);
  [[nodiscard]] Duration local_cost(const MessagePhase& phase) const;

  const CollectiveParams params_;
  std::vector<Slot> slots_;  // reused; as many as were ever open at once
  sc_core::sc_event resume_{"local_work_over"};
  // With a time-out only.
  Duration time_out_;
  std::vector<std::uint8_t> late_;  // by rank
  struct Begun {
    RankGroup group;
    std::uint64_t next = 0;  ///< all before have been started here, or skipped
  };
  std::vector<Begun> begun_;
  sc_core::sc_event deadline_{"deadline"};
};

}  // namespace decodesim
