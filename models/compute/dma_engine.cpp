// SPDX-License-Identifier: Apache-2.0
#include "models/compute/dma_engine.hpp"

#include <string>

namespace decodesim {

DmaEngine::DmaEngine(const sc_core::sc_module_name& name, Context& context, std::size_t tiers, Duration path_latency)
    : Component(name, context), path_latency_(path_latency) {
  for (std::size_t i = 0; i < tiers; ++i) {
    sockets_.push_back(std::make_unique<Socket>(("tier" + std::to_string(i)).c_str()));
    sockets_.back()->register_nb_transport_bw(this, &DmaEngine::nb_transport_bw, static_cast<int>(i));
  }
}

void DmaEngine::issue(const Transfer& transfer, Bytes in_flight, DmaClient& client, std::uint64_t tag) {
  if (free_streams_.empty()) {
    free_streams_.push_back(static_cast<std::uint32_t>(pending_.size()));
    pending_.emplace_back();
  }
  const std::uint32_t stream = free_streams_.back();
  free_streams_.pop_back();
  pending_[stream] = {&client, tag, transfer.bytes};
  ++outstanding_;
  count(transfer);

  tlm::tlm_generic_payload& payload = pool_.take();
  payload.set_command(transfer.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(transfer.address);
  // Ordinary targets read the 32-bit length; ours read the extension.
  payload.set_data_length(static_cast<unsigned int>(std::min<std::int64_t>(transfer.bytes.count(), UINT32_MAX)));
  payload.set_streaming_width(payload.get_data_length());
  auto& train = *payload.get_extension<TrainExtension>();
  train.length = transfer.bytes;
  train.run = transfer.run;
  train.in_flight = in_flight;
  train.traffic = transfer.traffic;
  train.tensor = transfer.tensor;
  train.stream = stream;

  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const auto status = (*sockets_.at(static_cast<std::size_t>(transfer.tier)))->nb_transport_fw(payload, phase, delay);
  if (status == tlm::TLM_COMPLETED || (status == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP)) {
    complete(payload, now() + from_sc_time(delay));
    payload.release();
  }
}

tlm::tlm_sync_enum DmaEngine::nb_transport_bw(int, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  if (phase == tlm::END_REQ) return tlm::TLM_ACCEPTED;
  invariant(phase == tlm::BEGIN_RESP, "unexpected TLM phase on the backward path");
  const TimePoint at = now() + from_sc_time(delay) + path_latency_;
  complete(payload, at);
  phase = tlm::END_RESP;
  payload.release();
  return tlm::TLM_COMPLETED;
}

void DmaEngine::complete(tlm::tlm_generic_payload& payload, TimePoint at) {
  invariant(payload.get_response_status() == tlm::TLM_OK_RESPONSE, "the memory answered with an error");
  const std::uint32_t stream = payload.get_extension<TrainExtension>()->stream;
  const Pending done = pending_.at(stream);
  invariant(done.client != nullptr, "a transfer completed twice");
  pending_[stream] = {};
  free_streams_.push_back(stream);
  --outstanding_;
  bytes_delivered.add(done.bytes.count());
  done.client->transfer_done(done.tag, at);
}

void DmaEngine::count(const Transfer& transfer) {
  const std::int64_t bytes = transfer.bytes.count();
  bytes_asked.add(bytes);
  if (transfer.traffic == TrafficClass::kWeights) weights_bytes.add(bytes);
  if (transfer.traffic == TrafficClass::kKvCache) (transfer.write ? kv_bytes_written : kv_bytes_read).add(bytes);
}

}  // namespace decodesim
