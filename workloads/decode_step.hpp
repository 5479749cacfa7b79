// SPDX-License-Identifier: Apache-2.0
// DecodeStepBuilder: the operators that one rank executes in one decode step of a transformer that is divided among
// ranks as workloads/sharding.hpp says.
//
//   embedding [all_reduce]
//   every layer: norm qkv_proj [all_gather] rope kv_append attention [all_reduce] o_proj [all_reduce] [post_norm]
//     or, with latent attention: norm, and what decode_step_latent.cpp lists
//                norm gate_up_proj activation down_proj [all_reduce] [post_norm]
//     or, with experts: what decode_step_experts.cpp lists
//   norm lm_head [all_gather] sampling
//
// With kv_splits above 1, the ranks of a group exchange q, k and v (`qkv_all_gather`), every rank computes all query
// heads of the kv head over its tokens, and `attention_combine` merges the partial softmaxes. (The cache is sharded as
// in Helix, arXiv 2507.07120; the exchanges are plain collectives here.)
//
// Pipeline: a step's sequences form as many micro-batches as there are stages (fewer when there are fewer sequences);
// a stage runs them one after the other:
//
//   first stage: [receive_tokens] embedding, its layers, send_hidden
//   others:      receive_hidden [hidden_all_gather], their layers, send_hidden
//   last stage:  receive_hidden [hidden_all_gather], its layers, norm lm_head sampling [send_tokens]
//
// Every rank sends its part of the hidden states to its counterpart in the next stage, where a replica's ranks gather
// them. The first stage starts a micro-batch when its tokens of the step before have come back. Sequence i of a step
// belongs to replica i mod data and micro-batch (i / data) mod micro-batches; a replica without sequences goes through
// the step with one dummy token, as engines do, because its experts are needed.
//
// Ranks of one stage and replica get the same program: sizes that differ between them (tokens of a split cache, rows of
// a split vocabulary, rows of experts) are those of the rank that has most.
//
// Layers with a sliding window read and keep its tokens only. Biases come with their projection's weights; that of a
// row-split projection is read by every rank. Norms of query and key heads are part of rope. A single norm a layer
// means attention and MLP side by side: both read it, and the next norm adds both to the residual stream.
//
// Where old tokens of the cache lie apart (KvAges), a micro-batch ends with:
//   [kv_move]
//
// Where a corpus is read (Retrieval), a micro-batch has, before its layers:
//   retrieval
//
// A multi-token prediction module has, between embedding and its layer:
//   mtp_embedding_norm mtp_hidden_norm mtp_proj
//
// Refused by model_problems(): 3 norms a layer, latent attention with biases or norms of heads. Not modelled: embedding
// rows that lie on another rank (each rank looks up one row a sequence, as kernels do that mask the foreign ones), the
// residual stream beside the hidden states between stages, penalties in sampling.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/work/traffic_class.hpp"
#include "workloads/architecture.hpp"
#include "workloads/kv_ages.hpp"
#include "workloads/operator.hpp"
#include "workloads/operators/expert_load.hpp"
#include "workloads/precision.hpp"
#include "workloads/retrieval.hpp"
#include "workloads/sharding.hpp"

namespace decodesim {

struct DecodeConfig {
  Architecture architecture;
  Precision precision;
  Parallelism parallel;
  bool kv_split_by_sequence = false;  ///< only matters with more tensor ranks than kv heads
  /// Exponent of the power law of the experts' loads, in millionths; zero: tokens choose independently and evenly.
  std::int64_t routing_alpha_ppm = 0;
  bool mtp_module = false;  ///< a multi-token prediction module: see mtp_module_of()
  /// Of the routed experts of a layer that a rank has, the share that is hot: those that most steps read.
  Ratio hot_experts{};
  KvAges kv_ages{};                  ///< old tokens of the cache apart from recent ones
  bool combined_on_the_way = false;  ///< experts' results come back added up, one a token
  Retrieval retrieval{};
};

/// One multi-token prediction module of `config`'s model (DeepSeek-V3, arXiv 2412.19437, section 2.2) as a model of its
/// own: a layer of the model's last kind behind two norms and a projection of 2 x hidden to hidden, which every rank
/// holds whole in the activations' format; embedding table and lm_head are the model's. With several modules, this is
/// all of them: they are alike, and memory_needs() counts each.
DecodeConfig mtp_module_of(const DecodeConfig& config);

/// What of a model decode steps do not do yet, one sentence each ("...; expected ..."); empty when they do all of it.
std::vector<std::string> model_problems(const Architecture& architecture);

/// What is wrong with a configuration, its model_problems() among it, one sentence each ("...; expected ..."); empty
/// when a builder can be made.
std::vector<std::string> problems(const DecodeConfig& config);

/// Routed experts of a layer that `tokens` tokens are expected to reach when each draws its experts evenly: experts x
/// (1 - (1 - experts_per_token / experts)^tokens), to the nearest, at least those of one token.
std::int64_t expected_experts(const MoeShape& moe, std::int64_t tokens);

/// How likely it is that a token's experts include one of `some` given ones, in 2^-40.
std::int64_t reaching_share(const MoeShape& moe, std::int64_t some);

/// The largest step of a run: what memory has to be there for.
struct StepPeak {
  std::int64_t sequences = 0;
  std::int64_t kv_tokens = 0;  ///< cached ones of all sequences, the step's own included
  std::int64_t tokens = 0;     ///< new ones of a step
  std::int64_t logits = 0;     ///< positions of a step that need them
  std::int64_t longest = 0;    ///< cached tokens of one sequence, the step's own included; zero: perhaps all of them
};

/// Which part of a step a program is for.
struct StepPart {
  std::int64_t stage = 0;
  std::int64_t replica = 0;        ///< of `data`
  std::int64_t tokens_before = 0;  ///< first stage: micro-batches of the step before whose tokens have to come back
  bool returns_tokens = false;     ///< last of several stages: whether a step follows that needs the tokens
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
  /// Allocates nothing once `program` has been filled before, but for loads of a power law that are new.
  void fill(std::span<const SequenceStep> sequences, const StepPart& part, StepProgram& program) const;
  /// Of the first stage and replica.
  void fill(std::span<const SequenceStep> sequences, StepProgram& program) const { fill(sequences, {}, program); }
  /// One new token each: contexts[i] >= 0 tokens of sequence i are cached before it, so that its attention reads
  /// contexts[i] + 1.
  void fill(std::span<const std::int64_t> contexts, StepProgram& program) const;

  /// Rows of each routed expert of a layer in the steps that are filled from now on, instead of those of the configured
  /// routing: the experts lie on the ranks in blocks, and the busiest rank's count. Steps that were filled with other
  /// rows must not be used any more. Empty: as configured. REQUIRES one an expert. `hot`: a flag an expert; empty: none
  /// is.
  void route(std::span<const std::int64_t> expert_rows, std::span<const char> hot = {});

  /// Prompts of `prompt` tokens are computed elsewhere: keys and values of `tokens` of their tokens are written in each
  /// step that is filled from now on, an equal share by every replica and micro-batch.
  void arrive(std::int64_t tokens, std::int64_t prompt) { arriving_ = {tokens, prompt}; }

  /// Micro-batches of a step of so many sequences.
  [[nodiscard]] std::int64_t micro_batches(std::int64_t sequences) const;

  /// What one rank of a stage has to hold, when `peak` is of its replica. Activations: the widest pair of neighbouring
  /// tensors beside the residual stream.
  [[nodiscard]] std::vector<MemoryNeed> memory_needs(const StepPeak& peak, std::int64_t stage = 0) const;
  /// The same for steps of one new token a sequence.
  [[nodiscard]] std::vector<MemoryNeed> memory_needs(std::int64_t sequences, std::int64_t kv_tokens) const {
    return memory_needs({sequences, kv_tokens, sequences, sequences});
  }

  [[nodiscard]] const DecodeConfig& config() const { return config_; }
  [[nodiscard]] const RankShape& shape() const { return shape_; }
  /// Hot experts of a layer on a rank, to the nearest.
  [[nodiscard]] std::int64_t hot_experts() const;

 private:
  struct Batch {
    std::int64_t sequences = 0;
    std::int64_t rows = 0;          // new tokens
    std::int64_t logits = 0;        // positions that need them
    std::int64_t kv_tokens = 0;     // read by this rank, summed over the sequences
    std::int64_t attended = 0;      // pairs of a query and a token that it sees, on this rank
    std::int64_t longest = 0;       // of one sequence, on this rank
    std::int64_t most_queries = 0;  // of one sequence
    std::int64_t all_rows = 0;      // new tokens of all replicas
    std::int64_t kv_old = 0;        // of kv_tokens
    std::int64_t kv_moved = 0;      // tokens of this rank that come of age
    std::int64_t arriving = 0;      // tokens of prompts computed elsewhere that this rank keeps
  };

  /// Some sequences of a step: every `stride`-th from `first` on.
  struct Slice {
    std::span<const SequenceStep> sequences;
    std::size_t first = 0;
    std::size_t stride = 1;
  };

  struct Arriving {
    std::int64_t tokens = 0;
    std::int64_t prompt = 1;  // tokens of each
  };

  /// Rows of the routed experts of the busiest rank.
  struct ExpertRows {
    std::int64_t sum = 0;
    std::int64_t experts = 0;              // that have any
    std::span<const std::int64_t> each{};  // empty: all alike
    std::int64_t hot = 0;                  // of `experts`
  };

  /// Of a layer's experts on one rank.
  struct ExpertWeights {
    Bytes hot;  // routed ones
    Bytes others;
    Bytes shared;
  };

  struct CacheBytes {
    Bytes old;  // all, where ages make no difference
    Bytes recent;
  };

  /// Elements of a head in attention, and of a kv head's token in the cache.
  struct HeadShape {
    std::int64_t key = 0;
    std::int64_t value = 0;
    std::int64_t cached = 0;
  };

  [[nodiscard]] HeadShape head_shape() const;
  [[nodiscard]] Batch batch_of(const Slice& slice, std::int64_t window) const;
  [[nodiscard]] std::int64_t rows_of(const Slice& slice) const;
  [[nodiscard]] std::int64_t arriving_at(const Slice& slice, std::int64_t window) const;
  [[nodiscard]] Bytes activations(std::int64_t elements) const;
  [[nodiscard]] Operator blank(OperatorKind kind, std::string_view name) const;
  [[nodiscard]] Operator elementwise(OperatorKind kind, std::string_view name, std::int64_t elements_in,
                                     std::int64_t elements_out, std::int64_t flops) const;
  [[nodiscard]] Operator norm(std::string_view name, std::int64_t rows) const;
  [[nodiscard]] Operator post_norm(std::string_view name, std::int64_t rows) const;
  // Over `width` elements a row that nothing is added to.
  [[nodiscard]] Operator plain_norm(std::string_view name, std::int64_t rows, std::int64_t width) const;
  [[nodiscard]] Operator rope(std::int64_t rows) const;
  [[nodiscard]] Operator gemm(std::string_view name, std::int64_t m, std::int64_t n, std::int64_t k,
                              const WeightFormat& weights, bool bias = false) const;
  // The same for each of `groups` matrices of their own.
  [[nodiscard]] Operator batched_gemm(std::string_view name, std::int64_t groups, std::int64_t m, std::int64_t n,
                                      std::int64_t k, const WeightFormat& weights) const;
  [[nodiscard]] Operator gated(std::string_view name, std::int64_t rows, std::int64_t width) const;
  void add_ages(const SequenceStep& sequence, std::int64_t window, Batch& batch) const;
  [[nodiscard]] Operator kv_append(const Batch& batch) const;
  [[nodiscard]] Operator attention(const Batch& batch) const;
  [[nodiscard]] Operator sampling(const Batch& batch) const;
  // Nothing is appended when the group is a single rank.
  void append_collective(OperatorKind kind, std::string_view name, Bytes message, std::int64_t group,
                         std::vector<Operator>& out) const;
  void append_replica_all_reduce(std::string_view name, std::int64_t rows, std::vector<Operator>& out) const;
  void append_message(OperatorKind kind, std::string_view name, Bytes message, std::int64_t stages,
                      std::vector<Operator>& out) const;
  void append_retrieval(const Slice& slice, std::vector<Operator>& out) const;
  [[nodiscard]] Bytes corpus_bytes() const;
  void append_kv_move(const Slice& slice, std::int64_t stage, std::vector<Operator>& out) const;
  void append_attention_block(const Batch& batch, std::vector<Operator>& out) const;
  void append_latent_attention_block(const Batch& batch, std::vector<Operator>& out) const;
  void append_mlp_block(const Batch& batch, std::vector<Operator>& out) const;
  void append_experts_block(const Batch& batch, std::vector<Operator>& out) const;
  void append_shared_experts(std::int64_t rows, std::vector<Operator>& out) const;
  void append_routed_experts(const ExpertRows& rows, std::vector<Operator>& out) const;
  void append_exchanged_experts(const Batch& batch, const ExpertRows& rows, std::vector<Operator>& out) const;
  [[nodiscard]] Operator grouped_gemm(std::string_view name, const ExpertRows& rows, std::int64_t n,
                                      std::int64_t k) const;
  [[nodiscard]] ExpertRows expert_rows(std::int64_t tokens) const;
  // Of one layer: all experts; the router; elements of a sequence beside the residual stream.
  [[nodiscard]] ExpertWeights expert_weights() const;
  [[nodiscard]] Bytes router_weights() const;
  [[nodiscard]] std::int64_t experts_activations() const;
  void append_mtp_projection(std::int64_t rows, std::vector<Operator>& out) const;
  // Those of a multi-token prediction module, given those of its layer; of a model, as they are.
  [[nodiscard]] std::vector<MemoryNeed> of_module(std::vector<MemoryNeed> needs) const;
  [[nodiscard]] std::int64_t attention_activations() const;
  [[nodiscard]] CacheBytes kv_cache_bytes(const StepPeak& peak, const StageLayers& layers) const;
  void append_layers(const Slice& slice, std::int64_t all_rows, std::int64_t stage, std::vector<Operator>& out) const;
  void append_embedding(std::int64_t rows, std::vector<Operator>& out) const;
  void append_output(const Batch& batch, std::vector<Operator>& out) const;
  void append_micro_batch(const Slice& slice, std::int64_t all_rows, const StepPart& part,
                          std::vector<Operator>& out) const;
  void receive_tokens(std::int64_t micro_batch, std::int64_t micro_batches, const StepPart& part,
                      std::vector<Operator>& out) const;
  // Projections beside each other from one input.
  [[nodiscard]] std::int64_t up_projections() const { return config_.architecture.gated_mlp ? 2 : 1; }
  [[nodiscard]] bool parallel_blocks() const { return config_.architecture.norms_per_layer == 1; }

  DecodeConfig config_;
  RankShape shape_;
  Arriving arriving_;
  std::vector<std::int64_t> traced_rows_;  ///< of route(): the busiest rank's experts with rows; empty: as configured
  std::int64_t traced_hot_ = 0;            ///< of these, hot ones
  mutable std::map<ExpertShape, std::vector<std::int64_t>> loads_;  ///< of a power law, filled as they are asked for
};

}  // namespace decodesim
