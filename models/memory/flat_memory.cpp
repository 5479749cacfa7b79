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

FlatMemory::FlatMemory(const FlatMemoryParameters& parameters, std::int64_t stacks, Duration way)
    : bandwidth_(parameters.bandwidth * stacks),
      latency_(parameters.latency),
      capacity_(parameters.capacity * stacks),
      way_(way) {}

void FlatMemory::rates(std::span<const StreamShape> trains, std::vector<Bandwidth>& out) {
  out.assign(trains.size(), bandwidth_ / static_cast<std::int64_t>(trains.size()));
}

// What is kept in flight, over the round trip (Little's law), bounds the rate. Compared as bytes: an absurdly large
// allowance over a short latency is no rate that fits 64 bits.
Bandwidth FlatMemory::cap(const StreamShape& train) const {
  const Duration latency = way_ + latency_;
  Bandwidth cap = bandwidth_;
  if (!train.in_flight.is_zero() && train.in_flight < cap * latency) cap = train.in_flight / latency;
  return train.offered.is_zero() ? cap : std::min(cap, train.offered);
}

}  // namespace decodesim
