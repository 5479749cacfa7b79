// SPDX-License-Identifier: Apache-2.0
// ComputeTiming: how long the cores take for a kernel's arithmetic, and how many of them take part. Plain arithmetic.
//
// Matrix unit: the output is cut into tiles; tiles run in waves over the cores; a tile takes its depth in stages, each
// as long as the longest of its share of the load latency, its arithmetic and its bytes through the core's port. The
// kernel's library has tiles to choose from, and where it may, it splits the depth among idle cores, the parts being
// added through the shared memory (split-K): the fastest choice is taken. A tile costs its full size however few tokens
// it holds, and a wave its full time however few tiles it holds.
//
// Attention: a unit of work is a sequence and a tile of the query heads that share a KV head. Units run in waves over
// the cores, each for its set-up and its blocks of tokens. Idle cores take parts of the tokens (split-KV), evenly over
// sequences of all lengths (balanced), or every sequence among the same number of cores, so that the longest is waited
// for. Several queries a sequence (a prompt, drafted tokens) fill tiles together, each tile being a unit of work.
//
// Vector unit: rows over the cores, each row at one core's bandwidth or vector rate, whichever takes longer, all
// together at most at the shared memory's, plus the round trips that depend on each other.
//
// Laws, each a test in test/models/compute/compute_timing_test.cpp: work is never faster than FLOPs / rate; one row
// more than a full tile or wave costs a whole one, as does a sequence shorter than a block; a split never leaves a core
// with less than a pipeline's depth of work; no other tile or split that the library has would be faster.
//
// Sources: tile and wave quantisation, NVIDIA "Matrix Multiplication Background User's Guide"; split-KV: Dao et al.,
// "Flash-Decoding for long-context inference", 2023.
#pragma once

#include <array>

#include "models/compute/accelerator_parameters.hpp"
#include "models/compute/command.hpp"

namespace decodesim {

struct ComputeEstimate {
  Duration busy;               ///< of the cores, when data is always there
  Duration tail;               ///< work left when the last byte arrives
  std::int64_t cores = 0;      ///< that load in parallel all the time
  Ratio exposed;               ///< of the shorter of loading and busy: what the longer does not hide
  std::int64_t row_tiles = 0;  ///< of a matrix product, all groups together

  friend bool operator==(const ComputeEstimate&, const ComputeEstimate&) = default;
};

class ComputeTiming {
 public:
  explicit ComputeTiming(const AcceleratorParameters& parameters);

  [[nodiscard]] ComputeEstimate estimate(const Work& work) const;
  [[nodiscard]] ComputeEstimate matrix(const MatrixWork& work) const;
  [[nodiscard]] ComputeEstimate attention(const AttentionWork& work) const;
  [[nodiscard]] ComputeEstimate vector(const VectorWork& work) const;
  /// The time that the matrix unit would need for the work's multiplications at its peak.
  [[nodiscard]] Duration at_peak(const Work& work) const;
  /// `bytes` of operands through the shared on-chip memory, whether they come from it or from beyond.
  [[nodiscard]] Duration through_shared(Bytes bytes) const { return bytes / shared_; }

  /// Stages that a split of k keeps at least, so that the pipeline of a core is filled.
  static constexpr std::int64_t kLeastStages = 4;

 private:
  struct Shape;  // what attention work comes to

  [[nodiscard]] FlopRate rate_per_core(DataType type, Ratio share) const;
  [[nodiscard]] Duration combine(std::int64_t partial_bytes) const;
  [[nodiscard]] ComputeEstimate search(const MatrixWork& work) const;
  [[nodiscard]] ComputeEstimate with_tile(const MatrixWork& work, const MatrixKernel& kernel, const Tile& tile) const;
  [[nodiscard]] Duration stage_of(const MatrixWork& work, const MatrixKernel& kernel, const Tile& tile,
                                  std::int64_t depth) const;
  [[nodiscard]] Duration block_of(const AttentionWork& work, const AttentionKernel& kernel, std::int64_t rows,
                                  std::int64_t tokens) const;

  AcceleratorParameters parameters_;
  Bandwidth shared_;  // of the shared memory, all cores together
  // A step repeats a few shapes layer by layer.
  struct Known {
    MatrixWork work;
    ComputeEstimate estimate;
  };
  mutable std::array<Known, 16> known_{};
  mutable std::size_t oldest_ = 0;
};

}  // namespace decodesim
