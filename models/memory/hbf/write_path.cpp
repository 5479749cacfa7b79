// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/write_path.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

WritePath::WritePath(const HbfParameters& parameters)
    : parameters_(parameters),
      buffer_(static_cast<std::uint64_t>(parameters.write_buffer / parameters.page)),
      random_(1, "write_path", "places of scattered writes"),
      pace_(parameters) {
  if (parameters.writes == FlashWrites::kZones)
    zones_.emplace(parameters);
  else
    translation_.emplace(parameters).wear_evenly(parameters.age.cycles);
  for (Log& log : logs_) log.pages = static_cast<std::uint64_t>(parameters.capacity_pages());
  ages_.fill({parameters.age.days * 86'400, parameters.age.reads});
}

void WritePath::hold(const FlashRegion& region) {
  if (region.bytes.is_zero()) return;
  regions_.push_back(region);
  const auto page = static_cast<std::uint64_t>(parameters_.page.count());
  const std::uint64_t first = region.address / page;
  const std::uint64_t end = (region.address + static_cast<std::uint64_t>(region.bytes.count())) / page;
  const std::uint64_t pages = std::max<std::uint64_t>(1, end - first);
  Log& log = log_of(region.traffic);
  if (log.held == 0) {  // what is appended goes to the first region of its class
    log.first = first;
    log.pages = pages;
  }
  log.held += pages;
  pace_.hold(region.traffic, region.bytes);
  if (zones_) return hold_zones(log);
  const FlashWrite written = translation_->write(first, pages, region.traffic);
  require(written == FlashWrite::kDone, "WritePath", "what is there before the run does not fit the flash");
  translation_->reset_window();
}

// Whole zones: from where the class's first one begins.
void WritePath::hold_zones(Log& log) {
  const auto zone = static_cast<std::uint64_t>(zones_->zone_pages());
  const auto all = static_cast<std::uint64_t>(zones_->zones());
  const std::uint64_t first = std::min(all - 1, (log.first + zone - 1) / zone);
  const std::uint64_t whole = std::clamp<std::uint64_t>(log.pages / zone, 1, all - first);
  log.first = first * zone;
  log.pages = whole * zone;
}

bool WritePath::read_only(std::uint64_t address) const {
  return std::any_of(regions_.begin(), regions_.end(), [address](const FlashRegion& r) {
    return r.traffic == TrafficClass::kWeights && address >= r.address &&
           address - r.address < static_cast<std::uint64_t>(r.bytes.count());
  });
}

// A page of the log, of the run, or anywhere in the region.
std::uint64_t WritePath::page_of(const WriteTrain& train) {
  Log& log = log_of(train.traffic);
  if (train.traffic == TrafficClass::kKvCache) {
    const std::uint64_t page = log.first + log.next;
    log.next = (log.next + 1) % log.pages;
    return page;
  }
  if (!train.run.is_zero()) return log.first + random_.below(log.pages);
  return train.address / static_cast<std::uint64_t>(parameters_.page.count());
}

bool WritePath::has_room(std::int64_t pages) const {
  return static_cast<std::int64_t>(buffer_.size()) + in_rounds_ + pages <= parameters_.write_buffer / parameters_.page;
}

void WritePath::put_page(const WriteTrain& train) {
  const bool taken = buffer_.put(page_of(train), train.traffic);
  require(taken, "WritePath", "the buffer refuses a page that it has room for");
}

// Run by run; one that is larger than the buffer goes in as room comes.
bool WritePath::put_runs(WriteTrain& train) {
  while (!train.left.is_zero()) {
    if (!has_room(1)) return false;
    const Bytes of_run = train.run - Bytes(train.put.count() % train.run.count());
    const Bytes part = std::min({train.left, of_run, parameters_.page});
    put_page(train);
    count_put(train, part);
  }
  return true;
}

void WritePath::count_put(WriteTrain& train, Bytes part) {
  train.left -= part;
  train.put += part;
  train.address += static_cast<std::uint64_t>(part.count());
  bytes_put_ += part;
  log_of(train.traffic).put += part.count();
  pace_.write(train.traffic, part);
}

bool WritePath::put(WriteTrain& train) {
  if (!parameters_.gather && !train.run.is_zero()) return put_runs(train);
  Bytes& partial = log_of(train.traffic).partial;
  while (!train.left.is_zero()) {
    const Bytes part = std::min(train.left, parameters_.page - partial);
    if (partial + part == parameters_.page) {
      if (!has_room(1)) return false;
      put_page(train);
      partial = Bytes();
    } else {
      partial += part;
    }
    count_put(train, part);
  }
  return true;
}

bool WritePath::has_round(bool flush) const {
  const auto stripe = static_cast<std::uint64_t>(parameters_.total_planes());
  return !rounds_.empty() || pace_.due() > 0 || buffer_.size() >= (flush ? 1 : stripe);
}

std::int64_t WritePath::erased() const {
  return zones_ ? zone_erases_ : static_cast<std::int64_t>(translation_->erases());
}

void WritePath::refuse(std::uint64_t pages, std::string_view why) {
  refused_pages_ += static_cast<std::int64_t>(pages);
  if (refusal_.empty()) refusal_ = why;
}

void WritePath::write_log(const WriteBuffer::Run& run) {
  const FlashWrite result = translation_->write(run.logical, run.pages, run.traffic);
  if (result == FlashWrite::kDone) return;
  refuse(run.pages, result == FlashWrite::kWornOut ? "worn out: no block is left to write to"
                                                   : "out of space: no segment can be freed");
}

// The host appends to its zone; it resets one that is full before it begins it anew.
void WritePath::write_zones(const WriteBuffer::Run& run) {
  const std::int64_t size = zones_->zone_pages();
  auto page = static_cast<std::int64_t>(run.logical);
  const std::int64_t end = page + static_cast<std::int64_t>(run.pages);
  while (page < end) {
    const std::int64_t zone = page / size;
    const std::int64_t offset = page % size;
    const std::int64_t pages = std::min(end - page, size - offset);
    if (offset == 0 && zones_->state(zone) == ZoneState::kFull && zones_->reset(zone) == ZoneWrite::kDone)
      zone_erases_ += zones_->blocks().members();
    const ZoneWrite result = zones_->write(zone, offset, pages, run.traffic);
    if (result != ZoneWrite::kDone) refuse(static_cast<std::uint64_t>(pages), explain(result));
    page += pages;
  }
}

// What the log does not count as the host's pages has been moved.
void WritePath::take_stripe() {
  const auto moved_pages = [this] {
    return static_cast<std::int64_t>(log().total() - log().pages(WearCause::kHostWrites));
  };
  const std::int64_t before = moved_pages();
  const std::int64_t erased_before = erased();
  auto left = static_cast<std::uint64_t>(parameters_.total_planes());
  std::int64_t pages = 0;
  while (const auto run = buffer_.take(left)) {
    left -= run->pages;
    pages += static_cast<std::int64_t>(run->pages);
    if (zones_)
      write_zones(*run);
    else
      write_log(*run);
  }
  in_rounds_ += pages;
  add_rounds(ArrayRound::Kind::kMove, moved_pages() - before, parameters_.read + parameters_.program);
  add_rounds(ArrayRound::Kind::kErase, erased() - erased_before, parameters_.erase);
  rounds_.push_back({ArrayRound::Kind::kProgram, pages, parameters_.program, pages});
}

void WritePath::add_rounds(ArrayRound::Kind kind, std::int64_t operations, Duration each) {
  for (std::int64_t left = operations; left > 0; left -= parameters_.total_planes())
    rounds_.push_back({kind, std::min(left, parameters_.total_planes()), each, 0});
}

ArrayRound WritePath::refresh_round() {
  const RefreshPace::Round due = pace_.take();
  ++refreshing_;
  const auto kind = due.erase ? ArrayRound::Kind::kErase : ArrayRound::Kind::kProgram;
  return {kind, parameters_.total_planes(), due.erase ? parameters_.erase : parameters_.program, 0, due};
}

ArrayRound WritePath::take_round() {
  if (pace_.due() > 0) return refresh_round();
  if (rounds_.empty()) take_stripe();
  const ArrayRound round = rounds_.front();
  rounds_.pop_front();
  return round;
}

void WritePath::round_done(const ArrayRound& round) {
  in_rounds_ -= round.frees;
  (round.kind == ArrayRound::Kind::kErase ? erases_ : programs_) += round.planes;
  if (!round.refresh) return;
  --refreshing_;
  if (round.refresh->erase && translation_) translation_->count_refresh(round.refresh->traffic);
}

void WritePath::count_read(TrafficClass traffic, Bytes bytes) {
  log_of(traffic).read += bytes.count();
  pace_.read(traffic, bytes);
}

TrafficClass WritePath::most_read() const {
  const auto most =
      std::max_element(logs_.begin(), logs_.end(), [](const Log& a, const Log& b) { return a.read < b.read; });
  return static_cast<TrafficClass>(most - logs_.begin());
}

std::int64_t WritePath::cycles() const {
  const std::int64_t worn = translation_ ? translation_->max_cycles(most_read()) : 0;
  return std::max(worn, parameters_.age.cycles);
}

void WritePath::fast_forward(std::int64_t days, Duration elapsed) {
  require(translation_.has_value(), "WritePath", "zones age as their host decides");
  std::array<std::int64_t, kTrafficClasses> refreshed{};
  for (std::size_t t = 0; t < kTrafficClasses; ++t) {
    const Bytes held = parameters_.page * static_cast<std::int64_t>(logs_[t].held);
    if (held.is_zero()) continue;
    const ClassAgeing ageing = aged(parameters_, {held, logs_[t].read, logs_[t].put}, ages_[t], days, elapsed);
    ages_[t] = ageing.age;
    refreshed[t] = ageing.refreshes;
  }
  const auto programmed = static_cast<std::int64_t>(log().total());
  translation_->wear_by_class(levelled_cycles(parameters_, programmed, blocks().blocks(), days, elapsed), refreshed);
}

double WritePath::held_bytes(const Log& log) const {
  return static_cast<double>(parameters_.page.count()) * static_cast<double>(log.held > 0 ? log.held : log.pages);
}

double WritePath::passes(TrafficClass traffic) const {
  const Log& log = logs_[static_cast<std::size_t>(traffic)];
  return static_cast<double>(log.read) / held_bytes(log);
}

double WritePath::rewrites(TrafficClass traffic) const {
  const Log& log = logs_[static_cast<std::size_t>(traffic)];
  return static_cast<double>(log.put) / held_bytes(log);
}

}  // namespace decodesim
