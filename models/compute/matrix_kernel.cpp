// SPDX-License-Identifier: Apache-2.0
#include "models/compute/matrix_kernel.hpp"

namespace decodesim {
using namespace literals;

Schema<MatrixKernel> MatrixKernel::schema() {
  using K = MatrixKernel;
  const Range<Duration> time{0_ps, 10_ms};
  const Provenance ideal = derived("what costs nothing");
  Schema<K> s("matrix kernel", "How a library's matrix products use the cores");
  s.field("prologue", &K::prologue, time, "Start of the kernel until its loads stream", ideal)
      .field("epilogue", &K::epilogue, time, "Last product to results that the next kernel sees", ideal)
      .field("tiles", &K::tiles, "Output tiles, rows x columns: the fastest is taken, or by rows (@)",
             derived("none: the accelerator's own tile"))
      .field("stage_depth", &K::stage_depth, {0_B, 1_MiB}, "Bytes of a row in one stage; 0: the accelerator's tile_k",
             derived("0: the accelerator's"))
      .field("stages", &K::stages, {1, 1024}, "Stages on their way at a time", derived("1: none overlap"))
      .field("stage_work", &K::stage_work, time, "Of the vector unit in each stage, which the matrix unit waits for",
             ideal)
      .field("multicast", &K::multicast, {1, 1024}, "Cores that share one load of the activations",
             derived("1: each loads its own"))
      .field("matrix_rate", &K::matrix_rate, {1_percent, 100_percent}, "Of the matrix unit's peak", ideal)
      .field("wave", &K::wave, time, "Set-up of each wave of tiles after the first", ideal)
      .field("split_k", &K::split_k, "Whether idle cores take a part of the depth",
             derived("on: the library knows when it pays"))
      .field("split_pass", &K::split_pass, time, "Adding up the parts of a split, beside their bytes", ideal)
      .field("exposed", &K::exposed, {Ratio(), 100_percent},
             "Of the shorter of loading and computing: what the longer does not hide", ideal)
      .field(
          "quantise_kernels", &K::quantise_kernels, {0, 100},
          "Kernels before it that find the scales of the activations and quantise them; one where the scales are known",
          derived("0: fused into the kernel before"))
      .field("kernels_before", &K::kernels_before, {0, 100}, "Other small kernels before it: index and scatter work",
             derived("0: none"))
      .field("one_kernel_to", &K::one_kernel_to, {0, 1 << 30},
             "Rows beyond which the library runs one kernel more; 0: never", derived("0: never"))
      .field("rereads", &K::rereads,
             "Of a grouped product: the next tile of rows begins when the columns are done, and reads weights that the "
             "cache cannot hold again",
             derived("off: tiles that share weights run together"))
      .field("per_group", &K::per_group, time, "Of a grouped product: bookkeeping of each group with rows", ideal);
  return s;
}

}  // namespace decodesim
