// SPDX-License-Identifier: Apache-2.0
#include "models/compute/compute_timing.hpp"

#include <algorithm>

namespace decodesim {
namespace {

// Parts that kernels are split into, as far as there is depth for them.
constexpr std::array<std::int64_t, 16> kSplits{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256};

const MatrixKernel kPlainMatrix;
const AttentionKernel kPlainAttention;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return checked::narrow(checked::divide_up(a, b)); }

Flops product(std::int64_t a, std::int64_t b, std::int64_t c) {
  return Flops(checked::multiply(checked::multiply(2, a), checked::multiply(b, c)));
}

}  // namespace

ComputeTiming::ComputeTiming(const AcceleratorParameters& parameters)
    : parameters_(parameters), shared_(parameters.shared_bandwidth(parameters.cores)) {}

ComputeEstimate ComputeTiming::estimate(const Work& work) const {
  if (const auto* m = std::get_if<MatrixWork>(&work)) return matrix(*m);
  if (const auto* a = std::get_if<AttentionWork>(&work)) return attention(*a);
  if (const auto* v = std::get_if<VectorWork>(&work)) return vector(*v);
  return {Duration(), Duration(), parameters_.cores, Ratio(), 0};
}

Duration ComputeTiming::at_peak(const Work& work) const {
  if (const auto* m = std::get_if<MatrixWork>(&work)) return product(m->rows(), m->n, m->k) / parameters_.rate(m->type);
  if (const auto* a = std::get_if<AttentionWork>(&work))
    return product(std::max(a->attended, a->kv_tokens), a->q_heads, a->head_dim + a->value_elements()) /
           parameters_.rate(a->type);
  return {};
}

FlopRate ComputeTiming::rate_per_core(DataType type, Ratio share) const {
  return std::max(FlopRate(1), scaled(parameters_.rate(type), share) / parameters_.cores);
}

// Partial results go through the shared memory once, written and read by all cores together.
Duration ComputeTiming::combine(std::int64_t partial_bytes) const {
  return through_shared(Bytes(checked::multiply(2, partial_bytes))) + parameters_.sram_latency;
}

ComputeEstimate ComputeTiming::matrix(const MatrixWork& work) const {
  if (!work.group_rows.empty()) return search(work);
  for (const Known& known : known_)
    if (known.work.same_as(work)) return known.estimate;
  known_[oldest_] = {work, search(work)};
  const ComputeEstimate& found = known_[oldest_].estimate;
  oldest_ = (oldest_ + 1) % known_.size();
  return found;
}

ComputeEstimate ComputeTiming::search(const MatrixWork& work) const {
  if (work.m == 0 || work.n == 0 || work.k == 0) return {};
  const MatrixKernel& kernel = work.kernel != nullptr ? *work.kernel : kPlainMatrix;
  const Tile own{parameters_.tile_m, parameters_.tile_n};
  ComputeEstimate best;
  best.cores = -1;
  const std::span<const Tile> tiles =
      kernel.tiles.empty() ? std::span<const Tile>(&own, 1) : kernel.tiles.candidates(work.m);
  for (const Tile& tile : tiles) {
    const ComputeEstimate with = with_tile(work, kernel, tile);
    if (best.cores < 0 || with.busy < best.busy) best = with;
  }
  if (work.groups > 1) best.busy += kernel.per_group * work.group_count();
  best.exposed = kernel.exposed;
  return best;
}

// One core's time for a stage of `depth` elements.
Duration ComputeTiming::stage_of(const MatrixWork& work, const MatrixKernel& kernel, const Tile& tile,
                                 std::int64_t depth) const {
  const Duration arithmetic = product(tile.rows, tile.columns, depth) / rate_per_core(work.type, kernel.matrix_rate);
  const std::int64_t most_rows = work.group_rows.empty() ? work.m : work.group_rows.front();
  const std::int64_t rows = ceil_div(std::min(most_rows, tile.rows), kernel.multicast);
  const Duration port =
      kernel.stage_depth.is_zero()
          ? Duration()
          : size_of(work.type, checked::multiply(rows + tile.columns, depth)) / parameters_.sram_bandwidth_per_core;
  return std::max({arithmetic, port, parameters_.stage_latency / kernel.stages}) + kernel.stage_work;
}

// The fastest split with this tile.
ComputeEstimate ComputeTiming::with_tile(const MatrixWork& work, const MatrixKernel& kernel, const Tile& tile) const {
  const AcceleratorParameters& p = parameters_;
  const std::int64_t depth = kernel.stage_depth.is_zero()
                                 ? p.tile_k
                                 : std::max<std::int64_t>(1, kernel.stage_depth.count() * 8 / bits_of(work.type));
  const std::int64_t tiles = checked::multiply(work.row_tiles(tile.rows), ceil_div(work.n, tile.columns));
  const std::int64_t stages = ceil_div(work.k, depth);
  const Duration stage = stage_of(work, kernel, tile, depth);
  ComputeEstimate best;
  for (const std::int64_t split : kSplits) {
    // More parts than the cores take in one wave only add to each other.
    if (split > 1 &&
        (!kernel.split_k || stages / split < kLeastStages || checked::multiply(tiles, split) > 4 * p.cores))
      break;
    const std::int64_t items = checked::multiply(tiles, split);
    const std::int64_t waves = ceil_div(items, p.cores);
    Duration busy = stage * ceil_div(stages, split) * waves + kernel.wave * (waves - 1);
    if (split > 1)
      busy += kernel.split_pass + combine(checked::multiply(checked::multiply(work.rows(), work.n), 4 * split));
    if (split == 1 || busy < best.busy)
      best = {busy, stage, std::min(items, p.cores), Ratio(), work.row_tiles(tile.rows)};
  }
  return best;
}

struct ComputeTiming::Shape {
  std::int64_t rows = 0;     // of the matrix unit in a block
  std::int64_t units = 0;    // of all sequences and heads
  std::int64_t blocks = 0;   // of a unit, on average, in whole ones
  std::int64_t longest = 0;  // of the unit that has most
};

// One core's time for a block of a unit.
Duration ComputeTiming::block_of(const AttentionWork& work, const AttentionKernel& kernel, std::int64_t rows,
                                 std::int64_t tokens) const {
  const Duration arithmetic =
      product(rows, work.head_dim + work.value_elements(), tokens) / rate_per_core(work.type, kernel.matrix_rate);
  const std::int64_t stages =
      kernel.stage_depth.is_zero() ? 1 : ceil_div(work.bytes_per_token.count(), kernel.stage_depth.count());
  return std::max(arithmetic, parameters_.stage_latency * stages / kernel.stages);
}

ComputeEstimate ComputeTiming::attention(const AttentionWork& work) const {
  const AcceleratorParameters& p = parameters_;
  if (work.sequences == 0 || work.kv_heads == 0 || work.kv_tokens == 0) return {};
  const AttentionKernel& kernel = work.kernel != nullptr ? *work.kernel : kPlainAttention;
  const std::int64_t group = ceil_div(work.q_heads, work.kv_heads);
  const std::int64_t together = std::min(group, kernel.head_tile);
  const std::int64_t head_tiles = ceil_div(group, together);
  const std::int64_t block_tokens = kernel.block_tokens > 0 ? kernel.block_tokens : p.tile_n;
  Shape shape;
  shape.rows = ceil_div(together, p.attention_tile_m) * p.attention_tile_m;
  // Queries of a sequence share tiles; as long as one tile holds them all, they cost what one does.
  const bool one_tile = checked::multiply(work.most_queries, together) <= shape.rows;
  if (!one_tile && kernel.query_tile > 0) shape.rows = kernel.query_tile;
  const std::int64_t query_tiles =
      one_tile ? work.sequences
               : std::max(work.sequences, ceil_div(checked::multiply(work.query_tokens, together), shape.rows));
  const std::int64_t heads = checked::multiply(work.kv_heads, head_tiles);
  shape.units = checked::multiply(query_tiles, heads);
  shape.longest = ceil_div(std::max<std::int64_t>(1, work.longest_context), block_tokens);
  // However short, a sequence costs a whole block.
  std::int64_t all_blocks = std::max(work.sequences, ceil_div(work.kv_tokens, block_tokens));
  // A sequence's last tile sees all of its tokens, which costs no less for a sequence with a single query; the other
  // queries' pairs fill tiles, whose last block the mask cuts in the middle on average. At most a tile too many.
  if (!one_tile)
    all_blocks += ceil_div(query_tiles - work.sequences, 2) +
                  ceil_div(checked::multiply(work.attended - work.kv_tokens, together),
                           checked::multiply(shape.rows, block_tokens));
  shape.blocks = ceil_div(all_blocks, query_tiles);
  all_blocks = checked::multiply(all_blocks, heads);

  const Duration block = block_of(work, kernel, shape.rows, block_tokens);
  const std::int64_t queries = checked::multiply(std::max(work.sequences, work.query_tokens), work.q_heads);
  const std::int64_t partial = checked::multiply(queries, work.value_elements());
  ComputeEstimate best;
  for (const std::int64_t split : kSplits) {
    const std::int64_t items = checked::multiply(shape.units, split);
    if (split > 1 && (split > shape.longest || items > 4 * p.cores)) break;
    // Work that comes in whole units, spread as evenly as they allow; without balance the longest one is waited for.
    const std::int64_t waves = ceil_div(items, p.cores);
    const bool even = split == 1 || kernel.balanced_split;
    const std::int64_t each =
        even ? ceil_div(all_blocks, std::min(items, p.cores)) : waves * ceil_div(shape.blocks, split);
    const std::int64_t slowest = ceil_div(shape.longest, split);
    Duration busy = kernel.unit * waves + block * std::max(each, kernel.balanced_split ? 0 : slowest);
    if (split > 1) busy += kernel.split_pass + combine(checked::multiply(partial, 4 * split));
    // Cores that are done early load nothing more: what counts is how many the busiest one's share would keep busy.
    const std::int64_t most = std::max<std::int64_t>(1, kernel.balanced_split ? each : std::max(each, slowest));
    const std::int64_t cores = std::clamp<std::int64_t>(ceil_div(all_blocks, most), 1, std::min(items, p.cores));
    if (split == 1 || busy < best.busy) best = {busy, block, cores, Ratio(), 0};
  }
  best.exposed = kernel.exposed;
  return best;
}

ComputeEstimate ComputeTiming::vector(const VectorWork& work) const {
  const AcceleratorParameters& p = parameters_;
  if (work.rows == 0) return {};
  const std::int64_t rounds = ceil_div(work.rows, p.cores);
  const Duration one_by_one = work.bytes_per_row / p.sram_bandwidth_per_core * rounds;
  const Duration together = through_shared(work.bytes_per_row * work.rows);
  const FlopRate one_core = std::max(FlopRate(1), p.vector / p.cores);
  const Duration arithmetic = Flops(ceil_div(work.flops.count(), work.rows)) / one_core * rounds;
  const Duration busy = std::max({one_by_one, together, arithmetic}) + p.sram_latency * work.dependent_accesses;
  return {busy, busy, std::min(work.rows, p.cores), Ratio(), 0};
}

}  // namespace decodesim
