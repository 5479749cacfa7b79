// SPDX-License-Identifier: Apache-2.0
// Operator: one mathematical operation of a decode step on one rank, with its shapes. It says what has to be computed
// and moved, and nothing about kernels, launches or machines.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/core/units/units.hpp"
#include "sim/core/work/data_type.hpp"
#include "workloads/sequence_step.hpp"

namespace decodesim {

enum class OperatorKind : std::uint8_t {
  kEmbedding,        ///< rows of the embedding table for the step's tokens
  kNorm,             ///< RMSNorm with the residual addition before it
  kGemm,             ///< out[m,n] = in[m,k] x weights[k,n]
  kRope,             ///< rotary position embedding of q and k
  kKvAppend,         ///< the new keys and values into the cache
  kKvMove,           ///< recent keys and values that have come of age, to where old ones are
  kAttention,        ///< the query tokens of each sequence over its cached tokens
  kLatentAttention,  ///< the same with keys and values absorbed into one cached latent for all heads
  kActivation,       ///< SiLU(gate) x up
  kRouting,          ///< choice of experts from the router's logits
  kSampling,         ///< next token from the logits
  kRetrieval,        ///< pieces of a corpus
  kAllReduce,
  kAllGather,
  kAllToAll,
  kSend,     ///< to the rank `peer` ahead
  kReceive,  ///< from the rank `peer` ahead
  kReduceScatter,
  kBroadcast,
  kSendReceive,  ///< to the next rank of the group, from the one before
};

/// Tokens on their way to the ranks of their experts, or their results on the way back: of all ranks of the group.
struct TokenExchange {
  std::int64_t tokens = 0;  ///< zero: it is none
  Bytes bytes;              ///< of each
  std::int64_t experts = 0;
  std::int64_t top_k = 0;  ///< experts of a token
  bool back = false;

  friend bool operator==(const TokenExchange&, const TokenExchange&) = default;
};

/// Sizes are of one rank. Unused fields are zero.
struct Operator {
  OperatorKind kind = OperatorKind::kGemm;
  std::string_view name;    ///< "qkv_proj", "attention", ...: a string literal
  std::int32_t layer = -1;  ///< -1 outside the layers
  // GEMM: rows m (tokens), columns n, reduction k.
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  DataType weight_type = DataType::kBf16;
  DataType activation_type = DataType::kBf16;
  std::optional<DataType> multiplies_as;  ///< unset: as the weights' type suggests
  bool block_scaled = false;              ///< a scale factor for each block of weights, not for a matrix or column
  bool routed = false;                    ///< of experts that tokens are routed to
  bool scales_unknown = false;  ///< activations' scales are found before they are quantised; else a checkpoint has them
  // Grouped GEMM: so many products with weights of their own; m is the mean of their rows, rounded up.
  std::int64_t groups = 1;
  std::span<const std::int64_t> group_rows;  ///< rows of each group; empty: each has m. Outlives the operator
  std::int64_t hot_groups = 0;               ///< thereof of hot experts (DecodeConfig::hot_experts)
  // Attention.
  std::int64_t q_heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t value_dim = 0;  ///< elements of a value where they are not those of a key; zero: head_dim
  std::int64_t sequences = 0;
  std::int64_t kv_tokens = 0;        ///< cached tokens read by this rank, summed over the sequences
  std::int64_t longest_context = 0;  ///< of the sequences, on this rank
  std::int64_t query_tokens = 0;     ///< new tokens of all sequences; zero: one each
  std::int64_t most_queries = 0;     ///< of one sequence; zero: one
  std::int64_t attended = 0;         ///< pairs of a query and a token that it sees, on this rank; zero: kv_tokens
  DataType kv_type = DataType::kBf16;
  // What moves and what is computed.
  Bytes weight_bytes;  ///< read once, the same in every step but of experts, whose number grows with the batch
  Bytes kv_read;
  Bytes kv_old;  ///< thereof of old tokens (DecodeConfig::kv_ages)
  Bytes kv_written;
  Bytes kv_arriving;    ///< written beside them: of prompts computed elsewhere
  Bytes retrieved;      ///< of a corpus
  Bytes retrieved_run;  ///< contiguous ones
  Bytes input_bytes;    ///< activations
  Bytes output_bytes;
  Flops flops;
  // Collectives: over groups of `group` ranks with consecutive numbers.
  Bytes
      message_bytes;  ///< all-reduce: the vector's size; all-gather: this rank's part; all-to-all: for each other rank
  std::int64_t group = 1;
  std::int64_t peer = 0;   ///< of a message to or from one rank: its number less this rank's, which may be negative
  TokenExchange exchange;  ///< what an all-to-all of experts is made of, whose message_bytes are the mean
  /// Which weights and addresses: operators with the same number have the same ones. Negative: its own.
  std::int32_t tensor = -1;
  // Benchmarks: copies of the operands that repetitions cycle through. An operand's reuse distance is so many times the
  // operands' bytes.
  std::int64_t buffers = 1;

  /// Of weight_bytes, those of hot experts.
  [[nodiscard]] Bytes hot_weight_bytes() const { return weight_bytes / groups * hot_groups; }
};

/// Whether it is a message or an exchange of messages.
constexpr bool is_communication(OperatorKind kind) { return kind >= OperatorKind::kAllReduce; }

/// What one rank executes in one step: operators in order, each depending on the one before it.
struct StepProgram {
  std::vector<Operator> operators;
  std::vector<SequenceStep> sequences;  ///< room for those of a step of contexts only
  std::int64_t experts = 0;             ///< of a layer that the rank has, whether the step reads them or not
  std::int64_t hot_experts = 0;         ///< thereof

  /// Operators with the same tensor have the same weights.
  [[nodiscard]] std::size_t tensor_of(std::size_t index) const {
    const std::int32_t tensor = operators[index].tensor;
    return tensor < 0 ? index : static_cast<std::size_t>(tensor);
  }
};

}  // namespace decodesim
