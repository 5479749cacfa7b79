// SPDX-License-Identifier: Apache-2.0
// Sharding: how a model is divided among ranks, and the share of one of them.
//
//   rank = (stage x data + replica) x (tensor x context) + position
//
// - pipeline: stages of consecutive layers, as equal as they can be, the first ones larger.
// - data: replicas of attention, of dense MLPs, of embedding and output projection, each with sequences of its own.
// - tensor: what a replica has is divided in its width (column-split qkv and gate/up, row-split o and down:
// Megatron-LM,
//   arXiv 1909.08053). Attention is divided by heads.
// - context: a replica's ranks hold parts of each sequence's cache; weights are divided among them as among tensor
//   ranks, so that every weight is on one rank only (the cache is sharded as in Helix, arXiv 2507.07120).
// - expert: the routed experts of a layer are dealt to so many parts of all ranks of a stage; the ranks of a part
// divide
//   them in their width. It takes no ranks of its own.
//
// When there are more tensor ranks than kv heads, `tensor / kv_heads` consecutive ranks form the group of one kv head.
// Either each of them holds that head whole (replicated: qkv_proj's k and v columns and the cache are read by all of
// them), or, with kv_split_by_sequence, each holds every group-th token of the cache. The latent of latent attention is
// one such head.
//
// Laws, each a test in test/workloads/sharding_test.cpp: summed over the ranks, weights, cache and FLOPs are those of
// one rank, but for what is replicated: norms, routers, down-projections to latents, kv heads and what `data`
// replicates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/architecture.hpp"

namespace decodesim {

/// Degrees of parallelism.
struct Parallelism {
  constexpr Parallelism() = default;
  constexpr Parallelism(std::int64_t degree)  // NOLINT(google-explicit-constructor): plain tensor parallelism
      : tensor(degree) {}

  std::int64_t tensor = 1;
  std::int64_t pipeline = 1;
  std::int64_t expert = 1;
  std::int64_t data = 1;
  std::int64_t context = 1;

  /// Ranks that divide one replica of a layer among them.
  [[nodiscard]] std::int64_t replica_ranks() const { return checked::multiply(tensor, context); }
  /// Ranks that divide the experts of a layer among them.
  [[nodiscard]] std::int64_t stage_ranks() const { return checked::multiply(replica_ranks(), data); }
  /// Ranks that divide one expert among them.
  [[nodiscard]] std::int64_t expert_ranks() const { return stage_ranks() / expert; }
  [[nodiscard]] std::int64_t ranks() const { return checked::multiply(stage_ranks(), pipeline); }

  friend bool operator==(const Parallelism&, const Parallelism&) = default;
};

/// Layers of one stage.
struct StageLayers {
  std::int64_t first = 0;
  std::int64_t count = 0;
};
StageLayers layers_of(std::int64_t layers, std::int64_t stages, std::int64_t stage);

/// How many of `layers` have `part`, which is of some layers only.
std::int64_t layers_with(const StageLayers& layers, const auto& part) {
  std::int64_t found = 0;
  for (std::int64_t layer = layers.first; layer < layers.first + layers.count; ++layer)
    found += part.in_layer(layer) ? 1 : 0;
  return found;
}

/// The share of one rank.
struct RankShape {
  std::int64_t kv_group = 1;       ///< ranks that share a kv head, or parts of its cache
  std::int64_t kv_splits = 1;      ///< parts that a sequence's cache is split into
  std::int64_t q_heads = 1;        ///< query heads in attention
  std::int64_t own_q_heads = 1;    ///< query heads whose projections this rank has
  std::int64_t kv_heads = 1;       ///< kv heads in attention and in the cache
  std::int64_t qkv_columns = 1;    ///< of qkv_proj
  std::int64_t o_rows = 1;         ///< reduction length of o_proj
  std::int64_t intermediate = 1;   ///< of the MLP; 0 when every layer has experts
  std::int64_t experts = 0;        ///< routed experts of a layer
  std::int64_t expert = 0;         ///< width of one of them
  std::int64_t shared_expert = 0;  ///< of all shared experts together
  std::int64_t vocabulary = 1;     ///< rows of the embedding table and columns of lm_head, padded up
};

RankShape shape_of(const Architecture& architecture, const Parallelism& parallel, bool kv_split_by_sequence);

struct ShardingProblem {
  std::string_view key;  ///< of the degree: "tensor", "pipeline", ...
  std::string message;   ///< "...; expected ..."
};

/// Why an architecture cannot be divided so; empty when it can.
std::vector<ShardingProblem> sharding_problems(const Architecture& architecture, const Parallelism& parallel,
                                               bool kv_split_by_sequence);

}  // namespace decodesim
