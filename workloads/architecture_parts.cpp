// SPDX-License-Identifier: Apache-2.0
#include "workloads/architecture_parts.hpp"

namespace decodesim {
namespace {

constexpr Range<std::int64_t> kLayers{0, 10'000};
constexpr Range<std::int64_t> kWidth{0, 1'000'000};

}  // namespace

Schema<MlaShape> MlaShape::schema() {
  using M = MlaShape;
  return std::move(Schema<M>("mla", "Multi-head latent attention")
                       .field("kv_rank", &M::kv_rank, kWidth, "Elements of the cached latent", assumed("0: none"))
                       .field("q_rank", &M::q_rank, kWidth, "Elements between the two query projections",
                              assumed("0: a single projection"))
                       .field("rope_head_dim", &M::rope_head_dim, kWidth,
                              "Elements of a head that rotary positions turn", assumed("0: no latent attention"))
                       .field("nope_head_dim", &M::nope_head_dim, kWidth, "Elements of a query head without positions",
                              assumed("0: no latent attention"))
                       .field("value_head_dim", &M::value_head_dim, kWidth, "Elements of a value head",
                              assumed("0: no latent attention")));
}

Schema<MoeShape> MoeShape::schema() {
  using M = MoeShape;
  return std::move(
      Schema<M>("moe", "A mixture of experts in place of the MLP")
          .field("experts", &M::experts, {0, 100'000}, "Routed experts of a layer", assumed("0: a dense model"))
          .field("experts_per_token", &M::experts_per_token, {0, 100'000}, "Routed experts that a token goes through",
                 assumed("0: a dense model"))
          .field("intermediate", &M::intermediate, kWidth, "Width inside one routed expert",
                 assumed("0: a dense model"))
          .field("shared_experts", &M::shared_experts, {0, 1'000}, "Experts that every token goes through",
                 assumed("0: none"))
          .field("shared_intermediate", &M::shared_intermediate, kWidth, "Width inside one shared expert",
                 assumed("0: none"))
          .field("shared_gate", &M::shared_gate, "Whether a learned scalar scales the shared experts",
                 assumed("as in most models with shared experts"))
          .field("router_bias", &M::router_bias, "Whether the router has a number an expert beside its weights",
                 assumed("as in most models with experts"))
          .field("first_dense_layers", &M::first_dense_layers, kLayers, "Layers before the first with experts",
                 assumed("0: none"))
          .field("period", &M::period, {1, 10'000}, "Every so many-th layer has experts", assumed("1: all")));
}

Schema<WindowShape> WindowShape::schema() {
  using W = WindowShape;
  return std::move(
      Schema<W>("window", "Layers that attend to the last tokens only")
          .field("tokens", &W::tokens, {0, 1'000'000'000}, "Tokens that such a layer sees, its own included",
                 assumed("0: every layer sees everything"))
          .field("first_layer", &W::first_layer, kLayers, "Layers before it see everything", assumed("0"))
          .field("period", &W::period, kLayers, "Every so many-th layer sees everything", assumed("0: none")));
}

Schema<BiasShape> BiasShape::schema() {
  using B = BiasShape;
  return std::move(
      Schema<B>("biases", "Vectors that are added to the results of projections")
          .choice<AttentionBias>(
              "attention", &B::attention,
              {{"none", AttentionBias::kNone}, {"qkv", AttentionBias::kQkv}, {"all", AttentionBias::kAll}},
              "Projections of attention that have one", assumed("none, as in most models"))
          .field("mlp", &B::mlp, "Whether the MLP's, or the experts', projections have one",
                 assumed("none, as in most models"))
          .field("norms", &B::norms, "Whether the norms have one (LayerNorm)", assumed("RMSNorm, as in most models"))
          .field("lm_head", &B::lm_head, "Whether the output projection has one", assumed("none, as in most models")));
}

}  // namespace decodesim
