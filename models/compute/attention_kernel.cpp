// SPDX-License-Identifier: Apache-2.0
#include "models/compute/attention_kernel.hpp"

namespace decodesim {
using namespace literals;

Schema<AttentionKernel> AttentionKernel::schema() {
  using K = AttentionKernel;
  const Range<Duration> time{0_ps, 10_ms};
  const Range<std::int64_t> heads{1, 1 << 20};
  const Provenance ideal = derived("what costs nothing");
  Schema<K> s("attention kernel", "How a library's decode attention uses the cores");
  s.field("prologue", &K::prologue, time, "Start of the kernel until its first unit begins", ideal)
      .field("epilogue", &K::epilogue, time, "Last unit's end to results that the next kernel sees", ideal)
      .field("kernels_before", &K::kernels_before, {0, 100},
             "Kernels that prepare it, each reading and writing the queries: rotation, quantisation, scheduling",
             derived("0: fused into the kernel before"))
      .field("head_tile", &K::head_tile, heads, "Most query heads of a KV head that one unit of work serves",
             derived("all: they share what is loaded"))
      .field("least_group", &K::least_group, heads, "Fewest query heads a KV head that the kernel serves",
             derived("1: any"))
      .field("most_group", &K::most_group, heads, "Most query heads a KV head that the kernel serves", derived("any"))
      .field("query_tile", &K::query_tile, {0, 65'536},
             "Rows of a tile that the queries of a prompt fill, heads and tokens together; 0: attention_tile_m",
             derived("0: the accelerator's"))
      .field("block_tokens", &K::block_tokens, {0, 65'536},
             "Tokens of a block; a sequence costs whole ones; 0: the accelerator's tile_n",
             derived("0: the accelerator's"))
      .field("stage_depth", &K::stage_depth, {0_B, 1_MiB}, "Bytes of a token in one stage; 0: a block is one stage",
             derived("0: one stage"))
      .field("stages", &K::stages, {1, 1024}, "Stages on their way at a time", derived("1: none overlap"))
      .field("unit", &K::unit, time, "Set-up of a unit of work: page table, queries, results", ideal)
      .field("matrix_rate", &K::matrix_rate, {1_percent, 100_percent}, "Of the matrix unit's peak", ideal)
      .field("balanced_split", &K::balanced_split,
             "Split-KV attention gives longer sequences more cores; else the longest one is waited for",
             cited("FlashAttention 3: num_splits_dynamic of its scheduler metadata"))
      .field("split_pass", &K::split_pass, time, "Adding up the parts of split sequences, beside their bytes", ideal)
      .field("exposed", &K::exposed, {Ratio(), 100_percent},
             "Of the shorter of loading and computing: what the longer does not hide", ideal);
  return s;
}

}  // namespace decodesim
