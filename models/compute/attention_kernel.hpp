// SPDX-License-Identifier: Apache-2.0
// AttentionKernel: how a library's decode attention uses the cores.
//
// A unit of work is a sequence and a tile of at most `head_tile` query heads of one KV head; a core works on one at a
// time: `unit` for its set-up (page table, queries, results), then its tokens in blocks of `block_tokens`. A block is
// loaded in stages of `stage_depth` bytes a token, `stages` of them on their way. Idle cores are given parts of the
// tokens, which a second pass adds up.
#pragma once

#include "sim/core/config/schema.hpp"

namespace decodesim {

struct AttentionKernel {
  Duration prologue;
  Duration epilogue;
  std::int64_t kernels_before = 0;  ///< kernels that prepare it, each reading and writing the queries
  std::int64_t head_tile = 1 << 20;
  std::int64_t least_group = 1;       ///< query heads a KV head for which the library has this kernel
  std::int64_t most_group = 1 << 20;  ///< likewise; others go to the profile's kernel for other groups
  std::int64_t query_tile = 0;        ///< rows of a tile that several queries a sequence fill; zero: attention_tile_m
  std::int64_t block_tokens = 0;      ///< zero: the accelerator's tile_n
  Bytes stage_depth;                  ///< zero: a block is one stage
  std::int64_t stages = 1;
  Duration unit;
  Ratio matrix_rate = Ratio(1'000'000);
  bool balanced_split = true;  ///< longer sequences are split among more cores
  Duration split_pass;
  Ratio exposed;

  static Schema<AttentionKernel> schema();
};

}  // namespace decodesim
