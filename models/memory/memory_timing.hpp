// SPDX-License-Identifier: Apache-2.0
// MemoryTiming: what a memory part answers to "who is reading and writing, how fast does it go?". Plain arithmetic,
// tested without a kernel; MemoryTier turns it into events.
#pragma once

#include <span>

#include "sim/core/units/units.hpp"

namespace decodesim {

/// One train in service, as far as its timing depends on it.
struct StreamShape {
  bool write = false;
  Bytes length;  ///< whole train
  Bytes run;     ///< contiguous bytes
};

class MemoryTiming {
 public:
  virtual ~MemoryTiming() = default;
  /// Pins' bandwidth: nothing is ever faster.
  [[nodiscard]] virtual Bandwidth peak() const = 0;
  /// Sustained bandwidth of all stacks of the tier together while `streams` are in service; streams is not empty.
  [[nodiscard]] virtual Bandwidth sustained(std::span<const StreamShape> streams) const = 0;
  /// The most that one train can get alone: a short one does not reach every channel.
  [[nodiscard]] virtual Bandwidth reach(const StreamShape& stream) const = 0;
  /// From a request's arrival at an idle part to its first data.
  [[nodiscard]] virtual Duration idle_latency(bool write) const = 0;
  [[nodiscard]] virtual Bytes capacity() const = 0;
};

}  // namespace decodesim
