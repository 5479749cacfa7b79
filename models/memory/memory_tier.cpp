// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory_tier.hpp"

#include <algorithm>
#include <numeric>

namespace decodesim {

MemoryTier::MemoryTier(const sc_core::sc_module_name& name, Context& context, std::unique_ptr<MemoryTiming> timing)
    : MemoryModule(name, context), timing_(std::move(timing)) {
  SC_HAS_PROCESS(MemoryTier);
  SC_METHOD(on_completion);
  sensitive << completion_;
  dont_initialize();
}

tlm::tlm_sync_enum MemoryTier::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                               sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
  invariant(phase == tlm::BEGIN_REQ, "unexpected TLM phase on the forward path");
  invariant(delay == sc_core::SC_ZERO_TIME, "an annotated request delay is not supported");
  if (!within_capacity(shape_of(payload))) {
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
  const StreamShape asked = shape_of(payload);
  if (!within_capacity(asked)) {
    address_errors.add(1);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  const StreamShape shape = asked.with_check_bits(timing_->check_bits());
  if (!shape.length.is_zero()) {
    timing_->rates({&shape, 1}, rates_);
    const Bandwidth rate = std::min(rates_.front(), timing_->cap(shape));
    delay += to_sc_time(shape.length / rate);
    reschedule();  // those in service have a mix of their own
  }
  delay += to_sc_time(timing_->idle_latency(shape.write));
  bytes_asked.add(asked.length.count());
  (shape.write ? bytes_written : bytes_read).add(asked.length.count());
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
  const StreamShape asked = shape_of(payload);
  const StreamShape shape = asked.with_check_bits(timing_->check_bits());
  slots_[slot] = {&payload, shape, now()};
  bytes_asked.add(asked.length.count());
  trace(EventKind::kTransferStart, static_cast<std::uint64_t>(asked.length.count()));
  if (sharing_.empty()) busy_since_ = now();
  advance();
  sharing_.add(slot, shape.length, timing_->cap(shape));
  reschedule();
}

void MemoryTier::advance() { timing_->moved(shapes_, sharing_.advance(now())); }

void MemoryTier::reschedule() {
  completion_.cancel();
  shapes_.clear();
  if (sharing_.empty()) return;
  for (const RateSharing::Train& train : sharing_.trains()) shapes_.push_back(slots_[train.id].shape);
  timing_->rates(shapes_, rates_);
  total_ = std::accumulate(rates_.begin(), rates_.end(), Bandwidth());
  sharing_.share(rates_);
  completion_.notify(to_sc_time(sharing_.next_completion() - now()));
}

void MemoryTier::on_completion() {
  advance();
  const Bandwidth total = total_;
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
  for (const InService& entry : finished_) finish(entry, total);
}

void MemoryTier::finish(const InService& entry, Bandwidth total) {
  const Bytes length = shape_of(*entry.payload).length;
  const Duration latency = timing_->ending(entry.shape, total);
  const Duration taken = now() - entry.begin;
  invariant(taken >= entry.shape.length / timing_->peak(), "a transfer beat the bandwidth of the pins");
  const Bytes written = entry.shape.write ? length : scaled(length, entry.shape.writes);
  bytes_written.add(written.count());
  bytes_read.add((length - written).count());
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
