// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/extent_map.hpp"

#include <algorithm>
#include <iterator>

namespace decodesim {

void ExtentMap::remove(std::uint64_t logical, std::uint64_t pages, std::vector<FlashExtent>& removed) {
  const std::uint64_t end = logical + pages;
  auto at = extents_.upper_bound(logical);
  if (at != extents_.begin()) --at;
  while (at != extents_.end() && at->first < end) {
    const FlashExtent whole{at->first, at->second.physical, at->second.pages};
    const std::uint64_t low = std::max(logical, whole.logical);
    const std::uint64_t high = std::min(end, whole.logical + whole.pages);
    if (low >= high) {
      ++at;
      continue;
    }
    removed.push_back({low, whole.physical + (low - whole.logical), high - low});
    at = extents_.erase(at);
    if (low > whole.logical) extents_.emplace_hint(at, whole.logical, Target{whole.physical, low - whole.logical});
    const std::uint64_t whole_end = whole.logical + whole.pages;
    if (high < whole_end)
      at = extents_.emplace_hint(at, high, Target{whole.physical + (high - whole.logical), whole_end - high});
  }
}

void ExtentMap::assign(const FlashExtent& extent, std::vector<FlashExtent>& replaced) {
  remove(extent.logical, extent.pages, replaced);
  auto next = extents_.lower_bound(extent.logical);
  FlashExtent merged = extent;
  if (next != extents_.begin()) {
    const auto last = std::prev(next);
    if (last->first + last->second.pages == extent.logical &&
        last->second.physical + last->second.pages == extent.physical) {
      merged = {last->first, last->second.physical, last->second.pages + extent.pages};
      extents_.erase(last);
    }
  }
  if (next != extents_.end() && next->first == extent.logical + extent.pages &&
      next->second.physical == extent.physical + extent.pages) {
    merged.pages += next->second.pages;
    next = extents_.erase(next);
  }
  extents_.emplace_hint(next, merged.logical, Target{merged.physical, merged.pages});
}

std::optional<std::uint64_t> ExtentMap::find(std::uint64_t logical) const {
  auto at = extents_.upper_bound(logical);
  if (at == extents_.begin()) return std::nullopt;
  --at;
  if (logical - at->first >= at->second.pages) return std::nullopt;
  return at->second.physical + (logical - at->first);
}

void ExtentMap::find(std::uint64_t logical, std::uint64_t pages, std::vector<FlashExtent>& out) const {
  const std::uint64_t end = logical + pages;
  auto at = extents_.upper_bound(logical);
  if (at != extents_.begin()) --at;
  for (; at != extents_.end() && at->first < end; ++at) {
    const std::uint64_t low = std::max(logical, at->first);
    const std::uint64_t high = std::min(end, at->first + at->second.pages);
    if (low < high) out.push_back({low, at->second.physical + (low - at->first), high - low});
  }
}

}  // namespace decodesim
