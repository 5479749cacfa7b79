// SPDX-License-Identifier: Apache-2.0
// CommandMemory: the stacks of one kind at one accelerator at command fidelity, behind the same TLM-2.0 AT socket as
// MemoryTier. All it does is to turn DramSystem's answers into events.
//
//   initiator --BEGIN_REQ--> [DramSystem: accesses, bursts, a DramController a pseudo-channel]
//             <--BEGIN_RESP, when the last burst's data has moved --
//
// A payload with TrainExtension is a train as models/memory/stream_shape.hpp describes it; one without it is one access
// of its data length.
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

#include <vector>

#include "models/memory/dram/dram_system.hpp"
#include "models/memory/memory_module.hpp"

namespace decodesim {

class CommandMemory : public MemoryModule {
 public:
  /// `stacks` equal stacks, interleaved as one with so many times the channels. REQUIRES
  /// ConstraintTable::problems and AddressMap::problems empty.
  CommandMemory(const sc_core::sc_module_name& name, Context& context, const DramParameters& parameters,
                std::int64_t stacks, Duration initiator_latency);

  [[nodiscard]] const DramParameters& parameters() const { return system_->parameters(); }  ///< all stacks together
  [[nodiscard]] Bandwidth peak() const override { return parameters().peak(); }
  [[nodiscard]] Bytes capacity() const override { return parameters().capacity; }
  [[nodiscard]] DramActivity activity() const override { return system_->activity(now()); }
  [[nodiscard]] DramEnergy energy(const DramActivity& activity, Duration elapsed) const override {
    return energy_of(parameters(), activity.counts, parameters().units(), elapsed);
  }

 private:
  struct InService {
    tlm::tlm_generic_payload* payload = nullptr;
    TimePoint begin;
  };
  struct Answer {
    InService entry;
    Bytes read;
    Bytes written;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  [[nodiscard]] bool refuse(tlm::tlm_generic_payload& payload);
  void begin(tlm::tlm_generic_payload& payload);
  [[nodiscard]] StreamShape on_bus(const StreamShape& shape) const;
  void collect();
  void finish(const Answer& answer);
  void reschedule();
  void on_event();  // SC_METHOD: trains may have ended

  std::unique_ptr<DramSystem> system_;
  std::vector<InService> entries_;        ///< by train id
  std::vector<Answer> answers_;           ///< due now
  std::vector<DramSystem::Ended> ended_;  ///< scratch
  TimePoint busy_since_;
  sc_core::sc_event event_{"event"};
};

}  // namespace decodesim
