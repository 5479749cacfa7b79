// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/command_memory.hpp"

#include <algorithm>

namespace decodesim {

CommandMemory::CommandMemory(const sc_core::sc_module_name& name, Context& context, const DramParameters& parameters,
                             std::int64_t stacks, Duration initiator_latency)
    : MemoryModule(name, context), system_(std::make_unique<DramSystem>(parameters, stacks, initiator_latency)) {
  SC_HAS_PROCESS(CommandMemory);
  SC_METHOD(on_event);
  sensitive << event_;
  dont_initialize();
}

bool CommandMemory::refuse(tlm::tlm_generic_payload& payload) {
  if (within_capacity(shape_of(payload))) return false;
  address_errors.add(1);
  payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return true;
}

tlm::tlm_sync_enum CommandMemory::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                  sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
  invariant(phase == tlm::BEGIN_REQ, "unexpected TLM phase on the forward path");
  invariant(delay == sc_core::SC_ZERO_TIME, "an annotated request delay is not supported");
  if (refuse(payload)) {
    phase = tlm::BEGIN_RESP;
    return tlm::TLM_COMPLETED;
  }
  begin(payload);
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

// Loosely-timed access for foreign initiators: the closed form of a lone transaction; it disturbs nobody.
void CommandMemory::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (refuse(payload)) return;
  const DramParameters& p = parameters();
  const bool write = payload.is_write();
  const Duration first = write ? p.rcd_write + p.write_latency : p.rcd_read + p.read_latency;
  const Bytes length = shape_of(payload).length;
  const Bytes moved = shape_of(payload).with_check_bits(p.check_bits).length;
  delay += to_sc_time(first + std::max(p.burst_time(), moved / p.peak()));
  bytes_asked.add(length.count());
  (write ? bytes_written : bytes_read).add(length.count());
  trains.add(1);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void CommandMemory::begin(tlm::tlm_generic_payload& payload) {
  payload.acquire();
  const StreamShape shape = shape_of(payload);
  bytes_asked.add(shape.length.count());
  trace(EventKind::kTransferStart, static_cast<std::uint64_t>(shape.length.count()));
  if (system_->in_service() == 0 && answers_.empty()) busy_since_ = now();
  if (shape.length.is_zero()) {
    answers_.push_back({{&payload, now()}, Bytes(), Bytes()});  // nothing to move
  } else {
    // Windows that are due to open go first. Otherwise the controllers need not be stopped for every transaction.
    if (!system_->all_sent()) collect();
    const DramSystem::TrainId id = system_->add(on_bus(shape), now());
    if (id >= entries_.size()) entries_.resize(id + 1);
    entries_[id] = {&payload, now()};
  }
  reschedule();
}

// With its check bits, which do not lead past the end of the memory.
StreamShape CommandMemory::on_bus(const StreamShape& shape) const {
  StreamShape out = shape.with_check_bits(parameters().check_bits);
  const auto limit = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (capacity() - out.length).count()));
  out.address = std::min(out.address, limit);
  return out;
}

void CommandMemory::collect() {
  system_->advance(now(), ended_);
  for (const DramSystem::Ended& e : ended_) answers_.push_back({entries_[e.train], e.read, e.written});
  ended_.clear();
}

void CommandMemory::on_event() {
  collect();
  std::vector<Answer> answers;
  answers.swap(answers_);
  if (system_->in_service() == 0 && !answers.empty()) busy_ps.add((now() - busy_since_).count());
  for (const Answer& answer : answers) finish(answer);  // which may bring new transactions
  reschedule();
}

void CommandMemory::finish(const Answer& answer) {
  const InService& entry = answer.entry;
  // Of what has moved, the data.
  const Bytes length = shape_of(*entry.payload).length;
  const Bytes moved = answer.read + answer.written;
  const Bytes written = moved.is_zero()
                            ? Bytes()
                            : Bytes(checked::multiply_divide(length.count(), answer.written.count(), moved.count()));
  bytes_read.add((length - written).count());
  bytes_written.add(written.count());
  trains.add(1);
  service_ps.record((now() - entry.begin).count());
  trace(EventKind::kTransferEnd, static_cast<std::uint64_t>(length.count()));
  entry.payload->set_response_status(tlm::TLM_OK_RESPONSE);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay;
  socket->nb_transport_bw(*entry.payload, phase, delay);
  entry.payload->release();
}

void CommandMemory::reschedule() {
  event_.cancel();
  if (!answers_.empty()) {
    event_.notify(sc_core::SC_ZERO_TIME);
  } else if (const auto wake = system_->next_wake()) {
    event_.notify(to_sc_time(std::max(*wake, now()) - now()));
  }
}

}  // namespace decodesim
