// SPDX-License-Identifier: Apache-2.0
// MemoryModule: what every memory of ours is to the rest of a machine, at whatever fidelity: a TLM-2.0 AT target with
// the same counters, and an account of what its DRAM did.
#pragma once

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm>

#include "models/memory/dram/dram_activity.hpp"
#include "models/memory/stream_shape.hpp"
#include "models/transport/train_extension.hpp"
#include "sim/core/component/component.hpp"

namespace decodesim {

class MemoryModule : public Component {
 public:
  MemoryModule(const sc_core::sc_module_name& name, Context& context);

  tlm_utils::passthrough_target_socket<MemoryModule> socket{"socket"};

  /// The pins' bandwidth: nothing is ever faster.
  [[nodiscard]] virtual Bandwidth peak() const = 0;
  [[nodiscard]] virtual Bytes capacity() const = 0;
  /// What the memory has done since the start. A memory without inner structure counts accesses and latencies only.
  [[nodiscard]] virtual DramActivity activity() const = 0;
  /// What `activity` within `elapsed` has cost.
  [[nodiscard]] virtual DramEnergy energy(const DramActivity& activity, Duration elapsed) const = 0;

  /// Told before simulated time where data of a class lie. Only a memory that wears or reads ahead cares.
  virtual void hold(TrafficClass /*traffic*/, std::uint64_t /*address*/, Bytes /*bytes*/) {}

  Counter bytes_asked{statistics(), "bytes_asked", "B", "Bytes of all accepted transactions"};
  Counter bytes_read{statistics(), "bytes_read", "B", "Bytes delivered to readers"};
  Counter bytes_written{statistics(), "bytes_written", "B", "Bytes taken from writers"};
  Counter trains{statistics(), "trains", "1", "Transactions served"};
  Counter busy_ps{statistics(), "busy_ps", "ps", "Time with at least one transaction in service"};
  Counter address_errors{statistics(), "address_errors", "1", "Transactions refused for their address"};
  Sample service_ps{statistics(), "service_ps", "ps", "Request to response"};

 protected:
  virtual tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) = 0;
  virtual void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) = 0;

  /// What a payload asks for: its TrainExtension, or one access of its data length.
  [[nodiscard]] static StreamShape shape_of(const tlm::tlm_generic_payload& payload);
  /// Whether every byte that `shape` may touch exists.
  [[nodiscard]] bool within_capacity(const StreamShape& shape) const;

 private:
  unsigned int transport_dbg(tlm::tlm_generic_payload&) { return 0; }
};

}  // namespace decodesim
