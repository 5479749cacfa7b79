// SPDX-License-Identifier: Apache-2.0
// HbfMemory: the HBF stacks of one kind at one accelerator, behind a TLM-2.0 AT socket. Traffic is interleaved evenly
// over the stacks, so one of them is timed and stands for all: as closed forms (StackTrain) or as page operations
// (StackPages).
//
//   initiator --BEGIN_REQ--> [link <- staging SRAM <- planes; write buffer -> planes] --BEGIN_RESP--> initiator
//
// A train whose TrainExtension says `announced` was told before the step began, in order: the stack reads ahead for it
// as far as its staging SRAM allows.
//
// Laws, each a test in test/models/memory/hbf/hbf_memory_test.cpp:
//   1. Bytes delivered equal bytes asked; stacks divide a train's time.
//   2. An address beyond the capacity gets TLM_ADDRESS_ERROR_RESPONSE, a write of weights TLM_COMMAND_ERROR_RESPONSE;
//      neither moves anything.
//   3. Energy is what the counters say: pages sensed and programmed, blocks erased, idle power over the time.
//   4. Both fidelities take the same time, within 2 percent.
#pragma once

#include <map>
#include <memory>

#include "models/memory/hbf/flash_engine.hpp"
#include "models/memory/hbf/flash_wear.hpp"
#include "models/memory/memory_module.hpp"

namespace decodesim {

class HbfMemory : public MemoryModule {
 public:
  enum class Fidelity : std::uint8_t { kTrain, kPage };

  /// `way`: what the initiator adds to the latency of the bytes that it keeps outstanding.
  HbfMemory(const sc_core::sc_module_name& name, Context& context, const HbfParameters& parameters, std::int64_t stacks,
            Fidelity fidelity, Duration way);

  [[nodiscard]] Bandwidth peak() const override { return parameters_.host * stacks_; }
  [[nodiscard]] Bytes capacity() const override { return parameters_.capacity * stacks_; }
  /// Accesses' latencies only, each with the initiator's own.
  [[nodiscard]] DramActivity activity() const override { return activity_; }
  [[nodiscard]] DramEnergy energy(const DramActivity&, Duration) const override { return {}; }
  void hold(TrafficClass traffic, std::uint64_t address, Bytes bytes) override;

  /// Days pass for the flash as the time since the start has, and no simulated time.
  void fast_forward(std::int64_t days);
  /// Of one stack.
  [[nodiscard]] FlashCondition condition() const { return condition_of(engine_->writes()); }

  [[nodiscard]] const HbfParameters& parameters() const { return parameters_; }
  [[nodiscard]] std::int64_t stacks() const { return stacks_; }
  /// Of all stacks.
  [[nodiscard]] FlashActivity flash_activity() const;
  [[nodiscard]] const WritePath& writes() const { return engine_->writes(); }
  /// Of all stacks, within `elapsed` since the start.
  [[nodiscard]] HbfEnergy flash_energy(Duration elapsed) const {
    return energy_of(parameters_, flash_activity(), stacks_, elapsed);
  }
  /// Of one stack.
  [[nodiscard]] FlashWear wear(Duration elapsed) const { return wear_of(engine_->writes(), parameters_, elapsed); }

  Counter pages_sensed{statistics(), "pages_sensed", "1", "Pages sensed, retries among them, all stacks"};
  Counter pages_staged{statistics(), "pages_staged", "1", "Pages that were staged ahead when asked for, all stacks"};
  Counter pages_programmed{statistics(), "pages_programmed", "1", "Pages programmed, all stacks"};
  Counter pages_refreshed{statistics(), "pages_refreshed", "1", "Pages programmed for refreshes, all stacks"};
  Counter blocks_erased{statistics(), "blocks_erased", "1", "Blocks erased, all stacks"};
  Counter suspends{statistics(), "suspends", "1", "Programs and erases suspended for a read, all stacks"};
  Counter writes_waited_ps{statistics(), "writes_waited_ps", "ps", "Time that reads waited for programs and erases"};
  Counter refused_writes{statistics(), "refused_writes", "1", "Writes into what is read-only"};

 private:
  struct InService {
    tlm::tlm_generic_payload* payload = nullptr;
    TimePoint begin;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  void start_of_simulation() override { on_event(); }
  [[nodiscard]] bool refuse(tlm::tlm_generic_payload& payload);
  [[nodiscard]] FlashRequest request_of(const tlm::tlm_generic_payload& payload) const;
  void on_event();  // SC_METHOD: something of the stack is due
  void finish(const InService& entry);
  void count_flash();
  void reschedule();

  const HbfParameters parameters_;
  const std::int64_t stacks_;
  std::unique_ptr<FlashEngine> engine_;
  const Duration way_;
  DramActivity activity_;
  FlashActivity counted_;
  std::map<std::uint64_t, InService> in_service_;  ///< by request
  std::uint64_t next_id_ = 0;
  TimePoint busy_since_;
  sc_core::sc_event event_{"event"};
};

}  // namespace decodesim
