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
  /// `stacks` equal parts side by side. `way`: what an initiator adds to the latency of bytes in flight.
  FlatMemory(const FlatMemoryParameters& parameters, std::int64_t stacks, Duration way);

  [[nodiscard]] Bandwidth peak() const override { return bandwidth_; }
  [[nodiscard]] Bytes capacity() const override { return capacity_; }
  void rates(std::span<const StreamShape> trains, std::vector<Bandwidth>& out) override;
  [[nodiscard]] Bandwidth cap(const StreamShape& train) const override;
  [[nodiscard]] Duration idle_latency(bool) const override { return latency_; }
  [[nodiscard]] Duration ending(const StreamShape&, Bandwidth) const override { return latency_; }
  void moved(std::span<const StreamShape>, Int128) override {}
  [[nodiscard]] DramActivity activity(Duration) const override { return {}; }
  [[nodiscard]] DramEnergy energy(const DramActivity&, Duration) const override { return {}; }

 private:
  Bandwidth bandwidth_;
  Duration latency_;
  Bytes capacity_;
  Duration way_;
};

}  // namespace decodesim
