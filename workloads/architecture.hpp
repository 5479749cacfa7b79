// SPDX-License-Identifier: Apache-2.0
// Architecture: the shape of a decoder-only transformer. Plain, it is the Llama family: grouped-query attention,
// RMSNorm, rotary positions and a gated MLP; parts beyond that are in workloads/architecture_parts.hpp. It says how
// many numbers a model has, and nothing of formats or machines. docs/modelling/models.md has the formulas in one place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "sim/core/units/units.hpp"
#include "sim/core/work/data_type.hpp"
#include "workloads/architecture_parts.hpp"

namespace decodesim {

struct Architecture {
  std::string name;
  std::vector<std::string> aliases;  ///< other names that the same figures are known by; key `aliases`, a list
  std::int64_t layers = 1;
  std::int64_t hidden = 1;           ///< width of the residual stream
  std::int64_t q_heads = 1;          ///< query heads
  std::int64_t kv_heads = 1;         ///< key/value heads; divides q_heads
  std::int64_t head_dim = 1;         ///< elements of one head; even, because rotary positions turn pairs
  std::int64_t intermediate = 1;     ///< width inside the MLP of layers without experts
  std::int64_t vocabulary = 1;       ///< rows of the embedding table
  bool tied_embeddings = false;      ///< whether the output projection is the embedding table
  std::int64_t max_context = 1;      ///< tokens the model was trained for
  bool gated_mlp = true;             ///< gate, up and down projections; else up and down only
  std::int64_t norms_per_layer = 2;  ///< 1: one before attention and MLP side by side; 4: before and after each
  bool qk_norm = false;              ///< norms with weights over the elements of a query and of a key head
  bool attention_sinks = false;      ///< one learned logit a query head
  std::int64_t mtp_modules = 0;      ///< multi-token prediction modules, counted apart from the model
  MlaShape mla;
  MoeShape moe;
  WindowShape window;
  BiasShape biases;

  /// All fields but `aliases`, which is no scalar.
  static Schema<Architecture> schema();

  // Numbers (parameters) by tensor group. All throw OverflowError.
  [[nodiscard]] std::int64_t embedding_parameters() const;
  /// The projections of one layer's attention, without biases.
  [[nodiscard]] std::int64_t attention_parameters_per_layer() const;
  /// The projections of one MLP, of a layer without experts.
  [[nodiscard]] std::int64_t mlp_parameters_per_layer() const;
  /// The projections of `routed` experts and of what every token of a layer with experts goes through: shared experts,
  /// their gate, the router. Without biases.
  [[nodiscard]] std::int64_t moe_parameters_per_layer(std::int64_t routed) const;
  /// All norms, of the layers and the final one.
  [[nodiscard]] std::int64_t norm_parameters() const;
  /// Biases (but of norms) and attention sinks, when `routed` experts of a layer count.
  [[nodiscard]] std::int64_t bias_parameters(std::int64_t routed) const;
  /// The output projection; zero when it is the embedding table.
  [[nodiscard]] std::int64_t lm_head_parameters() const;
  /// The model, without MTP modules.
  [[nodiscard]] std::int64_t parameter_count() const;
  /// What one token goes through: parameter_count() less the experts that it is not routed to. The embedding table
  /// counts in full, although a token reads a row of it; some publishers leave it out.
  [[nodiscard]] std::int64_t active_parameter_count() const;
  /// The MTP modules, each a layer of the last kind, three norms and a projection of 2 x hidden to hidden. They share
  /// embeddings and output projection with the model.
  [[nodiscard]] std::int64_t mtp_parameter_count() const;

  [[nodiscard]] std::int64_t moe_layers() const;
  [[nodiscard]] std::int64_t window_layers() const;

  /// Numbers that one token adds to the cache of one layer.
  [[nodiscard]] std::int64_t kv_elements_per_layer() const;
  /// What one token adds to the cache, over all layers and heads, while no window is full.
  [[nodiscard]] Bytes kv_bytes_per_token(DataType kv_cache) const;
  /// The cache of `sequences` equally long sequences of `tokens` tokens in all: windowed layers keep no more than their
  /// window of each. When lengths differ, an upper bound.
  [[nodiscard]] Bytes kv_bytes(DataType kv_cache, std::int64_t tokens, std::int64_t sequences = 1) const;
  /// Multiplications and additions of matrix products and attention for one token that attends to `context` tokens,
  /// its own included. Norms, softmax, activations and positions are not counted.
  [[nodiscard]] Flops flops_per_token(std::int64_t context) const;

  friend bool operator==(const Architecture&, const Architecture&) = default;
};

/// Reads and checks an architecture: { name: .., layers: .., ... }. Every mistake goes to `diagnostics` with its place;
/// the result is only meaningful when there was none.
Architecture read_architecture(const Node& node, Diagnostics& diagnostics);

}  // namespace decodesim
