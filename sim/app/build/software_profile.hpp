// SPDX-License-Identifier: Apache-2.0
// The software side of an accelerator: which kernels an operator becomes and what each costs beside its own work.
// KernelParameters hold for all kernels; the libraries' matrix and attention kernels are parts of their own, one for
// each format that they serve. The collectives' side of a profile is CollectiveParams and AllReduceSelection.
#pragma once

#include "models/compute/attention_kernel.hpp"
#include "models/compute/matrix_kernel.hpp"
#include "sim/core/config/schema.hpp"
#include "workloads/operator.hpp"

namespace decodesim {

struct KernelParameters {
  Duration start;             ///< from the end of one kernel to the first instruction of the next
  Duration vector_overhead;   ///< of a kernel of the vector unit beside its accesses: scheduling, reductions, flush
  bool separate_rope = true;  ///< rotary embedding as a kernel of its own
  bool separate_kv_append = true;     ///< writing the cache as a kernel of its own
  std::int64_t kv_page_tokens = 16;   ///< tokens of one sequence and head that lie together in the KV cache
  std::int64_t sorting_kernels = 0;   ///< kernels that sort tokens by the expert that they go to
  std::int64_t sampling_kernels = 1;  ///< kernels from logits to tokens
  Duration host_time_per_step;        ///< of the host, not hidden behind the accelerator
  Duration serial_per_layer;          ///< what else of a layer cannot be divided among ranks

  static Schema<KernelParameters> schema();
};

/// A library's matrix kernels, by how the weights are stored and multiplied.
struct MatrixKernels {
  MatrixKernel bf16;
  MatrixKernel fp8;          ///< 8-bit weights and activations, a scale factor a matrix or a column
  MatrixKernel fp8_block;    ///< likewise, a scale factor a block
  MatrixKernel weight_only;  ///< narrow weights that are widened
  MatrixKernel fp4;          ///< 4-bit weights that are multiplied with narrow activations

  [[nodiscard]] const MatrixKernel& of(const Operator& op) const;
  static Schema<MatrixKernels> schema();
};

struct AttentionKernels {
  AttentionKernel bf16;
  AttentionKernel fp8;               ///< narrower caches
  AttentionKernel other_groups;      ///< bf16, when the above does not serve a number of query heads a KV head
  AttentionKernel other_groups_fp8;  ///< narrower caches, likewise
  AttentionKernel latent;
  AttentionKernel latent_fp8;

  [[nodiscard]] const AttentionKernel& of(const Operator& op) const;
  static Schema<AttentionKernels> schema();
};

/// All that lowering needs to know.
struct KernelLibrary {
  KernelParameters common;
  MatrixKernels gemm;
  MatrixKernels experts;
  AttentionKernels attention;
};

}  // namespace decodesim
