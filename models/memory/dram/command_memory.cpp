// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/command_memory.hpp"

#include <algorithm>

namespace decodesim {
namespace {

// All stacks as one part.
DramParameters together(DramParameters p, std::int64_t stacks) {
  p.channels = checked::multiply(p.channels, stacks);
  p.capacity = p.capacity * stacks;
  return p;
}

// A request's id: its train's slot and its direction.
constexpr std::uint64_t id_of(std::uint64_t slot, bool write) { return slot << 1U | (write ? 1U : 0U); }

}  // namespace

CommandMemory::CommandMemory(const sc_core::sc_module_name& name, Context& context, const DramParameters& parameters,
                             std::int64_t stacks, Duration initiator_latency)
    : MemoryModule(name, context),
      parameters_(together(parameters, stacks)),
      map_(parameters_),
      initiator_latency_(initiator_latency),
      burst_bytes_(static_cast<std::uint64_t>(parameters.burst_bytes().count())),
      backlogs_(static_cast<std::size_t>(parameters_.units())) {
  CompletionSink& completions = *this;
  for (std::int64_t i = 0; i < parameters_.units(); ++i)
    controllers_.push_back(std::make_unique<DramController>(parameters_, completions));
  SC_HAS_PROCESS(CommandMemory);
  SC_METHOD(on_event);
  sensitive << event_;
  dont_initialize();
}

DramActivity CommandMemory::activity() const {
  DramActivity sum;
  for (const auto& controller : controllers_) {
    sum.counts += controller->counts();
    sum.bus += controller->bus().clocks();
    for (const RowOutcome o : {RowOutcome::kHit, RowOutcome::kMiss, RowOutcome::kConflict})
      sum.outcomes[static_cast<std::size_t>(o)] += controller->outcomes(o);
  }
  sum.latency_ps = latency_ps_;
  return sum;
}

Clock CommandMemory::last_edge() const {
  return checked::multiply_divide(now().since_start().count(), parameters_.clock.count(), kPicosecondsPerSecond);
}

// An edge counts as being at the first whole picosecond after it.
Clock CommandMemory::next_edge() const {
  const Clock last = last_edge();
  return time_of(last) < now() ? last + 1 : last;
}

Bytes CommandMemory::length_of(const tlm::tlm_generic_payload& payload) {
  const auto* train = payload.get_extension<TrainExtension>();
  return train != nullptr ? train->length : Bytes(payload.get_data_length());
}

bool CommandMemory::refuse(tlm::tlm_generic_payload& payload) {
  const auto capacity = static_cast<std::uint64_t>(parameters_.capacity.count());
  const auto length = static_cast<std::uint64_t>(length_of(payload).count());
  if (payload.get_address() <= capacity && length <= capacity - payload.get_address()) return false;
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
  const DramParameters& p = parameters_;
  const bool write = payload.is_write();
  const Duration first = write ? p.rcd_write + p.write_latency : p.rcd_read + p.read_latency;
  const Bytes length = length_of(payload);
  delay += to_sc_time(first + std::max(p.burst_time(), length / p.peak()));
  bytes_asked.add(length.count());
  (write ? bytes_written : bytes_read).add(length.count());
  trains.add(1);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void CommandMemory::begin(tlm::tlm_generic_payload& payload) {
  payload.acquire();
  if (free_slots_.empty()) {
    free_slots_.push_back(slots_.size());
    slots_.emplace_back();
  }
  const std::uint64_t slot = free_slots_.back();
  free_slots_.pop_back();
  if (in_service_++ == 0) busy_since_ = now();
  InService& entry = slots_[slot];
  entry = {};
  entry.serial = ++serial_;
  entry.payload = &payload;
  entry.begin = now();
  entry.length = length_of(payload);
  entry.base = payload.get_address();
  const auto* train = payload.get_extension<TrainExtension>();
  const bool scattered = train != nullptr && !train->run.is_zero() && train->run < entry.length;
  entry.run = static_cast<std::uint64_t>((scattered ? train->run : entry.length).count());
  entry.left = static_cast<std::uint64_t>(entry.length.count());
  entry.window = 2 * units() * parameters_.queue_depth;
  if (train != nullptr && !train->in_flight.is_zero()) {
    entry.window = std::max<std::int64_t>(1, train->in_flight / parameters_.burst_bytes());
    entry.way = initiator_latency_;
  }
  bytes_asked.add(entry.length.count());
  trace(EventKind::kTransferStart, static_cast<std::uint64_t>(entry.length.count()));
  send(slot);
  if (entry.length.is_zero()) moving_[0].push_front({now(), slot, entry.serial});  // nothing to move: respond at once
  reschedule();
}

// Where the next run lies: in sequence, or at a hashed place of its own.
void CommandMemory::start_run(InService& entry) {
  const std::uint64_t length = std::min(entry.run, entry.left);
  std::uint64_t address = entry.base;
  if (entry.run < static_cast<std::uint64_t>(entry.length.count())) {
    const std::uint64_t place = (entry.run + burst_bytes_ - 1) / burst_bytes_ * burst_bytes_;
    const std::uint64_t places = static_cast<std::uint64_t>(parameters_.capacity.count()) / place;
    address = mix64(entry.base + mix64(entry.next_run)) % std::max<std::uint64_t>(1, places) * place;
  }
  ++entry.next_run;
  entry.left -= length;
  entry.cursor = address / burst_bytes_ * burst_bytes_;
  entry.run_end = address + length;
}

void CommandMemory::send(std::uint64_t slot) {
  InService& entry = slots_[slot];
  while (entry.outstanding < entry.window) {
    if (entry.cursor >= entry.run_end) {
      if (entry.left == 0) return;
      start_run(entry);
    }
    ++entry.outstanding;
    ++entry.unmoved;
    const std::uint64_t address = entry.cursor;
    entry.cursor += burst_bytes_;
    send_burst(slot, address);
  }
}

void CommandMemory::send_burst(std::uint64_t slot, std::uint64_t address) {
  const bool write = slots_[slot].payload->is_write();
  const DramRequest request{id_of(slot, write), write, map_.decode(address), next_edge()};
  const std::int64_t unit = request.where.channel * parameters_.pseudo_channels + request.where.pseudo_channel;
  const auto u = static_cast<std::size_t>(unit);
  if (backlogs_[u].empty() && controllers_[u]->try_enqueue(request)) return;
  backlogs_[u].push_back(request);
  ++waiting_;
}

void CommandMemory::drain_backlogs() {
  if (waiting_ == 0) return;
  for (std::size_t u = 0; u < controllers_.size(); ++u) {
    std::deque<DramRequest>& backlog = backlogs_[u];
    while (!backlog.empty() && controllers_[u]->try_enqueue(backlog.front())) {
      backlog.pop_front();
      --waiting_;
    }
  }
}

void CommandMemory::completed(std::uint64_t id, Clock last_data) {
  moving_[id & 1U].push_back({time_of(last_data), id >> 1U, slots_[id >> 1U].serial});
}

// Data that has moved by now.
void CommandMemory::take_moved() {
  for (std::deque<Return>& queue : moving_) {
    while (!queue.empty() && queue.front().at <= now()) {
      const Return moved = queue.front();
      queue.pop_front();
      InService& entry = slots_[moved.slot];
      if (entry.length.is_zero() || (--entry.unmoved == 0 && entry.sent())) {
        done_.push_back(moved.slot);
      } else if (!entry.sent()) {
        returning_[entry.way.is_zero()].push_back({moved.at + entry.way, moved.slot, moved.serial});
      }
    }
  }
}

// Windows that open again.
void CommandMemory::take_returned() {
  for (std::deque<Return>& queue : returning_) {
    while (!queue.empty() && queue.front().at <= now()) {
      const Return back = queue.front();
      queue.pop_front();
      if (slots_[back.slot].serial != back.serial) continue;  // its train has ended
      --slots_[back.slot].outstanding;
      send(back.slot);
    }
  }
}

void CommandMemory::on_event() {
  // All commands of this clock edge; what they move completes later.
  const Clock next = last_edge() + 1;
  for (const auto& controller : controllers_)
    if (!controller->idle()) controller->run_until(next);
  drain_backlogs();
  take_moved();
  take_returned();
  std::vector<std::uint64_t> done;
  done.swap(done_);
  for (const std::uint64_t slot : done) finish(slot);
  done.clear();
  done_.swap(done);
  reschedule();
}

void CommandMemory::finish(std::uint64_t slot) {
  const InService entry = slots_[slot];
  slots_[slot] = {};
  free_slots_.push_back(slot);
  if (--in_service_ == 0) busy_ps.add((now() - busy_since_).count());
  (entry.payload->is_write() ? bytes_written : bytes_read).add(entry.length.count());
  trains.add(1);
  service_ps.record((now() - entry.begin).count());
  if (!entry.payload->get_extension<TrainExtension>())
    latency_ps_.record((now() - entry.begin + initiator_latency_).count());
  trace(EventKind::kTransferEnd, static_cast<std::uint64_t>(entry.length.count()));
  entry.payload->set_response_status(tlm::TLM_OK_RESPONSE);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay;
  socket->nb_transport_bw(*entry.payload, phase, delay);
  entry.payload->release();
}

// One event for whatever comes first. Refreshes of an idle controller do not count.
void CommandMemory::reschedule() {
  event_.cancel();
  if (in_service_ == 0) return;
  Clock next = kNever;
  for (const auto& controller : controllers_)
    if (!controller->idle()) next = std::min(next, controller->next_event());
  TimePoint at = next == kNever ? TimePoint(Duration(kNever)) : time_of(next);
  for (const std::deque<Return>& queue : moving_)
    if (!queue.empty()) at = std::min(at, queue.front().at);
  for (const std::deque<Return>& queue : returning_)
    if (!queue.empty()) at = std::min(at, queue.front().at);
  invariant(at != TimePoint(Duration(kNever)), "transactions in service and nothing that could end them");
  event_.notify(to_sc_time(std::max(at, now()) - now()));
}

}  // namespace decodesim
