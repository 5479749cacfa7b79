// SPDX-License-Identifier: Apache-2.0
// CommandMemory: the stacks of one kind at one accelerator at command fidelity, behind the same TLM-2.0 AT socket as
// MemoryTier.
//
//   initiator --BEGIN_REQ--> [cut into bursts, a window outstanding] --> a DramController a pseudo-channel
//             <--BEGIN_RESP, when the last burst's data has moved --
//
// A train is sent in bursts of the part in order of address, at most in_flight bytes outstanding at a time; a burst is
// outstanding until its data has moved plus `initiator_latency`, the way between an initiator and the part. A train
// without a bound, and an ordinary transaction, keep all queues full. A train whose runs are shorter than itself has
// them at places of the capacity that a hash of its address and the run's number picks, because the extension does not
// carry their addresses. Bursts that find their queue full wait outside in order.
//
// Laws, each a test in test/models/memory/dram/command_memory_test.cpp:
//   1. A lone read of one burst responds after tRCD + CL + burst.
//   2. Bytes delivered equal bytes asked; every transaction responds once.
//   3. An address beyond the capacity gets TLM_ADDRESS_ERROR_RESPONSE and moves nothing.
//   4. A window of one burst makes each burst wait for the one before and the initiator's latency.
//   5. Nothing is scheduled while no transaction is in service: an idle memory lets the simulation end.
//
// Not modelled: data; refreshes of idle time are caught up when traffic comes.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "models/memory/dram/controller.hpp"
#include "models/memory/memory_module.hpp"
#include "models/transport/train_extension.hpp"

namespace decodesim {

class CommandMemory : public MemoryModule, private CompletionSink {
 public:
  /// `stacks` equal stacks, interleaved as one with so many times the channels. REQUIRES
  /// ConstraintTable::problems and AddressMap::problems empty.
  CommandMemory(const sc_core::sc_module_name& name, Context& context, const DramParameters& parameters,
                std::int64_t stacks, Duration initiator_latency);

  /// One controller a pseudo-channel: channel x pseudo-channels + pseudo-channel.
  [[nodiscard]] const std::vector<std::unique_ptr<DramController>>& controllers() const { return controllers_; }
  [[nodiscard]] const DramParameters& parameters() const { return parameters_; }  ///< of all stacks together
  [[nodiscard]] Bandwidth peak() const override { return parameters_.peak(); }
  [[nodiscard]] Bytes capacity() const override { return parameters_.capacity; }
  [[nodiscard]] DramActivity activity() const override;
  [[nodiscard]] DramEnergy energy(const DramActivity& activity, Duration elapsed) const override {
    return energy_of(parameters_, activity.counts, units(), elapsed);
  }

 private:
  struct InService {
    tlm::tlm_generic_payload* payload = nullptr;
    std::uint64_t serial = 0;
    TimePoint begin;
    Bytes length;
    std::uint64_t base = 0;        ///< first byte's address
    std::uint64_t run = 0;         ///< contiguous bytes
    std::uint64_t next_run = 0;    ///< number of the run being sent
    std::uint64_t cursor = 0;      ///< address of the next burst
    std::uint64_t run_end = 0;     ///< where the run being sent ends
    std::uint64_t left = 0;        ///< bytes of the runs after that
    std::int64_t window = 0;       ///< most bursts outstanding
    Duration way;                  ///< from the part to the initiator, of trains with a bound
    std::int64_t outstanding = 0;  ///< sent and not yet back at the initiator
    std::int64_t unmoved = 0;      ///< sent, data not yet moved
    [[nodiscard]] bool sent() const { return left == 0 && cursor >= run_end; }
  };
  /// A burst's data has moved, or its place in its train's window is free again.
  struct Return {
    TimePoint at;
    std::uint64_t slot = 0;
    std::uint64_t serial = 0;  ///< of the train, because slots are used again
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  void completed(std::uint64_t id, Clock last_data) override;
  [[nodiscard]] static Bytes length_of(const tlm::tlm_generic_payload& payload);
  [[nodiscard]] bool refuse(tlm::tlm_generic_payload& payload);
  void begin(tlm::tlm_generic_payload& payload);
  void start_run(InService& entry);
  void send(std::uint64_t slot);
  void send_burst(std::uint64_t slot, std::uint64_t address);
  void drain_backlogs();
  void take_moved();
  void take_returned();
  void finish(std::uint64_t slot);
  void reschedule();
  void on_event();  // SC_METHOD: a command is to be issued, or data has moved
  [[nodiscard]] std::int64_t units() const { return static_cast<std::int64_t>(controllers_.size()); }
  [[nodiscard]] Clock last_edge() const;  ///< the last clock edge up to now
  [[nodiscard]] Clock next_edge() const;  ///< the first one from now on
  [[nodiscard]] TimePoint time_of(Clock clock) const { return TimePoint(cycles_at(clock, parameters_.clock)); }

  DramParameters parameters_;
  AddressMap map_;
  Duration initiator_latency_;
  std::uint64_t burst_bytes_;
  std::vector<std::unique_ptr<DramController>> controllers_;
  std::vector<std::deque<DramRequest>> backlogs_;  ///< by controller: bursts whose queue is full
  std::int64_t waiting_ = 0;                       ///< bursts in all backlogs
  std::vector<InService> slots_;
  std::vector<std::uint64_t> free_slots_;
  std::int64_t in_service_ = 0;
  std::uint64_t serial_ = 0;
  // Reads and writes move their data at different distances from their commands, each in order.
  std::array<std::deque<Return>, 2> moving_;
  std::array<std::deque<Return>, 2> returning_;  ///< over the initiator's latency, and at once
  Histogram latency_ps_;
  std::vector<std::uint64_t> done_;  ///< scratch: trains that end at this instant
  TimePoint busy_since_;
  sc_core::sc_event event_{"event"};
};

}  // namespace decodesim
