// SPDX-License-Identifier: Apache-2.0
#include "workloads/decode_step.hpp"

#include <algorithm>
#include <array>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kWho = "DecodeStepBuilder";

// Elementary operations an element; a transcendental function counts as one.
constexpr std::int64_t kNormFlops = 5;        // residual add, square, sum, scale, weight
constexpr std::int64_t kPostNormFlops = 4;    // the same without the residual
constexpr std::int64_t kRopeFlops = 3;        // a pair takes four products and two sums
constexpr std::int64_t kActivationFlops = 5;  // x / (1 + exp(-x)), times up
constexpr std::int64_t kTokenIdBytes = 4;
constexpr std::int64_t kSoftmaxStatisticBytes = 4;  // log-sum-exp of one head's part, fp32

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

std::string text(std::int64_t n) { return std::to_string(n); }

// Ranks that share one kv head.
std::int64_t kv_group_of(const DecodeConfig& config) {
  return std::max<std::int64_t>(1, config.ranks / config.architecture.kv_heads);
}

RankShape shape_of(const DecodeConfig& config) {
  const Architecture& a = config.architecture;
  RankShape shape;
  shape.kv_group = kv_group_of(config);
  shape.kv_splits = config.kv_split_by_sequence ? shape.kv_group : 1;
  shape.kv_heads = std::max<std::int64_t>(1, a.kv_heads / config.ranks);
  shape.q_heads = a.q_heads / config.ranks * shape.kv_splits;
  shape.qkv_columns = (shape.q_heads + 2 * shape.kv_heads) * a.head_dim / shape.kv_splits;
  shape.o_rows = a.q_heads / config.ranks * a.head_dim;
  shape.intermediate = a.moe_layers() < a.layers ? a.intermediate / config.ranks : 0;
  shape.expert = a.moe.intermediate / config.ranks;
  shape.shared_expert = a.moe.shared_experts * a.moe.shared_intermediate / config.ranks;
  shape.vocabulary = divide_up(a.vocabulary, config.ranks);
  return shape;
}

}  // namespace

std::vector<std::string> model_problems(const Architecture& a) {
  std::vector<std::string> out;
  const auto refuse = [&](bool found, const std::string& what, const std::string& expected) {
    if (found)
      out.push_back("the model " + a.name + " has " + what + ", which decode steps do not do yet; expected " +
                    expected);
  };
  refuse(a.mla.present(), "latent attention", "a model with key/value heads");
  refuse(!a.gated_mlp, "an MLP without gate", "a model with gate, up and down projection");
  refuse(a.norms_per_layer % 2 != 0, text(a.norms_per_layer) + " norms a layer", "2 or 4");
  refuse(a.biases.norms, "norms with biases", "a model with RMSNorm");
  refuse(a.biases.lm_head, "an output projection with bias", "a model without");
  return out;
}

std::vector<std::string> problems(const DecodeConfig& config) {
  const Architecture& a = config.architecture;
  const std::int64_t ranks = config.ranks;
  if (ranks < 1) return {"tensor parallelism " + text(ranks) + " is not positive; expected at least 1"};
  std::vector<std::string> out = model_problems(a);
  const std::string who = "tensor parallelism " + text(ranks);
  if (a.q_heads % ranks != 0)
    out.push_back(who + " does not divide the " + text(a.q_heads) + " query heads of " + a.name +
                  "; expected a divisor of " + text(a.q_heads));
  const auto divide_width = [&](const std::string& what, std::int64_t width) {
    if (width % ranks != 0)
      out.push_back(who + " does not divide the " + what + " width " + text(width) + " of " + a.name +
                    "; expected a divisor of " + text(width));
  };
  if (a.moe_layers() < a.layers) divide_width("MLP", a.intermediate);
  divide_width("expert", a.moe.intermediate);
  divide_width("shared expert", a.moe.shared_intermediate);
  if (a.kv_heads % ranks != 0 && ranks % a.kv_heads != 0)
    out.push_back(who + " neither divides the " + text(a.kv_heads) + " kv heads of " + a.name +
                  " nor is a multiple of them; expected one of the two");
  else if (config.kv_split_by_sequence && 2 * a.head_dim % kv_group_of(config) != 0)
    out.push_back(who + " splits the key and value columns of a kv head (2 x " + text(a.head_dim) + ") into " +
                  text(kv_group_of(config)) + " unequal parts; expected a divisor");
  return out;
}

DecodeStepBuilder::DecodeStepBuilder(DecodeConfig config) : config_(std::move(config)) {
  const std::vector<std::string> found = problems(config_);
  require(found.empty(), kWho, found.empty() ? "" : found.front());
  shape_ = shape_of(config_);
}

DecodeStepBuilder::Batch DecodeStepBuilder::batch_of(std::span<const SequenceStep> sequences,
                                                     std::int64_t window) const {
  require(!sequences.empty(), kWho, "a step needs at least one sequence");
  Batch batch;
  batch.sequences = static_cast<std::int64_t>(sequences.size());
  for (const SequenceStep& sequence : sequences) {
    require(sequence.cached >= 0, kWho, "a context length is not negative");
    require(sequence.tokens >= 1, kWho, "a sequence of a step has at least one new token");
    require(sequence.logits >= 0 && sequence.logits <= sequence.tokens, kWho, "logits are of new tokens");
    const AttentionSpan span = attention_span(sequence, window, shape_.kv_splits);
    batch.rows = checked::add(batch.rows, sequence.tokens);
    batch.logits += sequence.logits;
    batch.kv_tokens = checked::add(batch.kv_tokens, span.read);
    batch.attended = checked::add(batch.attended, span.pairs);
    batch.longest = std::max(batch.longest, span.read);
    batch.most_queries = std::max(batch.most_queries, sequence.tokens);
  }
  return batch;
}

Bytes DecodeStepBuilder::activations(std::int64_t elements) const {
  return size_of(config_.precision.activations, elements);
}

Operator DecodeStepBuilder::blank(OperatorKind kind, std::string_view name) const {
  Operator op;
  op.kind = kind;
  op.name = name;
  op.weight_type = config_.precision.weights;
  op.activation_type = config_.precision.activations;
  op.kv_type = config_.precision.kv_cache;
  return op;
}

Operator DecodeStepBuilder::elementwise(OperatorKind kind, std::string_view name, std::int64_t elements_in,
                                        std::int64_t elements_out, std::int64_t flops) const {
  Operator op = blank(kind, name);
  op.input_bytes = activations(elements_in);
  op.output_bytes = activations(elements_out);
  op.flops = Flops(flops);
  return op;
}

// Reads the residual stream and what is added to it; writes the new residual stream and its normalised form.
Operator DecodeStepBuilder::norm(std::string_view name, std::int64_t rows) const {
  const std::int64_t elements = rows * config_.architecture.hidden;
  Operator op = elementwise(OperatorKind::kNorm, name, 2 * elements, 2 * elements, kNormFlops * elements);
  op.weight_type = config_.precision.activations;
  op.weight_bytes = activations(config_.architecture.hidden);
  op.sequences = rows;
  return op;
}

// Over what attention or the MLP gave, before it is added to the residual stream.
Operator DecodeStepBuilder::post_norm(std::string_view name, std::int64_t rows) const {
  const std::int64_t elements = rows * config_.architecture.hidden;
  Operator op = elementwise(OperatorKind::kNorm, name, elements, elements, kPostNormFlops * elements);
  op.weight_type = config_.precision.activations;
  op.weight_bytes = activations(config_.architecture.hidden);
  op.sequences = rows;
  return op;
}

// Query and key heads are normalised in the same pass, where the model does that; attention sinks are read here too.
Operator DecodeStepBuilder::rope(std::int64_t rows) const {
  const Architecture& a = config_.architecture;
  const std::int64_t rotated = rows * (shape_.q_heads + shape_.kv_heads) * a.head_dim;
  Operator op = elementwise(OperatorKind::kRope, "rope", rotated, rotated, kRopeFlops * rotated);
  op.weight_type = config_.precision.activations;
  op.weight_bytes = activations((a.qk_norm ? 2 * a.head_dim : 0) + (a.attention_sinks ? shape_.q_heads : 0));
  if (a.qk_norm) op.flops += Flops(kPostNormFlops * rotated);
  return op;
}

Operator DecodeStepBuilder::gemm(std::string_view name, std::int64_t m, std::int64_t n, std::int64_t k,
                                 DataType weight_type, bool bias) const {
  Operator op = blank(OperatorKind::kGemm, name);
  op.m = m;
  op.n = n;
  op.k = k;
  op.weight_type = weight_type;
  op.weight_bytes = size_of(weight_type, checked::multiply(n, k)) + activations(bias ? n : 0);
  op.input_bytes = activations(m * k);
  op.output_bytes = activations(m * n);
  op.flops = Flops(2) * checked::multiply(m, checked::multiply(n, k)) + Flops(bias ? m * n : 0);
  return op;
}

Operator DecodeStepBuilder::kv_append(const Batch& batch) const {
  Operator op = blank(OperatorKind::kKvAppend, "kv_append");
  const std::int64_t elements = 2 * batch.rows * shape_.kv_heads * config_.architecture.head_dim;
  op.kv_heads = shape_.kv_heads;
  op.head_dim = config_.architecture.head_dim;
  op.sequences = batch.sequences;
  op.input_bytes = activations(elements);
  op.kv_written = size_of(op.kv_type, elements);
  return op;
}

// Scores and weighted sum: two products of a query head with every token that it sees. The softmax itself is not
// counted.
Operator DecodeStepBuilder::attention(const Batch& batch) const {
  Operator op = blank(OperatorKind::kAttention, "attention");
  const std::int64_t head_dim = config_.architecture.head_dim;
  op.q_heads = shape_.q_heads;
  op.kv_heads = shape_.kv_heads;
  op.head_dim = head_dim;
  op.sequences = batch.sequences;
  op.kv_tokens = batch.kv_tokens;
  op.longest_context = batch.longest;
  op.query_tokens = batch.rows;
  op.most_queries = batch.most_queries;
  op.attended = batch.attended;
  op.kv_read = size_of(op.kv_type, checked::multiply(batch.kv_tokens, 2 * shape_.kv_heads * head_dim));
  op.input_bytes = activations(checked::multiply(batch.rows, shape_.q_heads * head_dim));
  op.output_bytes = op.input_bytes;
  op.flops = Flops(4) * checked::multiply(batch.attended, shape_.q_heads * head_dim);
  return op;
}

Operator DecodeStepBuilder::sampling(const Batch& batch) const {
  const std::int64_t logits = checked::multiply(batch.logits, shape_.vocabulary * config_.ranks);
  Operator op = elementwise(OperatorKind::kSampling, "sampling", logits, 0, logits);
  op.sequences = batch.logits;
  op.output_bytes = Bytes(batch.logits * kTokenIdBytes);
  return op;
}

void DecodeStepBuilder::append_collective(OperatorKind kind, std::string_view name, Bytes message, std::int64_t group,
                                          std::vector<Operator>& out) const {
  if (group == 1) return;
  Operator op = blank(kind, name);
  op.message_bytes = message;
  op.group = group;
  out.push_back(op);
}

void DecodeStepBuilder::append_attention_block(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t rows = batch.rows;
  out.push_back(norm("attention_norm", rows));
  out.push_back(gemm("qkv_proj", rows, shape_.qkv_columns, a.hidden, config_.precision.weights,
                     a.biases.attention != AttentionBias::kNone));
  append_collective(OperatorKind::kAllGather, "qkv_all_gather", activations(rows * shape_.qkv_columns),
                    shape_.kv_splits, out);
  out.push_back(rope(rows));
  out.push_back(kv_append(batch));
  out.push_back(attention(batch));
  const std::int64_t partial_heads = rows * shape_.q_heads;
  append_collective(OperatorKind::kAllReduce, "attention_combine",
                    activations(partial_heads * a.head_dim) + Bytes(kSoftmaxStatisticBytes) * partial_heads,
                    shape_.kv_splits, out);
  out.push_back(gemm("o_proj", rows, a.hidden, shape_.o_rows, config_.precision.weights,
                     a.biases.attention == AttentionBias::kAll));
  append_collective(OperatorKind::kAllReduce, "attention_all_reduce", activations(rows * a.hidden), config_.ranks, out);
  if (a.norms_per_layer == 4) out.push_back(post_norm("post_attention_norm", rows));
}

void DecodeStepBuilder::append_mlp_block(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t hidden = a.hidden;
  const std::int64_t rows = batch.rows;
  const std::int64_t width = shape_.intermediate;
  out.push_back(norm("mlp_norm", rows));
  out.push_back(gemm("gate_up_proj", rows, 2 * width, hidden, config_.precision.weights, a.biases.mlp));
  out.push_back(elementwise(OperatorKind::kActivation, "activation", 2 * rows * width, rows * width,
                            kActivationFlops * rows * width));
  out.push_back(gemm("down_proj", rows, hidden, width, config_.precision.weights, a.biases.mlp));
  append_collective(OperatorKind::kAllReduce, "mlp_all_reduce", activations(rows * hidden), config_.ranks, out);
  if (a.norms_per_layer == 4) out.push_back(post_norm("post_mlp_norm", rows));
}

// Layers of one kind, with a window or without, with experts or without, differ in their number only: the first is
// made, the others are copies.
void DecodeStepBuilder::append_layers(std::span<const SequenceStep> sequences, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  struct Made {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  std::array<Made, 4> made;
  for (std::int32_t layer = 0; layer < static_cast<std::int32_t>(a.layers); ++layer) {
    const bool windowed = a.window.in_layer(layer);
    const bool experts = a.moe.in_layer(layer);
    Made& like = made[(windowed ? 1U : 0U) + (experts ? 2U : 0U)];
    const std::size_t first = out.size();
    if (like.last == 0) {
      const Batch batch = batch_of(sequences, windowed ? a.window.tokens : kNoWindow);
      append_attention_block(batch, out);
      if (experts)
        append_experts_block(batch, out);
      else
        append_mlp_block(batch, out);
      like = {first, out.size()};
    } else {
      for (std::size_t i = like.first; i < like.last; ++i) {
        const Operator copy = out[i];
        out.push_back(copy);
      }
    }
    for (std::size_t i = first; i < out.size(); ++i) out[i].layer = layer;
  }
}

void DecodeStepBuilder::fill(std::span<const std::int64_t> contexts, StepProgram& program) const {
  program.sequences.clear();
  for (const std::int64_t context : contexts) program.sequences.push_back({.cached = context});
  fill(program.sequences, program);
}

void DecodeStepBuilder::fill(std::span<const SequenceStep> sequences, StepProgram& program) const {
  const Architecture& a = config_.architecture;
  const Batch batch = batch_of(sequences, kNoWindow);
  const std::int64_t rows = batch.rows;
  std::vector<Operator>& out = program.operators;
  out.clear();
  constexpr std::int64_t kMostPerLayer = 22;
  constexpr std::int64_t kMostOutside = 6;
  out.reserve(static_cast<std::size_t>(a.layers * kMostPerLayer + kMostOutside));

  Operator embedding = elementwise(OperatorKind::kEmbedding, "embedding", 0, rows * a.hidden, 0);
  embedding.weight_type = config_.precision.lm_head_type();
  embedding.input_bytes = size_of(embedding.weight_type, rows * a.hidden);  // rows of the table: they differ by step
  embedding.sequences = rows;
  out.push_back(embedding);
  append_collective(OperatorKind::kAllReduce, "embedding_all_reduce", activations(rows * a.hidden), config_.ranks, out);

  append_layers(sequences, out);
  out.push_back(norm("final_norm", rows));
  if (batch.logits == 0) return;
  out.push_back(gemm("lm_head", batch.logits, shape_.vocabulary, a.hidden, config_.precision.lm_head_type()));
  append_collective(OperatorKind::kAllGather, "logits_all_gather", activations(batch.logits * shape_.vocabulary),
                    config_.ranks, out);
  out.push_back(sampling(batch));
}

std::vector<MemoryNeed> DecodeStepBuilder::memory_needs(const StepPeak& peak) const {
  const Architecture& a = config_.architecture;
  const Precision& p = config_.precision;
  const std::int64_t table = checked::multiply(shape_.vocabulary, a.hidden);
  const Bytes attention_weights =
      (size_of(p.weights, shape_.qkv_columns * a.hidden) + size_of(p.weights, a.hidden * shape_.o_rows) +
       activations((a.biases.attention != AttentionBias::kNone ? shape_.qkv_columns : 0) +
                   (a.biases.attention == AttentionBias::kAll ? a.hidden : 0) +
                   (a.attention_sinks ? shape_.q_heads : 0))) *
      a.layers;
  const Bytes mlp_weights =
      (size_of(p.weights, 2 * shape_.intermediate * a.hidden) + size_of(p.weights, shape_.intermediate * a.hidden) +
       activations(a.biases.mlp ? 2 * shape_.intermediate + a.hidden : 0)) *
      (a.layers - a.moe_layers());
  // Every sequence's tokens are dealt out to the splits and rounded up.
  const auto tokens_here = [&, splits = shape_.kv_splits](std::int64_t tokens) {
    return divide_up(checked::add(tokens, checked::multiply(peak.sequences, splits - 1)), splits);
  };
  const Bytes kv_layer_token = size_of(p.kv_cache, 2 * shape_.kv_heads * a.head_dim);
  const std::int64_t windowed = a.window_layers();
  // A windowed layer keeps what its new tokens see, and those.
  const std::int64_t seen_before = checked::multiply(peak.sequences, std::max<std::int64_t>(0, a.window.tokens - 1));
  const std::int64_t kept = std::min(peak.kv_tokens, checked::add(seen_before, peak.tokens));
  const Bytes kv_cache = kv_layer_token * (a.layers - windowed) * tokens_here(peak.kv_tokens) +
                         kv_layer_token * windowed * tokens_here(kept);

  const std::int64_t widest = std::max({
      a.hidden + shape_.qkv_columns,                            // around qkv_proj
      (2 * shape_.q_heads + 2 * shape_.kv_heads) * a.head_dim,  // around attention
      a.hidden + 2 * shape_.intermediate,                       // around gate_up_proj
      3 * shape_.intermediate,                                  // around the activation
      experts_activations(),
  });
  const std::int64_t gathered = config_.ranks == 1 ? 0 : shape_.vocabulary * config_.ranks;
  using enum TrafficClass;
  return {
      {"embedding table", kWeights, size_of(p.lm_head_type(), table)},
      {"attention weights", kWeights, attention_weights},
      {"mlp weights", kWeights, mlp_weights},
      {"router weights", kWeights, router_weights() * a.moe_layers()},
      {"expert weights", kWeights, expert_weights() * a.moe_layers()},
      {"norm weights", kWeights, activations(a.norm_parameters())},
      {"lm_head weights", kWeights, a.tied_embeddings ? Bytes(0) : size_of(p.lm_head_type(), table)},
      {"kv cache", kKvCache, kv_cache},
      {"activations", kActivations, activations(checked::multiply(peak.tokens, a.hidden + widest))},
      {"logits", kActivations, activations(checked::multiply(peak.logits, shape_.vocabulary + gathered))},
  };
}

}  // namespace decodesim
