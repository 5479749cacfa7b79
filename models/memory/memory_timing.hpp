// SPDX-License-Identifier: Apache-2.0
// MemoryTiming: what a memory part answers to "who is reading and writing, how fast does it go?". Plain arithmetic,
// tested without a kernel; MemoryTier turns it into events.
#pragma once

#include <span>
#include <vector>

#include "models/memory/dram/dram_activity.hpp"
#include "models/memory/stream_shape.hpp"

namespace decodesim {

class MemoryTiming {
 public:
  virtual ~MemoryTiming() = default;
  /// Pins' bandwidth: nothing is ever faster.
  [[nodiscard]] virtual Bandwidth peak() const = 0;
  [[nodiscard]] virtual Bytes capacity() const = 0;
  /// For each data bit, where they move with the data. Trains, as this class sees them, include them.
  [[nodiscard]] virtual Ratio check_bits() const { return Ratio(); }
  /// The rate of each of `trains` (not empty) while all of them are in service, of all stacks of the tier together.
  virtual void rates(std::span<const StreamShape> trains, std::vector<Bandwidth>& out) = 0;
  /// The most that one train can get alone: a short one does not reach every channel, one with few bytes in flight
  /// waits for them. What its cap leaves of a train's rate goes to the others.
  [[nodiscard]] virtual Bandwidth cap(const StreamShape& train) const = 0;
  /// From a request's arrival at an idle part to its first data.
  [[nodiscard]] virtual Duration idle_latency(bool write) const = 0;
  /// From when a train's bytes would have moved at `rate`, all trains' together, to when its last byte has.
  [[nodiscard]] virtual Duration ending(const StreamShape& train, Bandwidth rate) const = 0;

  /// Told that `trains` have moved `moved` bytes x 10^12 in all, at the rates of the last call of rates().
  virtual void moved(std::span<const StreamShape> trains, Int128 moved) = 0;
  /// What the part has done in `elapsed` since the start.
  [[nodiscard]] virtual DramActivity activity(Duration elapsed) const = 0;
  /// What `activity` within `elapsed` has cost.
  [[nodiscard]] virtual DramEnergy energy(const DramActivity& activity, Duration elapsed) const = 0;
};

}  // namespace decodesim
