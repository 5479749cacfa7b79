// SPDX-License-Identifier: Apache-2.0
#include "workloads/architecture.hpp"

#include <algorithm>

namespace decodesim {
namespace {

using checked::add;
using checked::multiply;

std::int64_t product(std::int64_t a, std::int64_t b, std::int64_t c) { return multiply(multiply(a, b), c); }

// Projections of an MLP of that width.
std::int64_t mlp_projections(const Architecture& a, std::int64_t width) {
  return product(a.gated_mlp ? 3 : 2, a.hidden, width);
}

// Two down to the ranks and two up from them, and the output projection (arXiv 2405.04434, equations 9 to 15).
std::int64_t mla_parameters(const Architecture& a) {
  const MlaShape& m = a.mla;
  const std::int64_t queries = multiply(a.q_heads, m.nope_head_dim + m.rope_head_dim);
  const std::int64_t q = m.q_rank == 0 ? multiply(a.hidden, queries) : multiply(a.hidden + queries, m.q_rank);
  const std::int64_t down = multiply(a.hidden, m.kv_rank + m.rope_head_dim);
  const std::int64_t up = product(m.kv_rank, a.q_heads, m.nope_head_dim + m.value_head_dim);
  const std::int64_t out = product(a.q_heads, m.value_head_dim, a.hidden);
  return add(add(q, out), add(down, up));
}

std::int64_t attention_biases_per_layer(const Architecture& a) {
  const std::int64_t qkv = (a.q_heads + 2 * a.kv_heads) * a.head_dim;
  switch (a.biases.attention) {
    case AttentionBias::kNone: return 0;
    case AttentionBias::kQkv: return qkv;
    case AttentionBias::kAll: return qkv + a.hidden;
  }
  return 0;
}

std::int64_t mlp_biases(const Architecture& a, std::int64_t width) {
  return a.biases.mlp ? (a.gated_mlp ? 2 : 1) * width + a.hidden : 0;
}

// Norms and biases of attention; norms around attention and MLP.
std::int64_t norms_per_layer(const Architecture& a) {
  const std::int64_t wide = a.norms_per_layer * a.hidden * (a.biases.norms ? 2 : 1);
  const std::int64_t heads = a.qk_norm ? 2 * a.head_dim : 0;
  return wide + heads + a.mla.q_rank + a.mla.kv_rank;  // the ranks are zero without latent attention
}

std::int64_t moe_biases_per_layer(const Architecture& a, std::int64_t routed) {
  return multiply(routed, mlp_biases(a, a.moe.intermediate)) +
         multiply(a.moe.shared_experts, mlp_biases(a, a.moe.shared_intermediate)) +
         (a.moe.router_bias ? a.moe.experts : 0);
}

// The model when `routed` experts of every layer that has them count.
std::int64_t count(const Architecture& a, std::int64_t routed) {
  const std::int64_t dense = multiply(a.layers - a.moe_layers(), a.mlp_parameters_per_layer());
  const std::int64_t sparse = multiply(a.moe_layers(), a.moe_parameters_per_layer(routed));
  const std::int64_t attention = multiply(a.layers, a.attention_parameters_per_layer());
  const std::int64_t ends = add(a.embedding_parameters(), a.lm_head_parameters());
  return add(add(add(dense, sparse), add(attention, ends)), add(a.norm_parameters(), a.bias_parameters(routed)));
}

std::int64_t layers_with(const Architecture& a, auto part) {
  std::int64_t found = 0;
  for (std::int64_t layer = 0; layer < a.layers; ++layer) found += part.in_layer(layer) ? 1 : 0;
  return found;
}

}  // namespace

std::int64_t Architecture::embedding_parameters() const { return multiply(vocabulary, hidden); }

std::int64_t Architecture::attention_parameters_per_layer() const {
  if (mla.present()) return mla_parameters(*this);
  const std::int64_t columns = multiply(q_heads + 2 * kv_heads, head_dim);  // q, k, v
  return multiply(hidden, columns + q_heads * head_dim);                    // and the output projection
}

std::int64_t Architecture::mlp_parameters_per_layer() const { return mlp_projections(*this, intermediate); }

std::int64_t Architecture::moe_parameters_per_layer(std::int64_t routed) const {
  const std::int64_t experts = multiply(routed, mlp_projections(*this, moe.intermediate));
  const std::int64_t shared = multiply(moe.shared_experts, mlp_projections(*this, moe.shared_intermediate));
  const std::int64_t router = multiply(hidden, moe.experts + (moe.shared_gate ? 1 : 0));
  return add(add(experts, shared), router);
}

std::int64_t Architecture::norm_parameters() const {
  return add(multiply(layers, decodesim::norms_per_layer(*this)), hidden * (biases.norms ? 2 : 1));
}

std::int64_t Architecture::bias_parameters(std::int64_t routed) const {
  const std::int64_t attention = attention_biases_per_layer(*this) + (attention_sinks ? q_heads : 0);
  const std::int64_t sparse = multiply(moe_layers(), moe_biases_per_layer(*this, routed));
  const std::int64_t dense = multiply(layers - moe_layers(), mlp_biases(*this, intermediate));
  return add(add(multiply(layers, attention), sparse), add(dense, biases.lm_head ? vocabulary : 0));
}

std::int64_t Architecture::lm_head_parameters() const { return tied_embeddings ? 0 : embedding_parameters(); }

std::int64_t Architecture::parameter_count() const { return count(*this, moe.experts); }

std::int64_t Architecture::active_parameter_count() const { return count(*this, moe.experts_per_token); }

std::int64_t Architecture::mtp_parameter_count() const {
  const bool sparse = moe.in_layer(layers - 1);
  const std::int64_t feed_forward =
      sparse ? add(moe_parameters_per_layer(moe.experts), moe_biases_per_layer(*this, moe.experts))
             : add(mlp_parameters_per_layer(), mlp_biases(*this, intermediate));
  const std::int64_t attention = add(attention_parameters_per_layer(), attention_biases_per_layer(*this));
  const std::int64_t joint = add(product(2, hidden, hidden), 3 * hidden);
  const std::int64_t module = add(add(feed_forward, attention), add(joint, decodesim::norms_per_layer(*this)));
  return multiply(mtp_modules, module);
}

std::int64_t Architecture::moe_layers() const { return layers_with(*this, moe); }

std::int64_t Architecture::window_layers() const { return layers_with(*this, window); }

// Keys and values of every kv head; with latent attention the latent and the shared rotary key: 512 + 64 in
// DeepSeek-V3.
std::int64_t Architecture::kv_elements_per_layer() const {
  return mla.present() ? mla.kv_rank + mla.rope_head_dim : product(2, kv_heads, head_dim);
}

Bytes Architecture::kv_bytes_per_token(DataType kv_cache) const {
  return size_of(kv_cache, kv_elements_per_layer()) * layers;
}

Bytes Architecture::kv_bytes(DataType kv_cache, std::int64_t tokens, std::int64_t sequences) const {
  const std::int64_t windowed = window_layers();
  const std::int64_t kept = std::min(tokens, multiply(sequences, window.tokens));
  return size_of(kv_cache, kv_elements_per_layer()) *
         add(multiply(layers - windowed, tokens), multiply(windowed, kept));
}

// Two for every number of a projection that the token goes through (the output projection counts although it may be the
// embedding table, of which only a row is read); in attention two for each product of a query head with a cached
// token's key and two for each with its value. Latent attention is taken as decoding does it: with the up projections
// moved to the query and the output side, keys are the latent and the rotary key, values the latent.
Flops Architecture::flops_per_token(std::int64_t context) const {
  const std::int64_t dense = multiply(layers - moe_layers(), mlp_parameters_per_layer());
  const std::int64_t sparse = multiply(moe_layers(), moe_parameters_per_layer(moe.experts_per_token));
  const std::int64_t attention = multiply(layers, attention_parameters_per_layer());
  const std::int64_t projections = add(add(dense, sparse), add(attention, embedding_parameters()));
  const std::int64_t head = mla.present() ? 2 * mla.kv_rank + mla.rope_head_dim : 2 * head_dim;
  const std::int64_t windowed = window_layers();
  const std::int64_t tokens =
      add(multiply(layers - windowed, context), multiply(windowed, std::min(context, window.tokens)));
  return Flops(2) * add(projections, product(q_heads, head, tokens));
}

}  // namespace decodesim
