// SPDX-License-Identifier: Apache-2.0
// FlatMemory: bandwidth, latency and capacity, and no structure. For ideal machines and for bounds.
//
// Laws: a train of B bytes alone takes latency + B / bandwidth; streams share the bandwidth equally; nothing else
// matters.
#pragma once

#include "models/memory/memory_timing.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

struct FlatMemoryParameters {
  Bandwidth bandwidth = Bandwidth(1'000'000'000'000);
  Duration latency;
  Bytes capacity = Bytes(96'000'000'000);

  static Schema<FlatMemoryParameters> schema();
};

class FlatMemory : public MemoryTiming {
 public:
  /// `stacks` equal parts side by side.
  FlatMemory(const FlatMemoryParameters& parameters, std::int64_t stacks);

  [[nodiscard]] Bandwidth peak() const override { return bandwidth_; }
  [[nodiscard]] Bandwidth sustained(std::span<const StreamShape>) const override { return bandwidth_; }
  [[nodiscard]] Bandwidth reach(const StreamShape&) const override { return bandwidth_; }
  [[nodiscard]] Duration idle_latency(bool) const override { return latency_; }
  [[nodiscard]] Bytes capacity() const override { return capacity_; }

 private:
  Bandwidth bandwidth_;
  Duration latency_;
  Bytes capacity_;
};

}  // namespace decodesim
