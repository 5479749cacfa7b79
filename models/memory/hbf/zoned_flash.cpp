// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/zoned_flash.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

std::string_view explain(ZoneWrite result) {
  switch (result) {
    case ZoneWrite::kDone: return "";
    case ZoneWrite::kNoSuchZone: return "no such zone; expected one of the stack's";
    case ZoneWrite::kOutOfOrder: return "zone written out of order; expected a write at its write pointer";
    case ZoneWrite::kPastEnd: return "write past the end of the zone; expected no more pages than are left";
    case ZoneWrite::kReadOnly: return "zone is read-only: a block failed and no spare is left";
    case ZoneWrite::kOffline: return "zone is offline: a block failed and no spare is left";
  }
  return "";
}

ZonedFlash::ZonedFlash(const HbfParameters& parameters)
    : parameters_(parameters), blocks_(parameters), zones_(static_cast<std::size_t>(blocks_.segments())) {}

ZoneWrite ZonedFlash::refusal(std::int64_t zone) const {
  if (zone < 0 || zone >= zones()) return ZoneWrite::kNoSuchZone;
  if (at(zone).state == ZoneState::kReadOnly) return ZoneWrite::kReadOnly;
  if (at(zone).state == ZoneState::kOffline) return ZoneWrite::kOffline;
  return ZoneWrite::kDone;
}

ZoneWrite ZonedFlash::write(std::int64_t zone, std::int64_t offset, std::int64_t pages, TrafficClass traffic) {
  if (const ZoneWrite refused = refusal(zone); refused != ZoneWrite::kDone) return refused;
  Zone& z = zones_[static_cast<std::size_t>(zone)];
  if (offset != z.written) return ZoneWrite::kOutOfOrder;
  if (pages < 0 || pages > zone_pages() - offset) return ZoneWrite::kPastEnd;
  if (!replace_bad(zone, offset, pages)) {
    z.state = z.written > 0 ? ZoneState::kReadOnly : ZoneState::kOffline;
    return refusal(zone);
  }
  z.written += pages;
  z.traffic = traffic;
  if (z.written > 0) z.state = z.written == zone_pages() ? ZoneState::kFull : ZoneState::kOpen;
  log_.add(WearCause::kHostWrites, traffic, static_cast<std::uint64_t>(pages));
  return ZoneWrite::kDone;
}

bool ZonedFlash::replace_bad(std::int64_t zone, std::int64_t first, std::int64_t pages) {
  for (std::int64_t n = 0; n < std::min(pages, blocks_.members()); ++n) {
    const std::int64_t member = (first + n) % blocks_.members();
    if (!blocks_.is_bad(blocks_.block_of(zone, member))) continue;
    if (!blocks_.replace(zone, member)) return false;
    log_.add(WearCause::kBadBlocks, at(zone).traffic,
             static_cast<std::uint64_t>(blocks_.written_in(member, at(zone).written)));
  }
  return true;
}

ZoneWrite ZonedFlash::reset(std::int64_t zone) {
  if (const ZoneWrite refused = refusal(zone); refused != ZoneWrite::kDone) return refused;
  Zone& z = zones_[static_cast<std::size_t>(zone)];
  z = {};
  blocks_.forget_reads(zone);
  for (std::int64_t m = 0; m < blocks_.members(); ++m) {
    const std::uint32_t block = blocks_.block_of(zone, m);
    blocks_.add_cycles(block, 1);
    if (blocks_.cycles(block) >= parameters_.endurance.cycles) blocks_.mark_bad(block);
  }
  if (!replace_bad(zone, 0, blocks_.members())) z.state = ZoneState::kOffline;
  return refusal(zone);
}

bool ZonedFlash::read(std::int64_t zone, std::int64_t offset, std::int64_t pages, std::int64_t times) {
  if (zone < 0 || zone >= zones() || offset < 0 || pages < 0 || offset + pages > at(zone).written) return false;
  blocks_.count_reads(zone, offset, pages, times);
  return true;
}

std::optional<FlashPlace> ZonedFlash::where(std::int64_t zone, std::int64_t offset) const {
  if (zone < 0 || zone >= zones() || offset < 0 || offset >= at(zone).written) return std::nullopt;
  return blocks_.place(zone, offset);
}

std::vector<std::int64_t> ZonedFlash::disturbed() const {
  std::vector<std::int64_t> out;
  const std::int64_t limit = parameters_.endurance.disturb_reads;
  for (std::int64_t zone = 0; zone < zones() && limit > 0; ++zone)
    if (blocks_.max_reads(zone) >= limit) out.push_back(zone);
  return out;
}

void ZonedFlash::inject_bad(const FlashPlace& block) {
  require(block.plane >= 0 && block.plane < parameters_.total_planes() && block.block >= 0 &&
              block.block < parameters_.blocks,
          "ZonedFlash", "no such block");
  blocks_.mark_bad(static_cast<std::uint32_t>(block.plane * parameters_.blocks + block.block));
}

}  // namespace decodesim
