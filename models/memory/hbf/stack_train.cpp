// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/stack_train.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

PageTimes latest(const PageTimes& a, const PageTimes& b, Duration after = {}) {
  return {std::max(a.first, b.first + after), std::max(a.last, b.last + after)};
}

}  // namespace

StackTrain::StackTrain(const HbfParameters& parameters, Duration way)
    : parameters_(parameters),
      way_(way),
      retry_(parameters.retry_rate()),
      pipeline_(parameters, retry_),
      rank_(pipeline_.rank_bytes()),
      staging_(parameters.page * (parameters.staging / parameters.page)),
      writes_(parameters),
      ready_(parameters.page, rank_, staging_ + rank_),
      delivered_(parameters.page, rank_, staging_ * 2 + rank_) {
  require(parameters.problems().empty(), "StackTrain", "parameters contradict themselves");
}

void StackTrain::set_retry(Ratio retry) {
  retry_ = retry;
  pipeline_.set_retry(parameters_, retry);
}

Bytes StackTrain::most_ahead() const {
  if (!parameters_.read_ahead || writes_.regions().empty()) return {};
  return parameters_.page * parameters_.ahead_pages();
}

void StackTrain::begin(TimePoint now, const FlashRequest& request) {
  now_ = now;
  writes_.advance(now);
  read_ahead(now);
  if (request.write)
    write(now, request);
  else
    read(now, request);
}

void StackTrain::read(TimePoint now, const FlashRequest& request) {
  const TimePoint start = std::max(now, served_);
  writes_.count_read(request.traffic, request.bytes);
  refresh_late(start);
  make_way(start);
  const Window window{request.window, parameters_.access_latency + way_};
  const bool ahead = request.announced && !most_ahead().is_zero();
  served_ = ahead ? announced(start, request.bytes, window) : other(start, request.bytes, window);
  activity_.read_pages += checked::narrow(checked::divide_up(request.bytes.count(), parameters_.page.count()));
  finish(request.id, served_ + parameters_.access_latency);
}

// Rank by rank: asked for when the window has room, staged or still to be sensed, over the link.
TimePoint StackTrain::announced(TimePoint start, Bytes bytes, const Window& window) {
  const Bytes first = claimed_;
  const Bytes end = claimed_ + bytes;
  PageTimes gone{start, start};
  while (claimed_ < end) {
    const std::int64_t number = claimed_ / rank_;
    const Bytes next = std::min(end, rank_ * (number + 1));
    PageTimes asked{start, start};
    if (!window.bytes.is_zero() && next - window.bytes > first)
      asked = latest(asked, delivered_.when(claimed_ - window.bytes, next - window.bytes), window.back);
    if (number >= sensed_)
      sense_announced(asked);
    else
      activity_.staged += (next - claimed_) / parameters_.page;
    gone = pipeline_.deliver(latest(asked, ready_.of(number)), next - claimed_);
    delivered_.set(number, gone);
    claimed_ = next;
    read_ahead(asked.last);
  }
  return gone.last;
}

// Its room in the SRAM is that of what has been delivered.
void StackTrain::sense_announced(PageTimes issued) {
  const Bytes over = rank_ * (sensed_ + 1) - staging_;
  if (over > Bytes())
    issued = latest(issued, {delivered_.when(returned_with(over - rank_ + parameters_.page, claimed_)),
                             delivered_.when(returned_with(over, claimed_))});
  ready_.set(sensed_++, pipeline_.sense(issued));
  count_senses(parameters_.dies);
}

void StackTrain::count_senses(std::int64_t pages) {
  const std::int64_t more = parameters_.retry.mean_senses_ppm(retry_) - kPartsPerMillion;
  retried_ppm_ += pages * more;
  const std::int64_t again = retried_ppm_ / kPartsPerMillion;
  retried_ppm_ %= kPartsPerMillion;
  activity_.senses += pages + again;
  activity_.retries += again;
}

// Two buffers: the room of a byte is given back with its half.
Bytes StackTrain::returned_with(Bytes bytes, Bytes gone) const {
  if (!parameters_.double_buffered) return bytes;
  const Bytes half = std::max(parameters_.page, staging_ / 2);
  return std::min(half * ((bytes + half - Bytes(1)) / half), gone);
}

void StackTrain::read_ahead(TimePoint now) {
  while (rank_ * (sensed_ + 1) <= claimed_ + most_ahead()) sense_announced({now, now});
}

// What nobody announced: from the idle array, within the SRAM that pages held ahead leave.
TimePoint StackTrain::other(TimePoint start, Bytes bytes, const Window& window) {
  const Bytes credit = std::max(parameters_.page, staging_ - std::max(Bytes(), rank_ * sensed_ - claimed_));
  RankTimes delivered(parameters_.page, rank_, std::min(std::max(credit, window.bytes), bytes) * 2);
  PageTimes gone{start, start};
  for (Bytes at; at < bytes;) {
    const std::int64_t number = at / rank_;
    const Bytes next = std::min(bytes, rank_ * (number + 1));
    PageTimes issued{start, start};
    if (next > credit)
      issued = latest(issued, {delivered.when(returned_with(at - credit + parameters_.page, at)),
                               delivered.when(returned_with(next - credit, at))});
    if (!window.bytes.is_zero() && next > window.bytes)
      issued = latest(issued, delivered.when(at - window.bytes, next - window.bytes), window.back);
    gone = pipeline_.deliver(pipeline_.sense(issued), next - at);
    delivered.set(number, gone);
    count_senses(checked::narrow(checked::divide_up((next - at).count(), parameters_.page.count())));
    at = next;
  }
  return gone.last;
}

// A read has come while the array programs or erases.
void StackTrain::make_way(TimePoint now) {
  if (!running_ || round_end_ <= now) return;
  const bool erase = round_->kind == ArrayRound::Kind::kErase;
  const Duration latency = erase ? parameters_.erase_suspend : parameters_.program_suspend;
  const bool suspends = suspends_ < parameters_.suspends && round_end_ - now > latency;
  const TimePoint free = suspends ? now + latency : round_end_;
  activity_.waited_for_writes += free - now;
  pipeline_.block(free);
  if (!suspends) return;
  ++suspends_;
  activity_.suspends += round_->planes;
  left_ = round_end_ - now + parameters_.resume;
  running_ = false;
}

// No gap was long enough: rounds go first, and what is under way is not suspended again.
void StackTrain::refresh_late(TimePoint start) {
  if (!writes_.refresh_late()) return;
  TimePoint free = std::max(start, pipeline_.idle_from());
  if (round_) {
    free = running_ ? round_end_ : free + left_;
    end_round(free);
  }
  while (writes_.refresh_late()) {
    round_ = writes_.take_round();
    free = free + round_->time;
    end_round(free);
  }
  activity_.waited_for_writes += std::max(free, start) - start;
}

void StackTrain::write(TimePoint now, const FlashRequest& request) {
  const TimePoint start = std::max(now, served_);
  const TimePoint sent = pipeline_.deliver({start, start}, request.bytes).last;
  served_ = sent;
  writers_.push_back({request.id, {request.address, request.run, request.bytes, request.traffic}, sent});
  take_writers(now);
}

// In the order of their coming, as far as there is room.
void StackTrain::take_writers(TimePoint now) {
  while (!writers_.empty() && writes_.put(writers_.front().train)) {
    finish(writers_.front().id, std::max(now, writers_.front().sent) + parameters_.access_latency);
    writers_.pop_front();
  }
}

// The array programs or erases only when no read is in service, and after reading ahead.
std::optional<TimePoint> StackTrain::next_write() const {
  if (running_) return round_end_;
  if (!round_ && !writes_.has_round(!writers_.empty())) return std::nullopt;
  return std::max({now_, served_, pipeline_.idle_from()});
}

void StackTrain::write_event(TimePoint now) {
  if (running_) return end_round(now);
  if (!round_) {
    round_ = writes_.take_round();
    left_ = round_->time;
    suspends_ = 0;
  }
  running_ = true;
  round_end_ = now + left_;
}

void StackTrain::end_round(TimePoint now) {
  running_ = false;
  writes_.round_done(*round_);
  count_round(*round_, activity_);
  round_.reset();
  pipeline_.block(now);
  take_writers(now);
}

std::optional<TimePoint> StackTrain::next_event() const {
  std::optional<TimePoint> next = next_write();
  if (!ends_.empty() && (!next || ends_.front().time < *next)) next = ends_.front().time;
  return next;
}

void StackTrain::advance(TimePoint now) {
  read_ahead(now);
  for (auto next = next_write(); next && *next <= now; next = next_write()) {
    now_ = *next;
    write_event(now_);
  }
  now_ = now;
}

std::optional<FlashDone> StackTrain::take_done(TimePoint now) {
  if (ends_.empty() || ends_.front().time > now) return std::nullopt;
  const FlashDone done = ends_.front();
  ends_.pop_front();
  return done;
}

void StackTrain::finish(std::uint64_t id, TimePoint time) {
  const FlashDone done{id, time};
  const auto after = [](const FlashDone& a, const FlashDone& b) { return a.time < b.time; };
  ends_.insert(std::upper_bound(ends_.begin(), ends_.end(), done, after), done);
}

}  // namespace decodesim
