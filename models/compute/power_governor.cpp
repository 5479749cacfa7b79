// SPDX-License-Identifier: Apache-2.0
#include "models/compute/power_governor.hpp"

namespace decodesim {

PowerGovernor::PowerGovernor(Power available, Duration window)
    : available_(available), most_(available * window), savings_(most_) {}

void PowerGovernor::save(TimePoint at) {
  if (at <= until_) return;
  // Beyond a full window nothing more is saved, however long the pause.
  const Duration pause = std::min(at - until_, Duration(1'000'000'000'000));
  savings_ = std::min(most_, savings_ + available_ * pause);
  until_ = at;
}

Ratio PowerGovernor::clock(TimePoint at, Duration length, Energy dynamic) {
  const Ratio full(kPartsPerMillion);
  if (available_.is_zero() || length <= Duration()) return full;
  save(at);
  const Energy fits = available_ * length;
  until_ = at + length;
  if (dynamic <= fits + savings_) {
    savings_ = std::min(most_, savings_ + fits - dynamic);
    return full;
  }
  // The savings last for a part of the work; the rest runs at the lowered clock.
  const Int128 excess = dynamic.count() - fits.count();
  const Int128 at_full = Int128{length.count()} * savings_.count() / excess;
  const Ratio low = lowered(dynamic, fits);
  const Int128 slow = (Int128{length.count()} - at_full) * kPartsPerMillion / low.count();
  savings_ = Energy();
  until_ = at + Duration(checked::narrow(at_full + slow));
  return Ratio(checked::narrow(Int128{length.count()} * kPartsPerMillion / (at_full + slow)));
}

// The cube root of fits / drawn, by bisection: the same on every machine.
Ratio PowerGovernor::lowered(Energy drawn, Energy fits) const {
  std::int64_t low = kLeast.count();
  std::int64_t high = kPartsPerMillion;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    const Int128 cube = Int128{middle} * middle / kPartsPerMillion * middle / kPartsPerMillion;
    (cube * drawn.count() <= Int128{fits.count()} * kPartsPerMillion ? low : high) = middle;
  }
  return Ratio(low);
}

}  // namespace decodesim
