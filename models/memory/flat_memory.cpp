// SPDX-License-Identifier: Apache-2.0
#include "models/memory/flat_memory.hpp"

namespace decodesim {
using namespace literals;

Schema<FlatMemoryParameters> FlatMemoryParameters::schema() {
  return Schema<FlatMemoryParameters>("flat memory", "Bandwidth, latency and capacity without inner structure")
      .field("bandwidth", &FlatMemoryParameters::bandwidth, {1_MBps, 1'000'000_TBps}, "Of one stack", required())
      .field("latency", &FlatMemoryParameters::latency, {0_ps, 1_ms}, "Request to first data",
             assumed("an ideal memory answers at once"))
      .field("capacity", &FlatMemoryParameters::capacity, {1_MiB, 1'000'000_GB}, "Of one stack", required());
}

FlatMemory::FlatMemory(const FlatMemoryParameters& parameters, std::int64_t stacks)
    : bandwidth_(parameters.bandwidth * stacks),
      latency_(parameters.latency),
      capacity_(parameters.capacity * stacks) {}

}  // namespace decodesim
