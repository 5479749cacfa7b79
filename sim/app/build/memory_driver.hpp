// SPDX-License-Identifier: Apache-2.0
// MemoryDriver: the initiator of a memory workload. Phase by phase (the measurement, then the points of a
// latency-against-load curve) it sends what a pattern or a trace asks for and records what the memory did.
//
//   AccessSource --> AccessWindow --BEGIN_REQ--> memory --BEGIN_RESP--> [initiator latency] --> place free
//
// At command fidelity every access is an ordinary TLM-2.0 AT transaction. At train fidelity every stream of the pattern
// is one train. A phase ends when everything sent has been answered and the answers have come back, so that nothing of
// it is left in the memory when the next one begins.
//
// Laws, each a test in test/app/build/memory_driver_test.cpp or test/app/cli/memory_test.cpp:
//   1. Lone dependent reads of closed rows take tRCD + CL + burst + initiator latency each.
//   2. Every access is answered once: bytes asked = bytes delivered + bytes refused.
//   3. An access beyond the capacity is counted and moves nothing.
//   4. An offered load below what the memory can do is what is achieved.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <memory>
#include <vector>

#include "models/memory/memory_module.hpp"
#include "models/transport/payload_pool.hpp"
#include "sim/app/build/access_window.hpp"
#include "sim/app/build/simulate.hpp"

namespace decodesim {

/// Payloads of ordinary transactions, each with the number of its stream.
class AccessPool : public tlm::tlm_mm_interface {
 public:
  AccessPool() = default;
  AccessPool(const AccessPool&) = delete;
  AccessPool& operator=(const AccessPool&) = delete;
  ~AccessPool() override = default;

  /// A payload with one reference. Give it back with release().
  tlm::tlm_generic_payload& take(std::uint32_t stream);
  [[nodiscard]] static std::uint32_t stream_of(const tlm::tlm_generic_payload& payload);

 private:
  void free(tlm::tlm_generic_payload* payload) override { free_.push_back(payload); }

  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> owned_;
  std::vector<tlm::tlm_generic_payload*> free_;
};

class MemoryDriver : public Component {
 public:
  /// Drives `memory`, which is the plan's first tier.
  MemoryDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan, MemoryModule& memory,
               ProgressListener& progress);

  [[nodiscard]] const std::vector<MemoryPhase>& phases() const { return phases_; }
  /// Cut short by the listener: the last phase, or the phases, are not complete.
  [[nodiscard]] bool interrupted() const;

  Counter accesses{statistics(), "accesses", "1", "Accesses served"};
  Counter accesses_refused{statistics(), "accesses_refused", "1", "Accesses beyond the memory's capacity"};
  Counter bytes_asked{statistics(), "bytes_asked", "B", "Bytes of all accesses sent"};
  Counter bytes_served{statistics(), "bytes_served", "B", "Bytes of all accesses served"};
  Counter bytes_refused{statistics(), "bytes_refused", "B", "Bytes of all accesses refused"};

 private:
  /// An answer on its way back to its stream.
  struct Return {
    TimePoint at;
    std::uint32_t stream = 0;
    std::int64_t accesses = 0;
  };

  void start_of_simulation() override;
  void on_wake();  // SC_METHOD: a phase begins, an access is due, or answers have come back
  void begin_phase();
  void end_phase();
  void send_accesses();
  void send_trains();
  void send(const MemoryAccess& access);
  void send_train(std::int64_t stream, std::int64_t count);
  void request();
  void complete(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  void take_returned();
  void schedule();
  void report_progress();
  [[nodiscard]] bool phase_done() const;
  [[nodiscard]] std::unique_ptr<AccessSource> source() const;
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);

  const MemoryWorkloadPlan& workload_;
  const MemoryPlan& plan_;
  std::uint64_t seed_;
  bool trains_;
  MemoryModule& memory_;
  ProgressListener& progress_;
  tlm_utils::simple_initiator_socket<MemoryDriver> socket_{"socket"};

  AccessPattern pattern_;  ///< of this phase
  std::unique_ptr<AccessWindow> window_;
  AccessPool access_pool_;
  PayloadPool train_pool_;
  tlm::tlm_generic_payload* requesting_ = nullptr;    ///< sent, and END_REQ has not come
  std::deque<tlm::tlm_generic_payload*> to_request_;  ///< for that END_REQ, in order
  std::deque<Return> returns_;                        ///< in order of time
  std::int64_t open_trains_ = 0;
  std::vector<std::int64_t> train_accesses_;  ///< by stream

  MemoryPhase phase_;
  TimePoint phase_begin_;
  DramActivity activity_before_;
  std::int64_t read_before_ = 0;
  std::int64_t written_before_ = 0;
  bool in_phase_ = false;
  bool interrupted_ = false;
  std::int64_t answered_ = 0;     ///< accesses of all phases
  std::int64_t next_report_ = 0;  ///< answered accesses at which the listener hears again
  std::vector<MemoryPhase> phases_;
  sc_core::sc_event wake_{"wake"};
};

}  // namespace decodesim
