// SPDX-License-Identifier: Apache-2.0
// AcceleratorParameters: an accelerator as its datasheet and published microbenchmarks describe it. Memory, links and
// software are parts of their own.
#pragma once

#include "sim/core/config/schema.hpp"
#include "sim/core/work/data_type.hpp"

namespace decodesim {

struct AcceleratorParameters {
  // Cores.
  std::int64_t cores = 0;
  Frequency clock;
  FlopRate bf16;
  FlopRate fp8;   ///< zero: computed at the bf16 rate
  FlopRate int8;  ///< likewise
  FlopRate fp4;   ///< zero: computed at the fp8 rate
  FlopRate vector;
  // Matrix unit tiles.
  std::int64_t tile_m = 64;
  std::int64_t tile_n = 128;
  std::int64_t tile_k = 128;
  std::int64_t attention_tile_m = 64;
  // On-chip memory.
  Bytes sram;
  Bandwidth sram_bandwidth_per_core;
  Duration sram_latency;
  Bytes prefetch;
  // Towards memory.
  Bytes in_flight_per_core;
  Bytes load_run{256};
  Duration memory_path_latency;
  // Command processor.
  std::int64_t queues = 2;

  /// Dense rate of multiplications in `type`, falling back to the next wider one the part has.
  [[nodiscard]] FlopRate rate(DataType type) const;
  [[nodiscard]] std::vector<std::string> problems() const;

  static Schema<AcceleratorParameters> schema();
};

}  // namespace decodesim
