// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/flash_translation.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

FlashTranslation::FlashTranslation(const HbfParameters& parameters)
    : parameters_(parameters),
      blocks_(parameters),
      segments_(static_cast<std::size_t>(blocks_.segments())),
      open_(kStreams, -1),
      free_(blocks_.segments()),
      usable_(blocks_.segments()) {
  require(problems(parameters).empty(), "FlashTranslation", "too few segments for a log");
}

// Besides the data there must be room for what is open and for what collecting needs.
std::vector<std::string> FlashTranslation::problems(const HbfParameters& parameters) {
  const std::int64_t segment_pages = parameters.total_planes() * parameters.pages;
  const std::int64_t segments = parameters.blocks - parameters.endurance.spare_blocks;
  const auto spent = static_cast<std::int64_t>(kStreams) + kReserve;
  if (parameters.capacity_pages() <= (segments - spent) * segment_pages) return {};
  return {"capacity " + to_text(parameters.capacity) + " leaves fewer than " + std::to_string(spent) +
          " blocks of each plane to write in; expected at most " +
          to_text(parameters.page * (std::max<std::int64_t>(segments - spent, 0) * segment_pages))};
}

FlashWrite FlashTranslation::write(std::uint64_t logical, std::uint64_t pages, TrafficClass traffic) {
  if (logical + pages > static_cast<std::uint64_t>(parameters_.capacity_pages())) return FlashWrite::kOutOfSpace;
  const auto stream = static_cast<std::size_t>(traffic);
  while (pages > 0) {
    if (open_[stream] < 0) {
      while (free_ <= kReserve && collect()) {
      }
      if (worn_out_) return FlashWrite::kWornOut;
      if (free_ <= kReserve) return FlashWrite::kOutOfSpace;
      open_[stream] = take_free(true);
    }
    const auto room = static_cast<std::uint64_t>(blocks_.segment_pages() - at(open_[stream]).written);
    const std::uint64_t now = std::min(pages, room);
    const FlashWrite result = append(stream, {logical, 0, now}, WearCause::kHostWrites, traffic);
    if (result != FlashWrite::kDone) return result;
    logical += now;
    pages -= now;
  }
  return FlashWrite::kDone;
}

void FlashTranslation::trim(std::uint64_t logical, std::uint64_t pages) {
  std::vector<FlashExtent> removed;
  map_.remove(logical, pages, removed);
  release(removed);
}

std::optional<FlashPlace> FlashTranslation::where(std::uint64_t logical) const {
  const auto physical = map_.find(logical);
  if (!physical) return std::nullopt;
  const auto page = static_cast<std::int64_t>(*physical);
  return blocks_.place(page / blocks_.segment_pages(), page % blocks_.segment_pages());
}

std::uint64_t FlashTranslation::read(std::uint64_t logical, std::uint64_t pages, std::int64_t times) {
  std::vector<FlashExtent> found;
  map_.find(logical, pages, found);
  std::uint64_t count = 0;
  for (const FlashExtent& extent : found) {
    count += extent.pages;
    const std::int64_t size = blocks_.segment_pages();
    auto first = static_cast<std::int64_t>(extent.physical);
    const std::int64_t end = first + static_cast<std::int64_t>(extent.pages);
    while (first < end) {  // a run may go on in the next segment
      const std::int64_t segment = first / size;
      const std::int64_t now = std::min(end, (segment + 1) * size) - first;
      blocks_.count_reads(segment, first % size, now, times);
      const std::int64_t limit = parameters_.endurance.disturb_reads;
      if (limit > 0 && blocks_.max_reads(segment) >= limit) refresh_disturbed(segment);
      first += now;
    }
  }
  return count;
}

// Least worn: dynamic wear levelling. Most worn: where cold data shall rest, and what to give up. -1 when none is free.
std::int64_t FlashTranslation::take_free(bool least_worn) {
  std::int64_t best = -1;
  for (std::int64_t s = 0; s < blocks_.segments(); ++s) {
    if (at(s).state != State::kFree) continue;
    if (best < 0 || (least_worn ? at(s).wear < at(best).wear : at(s).wear > at(best).wear)) best = s;
  }
  if (best < 0) return best;
  at(best).state = State::kOpen;
  --free_;
  return best;
}

void FlashTranslation::close(std::size_t stream) {
  if (open_[stream] < 0) return;
  at(open_[stream]).state = State::kFull;
  open_[stream] = -1;
}

// REQUIRES room for `data` in the stream's segment. What is moved lies at data.physical until then.
FlashWrite FlashTranslation::append(std::size_t stream, FlashExtent data, WearCause cause, TrafficClass traffic) {
  const std::int64_t segment = open_[stream];
  if (bad_pending_ > 0 && !replace_bad(segment, static_cast<std::int64_t>(data.pages))) {
    worn_out_ = true;
    return FlashWrite::kWornOut;
  }
  if (observer_ != nullptr) tell(segment, data, cause);
  data.physical = static_cast<std::uint64_t>(segment * blocks_.segment_pages() + at(segment).written);
  program(segment, data, cause, traffic);
  if (at(segment).written == blocks_.segment_pages()) close(stream);
  return FlashWrite::kDone;
}

// The members that the next `pages` go to.
bool FlashTranslation::replace_bad(std::int64_t segment, std::int64_t pages) {
  for (std::int64_t n = 0; n < std::min(pages, blocks_.members()); ++n) {
    const std::int64_t member = (at(segment).written + n) % blocks_.members();
    if (blocks_.is_bad(blocks_.block_of(segment, member)) && !replace(segment, member)) return false;
  }
  return true;
}

// A failed block is still readable: what it holds is copied to a spare.
bool FlashTranslation::replace(std::int64_t segment, std::int64_t member) {
  const std::int64_t written = blocks_.written_in(member, at(segment).written);
  const FlashPlace old = blocks_.place(segment, member);
  while (!blocks_.replace(segment, member)) {
    if (free_ <= kReserve) return false;
    dissolve(take_free(false));  // degraded capacity: a free segment's blocks become spares
  }
  --bad_pending_;
  const FlashPlace now = blocks_.place(segment, member);
  for (std::int64_t page = 0; page < written && observer_ != nullptr; ++page)
    observer_->copied({old.plane, old.block, page}, {now.plane, now.block, page});
  log_.add(WearCause::kBadBlocks, traffic_of(at(segment)), static_cast<std::uint64_t>(written));
  at(segment).wear = std::max(at(segment).wear, blocks_.cycles(blocks_.block_of(segment, member)));
  return true;
}

void FlashTranslation::tell(std::int64_t segment, const FlashExtent& data, WearCause cause) {
  const std::int64_t size = blocks_.segment_pages();
  for (std::uint64_t n = 0; n < data.pages; ++n) {
    const FlashPlace to = blocks_.place(segment, at(segment).written + static_cast<std::int64_t>(n));
    const auto from = static_cast<std::int64_t>(data.physical + n);
    if (cause == WearCause::kHostWrites)
      observer_->programmed(to, data.logical + n);
    else
      observer_->copied(blocks_.place(from / size, from % size), to);
  }
}

void FlashTranslation::program(std::int64_t segment, const FlashExtent& data, WearCause cause, TrafficClass traffic) {
  Segment& s = at(segment);
  if (s.written == 0) s.since_s = clock_s_;
  std::vector<FlashExtent> replaced;
  map_.assign(data, replaced);
  release(replaced);
  const auto pages = static_cast<std::uint32_t>(data.pages);
  Run* last = s.summary.empty() ? nullptr : &s.summary.back();
  if (last != nullptr && last->traffic == traffic && last->logical + last->pages == data.logical &&
      last->sequence + last->pages == sequence_)
    last->pages += pages;
  else
    s.summary.push_back({data.logical, sequence_, pages, traffic});
  sequence_ += pages;
  s.written += pages;
  s.live += pages;
  log_.add(cause, traffic, pages);
}

// No longer live. Runs on both sides may reach over segments.
void FlashTranslation::release(const std::vector<FlashExtent>& extents) {
  const std::int64_t size = blocks_.segment_pages();
  for (const FlashExtent& extent : extents) {
    auto first = static_cast<std::int64_t>(extent.physical);
    const std::int64_t end = first + static_cast<std::int64_t>(extent.pages);
    while (first < end) {
      const std::int64_t now = std::min(end, (first / size + 1) * size) - first;
      at(first / size).live -= now;
      first += now;
    }
  }
}

void FlashTranslation::mark_bad(std::uint32_t block) {
  if (blocks_.is_bad(block)) return;
  blocks_.mark_bad(block);
  ++bad_pending_;
}

void FlashTranslation::inject_bad(const FlashPlace& block) {
  require(block.plane >= 0 && block.plane < parameters_.total_planes() && block.block >= 0 &&
              block.block < parameters_.blocks,
          "FlashTranslation", "no such block");
  mark_bad(static_cast<std::uint32_t>(block.plane * parameters_.blocks + block.block));
}

std::int64_t FlashTranslation::age_s(std::uint64_t logical) const {
  const auto physical = map_.find(logical);
  require(physical.has_value(), "FlashTranslation", "age of a page that is not mapped");
  return clock_s_ - at(static_cast<std::int64_t>(*physical) / blocks_.segment_pages()).since_s;
}

Ratio FlashTranslation::retry_rate(std::uint64_t logical) const {
  const auto physical = map_.find(logical);
  require(physical.has_value(), "FlashTranslation", "retry rate of a page that is not mapped");
  const auto page = static_cast<std::int64_t>(*physical);
  const std::int64_t segment = page / blocks_.segment_pages();
  const std::int64_t member = page % blocks_.members();
  return parameters_.retry.rate(blocks_.cycles(blocks_.block_of(segment, member)), age_s(logical),
                                blocks_.reads(segment, member));
}

}  // namespace decodesim
