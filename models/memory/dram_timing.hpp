// SPDX-License-Identifier: Apache-2.0
// DramTiming: train fidelity of a DRAM tier. A run of any length is arithmetic:
//
//   time = length / rate + ending
//
// `rate` comes from the mix of trains in service: SteadyState lets the command-level controllers work on a short sample
// of each new mix, and keeps what came out. `ending` is the part's idle latency, and for accesses that lie anywhere
// what the fullest pseudo-channel needs longer than the average one. Commands, lost clocks, latencies and energy of a
// run are those of its mixes' samples, in proportion to the bytes; refreshes follow from the time.
//
// Laws, each a test in test/models/memory/dram_timing_test.cpp:
//   1. peak = channels x pseudo-channels x bytes a burst / burst time, and nothing exceeds it.
//   2. A long sequential read loses what refresh and row cycles take, and nothing else.
//   3. Runs that do not fill their bursts move the rest for nothing.
//   4. Two like streams share what one of them gets, but for what they cost each other.
//   5. What a sample counted is reported in proportion: bursts x bytes a burst >= bytes moved.
// Against command fidelity: test/models/memory/fidelity_grid_test.cpp.
//
// Not modelled here: the transient at a train's start; how trains that begin in step stay so.
//
// Sources: JESD235, JESD238 for the meaning of the parameters; sampling: see dram/steady_state.hpp.
#pragma once

#include "models/memory/dram/steady_state.hpp"
#include "models/memory/memory_timing.hpp"

namespace decodesim {

class DramTiming : public MemoryTiming {
 public:
  /// `stacks` equal stacks, interleaved. `way`: see DramSystem. REQUIRES ConstraintTable::problems and
  /// AddressMap::problems empty.
  DramTiming(const DramParameters& parameters, std::int64_t stacks, Duration way);

  [[nodiscard]] Bandwidth peak() const override { return peak_; }
  [[nodiscard]] Bytes capacity() const override { return parameters_.capacity * stacks_; }
  [[nodiscard]] Ratio check_bits() const override { return parameters_.check_bits; }
  void rates(std::span<const StreamShape> trains, std::vector<Bandwidth>& out) override;
  [[nodiscard]] Bandwidth cap(const StreamShape& train) const override;
  [[nodiscard]] Duration idle_latency(bool write) const override;
  [[nodiscard]] Duration ending(const StreamShape& train, Bandwidth rate) const override;
  void moved(std::span<const StreamShape> trains, Int128 moved) override;
  [[nodiscard]] DramActivity activity(Duration elapsed) const override;
  [[nodiscard]] DramEnergy energy(const DramActivity& activity, Duration elapsed) const override;

  /// Mixes of trains that have been sampled.
  [[nodiscard]] std::size_t samples() const { return steady_.samples(); }

 private:
  /// What has been moved in one mix.
  struct Share {
    const SteadyState::Mix* mix = nullptr;
    Int128 moved = 0;      ///< bytes x 10^12
    Int128 less_wait = 0;  ///< picoseconds x bytes x 10^12 that the first accesses of trains waited less
  };

  [[nodiscard]] std::int64_t units() const { return parameters_.units() * stacks_; }
  [[nodiscard]] Duration shorter_wait(const StreamShape& train, Bandwidth rate) const;

  DramParameters parameters_;
  std::int64_t stacks_;
  Bandwidth peak_;
  SteadyState steady_;
  const SteadyState::Mix* mix_ = nullptr;  ///< of the last rates()
  std::vector<Share> shares_;
};

}  // namespace decodesim
