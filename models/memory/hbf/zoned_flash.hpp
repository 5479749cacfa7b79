// SPDX-License-Identifier: Apache-2.0
// ZonedFlash: the stack in zones that the host manages. A zone is a segment (one block of each plane); it is written
// from its start in order and reset as a whole. There is no map, no garbage collection and no wear levelling on the
// stack: write amplification is 1, and the host sees the P/E cycles and chooses.
//
// Laws, each a test in test/models/memory/hbf/zoned_flash_test.cpp:
//   1. A write begins at the zone's write pointer; any other is refused and changes nothing.
//   2. A write past the zone's end is refused; a full zone takes nothing until it is reset.
//   3. A reset costs one P/E cycle of each of the zone's blocks.
//   4. A bad block is replaced by a spare and its pages are copied; without spares the zone turns read-only, its data
//      readable, or offline when it held none.
//
// Not modelled: limits on open zones, zone append.
// Sources: OCP HBF 0.7.0 as reported by the press (host-managed zones, P/E counters, zone remap); NVM Express, Zoned
// Namespace Command Set (states).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "models/memory/hbf/block_table.hpp"
#include "models/memory/hbf/endurance.hpp"

namespace decodesim {

enum class ZoneState : std::uint8_t { kEmpty, kOpen, kFull, kReadOnly, kOffline };

enum class ZoneWrite : std::uint8_t { kDone, kNoSuchZone, kOutOfOrder, kPastEnd, kReadOnly, kOffline };

/// "zone written out of order; expected a write at its write pointer", ...; empty for kDone.
[[nodiscard]] std::string_view explain(ZoneWrite result);

class ZonedFlash {
 public:
  /// REQUIRES parameters.problems() empty.
  explicit ZonedFlash(const HbfParameters& parameters);

  [[nodiscard]] std::int64_t zones() const { return blocks_.segments(); }
  [[nodiscard]] std::int64_t zone_pages() const { return blocks_.segment_pages(); }
  [[nodiscard]] ZoneState state(std::int64_t zone) const { return at(zone).state; }
  [[nodiscard]] std::int64_t write_pointer(std::int64_t zone) const { return at(zone).written; }
  [[nodiscard]] std::int64_t cycles(std::int64_t zone) const { return blocks_.max_cycles(zone); }

  [[nodiscard]] ZoneWrite write(std::int64_t zone, std::int64_t offset, std::int64_t pages, TrafficClass traffic);
  [[nodiscard]] ZoneWrite reset(std::int64_t zone);
  /// Counts the reads of a zone's written pages; false when some are not written.
  [[nodiscard]] bool read(std::int64_t zone, std::int64_t offset, std::int64_t pages, std::int64_t times = 1);
  /// The page's place; nothing when it is not written.
  [[nodiscard]] std::optional<FlashPlace> where(std::int64_t zone, std::int64_t offset) const;
  /// Zones with a block that is due for a rewrite: for the host to act on.
  [[nodiscard]] std::vector<std::int64_t> disturbed() const;

  void inject_bad(const FlashPlace& block);
  [[nodiscard]] const WearLog& log() const { return log_; }
  [[nodiscard]] const BlockTable& blocks() const { return blocks_; }

 private:
  struct Zone {
    ZoneState state = ZoneState::kEmpty;
    std::int64_t written = 0;
    TrafficClass traffic = TrafficClass::kOther;
  };
  [[nodiscard]] const Zone& at(std::int64_t zone) const { return zones_[static_cast<std::size_t>(zone)]; }
  [[nodiscard]] ZoneWrite refusal(std::int64_t zone) const;
  [[nodiscard]] bool replace_bad(std::int64_t zone, std::int64_t first, std::int64_t pages);

  HbfParameters parameters_;
  BlockTable blocks_;
  std::vector<Zone> zones_;
  WearLog log_;
};

}  // namespace decodesim
