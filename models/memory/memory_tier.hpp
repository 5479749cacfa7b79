// SPDX-License-Identifier: Apache-2.0
// MemoryTier: the stacks of one kind at one accelerator, behind a TLM-2.0 AT socket. Traffic is interleaved evenly
// over the stacks, so that they are one server as long as nothing makes them differ.
//
//   initiator --BEGIN_REQ--> [trains in service, sharing the bandwidth] --BEGIN_RESP(latency)--> initiator
//
// A transaction is served from BEGIN_REQ (plus its annotated delay, which must be zero) until its bytes have moved;
// BEGIN_RESP then carries the ending as its annotated delay. A train is split only where another one starts or
// ends. Payloads without TrainExtension are ordinary transactions of their data length.
//
// Laws, each a test in test/models/memory/memory_tier_test.cpp:
//   1. A train alone responds after bytes / rate + ending (latency), rate as its timing says, at most its cap.
//   2. Trains together never exceed the rates of their mix, nor the pins'.
//   3. Bytes delivered equal bytes asked.
//   4. An address beyond the capacity gets TLM_ADDRESS_ERROR_RESPONSE and moves nothing.
#pragma once

#include <memory>
#include <vector>

#include "models/memory/memory_module.hpp"
#include "models/memory/memory_timing.hpp"
#include "models/memory/rate_sharing.hpp"

namespace decodesim {

class MemoryTier : public MemoryModule {
 public:
  MemoryTier(const sc_core::sc_module_name& name, Context& context, std::unique_ptr<MemoryTiming> timing);

  [[nodiscard]] const MemoryTiming& timing() const { return *timing_; }
  [[nodiscard]] Bandwidth peak() const override { return timing_->peak(); }
  [[nodiscard]] Bytes capacity() const override { return timing_->capacity(); }
  [[nodiscard]] DramActivity activity() const override { return timing_->activity(now().since_start()); }
  [[nodiscard]] DramEnergy energy(const DramActivity& activity, Duration elapsed) const override {
    return timing_->energy(activity, elapsed);
  }

 private:
  struct InService {
    tlm::tlm_generic_payload* payload = nullptr;
    StreamShape shape;  ///< on the bus, check bits included
    TimePoint begin;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  void advance();
  void begin(tlm::tlm_generic_payload& payload);
  void reschedule();
  void finish(const InService& entry, Bandwidth total);
  void on_completion();  // SC_METHOD: one or more trains have moved their last byte

  std::unique_ptr<MemoryTiming> timing_;
  RateSharing sharing_;
  std::vector<InService> slots_;  ///< indexed by train id
  std::vector<std::uint64_t> free_slots_;
  std::vector<StreamShape> shapes_;  ///< the mix in service
  std::vector<Bandwidth> rates_;     ///< of the mix
  Bandwidth total_;                  ///< of all rates
  std::vector<InService> finished_;  ///< scratch: what ends at this instant
  TimePoint busy_since_;
  sc_core::sc_event completion_{"completion"};
};

}  // namespace decodesim
