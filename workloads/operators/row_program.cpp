// SPDX-License-Identifier: Apache-2.0
#include "workloads/operators/row_program.hpp"

#include <algorithm>
#include <numeric>

namespace decodesim {
namespace {

using checked::multiply;

// DeepSeek-V2 (arXiv 2405.04434): each token caches a latent and a rotary key, which all heads share.
constexpr std::int64_t kLatent = 512;
constexpr std::int64_t kRotary = 64;
constexpr std::int64_t kRoutingFlops = 5;     // as in decode steps
constexpr std::int64_t kActivationFlops = 5;  // as in decode steps
constexpr DataType kActivations = DataType::kBf16;

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }
Bytes activations(std::int64_t elements) { return size_of(kActivations, elements); }

Operator blank(OperatorKind kind, std::string_view name) {
  Operator op;
  op.kind = kind;
  op.name = name;
  op.activation_type = kActivations;
  return op;
}

Operator gemm(std::string_view name, std::int64_t m, std::int64_t n, std::int64_t k, const WeightFormat& weights) {
  Operator op = blank(OperatorKind::kGemm, name);
  op.m = m;
  op.n = n;
  op.k = k;
  op.weight_type = weights.element;
  op.multiplies_as = weights.multiplies_as;
  op.block_scaled = weights.block_n > 1 && weights.block_k > 1;
  op.scales_unknown = true;  // as benchmarks of engines' operators have it
  op.weight_bytes = weights.bytes(n, k);
  op.input_bytes = activations(multiply(m, k));
  op.output_bytes = activations(multiply(m, n));
  op.flops = Flops(2) * multiply(m, multiply(n, k));
  return op;
}

Operator elementwise(std::string_view name, std::int64_t elements_in, std::int64_t elements_out, std::int64_t flops) {
  Operator op = blank(OperatorKind::kActivation, name);
  op.input_bytes = activations(elements_in);
  op.output_bytes = activations(elements_out);
  op.flops = Flops(flops);
  return op;
}

// `entry`: elements that a token has in the cache of one head.
Operator kv_append(const OperatorRow& row, std::int64_t heads, std::int64_t entry) {
  Operator op = blank(OperatorKind::kKvAppend, "kv_append");
  const std::int64_t elements = multiply(multiply(row.batch, heads), entry);
  op.kv_heads = heads;
  op.head_dim = row.kind == RowKind::kMla ? entry : row.head_dim;
  op.sequences = row.batch;
  op.kv_type = row.kv_type;
  op.input_bytes = activations(elements);
  op.kv_written = size_of(op.kv_type, elements);
  return op;
}

// A query head has `key` elements and gives `value`.
Operator attention(const OperatorRow& row, OperatorKind kind, std::int64_t heads, std::int64_t entry, std::int64_t key,
                   std::int64_t value) {
  Operator op = blank(kind, "attention");
  op.q_heads = row.q_heads;
  op.kv_heads = heads;
  op.head_dim = key;
  op.value_dim = value == key ? 0 : value;
  op.sequences = row.batch;
  op.kv_tokens = multiply(row.batch, row.kv_len);
  op.longest_context = row.kv_len;
  op.kv_type = row.kv_type;
  op.kv_read = size_of(op.kv_type, multiply(multiply(op.kv_tokens, heads), entry));
  op.input_bytes = activations(multiply(multiply(row.batch, row.q_heads), key));
  op.output_bytes = activations(multiply(multiply(row.batch, row.q_heads), value));
  op.flops = Flops(2) * multiply(multiply(op.kv_tokens, row.q_heads), key + value);
  return op;
}

// `rows`: of each expert that has any.
Operator grouped_gemm(std::string_view name, const std::vector<std::int64_t>& rows, std::int64_t n, std::int64_t k,
                      const WeightFormat& weights) {
  const std::int64_t sum = std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
  const auto groups = static_cast<std::int64_t>(rows.size());
  Operator op = gemm(name, divide_up(sum, groups), n, k, weights);
  op.routed = true;
  op.groups = groups;
  op.group_rows = rows;
  op.weight_bytes = op.weight_bytes * groups;
  op.input_bytes = activations(multiply(sum, k));
  op.output_bytes = activations(multiply(sum, n));
  op.flops = Flops(2) * multiply(sum, multiply(n, k));
  return op;
}

OperatorKind kind_of(CollectiveOp op) {
  switch (op) {
    case CollectiveOp::kAllReduce: return OperatorKind::kAllReduce;
    case CollectiveOp::kAllGather: return OperatorKind::kAllGather;
    case CollectiveOp::kReduceScatter: return OperatorKind::kReduceScatter;
    case CollectiveOp::kAllToAll: return OperatorKind::kAllToAll;
    case CollectiveOp::kBroadcast: return OperatorKind::kBroadcast;
    case CollectiveOp::kSendReceive: return OperatorKind::kSendReceive;
  }
  return OperatorKind::kAllReduce;
}

// Its program is chosen by the row and not by the operator's bytes.
Operator collective(const OperatorRow& row) {
  const CollectiveOp which = collective_of(row.kind);
  Operator op = blank(kind_of(which), name_of(which));
  op.message_bytes = row.bytes;
  op.group = row.ranks;
  return op;
}

}  // namespace

const std::vector<std::int64_t>& RowPrograms::rows_of(const ExpertShape& shape) {
  const auto found = loads_.find(shape);
  return found != loads_.end() ? found->second : loads_.emplace(shape, rows_per_expert(shape)).first->second;
}

// As in a decode step, less norm and router; rows are brought into the experts' order by a kernel of its own.
void RowPrograms::moe(const OperatorRow& row, std::vector<Operator>& out) {
  const ExpertShape& shape = row.experts;
  const std::vector<std::int64_t>& rows = rows_of(shape);
  const std::int64_t routed = std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
  const std::int64_t width = divide_up(row.intermediate, row.tp);
  const std::int64_t logits = multiply(shape.tokens, shape.experts);
  Operator routing =
      elementwise("routing", logits, multiply(2, multiply(shape.tokens, shape.top_k)), multiply(kRoutingFlops, logits));
  routing.kind = OperatorKind::kRouting;
  routing.sequences = shape.tokens;
  out.push_back(routing);
  const std::int64_t moved = multiply(routed, row.hidden);
  out.push_back(elementwise("experts_permute", moved, moved, 0));
  out.push_back(grouped_gemm("experts_gate_up", rows, multiply(2, width), row.hidden, row.weights));
  const std::int64_t gated = multiply(routed, width);
  out.push_back(elementwise("experts_activation", multiply(2, gated), gated, multiply(kActivationFlops, gated)));
  out.push_back(grouped_gemm("experts_down", rows, row.hidden, width, row.weights));
  out.push_back(elementwise("experts_combine", moved, multiply(shape.tokens, row.hidden), multiply(2, moved)));
}

void RowPrograms::fill(const OperatorRow& row, StepProgram& step) {
  std::vector<Operator>& out = step.operators;
  out.clear();
  switch (row.kind) {
    case RowKind::kGemm: out.push_back(gemm("gemm", row.m, row.n, row.k, row.weights)); break;
    case RowKind::kAttention:
      out.push_back(kv_append(row, row.kv_heads, multiply(2, row.head_dim)));
      out.push_back(attention(row, OperatorKind::kAttention, row.kv_heads, multiply(2, row.head_dim), row.head_dim,
                              row.head_dim));
      break;
    case RowKind::kMla:
      out.push_back(kv_append(row, 1, kLatent + kRotary));
      out.push_back(attention(row, OperatorKind::kLatentAttention, 1, kLatent + kRotary, kLatent + kRotary, kLatent));
      break;
    case RowKind::kMoe: moe(row, out); break;
    case RowKind::kAllReduce:
    case RowKind::kAllGather:
    case RowKind::kReduceScatter:
    case RowKind::kAllToAll:
    case RowKind::kBroadcast:
    case RowKind::kSendReceive: out.push_back(collective(row)); break;
  }
  for (Operator& op : out) op.buffers = row.buffers;
}

Bytes cache_bytes(const StepProgram& step) {
  Bytes bytes;
  for (const Operator& op : step.operators) bytes = std::max({bytes, op.kv_read, op.kv_written});
  return bytes;
}

}  // namespace decodesim
