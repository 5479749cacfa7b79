// SPDX-License-Identifier: Apache-2.0
// MemoryAccess: one read or write of a plain memory workload, and AccessSource: where they come from, in order.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/core/units/units.hpp"

namespace decodesim {

/// The largest single access of a pattern or a trace.
inline constexpr Bytes kMostAccessBytes{std::int64_t{1} << 30};

/// One access. `address + bytes - 1` does not wrap; whether it lies within a memory is for that memory to say.
struct MemoryAccess {
  bool write = false;
  std::uint64_t address = 0;
  Bytes bytes;
  std::uint32_t stream = 0;  ///< which of several independent initiators it belongs to
  Duration issue;            ///< since the start, not before this; 0: as soon as the memory takes it
  bool dependent = false;    ///< waits for the answer to the access before it in its stream: pointer chase

  friend bool operator==(const MemoryAccess&, const MemoryAccess&) = default;
};

/// Yields accesses in the order in which they are to be issued; issue times do not fall.
class AccessSource {
 public:
  virtual ~AccessSource() = default;
  /// The next access, or nothing at the end.
  virtual std::optional<MemoryAccess> next() = 0;

 protected:
  AccessSource() = default;
  AccessSource(const AccessSource&) = default;
  AccessSource& operator=(const AccessSource&) = default;
  AccessSource(AccessSource&&) = default;
  AccessSource& operator=(AccessSource&&) = default;
};

}  // namespace decodesim
