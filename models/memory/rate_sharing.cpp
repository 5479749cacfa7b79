// SPDX-License-Identifier: Apache-2.0
#include "models/memory/rate_sharing.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {

void RateSharing::add(std::uint64_t id, Bytes bytes, Bandwidth cap) {
  require(cap.count() > 0, "RateSharing", "a train that may never move");
  trains_.push_back({id, static_cast<Int128>(bytes.count()) * kPicosecondsPerSecond, cap, Bandwidth()});
}

Int128 RateSharing::advance(TimePoint now) {
  const Duration elapsed = now - updated_;
  require(elapsed.count() >= 0, "RateSharing", "time runs backwards");
  updated_ = now;
  Int128 moved = 0;
  if (elapsed.is_zero()) return moved;
  for (Train& train : trains_) {
    const Int128 work = static_cast<Int128>(train.rate.count()) * elapsed.count();
    moved += std::min(work, std::max<Int128>(0, train.remaining));
    train.remaining -= work;
  }
  return moved;
}

// Water filling: trains in order of cap / rate; each gets the smaller of its cap and its part of what is left.
void RateSharing::share(std::span<const Bandwidth> rates) {
  require(rates.size() == trains_.size(), "RateSharing", "a rate for each train");
  by_cap_.resize(trains_.size());
  Bandwidth left;
  Int128 weights = 0;
  for (std::size_t i = 0; i < trains_.size(); ++i) {
    by_cap_[i] = i;
    left += rates[i];
    weights += rates[i].count();
  }
  std::sort(by_cap_.begin(), by_cap_.end(), [&](std::size_t a, std::size_t b) {
    const Int128 x = static_cast<Int128>(trains_[a].cap.count()) * rates[b].count();
    const Int128 y = static_cast<Int128>(trains_[b].cap.count()) * rates[a].count();
    return x != y ? x < y : a < b;
  });
  for (const std::size_t i : by_cap_) {
    Train& train = trains_[i];
    const Int128 part = weights > 0 ? static_cast<Int128>(left.count()) * rates[i].count() / weights : 0;
    train.rate = std::max(Bandwidth(1), std::min(train.cap, Bandwidth(checked::narrow(part))));
    left = left > train.rate ? left - train.rate : Bandwidth();
    weights -= rates[i].count();
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
