// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/stack_pages.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

constexpr std::uint64_t kNotAnnounced = std::uint64_t{1} << 62U;  // of page ids

}  // namespace

StackPages::StackPages(const HbfParameters& parameters, Duration way)
    : parameters_(parameters),
      way_(way),
      retry_(parameters.retry_rate()),
      controller_(parameters, parameters.host),
      writes_(parameters) {}

std::int64_t StackPages::most_ahead() const {
  return parameters_.read_ahead && !writes_.regions().empty() ? parameters_.ahead_pages() : 0;
}

void StackPages::begin(TimePoint now, const FlashRequest& request) {
  writes_.advance(now);
  if (request.write) {
    const TimePoint sent = controller_.occupy_host(now, request.bytes);
    writers_.push_back({request.id, {request.address, request.run, request.bytes, request.traffic}, sent});
  } else {
    const std::int64_t page = static_cast<std::int64_t>(request.address) / parameters_.page.count();
    const std::int64_t window =
        request.window.is_zero() ? 0 : std::max<std::int64_t>(1, request.window / parameters_.page);
    readings_[request.id] = {request.bytes, 0, window, page, request.announced && most_ahead() > 0};
    asking_.push_back(request.id);
    writes_.count_read(request.traffic, request.bytes);
  }
  act(now);
}

void StackPages::advance(TimePoint now) {
  for (auto next = next_event(); next && *next <= now; next = next_event()) {
    if (!ends_.empty() && ends_.front().time <= *next) break;  // is to be taken first
    controller_.advance(*next);
    act(*next);
  }
  controller_.advance(now);
  act(now);
}

void StackPages::act(TimePoint now) {
  while (const auto delivery = controller_.take_delivery()) delivered(*delivery);
  while (!returning_.empty() && returning_.front().time <= now) {
    const auto reading = readings_.find(returning_.front().reading);
    if (reading != readings_.end()) --reading->second.outstanding;
    returning_.pop_front();
  }
  end_round(now);
  late_ = !readings_.empty() && writes_.refresh_late();
  controller_.hold_writes(now, !readings_.empty() && !late_);
  if (!late_) {
    ask(now);
    read_ahead(now);
  }
  start_round(now);
}

void StackPages::delivered(const PageDelivery& delivery) {
  const auto reader = reader_of_.find(delivery.id);
  require(reader != reader_of_.end(), "StackPages", "a page that nobody asked for");
  const std::uint64_t id = reader->second;
  reader_of_.erase(reader);
  Reading& reading = readings_.at(id);
  ++reading.pages_in;
  ++activity_.read_pages;
  if (reading.left.is_zero() && reading.pages_in == reading.pages_asked) {
    readings_.erase(id);
    finish(id, delivery.time + parameters_.access_latency);
  } else if (reading.window > 0) {
    returning_.push_back({delivery.time + parameters_.access_latency + way_, id});
  }
}

// In the order of their coming, each as far as its window goes.
void StackPages::ask(TimePoint now) {
  while (!asking_.empty()) {
    Reading& reading = readings_.at(asking_.front());
    while (!reading.left.is_zero() && (reading.window == 0 || reading.outstanding < reading.window))
      ask_page(now, asking_.front(), reading);
    if (!reading.left.is_zero()) return;
    asking_.pop_front();
  }
}

PageRead StackPages::page_read(std::uint64_t id, std::int64_t page, Bytes bytes) const {
  const std::int64_t planes = parameters_.total_planes();
  PageRead read;
  read.id = id;
  read.plane = parameters_.stripe_plane(page % planes);
  read.page = page / planes;
  read.bytes = bytes;
  read.retry = retry_;
  return read;
}

void StackPages::ask_page(TimePoint now, std::uint64_t id, Reading& reading) {
  const Bytes bytes = std::min(reading.left, parameters_.page);
  reading.left -= bytes;
  ++reading.outstanding;
  ++reading.pages_asked;
  if (!reading.announced) {
    const std::uint64_t page = kNotAnnounced + others_++;
    reader_of_[page] = id;
    controller_.read(now, page_read(page, reading.page++, bytes));
    return;
  }
  const std::int64_t page = claimed_++;
  reader_of_[static_cast<std::uint64_t>(page)] = id;
  if (page < ahead_) {
    ++activity_.staged;
    controller_.claim(now, static_cast<std::uint64_t>(page));
  } else {
    ++ahead_;
    controller_.read(now, page_read(static_cast<std::uint64_t>(page), page, parameters_.page));
  }
}

void StackPages::read_ahead(TimePoint now) {
  while (!ahead_full()) {
    PageRead read = page_read(static_cast<std::uint64_t>(ahead_), ahead_, parameters_.page);
    read.ahead = read.hold = true;
    ++ahead_;
    controller_.read(now, read);
  }
}

void StackPages::take_writers(TimePoint now) {
  while (!writers_.empty() && writes_.put(writers_.front().train)) {
    finish(writers_.front().id, std::max(now, writers_.front().sent) + parameters_.access_latency);
    writers_.pop_front();
  }
}

void StackPages::end_round(TimePoint now) {
  if (round_ && controller_.writes_done() == round_target_) {
    writes_.round_done(*round_);
    count_round(*round_, activity_);
    round_.reset();
  }
  take_writers(now);
}

// A round is started when no read is in service, or when a refresh is late, and what is read ahead has been sensed.
void StackPages::start_round(TimePoint now) {
  if (round_ || (!readings_.empty() && !late_) || controller_.sensing() > 0) return;
  if (!writes_.has_round(!writers_.empty())) return;
  round_ = writes_.take_round();
  round_target_ = controller_.writes_done() + static_cast<std::uint64_t>(round_->planes);
  for (std::int64_t n = 0; n < round_->planes; ++n) {
    const std::int64_t plane = parameters_.stripe_plane(n);
    if (round_->kind == ArrayRound::Kind::kErase)
      controller_.erase(now, plane);
    else
      controller_.program(now, plane);
  }
}

std::optional<TimePoint> StackPages::next_event() const {
  std::optional<TimePoint> next = controller_.next_event();
  const auto earlier = [&next](TimePoint t) {
    if (!next || t < *next) next = t;
  };
  if (!returning_.empty()) earlier(returning_.front().time);
  if (!ends_.empty()) earlier(ends_.front().time);
  return next;
}

std::optional<FlashDone> StackPages::take_done(TimePoint now) {
  if (ends_.empty() || ends_.front().time > now) return std::nullopt;
  const FlashDone done = ends_.front();
  ends_.pop_front();
  return done;
}

FlashActivity StackPages::activity() const {
  FlashActivity out = activity_;
  out.senses = static_cast<std::int64_t>(controller_.senses() + controller_.retries());
  out.retries = static_cast<std::int64_t>(controller_.retries());
  out.suspends = static_cast<std::int64_t>(controller_.suspends());
  return out;
}

void StackPages::finish(std::uint64_t id, TimePoint time) {
  const FlashDone done{id, time};
  const auto after = [](const FlashDone& a, const FlashDone& b) { return a.time < b.time; };
  ends_.insert(std::upper_bound(ends_.begin(), ends_.end(), done, after), done);
}

}  // namespace decodesim
