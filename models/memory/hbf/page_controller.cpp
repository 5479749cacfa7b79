// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/page_controller.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::size_t kDemand = 0;
constexpr std::size_t kAhead = 1;
std::size_t rank_of(const PageRead& read) { return read.ahead ? kAhead : kDemand; }

}  // namespace

PageController::PageController(const HbfParameters& parameters, Bandwidth host, std::uint64_t seed)
    : parameters_(parameters),
      host_(host),
      half_(parameters.page * std::max<std::int64_t>(parameters.staging / parameters.page / 2, 1)),
      random_(seed, "page_controller", "read retry"),
      planes_(static_cast<std::size_t>(parameters.total_planes()), Plane(parameters)),
      channels_(static_cast<std::size_t>(parameters.channels)),
      dies_(static_cast<std::size_t>(parameters.dies)) {
  require(parameters.problems().empty(), "PageController", "parameters contradict themselves");
}

void PageController::schedule(TimePoint time, Kind kind, std::int64_t plane, const PageRead& read) {
  events_.push({time, events_made_++, kind, plane, read});
}

void PageController::read(TimePoint now, const PageRead& request) {
  require(request.bytes <= parameters_.page && request.bytes > Bytes(), "PageController", "a read of no or many pages");
  require(request.plane >= 0 && request.plane < parameters_.total_planes(), "PageController", "no such plane");
  advance(now);
  if (request.hold) held_[request.id] = {request.plane, false, false};
  at(request.plane).reads[rank_of(request)].push_back(request);
  start(request.plane);
}

void PageController::claim(TimePoint now, std::uint64_t id) {
  const auto held = held_.find(id);
  require(held != held_.end() && !held->second.claimed, "PageController", "a claim of a page that is not held");
  advance(now);
  held->second.claimed = true;
  if (!held->second.decoded) return promote(held->second.plane, id);
  held_.erase(held);
  PageRead page;
  page.id = id;
  page.bytes = parameters_.page;
  deliver(page);
}

// A page that has not been sensed yet is now asked for.
void PageController::promote(std::int64_t plane, std::uint64_t id) {
  Plane& p = at(plane);
  auto& ahead = p.reads[kAhead];
  const auto found = std::find_if(ahead.begin(), ahead.end(), [id](const PageRead& r) { return r.id == id; });
  if (found == ahead.end()) return;
  PageRead read = *found;
  ahead.erase(found);
  read.ahead = false;
  p.reads[kDemand].push_back(read);
  start(plane);
}

TimePoint PageController::occupy_host(TimePoint now, Bytes bytes) {
  advance(now);
  return host_free_ = std::max(host_free_, now_) + bytes / host_;
}

void PageController::write(TimePoint now, std::int64_t plane, Write what) {
  advance(now);
  at(plane).writes.push_back(what);
  start(plane);
}

std::optional<TimePoint> PageController::next_event() const {
  if (events_.empty()) return std::nullopt;
  return events_.top().time;
}

void PageController::advance(TimePoint now) {
  require(now >= now_, "PageController", "time goes back");
  while (!events_.empty() && events_.top().time <= now) {
    const Event event = events_.top();
    events_.pop();
    now_ = event.time;
    happen(event);
  }
  now_ = now;
}

std::optional<PageDelivery> PageController::take_delivery() {
  if (delivered_.empty()) return std::nullopt;
  const PageDelivery next = delivered_.front();
  delivered_.pop_front();
  return next;
}

void PageController::happen(const Event& event) {
  switch (event.kind) {
    case Kind::kSensed: return sensed(event.plane, event.read);
    case Kind::kArrayFree: return start(event.plane);
    case Kind::kWritten:
      if (event.read.id != at(event.plane).write_number) return;  // suspended since
      ++writes_done_;
      return start(event.plane);
    case Kind::kTransferred:
      channels_[static_cast<std::size_t>(parameters_.channel_of(event.plane))].busy = false;
      at(event.plane).state.release();
      schedule(now_ + parameters_.ecc, Kind::kDecoded, event.plane, event.read);
      transfer(parameters_.channel_of(event.plane));
      return start(event.plane);
    case Kind::kDecoded: return decoded(event.read);
    case Kind::kTaken: return taken(event.read);
  }
}

void PageController::deliver(const PageRead& read) {
  host_free_ = std::max(host_free_, now_) + read.bytes / host_;
  schedule(host_free_, Kind::kTaken, read.plane, read);
}

void PageController::decoded(const PageRead& read) {
  const auto held = read.hold ? held_.find(read.id) : held_.end();
  if (held == held_.end()) return deliver(read);
  if (!held->second.claimed) {
    held->second.decoded = true;
    return;
  }
  held_.erase(held);
  deliver(read);
}

// What the plane does next: demand, what was suspended, reads ahead of what waits to be written, writes.
void PageController::start(std::int64_t plane) {
  Plane& p = at(plane);
  if (start_read(plane, kDemand)) return;
  if (!p.reads[kDemand].empty()) {
    if (p.waits_for_credit[kDemand]) return start_write(plane);  // no use in holding the array
    if (!p.state.can_suspend(now_)) return;
    ++p.write_number;
    ++suspends_;
    return schedule(p.state.suspend(now_), Kind::kArrayFree, plane);
  }
  if ((!p.state.suspended() || hold_writes_) && start_read(plane, kAhead)) return;
  if (p.reads[kAhead].empty() || p.waits_for_credit[kAhead] || p.state.suspended()) start_write(plane);
}

bool PageController::start_read(std::int64_t plane, std::size_t rank) {
  Plane& p = at(plane);
  if (p.reads[rank].empty()) return false;
  const PageRead next = p.reads[rank].front();
  const bool open = p.state.open_page(now_) == next.page;
  if (!open && (!p.state.can_read(now_) || !die_allows(plane))) return false;
  if (staged_ + next.bytes > parameters_.staging) {
    if (!p.waits_for_credit[rank]) credit_queue_[rank].push_back(plane);
    p.waits_for_credit[rank] = true;
    return false;
  }
  p.reads[rank].pop_front();
  staged_ += next.bytes;
  most_staged_ = std::max(most_staged_, staged_);
  if (open) {
    p.state.reopen();
    channels_[static_cast<std::size_t>(parameters_.channel_of(plane))].ready[rank].push_back(next);
    transfer(parameters_.channel_of(plane));
    return true;
  }
  Die& die = dies_[static_cast<std::size_t>(plane / parameters_.planes)];
  ++die.sensing;
  ++sensing_;
  die.started = now_;
  const TimePoint sensed = p.state.read(now_, next.page, sense_time(next));
  schedule(sensed, Kind::kSensed, plane, next);
  if (p.state.rested() > sensed) schedule(p.state.rested(), Kind::kArrayFree, plane);
  return true;
}

bool PageController::die_allows(std::int64_t plane) const {
  const Die& die = dies_[static_cast<std::size_t>(plane / parameters_.planes)];
  if (parameters_.plane_reads == PlaneReads::kIndependent || die.sensing == 0) return true;
  return parameters_.plane_reads == PlaneReads::kMultiPlane && die.started == now_;
}

// A retry senses again after the page has been over the channel and through the decoder in vain.
Duration PageController::sense_time(const PageRead& read) {
  ++senses_;
  const Duration once = parameters_.sense_time(read.page % parameters_.pages);
  Duration time = once;
  for (std::int64_t n = 0; n < parameters_.retry.limit && read.retry > Ratio(); ++n) {
    if (random_.below(kPartsPerMillion) >= static_cast<std::uint64_t>(read.retry.count())) break;
    time += once + parameters_.page / parameters_.channel + parameters_.ecc;
    ++retries_;
  }
  return time;
}

void PageController::hold_writes(TimePoint now, bool hold) {
  advance(now);
  if (hold == hold_writes_) return;
  hold_writes_ = hold;
  for (std::int64_t plane = 0; plane < parameters_.total_planes() && !hold; ++plane) start(plane);
}

void PageController::start_write(std::int64_t plane) {
  Plane& p = at(plane);
  if (hold_writes_) return;
  TimePoint end;
  if (p.state.suspended() && p.state.array_idle(now_)) {
    end = p.state.resume(now_);
  } else if (!p.writes.empty() && p.writes.front() == Write::kProgram && p.state.can_program(now_)) {
    end = p.state.program(now_);
    p.writes.pop_front();
  } else if (!p.writes.empty() && p.writes.front() == Write::kErase && p.state.can_erase(now_)) {
    end = p.state.erase(now_);
    p.writes.pop_front();
  } else {
    return;
  }
  PageRead number;
  number.id = ++p.write_number;
  schedule(end, Kind::kWritten, plane, number);
}

void PageController::sensed(std::int64_t plane, const PageRead& read) {
  Die& die = dies_[static_cast<std::size_t>(plane / parameters_.planes)];
  --die.sensing;
  --sensing_;
  const std::int64_t channel = parameters_.channel_of(plane);
  channels_[static_cast<std::size_t>(channel)].ready[rank_of(read)].push_back(read);
  transfer(channel);
  start(plane);
  if (parameters_.plane_reads == PlaneReads::kIndependent || die.sensing > 0) return;
  const std::int64_t first = plane / parameters_.planes * parameters_.planes;
  for (std::int64_t n = 1; n < parameters_.planes; ++n)  // the others of the die, in turn
    start(first + (plane - first + n) % parameters_.planes);
}

void PageController::transfer(std::int64_t channel) {
  Channel& c = channels_[static_cast<std::size_t>(channel)];
  if (c.busy) return;
  auto& queue = c.ready[kDemand].empty() ? c.ready[kAhead] : c.ready[kDemand];
  if (queue.empty()) return;
  c.busy = true;
  const PageRead next = queue.front();
  queue.pop_front();
  schedule(now_ + next.bytes / parameters_.channel, Kind::kTransferred, next.plane, next);
}

// Two buffers: one is given back as a whole, or when nothing else is on its way. Credit goes to the planes that wait
// for it, demand first, in the order in which they came.
void PageController::taken(const PageRead& read) {
  delivered_.push_back({read.id, now_});
  returning_ += read.bytes;
  if (parameters_.double_buffered && returning_ < half_ && returning_ < staged_) return;
  staged_ -= returning_;
  returning_ = Bytes();
  for (std::size_t rank : {kDemand, kAhead}) {
    while (!credit_queue_[rank].empty() && staged_ + parameters_.page <= parameters_.staging) {
      const std::int64_t plane = credit_queue_[rank].front();
      credit_queue_[rank].pop_front();
      at(plane).waits_for_credit[rank] = false;
      start(plane);
    }
    if (!credit_queue_[rank].empty()) return;
  }
}

}  // namespace decodesim
