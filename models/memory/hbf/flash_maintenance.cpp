// SPDX-License-Identifier: Apache-2.0
// FlashTranslation's work on its own behalf: collecting, levelling, refreshing, ageing, recovering.
#include <algorithm>

#include "models/memory/hbf/flash_translation.hpp"
#include "sim/core/component/require.hpp"

namespace decodesim {

// Greedy: the full segment with the fewest live pages, the least worn of equal ones; -1 when none has garbage.
std::int64_t FlashTranslation::emptiest() const {
  std::int64_t best = -1;
  for (std::int64_t s = 0; s < blocks_.segments(); ++s) {
    if (at(s).state != State::kFull || at(s).live == blocks_.segment_pages()) continue;
    if (best < 0 || at(s).live < at(best).live || (at(s).live == at(best).live && at(s).wear < at(best).wear)) best = s;
  }
  return best;
}

bool FlashTranslation::collect() {
  std::int64_t victim = emptiest();
  if (victim < 0) {
    for (std::size_t stream = 0; stream < kTrafficClasses; ++stream) close(stream);
    victim = emptiest();
  }
  if (victim < 0 || !relocate(victim, kMoved, WearCause::kGarbageCollection)) return false;
  erase(victim);
  level_wear();
  return !worn_out_;
}

// Moves what the map still finds in `victim` to the end of a log.
bool FlashTranslation::relocate(std::int64_t victim, std::size_t stream, WearCause cause) {
  std::uint64_t place = static_cast<std::uint64_t>(victim * blocks_.segment_pages());
  const std::vector<Run> summary = at(victim).summary;
  for (const Run& run : summary) {
    std::vector<FlashExtent> found;
    map_.find(run.logical, run.pages, found);
    for (FlashExtent live : found) {
      if (live.physical != place + (live.logical - run.logical)) continue;  // written again elsewhere
      while (live.pages > 0) {
        if (open_[stream] < 0) open_[stream] = take_free(true);
        if (open_[stream] < 0) return false;
        const auto room = static_cast<std::uint64_t>(blocks_.segment_pages() - at(open_[stream]).written);
        const std::uint64_t now = std::min(live.pages, room);
        if (append(stream, {live.logical, live.physical, now}, cause, run.traffic) != FlashWrite::kDone) return false;
        live.logical += now;
        live.physical += now;
        live.pages -= now;
      }
    }
    place += run.pages;
  }
  require(at(victim).live == 0, "FlashTranslation", "a segment is erased with live pages in it");
  return true;
}

// A block at its rated cycles, or one that was to fail, is replaced; without spares the segment's good blocks are.
void FlashTranslation::erase(std::int64_t segment) {
  Segment& s = at(segment);
  s.state = State::kFree;
  s.written = 0;
  s.live = 0;
  s.wear = 0;
  s.disturbed = 0;
  s.retained = 0;
  s.summary.clear();
  blocks_.forget_reads(segment);
  ++free_;
  bool replaced = true;
  for (std::int64_t m = 0; m < blocks_.members(); ++m) {
    std::uint32_t block = blocks_.block_of(segment, m);
    blocks_.add_cycles(block, 1);
    ++erases_;
    ++window_erases_;
    if (observer_ != nullptr) {
      const FlashPlace place = blocks_.place(segment, m);
      observer_->erased(place.plane, place.block);
    }
    if (blocks_.cycles(block) >= parameters_.endurance.cycles) mark_bad(block);
    if (blocks_.is_bad(block)) {
      replaced = replaced && blocks_.replace(segment, m);
      if (replaced) --bad_pending_;
      block = blocks_.block_of(segment, m);
    }
    s.wear = std::max(s.wear, blocks_.cycles(block));
  }
  if (replaced) return;
  --free_;
  dissolve(segment);
}

void FlashTranslation::dissolve(std::int64_t segment) {
  for (std::int64_t m = 0; m < blocks_.members(); ++m)
    if (blocks_.is_bad(blocks_.block_of(segment, m))) --bad_pending_;
  at(segment).state = State::kDissolved;
  blocks_.dissolve(segment);
  --usable_;
}

bool FlashTranslation::is_cold(const Segment& segment) const {
  const auto stack_pages = static_cast<std::uint64_t>(blocks_.segments() * blocks_.segment_pages());
  return segment.state == State::kFull && sequence_ - segment.summary.back().sequence > stack_pages;
}

// Static: the least worn segment of cold data moves into the most worn free one. Cold is what stayed while the whole
// stack's worth of pages was written; data that is merely in a young block would soon free the worn one again.
void FlashTranslation::level_wear() {
  const std::int64_t gap = parameters_.endurance.wear_gap;
  if (gap == 0 || free_ == 0 || worn_out_) return;
  std::int64_t cold = -1;
  std::int64_t worn = -1;
  for (std::int64_t s = 0; s < blocks_.segments(); ++s) {
    if (is_cold(at(s)) && (cold < 0 || at(s).wear < at(cold).wear)) cold = s;
    if (at(s).state == State::kFree && (worn < 0 || at(s).wear > at(worn).wear)) worn = s;
  }
  if (cold < 0 || worn < 0 || at(worn).wear - at(cold).wear <= gap) return;
  open_[kLevelled] = take_free(false);
  if (!relocate(cold, kLevelled, WearCause::kWearLevelling)) return;
  close(kLevelled);
  erase(cold);
}

TrafficClass FlashTranslation::traffic_of(const Segment& segment) const {
  return segment.summary.empty() ? TrafficClass::kOther : segment.summary.front().traffic;
}

void FlashTranslation::refresh_disturbed(std::int64_t segment) {
  const std::int64_t limit = parameters_.endurance.disturb_reads;
  std::vector<std::int64_t> reads(static_cast<std::size_t>(blocks_.members()));
  std::int64_t most = 0;
  for (std::int64_t m = 0; m < blocks_.members(); ++m) {
    const std::int64_t of_block = blocks_.reads(segment, m);
    const std::int64_t times = of_block / limit;
    reads[static_cast<std::size_t>(m)] = of_block % limit;
    if (times > 0) refresh(segment, m, times, WearCause::kReadDisturb);
    most = std::max(most, times);
  }
  at(segment).disturbed += most;
  blocks_.set_reads(segment, reads);
}

// In place: read, erase, program.
void FlashTranslation::refresh(std::int64_t segment, std::int64_t member, std::int64_t times, WearCause cause) {
  Segment& s = at(segment);
  const std::uint32_t block = blocks_.block_of(segment, member);
  blocks_.add_cycles(block, times);
  erases_ += static_cast<std::uint64_t>(times);
  const std::int64_t pages = checked::multiply(blocks_.written_in(member, s.written), times);
  log_.add(cause, traffic_of(s), static_cast<std::uint64_t>(pages));
  s.wear = std::max(s.wear, blocks_.cycles(block));
  if (blocks_.cycles(block) < parameters_.endurance.cycles && !blocks_.is_bad(block)) return;
  mark_bad(block);
  if (!replace(segment, member)) worn_out_ = true;
}

// A block stops at its rated cycles: it is replaced when it is next erased.
void FlashTranslation::count_refresh(TrafficClass traffic) {
  for (std::int64_t n = 1; n <= blocks_.segments(); ++n) {
    const std::int64_t segment = (refreshed_ + n) % blocks_.segments();
    if (at(segment).live == 0 || traffic_of(at(segment)) != traffic) continue;
    refreshed_ = segment;
    for (std::int64_t m = 0; m < blocks_.members(); ++m) wear(blocks_.block_of(segment, m), 1);
    at(segment).wear = blocks_.max_cycles(segment);
    return;
  }
}

void FlashTranslation::wear(std::uint32_t block, std::int64_t more) {
  const std::int64_t left = std::max<std::int64_t>(parameters_.endurance.cycles - blocks_.cycles(block), 0);
  blocks_.add_cycles(block, std::min(more, left));
}

void FlashTranslation::advance(std::int64_t seconds) {
  clock_s_ += seconds;
  const std::int64_t interval = parameters_.endurance.retention.count() / kPicosecondsPerSecond;
  if (interval == 0) return;
  for (std::int64_t segment = 0; segment < blocks_.segments(); ++segment) {
    Segment& s = at(segment);
    const std::int64_t times = s.written > 0 ? (clock_s_ - s.since_s) / interval : 0;
    if (times == 0) continue;
    for (std::int64_t m = 0; m < blocks_.members(); ++m)
      if (blocks_.written_in(m, s.written) > 0) refresh(segment, m, times, WearCause::kRetention);
    s.since_s += times * interval;
    s.retained += times;
    blocks_.forget_reads(segment);
  }
}

void FlashTranslation::wear_evenly(std::int64_t cycles) {
  for (std::int64_t b = 0; b < blocks_.blocks(); ++b) blocks_.add_cycles(static_cast<std::uint32_t>(b), cycles);
  for (Segment& s : segments_) s.wear += cycles;
}

void FlashTranslation::reset_window() {
  log_ = {};
  window_erases_ = 0;
  for (Segment& s : segments_) s.disturbed = s.retained = 0;
}

// Levelled wear is spread over all blocks; refreshes stay with their segment.
void FlashTranslation::fast_forward(std::int64_t seconds, std::int64_t window_s) {
  const std::int64_t levelled =
      checked::multiply_divide(static_cast<std::int64_t>(window_erases_), seconds, window_s) / blocks_.blocks();
  for (std::int64_t b = 0; b < blocks_.blocks(); ++b) wear(static_cast<std::uint32_t>(b), levelled);
  for (std::int64_t segment = 0; segment < blocks_.segments(); ++segment) {
    Segment& s = at(segment);
    if (s.state == State::kDissolved) continue;
    const std::int64_t refreshed = checked::multiply_divide(s.disturbed + s.retained, seconds, window_s);
    for (std::int64_t m = 0; m < blocks_.members() && refreshed > 0; ++m) wear(blocks_.block_of(segment, m), refreshed);
    s.wear = blocks_.max_cycles(segment);
  }
  clock_s_ += seconds;
  if (parameters_.endurance.retention.is_zero()) return;
  for (Segment& s : segments_) s.since_s = clock_s_;  // the patrol went on meanwhile
}

void FlashTranslation::wear_by_class(std::int64_t levelled,
                                     const std::array<std::int64_t, kTrafficClasses>& refreshed) {
  for (std::int64_t b = 0; b < blocks_.blocks(); ++b)
    if (!blocks_.is_bad(static_cast<std::uint32_t>(b))) wear(static_cast<std::uint32_t>(b), levelled);
  for (std::int64_t segment = 0; segment < blocks_.segments(); ++segment) {
    Segment& s = at(segment);
    if (s.state == State::kDissolved) continue;
    const std::int64_t more = s.live > 0 ? refreshed[static_cast<std::size_t>(traffic_of(s))] : 0;
    for (std::int64_t m = 0; m < blocks_.members() && more > 0; ++m) wear(blocks_.block_of(segment, m), more);
    s.wear = blocks_.max_cycles(segment);
  }
}

std::int64_t FlashTranslation::max_cycles(TrafficClass traffic) const {
  std::int64_t most = 0;
  for (const Segment& s : segments_)
    if (s.live > 0 && traffic_of(s) == traffic) most = std::max(most, s.wear);
  return most;
}

std::int64_t FlashTranslation::worn_blocks() const {
  std::int64_t worn = 0;
  for (std::int64_t b = 0; b < blocks_.blocks(); ++b) {
    const auto block = static_cast<std::uint32_t>(b);
    if (!blocks_.is_bad(block) && blocks_.cycles(block) >= parameters_.endurance.cycles) ++worn;
  }
  return worn;
}

void FlashTranslation::recover() {
  struct Written {
    Run run;
    std::uint64_t physical;
  };
  std::vector<Written> all;
  for (std::int64_t segment = 0; segment < blocks_.segments(); ++segment) {
    std::uint64_t place = static_cast<std::uint64_t>(segment * blocks_.segment_pages());
    for (const Run& run : at(segment).summary) {
      all.push_back({run, place});
      place += run.pages;
    }
    at(segment).live = 0;
  }
  std::sort(all.begin(), all.end(), [](const Written& a, const Written& b) { return a.run.sequence < b.run.sequence; });
  map_.clear();
  for (const Written& w : all) {
    std::vector<FlashExtent> replaced;
    map_.assign({w.run.logical, w.physical, w.run.pages}, replaced);
    release(replaced);
    at(static_cast<std::int64_t>(w.physical) / blocks_.segment_pages()).live += w.run.pages;
  }
}

std::int64_t FlashTranslation::max_cycles() const {
  std::int64_t most = 0;
  for (const Segment& s : segments_)
    if (s.state != State::kDissolved) most = std::max(most, s.wear);
  return most;
}

std::int64_t FlashTranslation::min_cycles() const {
  std::int64_t least = INT64_MAX;
  for (const Segment& s : segments_)
    if (s.state != State::kDissolved) least = std::min(least, s.wear);
  return least == INT64_MAX ? 0 : least;
}

WearWindow FlashTranslation::window(double elapsed_s) const {
  WearWindow out;
  out.elapsed_s = elapsed_s;
  out.log = log_;
  for (const Segment& s : segments_) {
    if (s.disturbed > out.read_disturb.count) out.read_disturb = {s.disturbed, traffic_of(s)};
    if (s.retained > out.retention.count) out.retention = {s.retained, traffic_of(s)};
  }
  out.block_pages = static_cast<double>(parameters_.pages);
  out.cycles = static_cast<double>(parameters_.endurance.cycles);
  for (std::int64_t b = 0; b < blocks_.blocks(); ++b) {
    const auto block = static_cast<std::uint32_t>(b);
    if (!blocks_.is_bad(block)) out.cycles_left += out.cycles - static_cast<double>(blocks_.cycles(block));
  }
  return out;
}

// A node of std::map: three pointers, a colour, the key and its target.
std::size_t FlashTranslation::memory_bytes() const {
  std::size_t bytes = blocks_.memory_bytes() + map_.size() * (4 + 3) * sizeof(void*);
  for (const Segment& s : segments_) bytes += sizeof(s) + s.summary.capacity() * sizeof(Run);
  return bytes;
}

}  // namespace decodesim
