// SPDX-License-Identifier: Apache-2.0
// The part of DecodeStepBuilder that reads and writes the cache:
//
//   kv_append   the step's new tokens, which are recent
//   attention   the cached ones, recent and old
//   kv_move     at the end of a micro-batch, those that have come of age (KvAges), of all layers together
#include "workloads/decode_step.hpp"

namespace decodesim {

void DecodeStepBuilder::add_ages(const SequenceStep& sequence, std::int64_t window, Batch& batch) const {
  const KvAges& ages = config_.kv_ages;
  if (!ages.present()) return;
  // Every splits-th token: of the old ones this rank may have one less, and then has one more of the recent ones.
  batch.kv_old = checked::add(batch.kv_old, ages.old_read(sequence, window) / shape_.kv_splits);
  const std::int64_t moved = window == kNoWindow ? ages.moved(sequence) : ages.moved_within(sequence, window);
  batch.kv_moved = checked::add(batch.kv_moved, checked::narrow(checked::divide_up(moved, shape_.kv_splits)));
}

// A latent is both: the key, with the rotary part behind it, and the value.
DecodeStepBuilder::HeadShape DecodeStepBuilder::head_shape() const {
  const Architecture& a = config_.architecture;
  if (!a.mla.present()) return {a.head_dim, a.head_dim, 2 * a.head_dim};
  const std::int64_t entry = a.mla.kv_rank + a.mla.rope_head_dim;
  return {entry, a.mla.kv_rank, entry};
}

Operator DecodeStepBuilder::kv_append(const Batch& batch) const {
  const HeadShape head = head_shape();
  Operator op = blank(OperatorKind::kKvAppend, "kv_append");
  const std::int64_t elements = checked::multiply(batch.rows, shape_.kv_heads * head.cached);
  op.kv_heads = shape_.kv_heads;
  op.head_dim = head.key;
  op.sequences = batch.sequences;
  op.input_bytes = activations(elements);
  op.kv_written = size_of(op.kv_type, elements);
  op.kv_arriving = size_of(op.kv_type, checked::multiply(batch.arriving, shape_.kv_heads * head.cached));
  return op;
}

// Scores and weighted sum: two products of a query head with every token that it sees. The softmax itself is not
// counted.
Operator DecodeStepBuilder::attention(const Batch& batch) const {
  const HeadShape head = head_shape();
  const bool latent = config_.architecture.mla.present();
  Operator op = blank(latent ? OperatorKind::kLatentAttention : OperatorKind::kAttention, "attention");
  op.q_heads = shape_.q_heads;
  op.kv_heads = shape_.kv_heads;
  op.head_dim = head.key;
  op.value_dim = head.value == head.key ? 0 : head.value;
  op.sequences = batch.sequences;
  op.kv_tokens = batch.kv_tokens;
  op.longest_context = batch.longest;
  op.query_tokens = batch.rows;
  op.most_queries = batch.most_queries;
  op.attended = batch.attended;
  op.kv_read = size_of(op.kv_type, checked::multiply(batch.kv_tokens, shape_.kv_heads * head.cached));
  op.kv_old = size_of(op.kv_type, checked::multiply(batch.kv_old, shape_.kv_heads * head.cached));
  op.input_bytes = activations(checked::multiply(batch.rows, shape_.q_heads * head.key));
  op.output_bytes = activations(checked::multiply(batch.rows, shape_.q_heads * head.value));
  op.flops = Flops(2) * checked::multiply(batch.attended, shape_.q_heads * (head.key + head.value));
  return op;
}

void DecodeStepBuilder::append_kv_move(const Slice& slice, std::int64_t stage, std::vector<Operator>& out) const {
  if (!config_.kv_ages.present()) return;
  const WindowShape& window = config_.architecture.window;
  const StageLayers layers = layers_of(config_.architecture.layers, config_.parallel.pipeline, stage);
  const std::int64_t windowed = layers_with(layers, window);
  std::int64_t tokens = checked::multiply(batch_of(slice, kNoWindow).kv_moved, layers.count - windowed);
  if (windowed > 0) tokens = checked::add(tokens, checked::multiply(batch_of(slice, window.tokens).kv_moved, windowed));
  if (tokens == 0) return;
  const HeadShape head = head_shape();
  Operator op = blank(OperatorKind::kKvMove, "kv_move");
  op.kv_heads = shape_.kv_heads;
  op.head_dim = head.key;
  op.kv_read = op.kv_written = size_of(op.kv_type, checked::multiply(tokens, shape_.kv_heads * head.cached));
  out.push_back(op);
}

}  // namespace decodesim
