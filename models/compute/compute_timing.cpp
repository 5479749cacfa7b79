// SPDX-License-Identifier: Apache-2.0
#include "models/compute/compute_timing.hpp"

#include <algorithm>

namespace decodesim {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

Flops product(std::int64_t a, std::int64_t b, std::int64_t c) {
  return Flops(checked::multiply(checked::multiply(2, a), checked::multiply(b, c)));
}

}  // namespace

ComputeEstimate ComputeTiming::estimate(const Work& work) const {
  if (const auto* m = std::get_if<MatrixWork>(&work)) return matrix(*m);
  if (const auto* a = std::get_if<AttentionWork>(&work)) return attention(*a);
  if (const auto* v = std::get_if<VectorWork>(&work)) return vector(*v);
  return {Duration(), Duration(), parameters_.cores};
}

FlopRate ComputeTiming::rate_per_core(DataType type) const {
  return std::max(FlopRate(1), parameters_.rate(type) / parameters_.cores);
}

// Partial results go through SRAM once, written and read by all cores together.
Duration ComputeTiming::combine(std::int64_t partial_bytes) const {
  const Bandwidth all_cores = parameters_.sram_bandwidth_per_core * parameters_.cores;
  return Bytes(checked::multiply(2, partial_bytes)) / all_cores + parameters_.sram_latency;
}

ComputeEstimate ComputeTiming::matrix(const MatrixWork& work) const {
  const AcceleratorParameters& p = parameters_;
  if (work.m == 0 || work.n == 0 || work.k == 0) return {};
  const std::int64_t tiles = checked::multiply(work.row_tiles(p.tile_m), ceil_div(work.n, p.tile_n));
  const std::int64_t stages = ceil_div(work.k, p.tile_k);
  const std::int64_t split =
      std::clamp<std::int64_t>(p.cores / tiles, 1, std::max<std::int64_t>(1, stages / kLeastStages));
  const std::int64_t items = checked::multiply(tiles, split);
  const std::int64_t waves = ceil_div(items, p.cores);
  const FlopRate rate = rate_per_core(work.type);
  const Duration stage = product(p.tile_m, p.tile_n, p.tile_k) / rate;
  Duration busy = stage * ceil_div(stages, split) * waves;
  Duration tail = stage;
  if (split > 1) {
    const Duration reduction = combine(checked::multiply(checked::multiply(work.rows(), work.n), 4 * split));
    busy += reduction;
    tail += reduction;
  }
  return {busy, tail, std::min(items, p.cores)};
}

ComputeEstimate ComputeTiming::attention(const AttentionWork& work) const {
  const AcceleratorParameters& p = parameters_;
  if (work.sequences == 0 || work.kv_heads == 0 || work.kv_tokens == 0) return {};
  const std::int64_t group = ceil_div(work.q_heads, work.kv_heads);
  const std::int64_t rows = ceil_div(group, p.attention_tile_m) * p.attention_tile_m;
  // Queries of a sequence share tiles; as long as one tile holds them all, they cost what one does.
  const bool one_tile = checked::multiply(work.most_queries, group) <= rows;
  const std::int64_t query_tiles =
      one_tile ? work.sequences : std::max(work.sequences, ceil_div(checked::multiply(work.query_tokens, group), rows));
  const std::int64_t units = checked::multiply(query_tiles, work.kv_heads);
  const std::int64_t least_tokens = std::max<std::int64_t>(1, p.tile_n);
  const std::int64_t longest_blocks = ceil_div(std::max<std::int64_t>(1, work.longest_context), least_tokens);
  const std::int64_t split = std::clamp<std::int64_t>(p.cores / units, 1, longest_blocks);
  const FlopRate rate = rate_per_core(work.type);
  const Duration block = product(rows, work.head_dim + work.value_elements(), least_tokens) / rate;
  // However short, a sequence costs a whole block.
  std::int64_t blocks_a_head = std::max(work.sequences, ceil_div(work.kv_tokens, least_tokens));
  // A sequence's last tile sees all of its tokens, which costs no less for a sequence with a single query; the other
  // queries' pairs fill tiles, whose last block the mask cuts in the middle on average. At most a tile too many.
  if (!one_tile)
    blocks_a_head +=
        ceil_div(query_tiles - work.sequences, 2) +
        ceil_div(checked::multiply(work.attended - work.kv_tokens, group), checked::multiply(rows, least_tokens));
  const std::int64_t all_blocks = checked::multiply(blocks_a_head, work.kv_heads);
  // Unless longer sequences are given more cores, the longest one's part is what is waited for.
  const std::int64_t even = ceil_div(all_blocks, p.cores);
  const std::int64_t blocks = work.balanced ? even : std::max(even, ceil_div(longest_blocks, split));
  Duration busy = block * blocks;
  Duration tail = block;
  if (split > 1) {
    const std::int64_t partial = checked::multiply(
        checked::multiply(std::max(work.sequences, work.query_tokens), work.q_heads), work.value_elements());
    const Duration reduction = combine(checked::multiply(partial, 4 * split));
    busy += reduction;
    tail += reduction;
  }
  // Cores that are done early load nothing more: what counts is how many the busiest one's share would keep busy.
  return {busy, tail, std::min(ceil_div(all_blocks, blocks), p.cores)};
}

ComputeEstimate ComputeTiming::vector(const VectorWork& work) const {
  const AcceleratorParameters& p = parameters_;
  if (work.rows == 0) return {};
  const std::int64_t rounds = ceil_div(work.rows, p.cores);
  const Duration moving = work.bytes_per_row / p.sram_bandwidth_per_core * rounds;
  const FlopRate one_core = std::max(FlopRate(1), p.vector / p.cores);
  const Duration arithmetic = Flops(ceil_div(work.flops.count(), work.rows)) / one_core * rounds;
  const Duration busy = std::max(moving, arithmetic) + p.sram_latency * work.dependent_accesses;
  return {busy, busy, std::min(work.rows, p.cores)};
}

}  // namespace decodesim
