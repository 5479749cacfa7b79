// SPDX-License-Identifier: Apache-2.0
// The part of DecodeStepBuilder that is about latent attention, with the up-projections of keys and values absorbed
// (DeepSeek-V2, arXiv 2405.04434, section 2.1.2):
//
//   qkv_a_proj q_a_norm kv_a_norm q_b_proj k_up [q_all_gather] rope kv_append attention [all_reduce] v_up o_proj
//   [all_reduce] [post_norm]
//
// qkv_a_proj gives the query's latent, the latent that is cached and the shared rotary key; it and the norms are on
// every rank of a replica. Without a query latent, q_proj and kv_a_proj take its place and q_b_proj's. k_up turns each
// head's query into one of the latent's width, v_up each head's weighted sum of latents into its values: batched
// products with a matrix a head, in the weights' format. All heads share the cache, which every tensor rank holds whole
// unless it is split by sequence; then heads are exchanged after k_up, so that every weight stays on one rank.
#include "workloads/decode_step.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kRopeFlops = 3;              // as with key/value heads
constexpr std::int64_t kSoftmaxStatisticBytes = 4;  // as with key/value heads

}  // namespace

void DecodeStepBuilder::append_latent_attention_block(const Batch& batch, std::vector<Operator>& out) const {
  const Architecture& a = config_.architecture;
  const MlaShape& mla = a.mla;
  const WeightFormat& weights = config_.precision.weights;
  const std::int64_t rows = batch.rows;
  const std::int64_t heads = shape_.own_q_heads;
  const std::int64_t entry = mla.kv_rank + mla.rope_head_dim;
  if (mla.q_rank > 0) {
    out.push_back(gemm("qkv_a_proj", rows, mla.q_rank + entry, a.hidden, weights));
    out.push_back(plain_norm("q_a_norm", rows, mla.q_rank));
  } else {
    out.push_back(gemm("kv_a_proj", rows, entry, a.hidden, weights));
  }
  out.push_back(plain_norm("kv_a_norm", rows, mla.kv_rank));
  if (mla.q_rank > 0)
    out.push_back(gemm("q_b_proj", rows, shape_.qkv_columns, mla.q_rank, weights));
  else
    out.push_back(gemm("q_proj", rows, shape_.qkv_columns, a.hidden, weights));
  out.push_back(batched_gemm("k_up", heads, rows, mla.kv_rank, mla.nope_head_dim, weights));
  append_collective(OperatorKind::kAllGather, "q_all_gather", activations(rows * heads * entry), shape_.kv_splits, out);
  const std::int64_t rotated = rows * (shape_.q_heads + 1) * mla.rope_head_dim;
  Operator rope = elementwise(OperatorKind::kRope, "rope", rotated, rotated, kRopeFlops * rotated);
  rope.weight_bytes = activations(a.attention_sinks ? shape_.q_heads : 0);
  out.push_back(rope);
  out.push_back(kv_append(batch));
  out.push_back(attention(batch));
  const std::int64_t partial_heads = rows * shape_.q_heads;
  append_collective(OperatorKind::kAllReduce, "attention_combine",
                    activations(partial_heads * mla.kv_rank) + Bytes(kSoftmaxStatisticBytes) * partial_heads,
                    shape_.kv_splits, out);
  out.push_back(batched_gemm("v_up", heads, rows, mla.value_head_dim, mla.kv_rank, weights));
  out.push_back(gemm("o_proj", rows, a.hidden, shape_.o_rows, weights));
  append_replica_all_reduce("attention_all_reduce", rows, out);
  if (a.norms_per_layer == 4) out.push_back(post_norm("post_attention_norm", rows));
}

}  // namespace decodesim
