// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory_tier.hpp"

#include <algorithm>

namespace decodesim {

MemoryTier::MemoryTier(const sc_core::sc_module_name& name, Context& context, std::unique_ptr<MemoryTiming> timing,
                       Duration initiator_latency)
    : MemoryModule(name, context), timing_(std::move(timing)), initiator_latency_(initiator_latency) {
  SC_HAS_PROCESS(MemoryTier);
  SC_METHOD(on_completion);
  sensitive << completion_;
  dont_initialize();
}

StreamShape MemoryTier::shape_of(const tlm::tlm_generic_payload& payload) {
  const auto* train = payload.get_extension<TrainExtension>();
  const Bytes length = train != nullptr ? train->length : Bytes(payload.get_data_length());
  const Bytes run = train != nullptr && !train->run.is_zero() ? std::min(train->run, length) : length;
  return {payload.is_write(), length, run};
}

bool MemoryTier::within_capacity(const tlm::tlm_generic_payload& payload, Bytes length) const {
  const auto capacity = static_cast<std::uint64_t>(timing_->capacity().count());
  return payload.get_address() <= capacity &&
         static_cast<std::uint64_t>(length.count()) <= capacity - payload.get_address();
}

// What the initiator keeps outstanding, over a loaded round trip, bounds the rate (Little's law).
Bandwidth MemoryTier::cap_of(const tlm::tlm_generic_payload& payload, const StreamShape& shape) const {
  Bandwidth cap = std::min(timing_->peak(), timing_->reach(shape));
  const auto* train = payload.get_extension<TrainExtension>();
  const Duration latency = initiator_latency_ + timing_->idle_latency(shape.write);
  // Compared as bytes: an absurdly large allowance over a short latency is no rate that fits 64 bits.
  if (train != nullptr && !train->in_flight.is_zero() && train->in_flight < cap * latency)
    cap = train->in_flight / latency;
  return std::max(cap, Bandwidth(1));
}

tlm::tlm_sync_enum MemoryTier::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                               sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
  invariant(phase == tlm::BEGIN_REQ, "unexpected TLM phase on the forward path");
  invariant(delay == sc_core::SC_ZERO_TIME, "an annotated request delay is not supported");
  if (!within_capacity(payload, shape_of(payload).length)) {
    address_errors.add(1);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    phase = tlm::BEGIN_RESP;
    return tlm::TLM_COMPLETED;
  }
  begin(payload);
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

// Loosely-timed access for foreign initiators: the closed form of a lone transaction.
void MemoryTier::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const StreamShape shape = shape_of(payload);
  if (!within_capacity(payload, shape.length)) {
    address_errors.add(1);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  const Bandwidth rate = std::min(timing_->sustained({&shape, 1}), cap_of(payload, shape));
  delay += to_sc_time(shape.length / rate + timing_->idle_latency(shape.write));
  bytes_asked.add(shape.length.count());
  (shape.write ? bytes_written : bytes_read).add(shape.length.count());
  trains.add(1);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void MemoryTier::begin(tlm::tlm_generic_payload& payload) {
  payload.acquire();
  if (free_slots_.empty()) {
    free_slots_.push_back(slots_.size());
    slots_.emplace_back();
  }
  const std::uint64_t slot = free_slots_.back();
  free_slots_.pop_back();
  const StreamShape shape = shape_of(payload);
  slots_[slot] = {&payload, shape, now()};
  bytes_asked.add(shape.length.count());
  trace(EventKind::kTransferStart, static_cast<std::uint64_t>(shape.length.count()));
  if (sharing_.empty()) busy_since_ = now();
  sharing_.advance(now());
  sharing_.add(slot, shape.length, cap_of(payload, shape));
  reschedule();
}

void MemoryTier::reschedule() {
  completion_.cancel();
  if (sharing_.empty()) return;
  shapes_.clear();
  for (const RateSharing::Train& train : sharing_.trains()) shapes_.push_back(slots_[train.id].shape);
  sharing_.share(timing_->sustained(shapes_));
  completion_.notify(to_sc_time(sharing_.next_completion() - now()));
}

void MemoryTier::on_completion() {
  sharing_.advance(now());
  finished_.clear();
  std::uint64_t slot = 0;
  while (sharing_.take_finished(slot)) {
    finished_.push_back(slots_[slot]);
    slots_[slot] = {};
    free_slots_.push_back(slot);
  }
  if (sharing_.empty()) busy_ps.add((now() - busy_since_).count());
  reschedule();
  // Last, because a client may start the next train from within.
  for (const InService& entry : finished_) finish(entry);
}

void MemoryTier::finish(const InService& entry) {
  const Bytes length = entry.shape.length;
  const Duration latency = timing_->idle_latency(entry.shape.write);
  const Duration taken = now() - entry.begin;
  invariant(taken >= length / timing_->peak(), "a transfer beat the bandwidth of the pins");
  (entry.shape.write ? bytes_written : bytes_read).add(length.count());
  trains.add(1);
  service_ps.record((taken + latency).count());
  trace(EventKind::kTransferEnd, static_cast<std::uint64_t>(length.count()));
  entry.payload->set_response_status(tlm::TLM_OK_RESPONSE);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = to_sc_time(latency);
  socket->nb_transport_bw(*entry.payload, phase, delay);
  entry.payload->release();
}

}  // namespace decodesim
