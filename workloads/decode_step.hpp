// SPDX-License-Identifier: Apache-2.0
// DecodeStepBuilder: the operators that one rank executes in one decode step of a dense transformer under tensor
// parallelism (column-split qkv and gate/up, row-split o and down: Megatron-LM, arXiv 1909.08053).
//
//   embedding [all_reduce]
//   every layer: norm qkv_proj [all_gather] rope kv_append attention [all_reduce] o_proj [all_reduce] [post_norm]
//                norm gate_up_proj activation down_proj [all_reduce] [post_norm]
//     or, with experts: norm router routing experts_gate_up experts_activation experts_down
//                       [shared_gate_up shared_activation shared_down] experts_combine [all_reduce] [post_norm]
//   norm lm_head [all_gather] sampling
//
// When there are more ranks than kv heads, `ranks / kv_heads` consecutive ranks form the group of one kv head. Either
// each of them holds that head whole (replicated: qkv_proj's k and v columns and the cache are read by all of them),
// or, with kv_split_by_sequence, each holds every group-th token of the cache: qkv_proj stays split over all ranks, the
// group exchanges q, k and v (`qkv_all_gather`), every rank computes all query heads of the kv head over its tokens,
// and `attention_combine` merges the partial softmaxes. (The cache is sharded as in Helix, arXiv 2507.07120; the
// exchanges are plain collectives here. Splitting qkv_proj keeps every weight on one rank only.)
//
// All ranks get the same program: sizes that differ between ranks (tokens of a split cache, rows of a split vocabulary)
// are those of the rank that has most.
//
// Layers with a sliding window read and keep its tokens only. Biases come with their projection's weights; that of a
// row-split projection is read by every rank. Norms of query and key heads are part of rope.
//
// Experts are split over the ranks like an MLP, each in its width. The step reads those that its tokens are expected to
// be routed to under balanced routing, expected_experts(); their matrix products are one grouped GEMM, whose columns
// are the experts side by side and whose rows are the tokens of one. Which experts they are, imbalance and expert
// parallelism are not modelled. The router and its bias keep the activations' format.
//
// Refused by model_problems(): latent attention, MLPs without gate, attention and MLP side by
// side, norms or output projections with biases. Not modelled: multi-token prediction, scale factors of quantised
// tensors, embedding rows that lie on another rank (each rank looks up one row a sequence, as kernels do that mask the
// foreign ones), speculative decoding, penalties in sampling.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/work/traffic_class.hpp"
#include "workloads/architecture.hpp"
#include "workloads/operator.hpp"
#include "workloads/precision.hpp"

namespace decodesim {

struct DecodeConfig {
  Architecture architecture;
  Precision precision;
  std::int64_t ranks = 1;             ///< tensor parallelism
  bool kv_split_by_sequence = false;  ///< only matters when ranks > kv_heads
};

/// What of a model decode steps do not do yet, one sentence each ("...; expected ..."); empty when they do all of it.
std::vector<std::string> model_problems(const Architecture& architecture);

/// What is wrong with a configuration, its model_problems() among it, one sentence each ("...; expected ..."); empty
/// when a builder can be made.
std::vector<std::string> problems(const DecodeConfig& config);

/// Routed experts of a layer that `tokens` tokens are expected to reach when each draws its experts evenly: experts x
/// (1 - (1 - experts_per_token / experts)^tokens), to the nearest, at least those of one token.
std::int64_t expected_experts(const MoeShape& moe, std::int64_t tokens);

/// The largest step of a run: what memory has to be there for.
struct StepPeak {
  std::int64_t sequences = 0;
  std::int64_t kv_tokens = 0;  ///< cached ones of all sequences, the step's own included
  std::int64_t tokens = 0;     ///< new ones of a step
  std::int64_t logits = 0;     ///< positions of a step that need them
};

/// The share of one rank.
struct RankShape {
  std::int64_t kv_group = 1;       ///< ranks that share a kv head
  std::int64_t kv_splits = 1;      ///< parts that a sequence's cache is split into: 1 or kv_group
  std::int64_t q_heads = 1;        ///< query heads in attention
  std::int64_t kv_heads = 1;       ///< kv heads in attention and in the cache
  std::int64_t qkv_columns = 1;    ///< of qkv_proj
  std::int64_t o_rows = 1;         ///< reduction length of o_proj
  std::int64_t intermediate = 1;   ///< of the MLP; 0 when every layer has experts
  std::int64_t expert = 0;         ///< of one routed expert
  std::int64_t shared_expert = 0;  ///< of all shared experts together
  std::int64_t vocabulary = 1;     ///< rows of the embedding table and columns of lm_head, padded up
};

/// One asker of memory on one rank.
struct MemoryNeed {
  std::string_view name;  ///< "attention weights", "kv cache", ...
  TrafficClass traffic = TrafficClass::kOther;
  Bytes bytes;
};

class DecodeStepBuilder {
 public:
  /// `config` must have no problems(). Throws InternalError otherwise.
  explicit DecodeStepBuilder(DecodeConfig config);

  /// Fills `program` with the step of a batch of at least one sequence. Without any logits it ends with final_norm.
  /// Allocates nothing once `program` has been filled before.
  void fill(std::span<const SequenceStep> sequences, StepProgram& program) const;
  /// One new token each: contexts[i] >= 0 tokens of sequence i are cached before it, so that its attention reads
  /// contexts[i] + 1.
  void fill(std::span<const std::int64_t> contexts, StepProgram& program) const;

  /// What one rank has to hold. Activations: the widest pair of neighbouring tensors beside the residual stream.
  [[nodiscard]] std::vector<MemoryNeed> memory_needs(const StepPeak& peak) const;
  /// The same for steps of one new token a sequence.
  [[nodiscard]] std::vector<MemoryNeed> memory_needs(std::int64_t sequences, std::int64_t kv_tokens) const {
    return memory_needs({sequences, kv_tokens, sequences, sequences});
  }

  [[nodiscard]] const DecodeConfig& config() const { return config_; }
  [[nodiscard]] const RankShape& shape() const { return shape_; }

 private:
  struct Batch {
    std::int64_t sequences = 0;
    std::int64_t rows = 0;          // new tokens
    std::int64_t logits = 0;        // positions that need them
    std::int64_t kv_tokens = 0;     // read by this rank, summed over the sequences
    std::int64_t attended = 0;      // pairs of a query and a token that it sees, on this rank
    std::int64_t longest = 0;       // of one sequence, on this rank
    std::int64_t most_queries = 0;  // of one sequence
  };

  [[nodiscard]] Batch batch_of(std::span<const SequenceStep> sequences, std::int64_t window) const;
  [[nodiscard]] Bytes activations(std::int64_t elements) const;
  [[nodiscard]] Operator blank(OperatorKind kind, std::string_view name) const;
  [[nodiscard]] Operator elementwise(OperatorKind kind, std::string_view name, std::int64_t elements_in,
                                     std::int64_t elements_out, std::int64_t flops) const;
  [[nodiscard]] Operator norm(std::string_view name, std::int64_t rows) const;
  [[nodiscard]] Operator post_norm(std::string_view name, std::int64_t rows) const;
  [[nodiscard]] Operator rope(std::int64_t rows) const;
  [[nodiscard]] Operator gemm(std::string_view name, std::int64_t m, std::int64_t n, std::int64_t k,
                              DataType weight_type, bool bias = false) const;
  [[nodiscard]] Operator kv_append(const Batch& batch) const;
  [[nodiscard]] Operator attention(const Batch& batch) const;
  [[nodiscard]] Operator sampling(const Batch& batch) const;
  // Nothing is appended when the group is a single rank.
  void append_collective(OperatorKind kind, std::string_view name, Bytes message, std::int64_t group,
                         std::vector<Operator>& out) const;
  void append_attention_block(const Batch& batch, std::vector<Operator>& out) const;
  void append_mlp_block(const Batch& batch, std::vector<Operator>& out) const;
  void append_experts_block(const Batch& batch, std::vector<Operator>& out) const;
  void append_shared_experts(std::int64_t rows, std::vector<Operator>& out) const;
  // One GEMM of `experts` weight matrices, n columns each, for `rows` rows in all.
  [[nodiscard]] Operator grouped_gemm(std::string_view name, std::int64_t rows, std::int64_t experts, std::int64_t n,
                                      std::int64_t k) const;
  // Of one layer: all experts, the shared ones among them; the router; elements of a sequence beside the residual
  // stream.
  [[nodiscard]] Bytes expert_weights() const;
  [[nodiscard]] Bytes router_weights() const;
  [[nodiscard]] std::int64_t experts_activations() const;
  void append_layers(std::span<const SequenceStep> sequences, std::vector<Operator>& out) const;

  DecodeConfig config_;
  RankShape shape_;
};

}  // namespace decodesim
