// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/dram_activity.hpp"

namespace decodesim {

DramActivity& DramActivity::operator+=(const DramActivity& other) {
  counts += other.counts;
  bus += other.bus;
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += other.outcomes[i];
  latency_ps += other.latency_ps;
  return *this;
}

DramActivity& DramActivity::operator-=(const DramActivity& earlier) {
  counts -= earlier.counts;
  bus -= earlier.bus;
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] -= earlier.outcomes[i];
  latency_ps -= earlier.latency_ps;
  return *this;
}

void DramActivity::add_scaled(const DramActivity& other, Int128 numerator, Int128 denominator) {
  const auto scaled = [&](std::int64_t value) { return checked::narrow(value * numerator / denominator); };
  counts.add_scaled(other.counts, numerator, denominator);
  bus.data += scaled(other.bus.data);
  for (std::size_t i = 0; i < bus.lost.size(); ++i) bus.lost[i] += scaled(other.bus.lost[i]);
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i] += scaled(other.outcomes[i]);
  latency_ps.add_scaled(other.latency_ps, numerator, denominator);
}

}  // namespace decodesim
