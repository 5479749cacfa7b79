// SPDX-License-Identifier: Apache-2.0
// KernelParameters: the software side of an accelerator: which kernels an operator becomes and what each costs beside
// its own work. The collectives' side of a profile is CollectiveParams and AllReduceSelection.
#pragma once

#include "sim/core/config/schema.hpp"

namespace decodesim {

struct KernelParameters {
  Duration start;            ///< from the end of one kernel to the first instruction of the next
  Duration matrix_prologue;  ///< in a matrix kernel, until its loads stream
  Duration matrix_epilogue;  ///< in a matrix kernel, from the last product to visible results
  Duration attention_prologue;
  Duration attention_epilogue;
  std::int64_t quantise_kernels = 0;  ///< kernels that quantise the activations before each GEMM with 8-bit weights
  bool separate_rope = true;          ///< rotary embedding as a kernel of its own
  bool separate_kv_append = true;     ///< writing the cache as a kernel of its own
  bool separate_combine = true;       ///< adding up the parts of split-KV attention as a kernel of its own
  bool balanced_split = true;         ///< split-KV attention gives longer sequences more cores
  std::int64_t kv_page_tokens = 16;   ///< tokens of one sequence and head that lie together in the KV cache
  std::int64_t sampling_kernels = 1;  ///< kernels from logits to tokens
  Duration host_time_per_step;        ///< of the host, not hidden behind the accelerator
  Duration serial_per_layer;          ///< what else of a layer cannot be divided among ranks

  static Schema<KernelParameters> schema();
};

}  // namespace decodesim
