// SPDX-License-Identifier: Apache-2.0
// ComputeTiming: how long the cores take for a kernel's arithmetic, and how many of them take part. Plain arithmetic.
//
// Matrix unit: the output is cut into tiles of tile_m x tile_n; tiles run in waves over the cores; when there are
// fewer tiles than cores the depth k is split among them and the parts are added through SRAM (split-K). A tile costs
// its full size however few tokens it holds, and a wave its full time however few tiles it holds.
//
// Attention: each (sequence, KV head) is a unit of work, split along its tokens while cores are idle (split-KV), either
// evenly over all cores (balanced) or every sequence among the same number of cores, so that the longest is waited for;
// the query heads that share a KV head fill a tile of attention_tile_m rows, or waste the rest of it.
// With several queries a sequence (a prompt, drafted tokens) they fill tiles together, each tile being a unit of work.
//
// Vector unit: rows over the cores, each row at one core's SRAM bandwidth or vector rate, whichever takes longer, plus
// the round trips that depend on each other.
//
// Laws, each a test in test/models/compute/compute_timing_test.cpp: work is never faster than FLOPs / rate; one row
// more than a full tile or wave costs a whole one, as does a sequence shorter than a block; a split never leaves a core
// with less than a pipeline's depth of work.
//
// Sources: tile and wave quantisation, NVIDIA "Matrix Multiplication Background User's Guide"; split-KV: Dao et al.,
// "Flash-Decoding for long-context inference", 2023.
#pragma once

#include "models/compute/accelerator_parameters.hpp"
#include "models/compute/command.hpp"

namespace decodesim {

struct ComputeEstimate {
  Duration busy;           ///< of the cores, when data is always there
  Duration tail;           ///< work left when the last byte arrives
  std::int64_t cores = 0;  ///< that load in parallel all the time
};

class ComputeTiming {
 public:
  explicit ComputeTiming(const AcceleratorParameters& parameters) : parameters_(parameters) {}

  [[nodiscard]] ComputeEstimate estimate(const Work& work) const;
  [[nodiscard]] ComputeEstimate matrix(const MatrixWork& work) const;
  [[nodiscard]] ComputeEstimate attention(const AttentionWork& work) const;
  [[nodiscard]] ComputeEstimate vector(const VectorWork& work) const;

  /// Stages of tile_k that a split of k keeps at least, so that the pipeline of a core is filled.
  static constexpr std::int64_t kLeastStages = 4;

 private:
  [[nodiscard]] FlopRate rate_per_core(DataType type) const;
  [[nodiscard]] Duration combine(std::int64_t partial_bytes) const;

  AcceleratorParameters parameters_;
};

}  // namespace decodesim
