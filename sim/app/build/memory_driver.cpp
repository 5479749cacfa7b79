// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/memory_driver.hpp"

#include <algorithm>

#include "sim/app/build/machine.hpp"
#include "sim/app/scenario/memory_levels.hpp"

namespace decodesim {
namespace {

/// The stream that an ordinary transaction belongs to; no target has to know it.
struct StreamExtension : tlm::tlm_extension<StreamExtension> {
  std::uint32_t stream = 0;
  [[nodiscard]] tlm::tlm_extension_base* clone() const override { return new StreamExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override { *this = static_cast<const StreamExtension&>(other); }
};

constexpr std::int64_t kProgressEvery = 1024;  // accesses

// Random and chased places are scattered: no distance leads from one to the next.
Bytes train_stride(const AccessPattern& pattern) {
  switch (pattern.kind) {
    case PatternKind::kSequential: return pattern.request;
    case PatternKind::kStrided: return pattern.stride;
    case PatternKind::kRandom:
    case PatternKind::kPointerChase: break;
  }
  return {};
}

}  // namespace

tlm::tlm_generic_payload& AccessPool::take(std::uint32_t stream) {
  if (free_.empty()) {
    owned_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
    owned_.back()->set_extension(new StreamExtension);  // owned and deleted by the payload
    free_.push_back(owned_.back().get());
  }
  tlm::tlm_generic_payload& payload = *free_.back();
  free_.pop_back();
  payload.get_extension<StreamExtension>()->stream = stream;
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.set_data_ptr(nullptr);  // timing only
  payload.acquire();
  return payload;
}

std::uint32_t AccessPool::stream_of(const tlm::tlm_generic_payload& payload) {
  return payload.get_extension<StreamExtension>()->stream;
}

MemoryDriver::MemoryDriver(const sc_core::sc_module_name& name, Context& context, const Plan& plan,
                           MemoryModule& memory, ProgressListener& progress)
    : Component(name, context),
      workload_(*plan.workload.memory),
      plan_(plan.memory.front()),
      seed_(static_cast<std::uint64_t>(plan.run.seed)),
      trains_(plan.memory.front().fidelity == Fidelity::kTrain),
      memory_(memory),
      progress_(progress) {
  SC_HAS_PROCESS(MemoryDriver);
  SC_METHOD(on_wake);
  sensitive << wake_;
  dont_initialize();
  socket_.register_nb_transport_bw(this, &MemoryDriver::nb_transport_bw);
  socket_.bind(memory.socket);
}

void MemoryDriver::start_of_simulation() { wake_.notify(sc_core::SC_ZERO_TIME); }

std::unique_ptr<AccessSource> MemoryDriver::source() const {
  // Another seed each phase: the same random places again would find the rows that the last phase left open.
  if (workload_.pattern) return std::make_unique<PatternGenerator>(pattern_, seed_ + phases_.size());
  AddressVectorMap map;
  if (workload_.trace->levels() > 0)
    map = address_vector_map(workload_.levels, AddressMap(all_stacks(*plan_.dram, plan_.stacks)));
  return std::make_unique<TraceReplay>(*workload_.trace, std::move(map));
}

// The measurement first, then the points of the curve.
void MemoryDriver::begin_phase() {
  phase_ = {};
  phase_.accesses_asked = workload_.accesses();
  if (workload_.pattern) {
    pattern_ = *workload_.pattern;
    if (!phases_.empty())
      pattern_.offered_load = workload_.offered(memory_.peak(), static_cast<std::int64_t>(phases_.size()) - 1);
    phase_.offered = pattern_.offered_load;
  }
  in_phase_ = true;
  phase_begin_ = now();
  activity_before_ = memory_.activity();
  read_before_ = memory_.bytes_read.value();
  written_before_ = memory_.bytes_written.value();
  trace(EventKind::kStepStart, phases_.size());
  if (trains_) {
    send_trains();
    return;
  }
  const auto streams = static_cast<std::size_t>(workload_.pattern ? pattern_.streams : 1);
  window_ = std::make_unique<AccessWindow>(source(), streams, workload_.outstanding);
}

void MemoryDriver::end_phase() {
  trace(EventKind::kStepEnd, phases_.size());
  in_phase_ = false;
  phase_.elapsed = now() - phase_begin_;
  phase_.activity = memory_.activity();
  phase_.activity -= activity_before_;
  phase_.bytes_read = Bytes(memory_.bytes_read.value() - read_before_);
  phase_.bytes_written = Bytes(memory_.bytes_written.value() - written_before_);
  phase_.energy = memory_.energy(phase_.activity, phase_.elapsed);
  phases_.push_back(phase_);
  if (static_cast<std::int64_t>(phases_.size()) <= workload_.load_points && !interrupted_)
    wake_.notify(sc_core::SC_ZERO_TIME);
}

void MemoryDriver::on_wake() {
  if (!in_phase_) begin_phase();
  take_returned();
  report_progress();
  if (!trains_) send_accesses();
  if (phase_done())
    end_phase();
  else
    schedule();
}

bool MemoryDriver::phase_done() const { return trains_ ? open_trains_ == 0 && returns_.empty() : window_->done(); }

void MemoryDriver::send_accesses() {
  while (const auto access = window_->take(now() - phase_begin_)) send(*access);
}

void MemoryDriver::send(const MemoryAccess& access) {
  tlm::tlm_generic_payload& payload = access_pool_.take(access.stream);
  payload.set_command(access.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(access.address);
  payload.set_data_length(static_cast<unsigned int>(access.bytes.count()));
  payload.set_streaming_width(payload.get_data_length());
  bytes_asked.add(access.bytes.count());
  phase_.bytes_asked += access.bytes;
  to_request_.push_back(&payload);
  request();
}

// The accesses of the pattern, dealt to its streams in turn.
void MemoryDriver::send_trains() {
  train_accesses_.assign(static_cast<std::size_t>(pattern_.streams), 0);
  for (std::int64_t stream = 0; stream < pattern_.streams; ++stream) {
    const std::int64_t count = pattern_.count / pattern_.streams + (stream < pattern_.count % pattern_.streams ? 1 : 0);
    if (count > 0) send_train(stream, count);
  }
}

void MemoryDriver::send_train(std::int64_t stream, std::int64_t count) {
  const bool write = pattern_.read_share.is_zero();
  tlm::tlm_generic_payload& payload = train_pool_.take();
  payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(static_cast<std::uint64_t>((pattern_.base + pattern_.footprint * stream).count()));
  auto& train = *payload.get_extension<TrainExtension>();
  train.length = pattern_.request * count;
  train.run = pattern_.request;
  train.stride = train_stride(pattern_);
  train.region = pattern_.footprint;
  train.in_flight =
      pattern_.kind == PatternKind::kPointerChase ? pattern_.request : pattern_.request * workload_.outstanding;
  train.writes = write ? Ratio() : Ratio(kPartsPerMillion) - pattern_.read_share;
  if (!pattern_.offered_load.is_zero())
    train.offered = std::max(pattern_.offered_load / pattern_.streams, Bandwidth(1));
  train.stream = static_cast<std::uint32_t>(stream);
  payload.set_data_length(static_cast<unsigned int>(std::min<std::int64_t>(train.length.count(), UINT32_MAX)));
  payload.set_streaming_width(payload.get_data_length());
  train_accesses_[train.stream] = count;
  ++open_trains_;
  bytes_asked.add(train.length.count());
  phase_.bytes_asked += train.length;
  to_request_.push_back(&payload);
  request();
}

// Sends what waits, as far as the memory has ended the requests before. A memory of ours ends them at once.
void MemoryDriver::request() {
  while (requesting_ == nullptr && !to_request_.empty()) {
    tlm::tlm_generic_payload& payload = *to_request_.front();
    to_request_.pop_front();
    requesting_ = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const auto status = socket_->nb_transport_fw(payload, phase, delay);
    if (status == tlm::TLM_ACCEPTED) continue;
    if (requesting_ == &payload) requesting_ = nullptr;
    if (status == tlm::TLM_UPDATED && phase == tlm::END_REQ) continue;
    if (status == tlm::TLM_UPDATED) {
      invariant(phase == tlm::BEGIN_RESP, "unexpected TLM phase on the return path");
      phase = tlm::END_RESP;
      sc_core::sc_time same = delay;
      socket_->nb_transport_fw(payload, phase, same);
    }
    complete(payload, delay);
  }
}

tlm::tlm_sync_enum MemoryDriver::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
  if (requesting_ == &payload) requesting_ = nullptr;  // a response ends its request too
  if (phase == tlm::END_REQ) {
    request();
    return tlm::TLM_ACCEPTED;
  }
  invariant(phase == tlm::BEGIN_RESP, "unexpected TLM phase on the backward path");
  complete(payload, delay);
  request();
  phase = tlm::END_RESP;
  return tlm::TLM_COMPLETED;
}

// `delay`: from now until the memory's response; the answer then has the way to the initiator before it.
void MemoryDriver::complete(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  const auto status = payload.get_response_status();
  invariant(status == tlm::TLM_OK_RESPONSE || status == tlm::TLM_ADDRESS_ERROR_RESPONSE,
            "the memory answered with neither data nor an address error");
  const auto* train = payload.get_extension<TrainExtension>();
  const std::uint32_t stream = trains_ ? train->stream : AccessPool::stream_of(payload);
  const Bytes bytes = trains_ ? train->length : Bytes(payload.get_data_length());
  const std::int64_t count = trains_ ? train_accesses_[stream] : 1;
  const bool served = status == tlm::TLM_OK_RESPONSE;
  (served ? accesses : accesses_refused).add(count);
  (served ? bytes_served : bytes_refused).add(bytes.count());
  (served ? phase_.accesses : phase_.address_errors) += count;
  if (!served) phase_.bytes_refused += bytes;
  const TimePoint at = now() + from_sc_time(delay) + workload_.initiator_latency;
  auto place = returns_.end();
  while (place != returns_.begin() && std::prev(place)->at > at) --place;
  returns_.insert(place, {at, stream, count});
  payload.release();
  wake_.notify(to_sc_time(at - now()));
}

void MemoryDriver::take_returned() {
  while (!returns_.empty() && returns_.front().at <= now()) {
    const Return back = returns_.front();
    returns_.pop_front();
    answered_ += back.accesses;
    if (trains_)
      --open_trains_;
    else
      window_->answered(back.stream);
  }
}

void MemoryDriver::schedule() {
  if (!returns_.empty()) wake_.notify(to_sc_time(std::max(returns_.front().at, now()) - now()));
  if (trains_) return;
  if (const auto issue = window_->next_issue()) wake_.notify(to_sc_time(phase_begin_ + *issue - now()));
}

void MemoryDriver::report_progress() {
  if (!interrupted_ && progress_.interrupted()) {
    interrupted_ = true;
    if (window_) window_->stop();
  }
  if (answered_ < next_report_) return;
  next_report_ = answered_ + kProgressEvery;
  const std::int64_t total = checked::multiply(workload_.accesses(), workload_.load_points + 1);
  progress_.step_finished(answered_, total, now().since_start());
}

bool MemoryDriver::interrupted() const {
  if (!interrupted_) return false;
  const MemoryPhase& last = phases_.back();
  return static_cast<std::int64_t>(phases_.size()) <= workload_.load_points ||
         last.accesses + last.address_errors < last.accesses_asked;
}

}  // namespace decodesim
