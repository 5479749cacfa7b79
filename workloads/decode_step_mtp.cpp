// SPDX-License-Identifier: Apache-2.0
// The part of DecodeStepBuilder that is about multi-token prediction modules.
#include "workloads/decode_step.hpp"

namespace decodesim {

DecodeConfig mtp_module_of(const DecodeConfig& config) {
  DecodeConfig module = config;
  Architecture& a = module.architecture;
  const std::int64_t last = a.layers - 1;
  a.name += " mtp";
  a.moe = a.moe.in_layer(last) ? a.moe : MoeShape{};
  a.moe.first_dense_layers = 0;
  a.moe.period = 1;
  a.window = a.window.in_layer(last) ? a.window : WindowShape{};
  a.window.first_layer = 0;
  a.window.period = 0;
  a.layers = 1;
  module.mtp_module = true;
  module.retrieval = {};  // the model's own pass reads it
  return module;
}

// The token's embedding and the model's last hidden state, each normalised, side by side.
void DecodeStepBuilder::append_mtp_projection(std::int64_t rows, std::vector<Operator>& out) const {
  const std::int64_t hidden = config_.architecture.hidden;
  out.push_back(post_norm("mtp_embedding_norm", rows));
  out.push_back(post_norm("mtp_hidden_norm", rows));
  out.push_back(gemm("mtp_proj", rows, hidden, 2 * hidden, config_.precision.activations));
}

std::vector<MemoryNeed> DecodeStepBuilder::of_module(std::vector<MemoryNeed> needs) const {
  if (!config_.mtp_module) return needs;
  const std::int64_t hidden = config_.architecture.hidden;
  const std::int64_t modules = config_.architecture.mtp_modules;
  std::vector<MemoryNeed> out;
  for (MemoryNeed need : needs) {
    if (need.name == "embedding table" || need.name == "lm_head weights") continue;  // the model's
    if (need.name == "norm weights") need.bytes += activations(2 * hidden);
    // Activations come and go with a pass; weights and cache stay.
    if (need.traffic != TrafficClass::kActivations) need.bytes = need.bytes * modules;
    out.push_back(need);
  }
  out.insert(out.begin(), {"mtp_proj weights", TrafficClass::kWeights,
                           activations(checked::multiply(2 * hidden, hidden)) * modules});
  return out;
}

}  // namespace decodesim
