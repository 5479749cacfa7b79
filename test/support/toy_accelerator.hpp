// SPDX-License-Identifier: Apache-2.0
// An accelerator for tests whose numbers can be reckoned by hand.
#pragma once

#include "models/compute/accelerator_parameters.hpp"

namespace decodesim::test {

/// 4 cores of 1 TFLOP/s, tiles of 16 x 16 x 16, 1 GB/s of SRAM a core, no latencies.
inline AcceleratorParameters toy_accelerator() {
  using namespace literals;
  AcceleratorParameters p;
  p.cores = 4;
  p.clock = 1000_MHz;
  p.bf16 = 4_TFLOPs;
  p.vector = 1_TFLOPs;
  p.tile_m = p.tile_n = p.tile_k = p.attention_tile_m = 16;
  p.sram = 1_MiB;
  p.sram_bandwidth_per_core = 1_GBps;
  p.in_flight_per_core = 1_MiB;
  return p;
}

}  // namespace decodesim::test
