// SPDX-License-Identifier: Apache-2.0
// BernoulliGaps: when an endpoint makes its next packet. In every time slot it makes one with the same probability, so
// the gaps between packets are geometric; one draw gives a whole gap. Integer arithmetic: the same on every machine.
//
// Laws, each one a test in test/workloads/traffic_injection_test.cpp:
//   1. Gaps are at least one slot, and one exactly when the probability is 1.
//   2. The mean gap is 1 / probability, and a share (1 - probability)^g of gaps is longer than g.
#pragma once

#include <cstdint>

#include "sim/core/component/random.hpp"
#include "sim/core/units/fixed_point.hpp"

namespace decodesim {

class BernoulliGaps {
 public:
  /// A packet with probability `numerator` / `denominator` in each slot: above 0, at most 1; differences below 2^-44
  /// are lost. REQUIRES a probability of at least 2^-40.
  BernoulliGaps(Int128 numerator, Int128 denominator);

  /// Slots until the next packet.
  [[nodiscard]] std::int64_t draw(RandomStream& random) const;

 private:
  Int128 log_of_none_;  // base 2, of the probability that a slot has no packet; 0: every slot has one
};

}  // namespace decodesim
