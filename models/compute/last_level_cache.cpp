// SPDX-License-Identifier: Apache-2.0
#include "models/compute/last_level_cache.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

// Whole numbers, so that every machine gets the same: fractions of kOne.
constexpr std::int64_t kOne = std::int64_t{1} << 40;
constexpr std::int64_t kMillion = 1'000'000;
// Beyond so many capacities nothing is found: exp(-15) is less than a millionth.
constexpr std::int64_t kNothing = 15;
constexpr int kIterations = 400;

std::int64_t times(std::int64_t a, std::int64_t b) { return static_cast<std::int64_t>(Int128{a} * b / kOne); }

// exp(-x), x >= 0 in fractions of kOne: the series of exp(-x / 16), to the power of 16.
std::int64_t exponential(std::int64_t x) {
  const std::int64_t small = x / 16;
  std::int64_t term = kOne;
  std::int64_t sum = kOne;
  for (std::int64_t n = 1; n <= 12; ++n) {
    term = -times(term, small) / n;
    sum += term;
  }
  for (int i = 0; i < 4; ++i) sum = times(sum, sum);
  return sum;
}

}  // namespace

LastLevelCache::LastLevelCache(Bytes capacity, std::int64_t copies) : capacity_(capacity / copies) {
  require(copies >= 1 && !capacity_.is_zero(), "LastLevelCache", "a cache holds something");
}

std::int64_t LastLevelCache::hit_ppm(Bytes working_set) const {
  if (working_set <= capacity_) return kMillion;
  if (working_set / kNothing >= capacity_) return 0;
  const std::int64_t w = checked::multiply_divide(working_set.count(), kOne, capacity_.count());
  // From below it climbs to the smallest root.
  std::int64_t share = 0;
  for (int i = 0; i < kIterations; ++i) {
    const std::int64_t next = exponential(times(kOne - share, w));
    if (next <= share) break;
    share = next;
  }
  return checked::multiply_divide(share, kMillion, kOne);
}

}  // namespace decodesim
