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

}  // namespace decodesim
