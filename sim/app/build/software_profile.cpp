// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/software_profile.hpp"

namespace decodesim {
using namespace literals;

Schema<KernelParameters> KernelParameters::schema() {
  using P = KernelParameters;
  const Range<Duration> range{0_ps, 10_ms};
  return Schema<P>("software profile's kernels", "Which kernels an operator becomes and what each costs")
      .field("start", &P::start, range, "End of one kernel to the first instruction of the next", required())
      .field("vector_overhead", &P::vector_overhead, range,
             "Of a kernel of the vector unit beside its accesses: scheduling of its blocks, reductions across them, "
             "and until the next kernel sees its results",
             required())
      .field("separate_rope", &P::separate_rope, "Rotary embedding as a kernel of its own", assumed("on"))
      .field("separate_kv_append", &P::separate_kv_append, "Writing new keys and values as a kernel of its own",
             assumed("on"))
      .field("kv_page_tokens", &P::kv_page_tokens, {1, 1 << 20},
             "Tokens of one sequence and head that lie together in the paged KV cache",
             cited("vLLM: block_size 16 by default"))
      .field("sorting_kernels", &P::sorting_kernels, {0, 100},
             "Kernels that sort tokens by the expert that they go to, beside routing itself",
             assumed("0: part of routing"))
      .field("sampling_kernels", &P::sampling_kernels, {0, 1000}, "Kernels from logits to tokens",
             assumed("1: one fused kernel"))
      .field("host_time_per_step", &P::host_time_per_step, {0_ps, 1_s},
             "Host work of a step that the accelerator waits for", required())
      .field("serial_per_layer", &P::serial_per_layer, range,
             "Time of a layer that more ranks do not shorten, beyond what is modelled", derived("0: all is modelled"));
}

const MatrixKernel& MatrixKernels::of(const Operator& op) const {
  const std::int64_t stored = bits_of(op.weight_type);
  if (stored >= 16) return bf16;
  // Unset: 8-bit weights multiply as they are, narrower ones are widened.
  const std::int64_t multiplied = op.multiplies_as ? bits_of(*op.multiplies_as) : (stored == 8 ? 8 : 16);
  if (multiplied >= 16) return weight_only;
  if (stored < 8) return fp4;
  return op.block_scaled ? fp8_block : fp8;
}

Schema<MatrixKernels> MatrixKernels::schema() {
  using K = MatrixKernels;
  return std::move(Schema<K>("matrix kernels", "A library's matrix kernels, by how weights are stored and multiplied")
                       .nested("bf16", &K::bf16, MatrixKernel::schema())
                       .nested("fp8", &K::fp8, MatrixKernel::schema())
                       .nested("fp8_block", &K::fp8_block, MatrixKernel::schema())
                       .nested("weight_only", &K::weight_only, MatrixKernel::schema())
                       .nested("fp4", &K::fp4, MatrixKernel::schema()));
}

const AttentionKernel& AttentionKernels::of(const Operator& op) const {
  const bool narrow = bits_of(op.kv_type) < 16;
  if (op.kind == OperatorKind::kLatentAttention) return narrow ? latent_fp8 : latent;
  const AttentionKernel& kernel = narrow ? fp8 : bf16;
  const std::int64_t group = op.q_heads / std::max<std::int64_t>(1, op.kv_heads);
  if (group >= kernel.least_group && group <= kernel.most_group) return kernel;
  return narrow ? other_groups_fp8 : other_groups;
}

Schema<AttentionKernels> AttentionKernels::schema() {
  using K = AttentionKernels;
  return std::move(Schema<K>("attention kernels", "A library's attention kernels, by the format of the cache")
                       .nested("bf16", &K::bf16, AttentionKernel::schema())
                       .nested("fp8", &K::fp8, AttentionKernel::schema())
                       .nested("other_groups", &K::other_groups, AttentionKernel::schema())
                       .nested("other_groups_fp8", &K::other_groups_fp8, AttentionKernel::schema())
                       .nested("latent", &K::latent, AttentionKernel::schema())
                       .nested("latent_fp8", &K::latent_fp8, AttentionKernel::schema()));
}

}  // namespace decodesim
