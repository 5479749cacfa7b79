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
  Bandwidth sram_bandwidth;  ///< of all cores together; zero: what they take one by one
  Duration sram_latency;
  Duration stage_latency;
  Bytes prefetch;
  std::int64_t cache_ways = 0;  ///< zero: no cache
  Ratio cache_share = Ratio(1'000'000);
  // Towards memory.
  Bytes in_flight_per_core;
  Bytes load_run{256};
  Duration memory_path_latency;
  // Power; without a limit the clock is always the stated one.
  Power power_limit;
  Power idle_power;
  Power matrix_power;  ///< of the matrix unit at its peak, beyond idle
  EnergyPerBit load_energy;
  Duration power_window{10'000'000'000};
  // Command processor.
  std::int64_t queues = 2;

  /// Of the shared on-chip memory when `cores_used` cores take part.
  [[nodiscard]] Bandwidth shared_bandwidth(std::int64_t cores_used) const;
  /// Dense rate of multiplications in `type`, falling back to the next wider one the part has.
  [[nodiscard]] FlopRate rate(DataType type) const;
  [[nodiscard]] std::vector<std::string> problems() const;

  static Schema<AcceleratorParameters> schema();
};

}  // namespace decodesim
