// SPDX-License-Identifier: Apache-2.0
#include "workloads/traffic/injection.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

BernoulliGaps::BernoulliGaps(Int128 numerator, Int128 denominator) {
  require(numerator > 0 && numerator <= denominator, "BernoulliGaps", "a probability is above 0 and at most 1");
  const Int128 none = fixed_point::kOne - fixed_point::ratio(numerator, denominator);
  require(none < fixed_point::kOne - 8, "BernoulliGaps", "a probability below 2^-40");
  log_of_none_ = none == 0 ? Int128{0} : fixed_point::log2(none);
}

// Inversion: P(gap > g) = none^g, so the gap is the least whole g with none^g < u, u uniform in (0, 1].
std::int64_t BernoulliGaps::draw(RandomStream& random) const {
  if (log_of_none_ == 0) return 1;
  const Int128 u = static_cast<Int128>(random.next() >> (64U - fixed_point::kBits)) + 1;
  return 1 + checked::narrow(fixed_point::log2(u) / log_of_none_);
}

}  // namespace decodesim
