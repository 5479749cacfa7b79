// SPDX-License-Identifier: Apache-2.0
// The parts of an architecture beyond the dense Llama family. Each is absent by its default: a model file leaves out
// what its model has not.
#pragma once

#include <cstdint>

#include "sim/core/config/schema.hpp"

namespace decodesim {

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): a token caches one latent and one rotary
/// key that all heads share. With it, `head_dim` of the architecture is a query head's: nope_head_dim + rope_head_dim.
struct MlaShape {
  std::int64_t kv_rank = 0;         ///< elements of the latent; 0: no latent attention
  std::int64_t q_rank = 0;          ///< elements between the two query projections; 0: a single one
  std::int64_t rope_head_dim = 0;   ///< elements of a query head, and of the shared key, that rotary positions turn
  std::int64_t nope_head_dim = 0;   ///< elements of a query head without positions
  std::int64_t value_head_dim = 0;  ///< elements of a value head

  [[nodiscard]] bool present() const { return kv_rank > 0; }
  static Schema<MlaShape> schema();
  friend bool operator==(const MlaShape&, const MlaShape&) = default;
};

/// A mixture of experts in place of the MLP. Layer i (from 0) has one when i >= first_dense_layers and i + 1 is a
/// multiple of `period`.
struct MoeShape {
  std::int64_t experts = 0;  ///< routed experts of a layer; 0: no mixture
  std::int64_t experts_per_token = 0;
  std::int64_t intermediate = 0;         ///< width inside one routed expert
  std::int64_t shared_experts = 0;       ///< that every token goes through
  std::int64_t shared_intermediate = 0;  ///< width inside one shared expert
  bool shared_gate = false;              ///< whether a learned scalar of the token scales the shared experts (Qwen2)
  bool router_bias = false;              ///< one number an expert beside the router's weights
  std::int64_t first_dense_layers = 0;
  std::int64_t period = 1;

  [[nodiscard]] bool present() const { return experts > 0; }
  [[nodiscard]] bool in_layer(std::int64_t layer) const {
    return present() && layer >= first_dense_layers && (layer + 1) % period == 0;
  }
  static Schema<MoeShape> schema();
  friend bool operator==(const MoeShape&, const MoeShape&) = default;
};

/// Layers whose tokens attend to the last `tokens` only, themselves included. Layer i (from 0) is one when
/// i >= first_layer and, with a period, i + 1 is no multiple of it: the last layer of each period sees everything.
struct WindowShape {
  std::int64_t tokens = 0;  ///< 0: every layer sees everything
  std::int64_t first_layer = 0;
  std::int64_t period = 0;  ///< 0: every layer from first_layer on

  [[nodiscard]] bool present() const { return tokens > 0; }
  [[nodiscard]] bool in_layer(std::int64_t layer) const {
    return present() && layer >= first_layer && (period == 0 || (layer + 1) % period != 0);
  }
  static Schema<WindowShape> schema();
  friend bool operator==(const WindowShape&, const WindowShape&) = default;
};

enum class AttentionBias : std::uint8_t { kNone, kQkv, kAll };

/// Vectors that are added to the results of projections.
struct BiasShape {
  AttentionBias attention = AttentionBias::kNone;
  bool mlp = false;      ///< of the MLP, or of every expert
  bool norms = false;    ///< LayerNorm rather than RMSNorm
  bool lm_head = false;  ///< of the output projection

  static Schema<BiasShape> schema();
  friend bool operator==(const BiasShape&, const BiasShape&) = default;
};

}  // namespace decodesim
