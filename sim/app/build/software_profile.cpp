// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/software_profile.hpp"

namespace decodesim {
using namespace literals;

Schema<KernelParameters> KernelParameters::schema() {
  using P = KernelParameters;
  const Range<Duration> range{0_ps, 10_ms};
  return Schema<P>("software profile's kernels", "Which kernels an operator becomes and what each costs")
      .field("start", &P::start, range, "End of one kernel to the first instruction of the next", required())
      .field("matrix_prologue", &P::matrix_prologue, range,
             "In a matrix kernel: scheduling of its blocks, descriptors and barriers, until its loads stream",
             required())
      .field("matrix_epilogue", &P::matrix_epilogue, range,
             "In a matrix kernel: last product to results that the next kernel sees", required())
      .field("attention_prologue", &P::attention_prologue, range,
             "In an attention kernel: page table look-ups and set-up, until its loads stream", required())
      .field("attention_epilogue", &P::attention_epilogue, range,
             "In an attention kernel: last product to results that the next kernel sees", required())
      .field("quantise_kernels", &P::quantise_kernels, {0, 100},
             "Kernels that quantise the activations before each GEMM with 8-bit or narrower weights",
             assumed("0: quantisation is fused into the kernel before"))
      .field("separate_rope", &P::separate_rope, "Rotary embedding as a kernel of its own", assumed("on"))
      .field("separate_kv_append", &P::separate_kv_append, "Writing new keys and values as a kernel of its own",
             assumed("on"))
      .field("separate_combine", &P::separate_combine,
             "Adding up the parts of split-KV attention as a kernel of its own", assumed("on"))
      .field("balanced_split", &P::balanced_split,
             "Split-KV attention gives longer sequences more cores; else the longest one is waited for",
             cited("FlashAttention 3: num_splits_dynamic of its scheduler metadata"))
      .field("kv_page_tokens", &P::kv_page_tokens, {1, 1 << 20},
             "Tokens of one sequence and head that lie together in the paged KV cache",
             cited("vLLM: block_size 16 by default"))
      .field("sampling_kernels", &P::sampling_kernels, {0, 1000}, "Kernels from logits to tokens",
             assumed("1: one fused kernel"))
      .field("host_time_per_step", &P::host_time_per_step, {0_ps, 1_s},
             "Host work of a step that the accelerator waits for", required())
      .field("serial_per_layer", &P::serial_per_layer, range,
             "Time of a layer that more ranks do not shorten, beyond what is modelled", derived("0: all is modelled"));
}

}  // namespace decodesim
