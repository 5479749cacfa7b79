// SPDX-License-Identifier: Apache-2.0
#include "models/memory/rate_sharing.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

void RateSharing::add(std::uint64_t id, Bytes bytes, Bandwidth cap) {
  require(cap.count() > 0, "RateSharing", "a train that may never move");
  trains_.push_back({id, static_cast<Int128>(bytes.count()) * kPicosecondsPerSecond, cap, Bandwidth()});
}

void RateSharing::advance(TimePoint now) {
  const Duration elapsed = now - updated_;
  require(elapsed.count() >= 0, "RateSharing", "time runs backwards");
  updated_ = now;
  if (elapsed.is_zero()) return;
  for (Train& train : trains_) train.remaining -= static_cast<Int128>(train.rate.count()) * elapsed.count();
}

// Water filling: trains in order of their cap; each gets the smaller of its cap and an equal part of what is left.
void RateSharing::share(Bandwidth total) {
  by_cap_.resize(trains_.size());
  for (std::size_t i = 0; i < trains_.size(); ++i) by_cap_[i] = i;
  std::sort(by_cap_.begin(), by_cap_.end(), [this](std::size_t a, std::size_t b) {
    return trains_[a].cap != trains_[b].cap ? trains_[a].cap < trains_[b].cap : a < b;
  });
  Bandwidth left = total;
  auto waiting = static_cast<std::int64_t>(trains_.size());
  for (const std::size_t i : by_cap_) {
    Train& train = trains_[i];
    train.rate = std::max(Bandwidth(1), std::min(train.cap, left / waiting));
    left = left > train.rate ? left - train.rate : Bandwidth();
    --waiting;
  }
}

bool RateSharing::take_finished(std::uint64_t& id) {
  const auto it = std::find_if(trains_.begin(), trains_.end(), [](const Train& t) { return t.done(); });
  if (it == trains_.end()) return false;
  id = it->id;
  trains_.erase(it);
  return true;
}

TimePoint RateSharing::next_completion() const {
  require(!trains_.empty(), "RateSharing", "no train");
  Duration least(INT64_MAX);
  for (const Train& train : trains_) {
    const Int128 left = std::max<Int128>(0, train.remaining);
    least = std::min(least, Duration(checked::narrow(checked::divide_up(left, train.rate.count()))));
  }
  return updated_ + least;
}

}  // namespace decodesim
