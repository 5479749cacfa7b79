// SPDX-License-Identifier: Apache-2.0
#include "models/compute/accelerator_parameters.hpp"

#include <algorithm>
#include <limits>

namespace decodesim {
using namespace literals;
namespace {

using P = AcceleratorParameters;

void declare_cores(Schema<P>& s) {
  const Range<FlopRate> positive{FlopRate(1'000'000), FlopRate(9'000'000'000'000'000'000)};
  const Range<FlopRate> optional{FlopRate(), positive.high};
  s.field("cores", &P::cores, {1, 10'000'000}, "Cores (SMs, CUs) that take tiles of work", required())
      .field("clock", &P::clock, {1_MHz, 100'000_MHz}, "Core clock under load", required())
      .field("bf16", &P::bf16, positive, "Dense matrix rate, bf16 and fp16", required())
      .field("fp8", &P::fp8, optional, "Dense matrix rate, fp8; 0: as bf16", derived("0: the part has no fp8 unit"))
      .field("int8", &P::int8, optional, "Dense matrix rate, int8; 0: as bf16", derived("0: the part has no int8 unit"))
      .field("fp4", &P::fp4, optional, "Dense matrix rate, fp4; 0: as fp8", derived("0: the part has no fp4 unit"))
      .field("vector", &P::vector, positive, "Vector rate, fp32", required());
}

void declare_tiles(Schema<P>& s) {
  const Range<std::int64_t> tile{1, 65'536};
  s.field("tile_m", &P::tile_m, tile, "Rows of a matrix tile: fewer tokens still cost a whole tile",
          cited("PTX ISA: Hopper's wgmma instruction has 64 rows"))
      .field("tile_n", &P::tile_n, tile, "Columns of a matrix tile",
             assumed("128: the common choice of GEMM libraries"))
      .field("tile_k", &P::tile_k, tile, "Depth of one pipeline stage of a tile",
             assumed("128: the common choice of GEMM libraries for 8-bit operands"))
      .field("attention_tile_m", &P::attention_tile_m, tile,
             "Rows of an attention tile; the query heads of one KV head",
             cited("PTX ISA: Hopper's wgmma instruction has 64 rows"));
}

void declare_memory(Schema<P>& s) {
  s.field("sram", &P::sram, {0_B, 10'000_GB}, "On-chip memory shared by the cores (L2 cache)", required())
      .field("sram_bandwidth_per_core", &P::sram_bandwidth_per_core, {1_MBps, 1'000'000_TBps},
             "Between one core and the shared on-chip memory", required())
      .field("sram_bandwidth", &P::sram_bandwidth, {Bandwidth(), 9'000'000_TBps},
             "Of the shared on-chip memory, all cores together; 0: what they take one by one",
             derived("0: every core has its own bandwidth"))
      .field("sram_latency", &P::sram_latency, {0_ps, 100_us}, "Load latency of the shared on-chip memory", required())
      .field("stage_latency", &P::stage_latency, {0_ps, 100_us},
             "Issue of a stage's loads until the matrix unit may use them, from the shared on-chip memory",
             derived("0: hidden, as on parts whose programs schedule every load ahead"))
      .field("cache_ways", &P::cache_ways, {0, 1024},
             "Ways of a set, where the on-chip memory is a cache of the memory; 0: it is none",
             derived("0: a scratchpad"))
      .field("cache_share", &P::cache_share, {1_percent, 100_percent},
             "Of the cache's capacity: what holds different lines, the rest being copies of lines that both partitions "
             "use",
             derived("100 %: no copies"))
      .field("prefetch", &P::prefetch, {0_B, 10'000_GB},
             "On-chip memory that weights of later kernels may be loaded into ahead of time",
             derived("0: a GPU kernel loads its own weights once it runs"))
      .field("in_flight_per_core", &P::in_flight_per_core, {1_B, 1000_GB},
             "Bytes that one core keeps outstanding towards memory", required())
      .field(
          "load_run", &P::load_run, {1_B, 1000_GB},
          "Contiguous bytes of a weight matrix that a core asks memory for at a time; cores work on different places",
          cited("CUDA driver API: tensor maps promote L2 fetches to at most 256 B"))
      .field("memory_path_latency", &P::memory_path_latency, {0_ps, 100_us},
             "Core to memory controller and back, without the memory part itself", required())
      .field("queues", &P::queues, {1, 64}, "In-order command queues", assumed("2: one for kernels, one to overlap"));
}

void declare_power(Schema<P>& s) {
  const Range<Power> power{Power(), Power(100'000'000'000)};
  s.field("power_limit", &P::power_limit, power, "What the whole part may draw; 0: the clock is never lowered",
          derived("0: no figures to reckon with"))
      .field("idle_power", &P::idle_power, power, "Drawn without work, memory and links included",
             derived("0: no power limit"))
      .field("matrix_power", &P::matrix_power, power,
             "Drawn beyond that by the matrix unit at its peak and the full clock", derived("0: no power limit"))
      .field("load_energy", &P::load_energy, {EnergyPerBit(), EnergyPerBit(1'000'000'000)},
             "Of a bit from memory to the cores, memory included", derived("0: no power limit"))
      .field("power_window", &P::power_window, {1_us, 10_s}, "Over which the power limit holds",
             assumed("10 ms: regulators act within milliseconds, above a kernel and below a request"));
}

}  // namespace

Schema<AcceleratorParameters> AcceleratorParameters::schema() {
  Schema<P> s("accelerator", "An accelerator's cores, on-chip memory and its path to memory");
  declare_cores(s);
  declare_tiles(s);
  declare_memory(s);
  declare_power(s);
  return s;
}

Bandwidth AcceleratorParameters::shared_bandwidth(std::int64_t cores_used) const {
  const Bandwidth ports = sram_bandwidth_per_core * cores_used;
  return sram_bandwidth.is_zero() ? ports : std::min(ports, sram_bandwidth);
}

FlopRate AcceleratorParameters::rate(DataType type) const {
  const FlopRate eight = fp8.is_zero() ? bf16 : fp8;
  switch (type) {
    case DataType::kFp32:
    case DataType::kBf16:
    case DataType::kFp16: return bf16;
    case DataType::kFp8: return eight;
    case DataType::kInt8:
    case DataType::kInt4: return int8.is_zero() ? bf16 : int8;
    case DataType::kFp4: return fp4.is_zero() ? eight : fp4;
  }
  return bf16;
}

std::vector<std::string> AcceleratorParameters::problems() const {
  std::vector<std::string> out;
  if (prefetch > sram)
    out.push_back("prefetch " + to_text(prefetch) + " exceeds sram " + to_text(sram) + "; expected at most that");
  // What all cores do together is reckoned in 64 bits.
  if (sram_bandwidth_per_core.count() > std::numeric_limits<std::int64_t>::max() / cores)
    out.push_back("sram_bandwidth_per_core " + to_text(sram_bandwidth_per_core) + " times " + std::to_string(cores) +
                  " cores is absurd; expected at most " +
                  to_text(Bandwidth(std::numeric_limits<std::int64_t>::max()) / cores));
  if (in_flight_per_core.count() > std::numeric_limits<std::int64_t>::max() / cores)
    out.push_back("in_flight_per_core " + to_text(in_flight_per_core) + " times " + std::to_string(cores) +
                  " cores is absurd; expected at most " +
                  to_text(Bytes(std::numeric_limits<std::int64_t>::max()) / cores));
  if (!power_limit.is_zero() && idle_power >= power_limit)
    out.push_back("idle_power " + to_text(idle_power) + " leaves nothing of power_limit " + to_text(power_limit) +
                  "; expected less");
  if (bf16.count() < cores) out.emplace_back("bf16 gives less than 1 FLOP/s a core");
  return out;
}

}  // namespace decodesim
