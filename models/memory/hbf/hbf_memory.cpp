// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/hbf_memory.hpp"

#include <algorithm>

#include "models/memory/hbf/page_train.hpp"
#include "models/memory/hbf/stack_pages.hpp"
#include "models/memory/hbf/stack_train.hpp"

namespace decodesim {

HbfMemory::HbfMemory(const sc_core::sc_module_name& name, Context& context, const HbfParameters& parameters,
                     std::int64_t stacks, Fidelity fidelity, Duration way)
    : MemoryModule(name, context), parameters_(parameters), stacks_(stacks), way_(way) {
  SC_HAS_PROCESS(HbfMemory);
  SC_METHOD(on_event);
  sensitive << event_;
  dont_initialize();
  if (fidelity == Fidelity::kTrain)
    engine_ = std::make_unique<StackTrain>(parameters, way);
  else
    engine_ = std::make_unique<StackPages>(parameters, way);
}

void HbfMemory::hold(TrafficClass traffic, std::uint64_t address, Bytes bytes) {
  const auto stacks = static_cast<std::uint64_t>(stacks_);
  engine_->writes().hold({traffic, address / stacks, Bytes(bytes.count() / stacks_)});
}

void HbfMemory::fast_forward(std::int64_t days) {
  engine_->advance(now());
  engine_->writes().fast_forward(days, now().since_start());
  engine_->set_retry(engine_->writes().retry_rate());
  reschedule();
}

bool HbfMemory::refuse(tlm::tlm_generic_payload& payload) {
  if (!within_capacity(shape_of(payload))) {
    address_errors.add(1);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return true;
  }
  if (!payload.is_write() || !engine_->writes().read_only(payload.get_address() / static_cast<std::uint64_t>(stacks_)))
    return false;
  refused_writes.add(1);
  payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  return true;
}

FlashRequest HbfMemory::request_of(const tlm::tlm_generic_payload& payload) const {
  const StreamShape shape = shape_of(payload);
  const auto of_stack = [this](Bytes all) { return Bytes(checked::narrow(checked::divide_up(all.count(), stacks_))); };
  FlashRequest request;
  request.write = shape.write;
  request.bytes = of_stack(shape.length);
  request.window = of_stack(shape.in_flight);
  request.address = shape.address / static_cast<std::uint64_t>(stacks_);
  request.run = shape.contiguous() ? Bytes() : shape.run;
  if (const auto* train = payload.get_extension<TrainExtension>()) {
    request.traffic = train->traffic;
    request.announced = train->announced;
  }
  return request;
}

tlm::tlm_sync_enum HbfMemory::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
  invariant(phase == tlm::BEGIN_REQ, "unexpected TLM phase on the forward path");
  invariant(delay == sc_core::SC_ZERO_TIME, "an annotated request delay is not supported");
  if (refuse(payload)) {
    phase = tlm::BEGIN_RESP;
    return tlm::TLM_COMPLETED;
  }
  payload.acquire();
  if (in_service_.empty()) busy_since_ = now();
  FlashRequest request = request_of(payload);
  request.id = next_id_++;
  in_service_[request.id] = {&payload, now()};
  const Bytes length = shape_of(payload).length;
  bytes_asked.add(length.count());
  trace(EventKind::kTransferStart, static_cast<std::uint64_t>(length.count()));
  engine_->advance(now());
  engine_->begin(now(), request);
  reschedule();
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

// Loosely-timed access for foreign initiators: the closed form of a lone transaction that nobody announced.
void HbfMemory::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (refuse(payload)) return;
  const Bytes length = shape_of(payload).length;
  const PageTrain train(parameters_, parameters_.host);
  const Bytes of_stack(checked::narrow(checked::divide_up(length.count(), stacks_)));
  const Duration moving = of_stack / (payload.is_write() ? parameters_.host : train.rate());
  delay += to_sc_time(moving + parameters_.access_latency + (payload.is_write() ? Duration() : train.latency()));
  bytes_asked.add(length.count());
  (payload.is_write() ? bytes_written : bytes_read).add(length.count());
  trains.add(1);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void HbfMemory::on_event() {
  engine_->advance(now());
  std::vector<InService> ended;
  while (const auto done = engine_->take_done(now())) {
    const auto entry = in_service_.find(done->id);
    invariant(entry != in_service_.end(), "a request ended twice");
    ended.push_back(entry->second);
    in_service_.erase(entry);
  }
  if (in_service_.empty() && !ended.empty()) busy_ps.add((now() - busy_since_).count());
  count_flash();
  for (const InService& entry : ended) finish(entry);  // which may bring new transactions
  reschedule();
}

void HbfMemory::finish(const InService& entry) {
  const std::int64_t length = shape_of(*entry.payload).length.count();
  (entry.payload->is_write() ? bytes_written : bytes_read).add(length);
  trains.add(1);
  service_ps.record((now() - entry.begin).count());
  activity_.latency_ps.record((now() - entry.begin + way_).count());
  trace(EventKind::kTransferEnd, static_cast<std::uint64_t>(length));
  entry.payload->set_response_status(tlm::TLM_OK_RESPONSE);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay;
  socket->nb_transport_bw(*entry.payload, phase, delay);
  entry.payload->release();
}

void HbfMemory::count_flash() {
  const FlashActivity all = engine_->activity();
  pages_sensed.add((all.senses - counted_.senses) * stacks_);
  pages_staged.add((all.staged - counted_.staged) * stacks_);
  pages_programmed.add((all.programs - counted_.programs) * stacks_);
  pages_refreshed.add((all.refreshed - counted_.refreshed) * stacks_);
  blocks_erased.add((all.erases - counted_.erases) * stacks_);
  suspends.add((all.suspends - counted_.suspends) * stacks_);
  writes_waited_ps.add((all.waited_for_writes - counted_.waited_for_writes).count());
  counted_ = all;
}

FlashActivity HbfMemory::flash_activity() const {
  FlashActivity all;
  all.add(engine_->activity(), stacks_);
  return all;
}

void HbfMemory::reschedule() {
  event_.cancel();
  if (const auto next = engine_->next_event()) event_.notify(to_sc_time(std::max(*next, now()) - now()));
}

}  // namespace decodesim
