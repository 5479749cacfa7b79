// SPDX-License-Identifier: Apache-2.0
#include "workloads/decode_step.hpp"

#include <algorithm>
#include <array>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kWho = "DecodeStepBuilder";

// Elementary operations an element; a transcendental function counts as one.
constexpr std::int64_t kNormFlops = 4;        // square, sum, scale, weight; each addition to the residual is one more
constexpr std::int64_t kLayerNormFlops = 3;   // mean, difference, bias
constexpr std::int64_t kRopeFlops = 3;        // a pair takes four products and two sums
constexpr std::int64_t kActivationFlops = 5;  // x / (1 + exp(-x)), times up
constexpr std::int64_t kTokenIdBytes = 4;
constexpr std::int64_t kSoftmaxStatisticBytes = 4;  // log-sum-exp of one head's part, fp32

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

}  // namespace

DecodeStepBuilder::DecodeStepBuilder(DecodeConfig config) : config_(std::move(config)) {
  const std::vector<std::string> found = problems(config_);
  require(found.empty(), kWho, found.empty() ? "" : found.front());
  shape_ = shape_of(config_.architecture, config_.parallel, config_.kv_split_by_sequence);
}

std::int64_t DecodeStepBuilder::micro_batches(std::int64_t sequences) const {
  return std::min(config_.parallel.pipeline, divide_up(sequences, config_.parallel.data));
}

// A replica without sequences has a dummy one.
std::int64_t DecodeStepBuilder::rows_of(const Slice& slice) const {
  std::int64_t rows = 0;
  for (std::size_t i = slice.first; i < slice.sequences.size(); i += slice.stride)
    rows = checked::add(rows, slice.sequences[i].tokens);
  return std::max<std::int64_t>(rows, 1);
}

DecodeStepBuilder::Batch DecodeStepBuilder::batch_of(const Slice& slice, std::int64_t window) const {
  Batch batch;
  const auto add = [&](const SequenceStep& sequence) {
    require(sequence.cached >= 0, kWho, "a context length is not negative");
    require(sequence.tokens >= 1, kWho, "a sequence of a step has at least one new token");
    require(sequence.logits >= 0 && sequence.logits <= sequence.tokens, kWho, "logits are of new tokens");
    const AttentionSpan span = attention_span(sequence, window, shape_.kv_splits);
    ++batch.sequences;
    batch.rows = checked::add(batch.rows, sequence.tokens);
    batch.logits += sequence.logits;
    batch.kv_tokens = checked::add(batch.kv_tokens, span.read);
    batch.attended = checked::add(batch.attended, span.pairs);
    batch.longest = std::max(batch.longest, span.read);
    batch.most_queries = std::max(batch.most_queries, sequence.tokens);
    add_ages(sequence, window, batch);
  };
  for (std::size_t i = slice.first; i < slice.sequences.size(); i += slice.stride) add(slice.sequences[i]);
  if (batch.sequences == 0) add({});
  batch.arriving = arriving_at(slice, window);
  return batch;
}

// Of a prompt, a layer with a window keeps the last tokens only.
std::int64_t DecodeStepBuilder::arriving_at(const Slice& slice, std::int64_t window) const {
  const std::int64_t kept =
      checked::multiply_divide_up(arriving_.tokens, std::min(arriving_.prompt, window), arriving_.prompt);
  return divide_up(divide_up(kept, static_cast<std::int64_t>(slice.stride)), shape_.kv_splits);
}

Bytes DecodeStepBuilder::activations(std::int64_t elements) const {
  return size_of(config_.precision.activations, elements);
}

Operator DecodeStepBuilder::blank(OperatorKind kind, std::string_view name) const {
  Operator op;
  op.kind = kind;
  op.name = name;
  op.weight_type = config_.precision.weights.element;
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
  const std::int64_t added = parallel_blocks() ? 2 : 1;
  Operator op = plain_norm(name, rows, config_.architecture.hidden);
  op.input_bytes = activations((1 + added) * elements);
  op.output_bytes = activations(2 * elements);
  op.flops += Flops(added * elements);
  return op;
}

// Over what attention or the MLP gave, before it is added to the residual stream.
Operator DecodeStepBuilder::post_norm(std::string_view name, std::int64_t rows) const {
  return plain_norm(name, rows, config_.architecture.hidden);
}

Operator DecodeStepBuilder::plain_norm(std::string_view name, std::int64_t rows, std::int64_t width) const {
  const bool biased = config_.architecture.biases.norms;
  const std::int64_t elements = rows * width;
  Operator op = elementwise(OperatorKind::kNorm, name, elements, elements,
                            (kNormFlops + (biased ? kLayerNormFlops : 0)) * elements);
  op.weight_type = config_.precision.activations;
  op.weight_bytes = activations((biased ? 2 : 1) * width);
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
  if (a.qk_norm) op.flops += Flops(kNormFlops * rotated);
  return op;
}

Operator DecodeStepBuilder::gemm(std::string_view name, std::int64_t m, std::int64_t n, std::int64_t k,
                                 const WeightFormat& weights, bool bias) const {
  Operator op = blank(OperatorKind::kGemm, name);
  op.m = m;
  op.n = n;
  op.k = k;
  op.weight_type = weights.element;
  op.multiplies_as = weights.multiplied_in(op.activation_type);
  op.block_scaled = weights.block_n > 1 && weights.block_k > 1;
  op.weight_bytes = weights.bytes(n, k) + activations(bias ? n : 0);
  op.input_bytes = activations(m * k);
  op.output_bytes = activations(m * n);
  op.flops = Flops(2) * checked::multiply(m, checked::multiply(n, k)) + Flops(bias ? m * n : 0);
  return op;
}

Operator DecodeStepBuilder::batched_gemm(std::string_view name, std::int64_t groups, std::int64_t m, std::int64_t n,
                                         std::int64_t k, const WeightFormat& weights) const {
  Operator op = gemm(name, m, n, k, weights);
  op.groups = groups;
  op.weight_bytes = op.weight_bytes * groups;
  op.input_bytes = op.input_bytes * groups;
  op.output_bytes = op.output_bytes * groups;
  op.flops = op.flops * groups;
  return op;
}

// What lies between up and down projection.
Operator DecodeStepBuilder::gated(std::string_view name, std::int64_t rows, std::int64_t width) const {
  const std::int64_t elements = checked::multiply(rows, width);
  const std::int64_t flops = kActivationFlops - (config_.architecture.gated_mlp ? 0 : 1);  // no product with a gate
  return elementwise(OperatorKind::kActivation, name, up_projections() * elements, elements, flops * elements);
}

Operator DecodeStepBuilder::sampling(const Batch& batch) const {
  const std::int64_t logits = checked::multiply(batch.logits, shape_.vocabulary * config_.parallel.replica_ranks());
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

void DecodeStepBuilder::append_replica_all_reduce(std::string_view name, std::int64_t rows,
                                                  std::vector<Operator>& out) const {
  append_collective(OperatorKind::kAllReduce, name, activations(rows * config_.architecture.hidden),
                    config_.parallel.replica_ranks(), out);
}

void DecodeStepBuilder::append_message(OperatorKind kind, std::string_view name, Bytes message, std::int64_t stages,
                                       std::vector<Operator>& out) const {
  Operator op = blank(kind, name);
  op.message_bytes = message;
  op.group = 2;
  op.peer = stages * config_.parallel.stage_ranks();
  out.push_back(op);
}

void DecodeStepBuilder::append_attention_block(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t rows = batch.rows;
  out.push_back(norm("attention_norm", rows));
  if (a.mla.present()) return append_latent_attention_block(batch, out);
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
  append_replica_all_reduce("attention_all_reduce", rows, out);
  if (a.norms_per_layer == 4) out.push_back(post_norm("post_attention_norm", rows));
}

void DecodeStepBuilder::append_mlp_block(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const std::int64_t rows = batch.rows;
  const std::int64_t width = shape_.intermediate;
  if (!parallel_blocks()) out.push_back(norm("mlp_norm", rows));
  out.push_back(gemm(a.gated_mlp ? "gate_up_proj" : "up_proj", rows, up_projections() * width, a.hidden,
                     config_.precision.weights, a.biases.mlp));
  out.push_back(gated("activation", rows, width));
  out.push_back(gemm("down_proj", rows, a.hidden, width, config_.precision.weights, a.biases.mlp));
  append_replica_all_reduce("mlp_all_reduce", rows, out);
  if (a.norms_per_layer == 4) out.push_back(post_norm("post_mlp_norm", rows));
}

// Layers of one kind, with a window or without, with experts or without, differ in their number only: the first is
// made, the others are copies.
void DecodeStepBuilder::append_layers(const Slice& slice, std::int64_t all_rows, std::int64_t stage,
                                      std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  struct Made {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  std::array<Made, 4> made;
  const StageLayers layers = layers_of(a.layers, config_.parallel.pipeline, stage);
  for (std::int64_t layer = layers.first; layer < layers.first + layers.count; ++layer) {
    const bool windowed = a.window.in_layer(layer);
    const bool experts = a.moe.in_layer(layer);
    Made& like = made[(windowed ? 1U : 0U) + (experts ? 2U : 0U)];
    const std::size_t first = out.size();
    if (like.last == 0) {
      Batch batch = batch_of(slice, windowed ? a.window.tokens : kNoWindow);
      batch.all_rows = all_rows;
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
    for (std::size_t i = first; i < out.size(); ++i) out[i].layer = static_cast<std::int32_t>(layer);
  }
}

void DecodeStepBuilder::append_embedding(std::int64_t rows, std::vector<Operator>& out) const {
  const std::int64_t elements = rows * config_.architecture.hidden;
  Operator embedding = elementwise(OperatorKind::kEmbedding, "embedding", 0, elements, 0);
  embedding.weight_type = config_.precision.lm_head_type();
  embedding.input_bytes = size_of(embedding.weight_type, elements);  // rows of the table: they differ by step
  embedding.sequences = rows;
  out.push_back(embedding);
  append_replica_all_reduce("embedding_all_reduce", rows, out);
}

void DecodeStepBuilder::append_output(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  out.push_back(norm("final_norm", batch.rows));
  if (batch.logits == 0) return;
  out.push_back(
      gemm("lm_head", batch.logits, shape_.vocabulary, a.hidden, config_.precision.lm_head_type(), a.biases.lm_head));
  append_collective(OperatorKind::kAllGather, "logits_all_gather", activations(batch.logits * shape_.vocabulary),
                    config_.parallel.replica_ranks(), out);
  out.push_back(sampling(batch));
}

// Before micro-batch i, those of micro-batch i of the step before; before the last one, all that are left.
void DecodeStepBuilder::receive_tokens(std::int64_t micro_batch, std::int64_t micro_batches, const StepPart& part,
                                       std::vector<Operator>& out) const {
  const bool last = micro_batch + 1 == micro_batches;
  const std::int64_t until = last ? part.tokens_before : std::min(micro_batch + 1, part.tokens_before);
  for (std::int64_t i = std::min(micro_batch, part.tokens_before); i < until; ++i)
    append_message(OperatorKind::kReceive, "receive_tokens", Bytes(), config_.parallel.pipeline - 1, out);
}

// Weights are the same in each: operators are numbered from their micro-batch's first.
void DecodeStepBuilder::append_micro_batch(const Slice& slice, std::int64_t all_rows, const StepPart& part,
                                           std::vector<Operator>& out) const {
  const Parallelism& p = config_.parallel;
  const std::size_t begin = out.size();
  const Batch batch = batch_of(slice, kNoWindow);
  const Bytes hidden =
      activations(divide_up(checked::multiply(batch.rows, config_.architecture.hidden), p.replica_ranks()));
  if (part.stage == 0) {
    append_embedding(batch.rows, out);
    if (config_.mtp_module) append_mtp_projection(batch.rows, out);
  } else {
    append_message(OperatorKind::kReceive, "receive_hidden", Bytes(), -1, out);
    append_collective(OperatorKind::kAllGather, "hidden_all_gather", hidden, p.replica_ranks(), out);
  }
  append_retrieval(slice, out);
  append_layers(slice, all_rows, part.stage, out);
  if (part.stage + 1 < p.pipeline) {
    append_message(OperatorKind::kSend, "send_hidden", hidden, 1, out);
  } else {
    append_output(batch, out);
    if (part.returns_tokens)
      append_message(OperatorKind::kSend, "send_tokens", Bytes(kTokenIdBytes) * batch.rows, 1 - p.pipeline, out);
  }
  append_kv_move(slice, part.stage, out);
  for (std::size_t i = begin; i < out.size(); ++i) out[i].tensor = static_cast<std::int32_t>(i - begin);
}

void DecodeStepBuilder::fill(std::span<const std::int64_t> contexts, StepProgram& program) const {
  program.sequences.clear();
  for (const std::int64_t context : contexts) program.sequences.push_back({.cached = context});
  fill(program.sequences, program);
}

void DecodeStepBuilder::fill(std::span<const SequenceStep> sequences, const StepPart& part,
                             StepProgram& program) const {
  require(!sequences.empty(), kWho, "a step needs at least one sequence");
  const Parallelism& p = config_.parallel;
  require(part.stage < p.pipeline && part.replica < p.data, kWho, "the part is one of the sharding");
  program.experts = shape_.experts;
  program.hot_experts = hot_experts();
  std::vector<Operator>& out = program.operators;
  out.clear();
  const std::int64_t parts = micro_batches(static_cast<std::int64_t>(sequences.size()));
  constexpr std::int64_t kMostPerLayer = 32;
  constexpr std::int64_t kMostOutside = 15;
  const std::int64_t layers = layers_of(config_.architecture.layers, p.pipeline, part.stage).count;
  out.reserve(static_cast<std::size_t>(p.pipeline * (layers * kMostPerLayer + kMostOutside)));
  for (std::int64_t i = 0; i < parts; ++i) {
    const auto slice = [&](std::int64_t replica) {
      return Slice{sequences, static_cast<std::size_t>(replica + p.data * i), static_cast<std::size_t>(p.data * parts)};
    };
    std::int64_t all_rows = 0;
    for (std::int64_t replica = 0; replica < p.data; ++replica)
      all_rows = checked::add(all_rows, rows_of(slice(replica)));
    if (part.stage == 0) receive_tokens(i, parts, part, out);
    append_micro_batch(slice(part.replica), all_rows, part, out);
  }
}

}  // namespace decodesim
