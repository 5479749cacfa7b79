// SPDX-License-Identifier: Apache-2.0
// MatrixKernel: how a library's matrix product uses the cores. What the cores can do is the accelerator's; what the
// product's shape is, the command's.
//
// A core works on an output tile. It takes the depth k in stages, `stages` of them on their way at a time, so that a
// stage takes the longest of its share of the load latency, its tile's arithmetic, and its bytes through the core's
// port. Tiles run in waves over the cores; each wave after the first costs `wave` to set up. Where the library splits
// k, idle cores take a part of the depth, and a second pass adds the parts up.
#pragma once

#include "models/compute/tile_list.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

struct MatrixKernel {
  Duration prologue;  ///< start of the kernel until its loads stream
  Duration epilogue;  ///< last product to results that the next kernel sees
  TileList tiles;     ///< empty: the accelerator's own
  Bytes stage_depth;  ///< of a row, in one stage; zero: the accelerator's tile_k
  std::int64_t stages = 1;
  Duration stage_work;                   ///< of the vector unit in each stage, which the matrix unit waits for
  std::int64_t multicast = 1;            ///< cores that share one load of the activations
  Ratio matrix_rate = Ratio(1'000'000);  ///< of the matrix unit's peak
  Duration wave;
  bool split_k = true;
  Duration split_pass;
  Ratio exposed;                      ///< of the shorter of loading and computing, what the longer does not hide
  std::int64_t quantise_kernels = 0;  ///< kernels before it that quantise the activations
  std::int64_t kernels_before = 0;    ///< other small kernels before it
  std::int64_t one_kernel_to = 0;     ///< rows beyond which the library runs one kernel more; 0: never
  bool rereads = false;  ///< of a grouped product: tiles of one group's further rows read its weights again
  Duration per_group;    ///< of a grouped product: bookkeeping a group

  static Schema<MatrixKernel> schema();
};

}  // namespace decodesim
