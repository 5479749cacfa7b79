// SPDX-License-Identifier: Apache-2.0
#include "models/compute/last_level_cache.hpp"

#include <algorithm>

#include "models/compute/command.hpp"
#include "sim/core/component/require.hpp"
#include "sim/core/units/fixed_point.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kFarther = 4;  // times the capacity: nothing is found
constexpr std::int64_t kNearer = 4;   // part of the capacity: all is found

}  // namespace

LastLevelCache::LastLevelCache(Bytes capacity, std::int64_t ways, Ratio share)
    : capacity_(ways == 0 ? Bytes() : scaled(capacity, share)), ways_(ways) {
  require(ways == 0 || (ways > 0 && !capacity_.is_zero()), "LastLevelCache", "a cache holds something");
}

Ratio LastLevelCache::found(Bytes distance) const {
  constexpr Ratio kAll(kPartsPerMillion);
  if (ways_ == 0 || distance / kFarther >= capacity_) return Ratio();
  if (distance <= capacity_ / kNearer) return kAll;
  for (const Answer& answer : answers_)
    if (answer.distance == distance) return answer.share;
  answers_[oldest_] = {distance, share_at(distance)};
  const Ratio share = answers_[oldest_].share;
  oldest_ = (oldest_ + 1) % answers_.size();
  return share;
}

// Sum of e^-x x^i / i! for i < ways, each term from its logarithm so that none underflows before its time.
Ratio LastLevelCache::share_at(Bytes distance) const {
  constexpr Int128 kLog2E = Int128{25'380'159'564'675};  // 2^44 log2(e), rounded
  const Int128 x = fixed_point::ratio(Int128{ways_} * distance.count(), capacity_.count());
  const Int128 log_x = fixed_point::log2(x);
  const Int128 log_e = fixed_point::product(x, kLog2E);
  Int128 log_factorial = 0;
  Int128 sum = 0;
  for (std::int64_t i = 0; i < ways_; ++i) {
    if (i > 1) log_factorial += fixed_point::log2(i * fixed_point::kOne);
    sum += fixed_point::exp2(i * log_x - log_factorial - log_e);
  }
  return Ratio(checked::narrow(std::min(sum * kPartsPerMillion / fixed_point::kOne, Int128{kPartsPerMillion})));
}

Bytes LastLevelCache::from_memory(const Transfer& transfer) const {
  return transfer.bytes - scaled(transfer.bytes, found(transfer.reuse_distance));
}

}  // namespace decodesim
