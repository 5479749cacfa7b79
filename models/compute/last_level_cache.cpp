// SPDX-License-Identifier: Apache-2.0
#include "models/compute/last_level_cache.hpp"

#include "sim/core/component/require.hpp"
#include "sim/core/units/fixed_point.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
// Beyond so many capacities nothing is found: exp(-15) is less than a millionth.
constexpr std::int64_t kNothing = 15;
constexpr int kIterations = 400;

// exp(-x), x >= 0.
Int128 exponential(Int128 x) {
  constexpr Int128 kLog2E = Int128{25'380'159'564'675};  // 2^44 log2(e), rounded
  return fixed_point::exp2(-fixed_point::product(x, kLog2E));
}

}  // namespace

LastLevelCache::LastLevelCache(Bytes capacity, std::int64_t copies) : capacity_(capacity / copies) {
  require(copies >= 1 && !capacity_.is_zero(), "LastLevelCache", "a cache holds something");
}

std::int64_t LastLevelCache::hit_ppm(Bytes working_set) const {
  if (working_set <= capacity_) return kMillion;
  if (working_set / kNothing >= capacity_) return 0;
  const Int128 w = fixed_point::ratio(working_set.count(), capacity_.count());
  // From below it climbs to the smallest root.
  Int128 share = 0;
  for (int i = 0; i < kIterations; ++i) {
    const Int128 next = exponential(fixed_point::product(fixed_point::kOne - share, w));
    if (next <= share) break;
    share = next;
  }
  return checked::narrow(share * kMillion / fixed_point::kOne);
}

}  // namespace decodesim
