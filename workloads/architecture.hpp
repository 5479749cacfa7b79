// SPDX-License-Identifier: Apache-2.0
// Architecture: the shape of a dense decoder-only transformer with grouped-query attention, RMSNorm, rotary positions
// and a gated MLP (the Llama family). It says how many numbers a model has, and nothing of formats or machines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "sim/core/units/units.hpp"
#include "sim/core/work/data_type.hpp"

namespace decodesim {

struct Architecture {
  std::string name;
  std::vector<std::string> aliases;  ///< other names that the same figures are known by; key `aliases`, a list
  std::int64_t layers = 1;
  std::int64_t hidden = 1;        ///< width of the residual stream
  std::int64_t q_heads = 1;       ///< query heads
  std::int64_t kv_heads = 1;      ///< key/value heads; divides q_heads
  std::int64_t head_dim = 1;      ///< elements of one head; even, because rotary positions turn pairs
  std::int64_t intermediate = 1;  ///< width between gate/up and down projection
  std::int64_t vocabulary = 1;    ///< rows of the embedding table
  bool tied_embeddings = false;   ///< whether the output projection is the embedding table
  std::int64_t max_context = 1;   ///< tokens the model was trained for

  /// All fields but `aliases`, which is no scalar.
  static Schema<Architecture> schema();

  // Numbers (parameters) by tensor group, of the whole model.
  [[nodiscard]] std::int64_t embedding_parameters() const;
  /// Query, key, value and output projections of one layer.
  [[nodiscard]] std::int64_t attention_parameters_per_layer() const;
  /// Gate, up and down projections of one layer.
  [[nodiscard]] std::int64_t mlp_parameters_per_layer() const;
  /// Both norms of every layer and the final one.
  [[nodiscard]] std::int64_t norm_parameters() const;
  /// The output projection; zero when it is the embedding table.
  [[nodiscard]] std::int64_t lm_head_parameters() const;
  /// All of the above. Throws OverflowError.
  [[nodiscard]] std::int64_t parameter_count() const;

  /// Keys and values that one token adds to the cache, over all layers and heads.
  [[nodiscard]] Bytes kv_bytes_per_token(DataType kv_cache) const;
};

/// Reads and checks an architecture: { name: .., layers: .., ... }. Every mistake goes to `diagnostics` with its place;
/// the result is only meaningful when there was none.
Architecture read_architecture(const Node& node, Diagnostics& diagnostics);

}  // namespace decodesim
