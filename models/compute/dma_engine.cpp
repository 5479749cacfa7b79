// SPDX-License-Identifier: Apache-2.0
#include "models/compute/dma_engine.hpp"

#include <string>

namespace decodesim {

DmaEngine::DmaEngine(const sc_core::sc_module_name& name, Context& context, std::size_t tiers, Duration path_latency)
    : Component(name, context), path_latency_(path_latency) {
  for (std::size_t i = 0; i < tiers; ++i) {
    tiers_.push_back({std::make_unique<Socket>(("tier" + std::to_string(i)).c_str()), nullptr, {}});
    tiers_.back().socket->register_nb_transport_bw(this, &DmaEngine::nb_transport_bw, static_cast<int>(i));
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
  train.announced = transfer.announced;
  train.tensor = transfer.tensor;
  train.stream = stream;

  Tier& tier = tiers_.at(static_cast<std::size_t>(transfer.tier));
  tier.waiting.push_back(&payload);
  request(tier);
}

// Sends what waits, as far as the memory has ended the requests before. A memory of ours ends them at once.
void DmaEngine::request(Tier& tier) {
  while (tier.requesting == nullptr && !tier.waiting.empty()) {
    tlm::tlm_generic_payload& payload = *tier.waiting.front();
    tier.waiting.erase(tier.waiting.begin());
    tier.requesting = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const auto status = (*tier.socket)->nb_transport_fw(payload, phase, delay);
    if (status == tlm::TLM_ACCEPTED) continue;
    request_ended(tier, payload);
    if (status == tlm::TLM_UPDATED && phase == tlm::END_REQ) continue;
    // The response has come at once. BEGIN_RESP still needs its END_RESP; TLM_COMPLETED needs nothing.
    if (status == tlm::TLM_UPDATED) {
      invariant(phase == tlm::BEGIN_RESP, "unexpected TLM phase on the return path");
      phase = tlm::END_RESP;
      sc_core::sc_time same = delay;
      (*tier.socket)->nb_transport_fw(payload, phase, same);
    }
    complete(payload, delay);
  }
}

// A response ends its request too, when no END_REQ came before it.
void DmaEngine::request_ended(Tier& tier, const tlm::tlm_generic_payload& payload) {
  if (tier.requesting == &payload) tier.requesting = nullptr;
}

tlm::tlm_sync_enum DmaEngine::nb_transport_bw(int index, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  Tier& tier = tiers_[static_cast<std::size_t>(index)];
  request_ended(tier, payload);
  if (phase == tlm::END_REQ) {
    request(tier);
    return tlm::TLM_ACCEPTED;
  }
  invariant(phase == tlm::BEGIN_RESP, "unexpected TLM phase on the backward path");
  complete(payload, delay);
  request(tier);
  phase = tlm::END_RESP;
  return tlm::TLM_COMPLETED;
}

// `delay`: from now until the memory's response, from where the data still has the way to the cores.
void DmaEngine::complete(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  const TimePoint at = now() + from_sc_time(delay) + path_latency_;
  invariant(payload.get_response_status() == tlm::TLM_OK_RESPONSE, "the memory answered with an error");
  const std::uint32_t stream = payload.get_extension<TrainExtension>()->stream;
  const Pending done = pending_.at(stream);
  invariant(done.client != nullptr, "a transfer completed twice");
  pending_[stream] = {};
  free_streams_.push_back(stream);
  --outstanding_;
  bytes_delivered.add(done.bytes.count());
  done.client->transfer_done(done.tag, at);
  payload.release();
}

void DmaEngine::count(const Transfer& transfer) {
  const std::int64_t bytes = transfer.bytes.count();
  bytes_asked.add(bytes);
  if (transfer.traffic == TrafficClass::kWeights) weights_bytes.add(bytes);
  if (transfer.traffic == TrafficClass::kKvCache) (transfer.write ? kv_bytes_written : kv_bytes_read).add(bytes);
}

}  // namespace decodesim
