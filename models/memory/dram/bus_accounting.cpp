// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/bus_accounting.hpp"

#include <algorithm>

namespace decodesim {

std::string_view name_of(BusLoss cause) {
  static constexpr std::array<std::string_view, kBusLosses> kNames{"idle",    "bank_group", "turnaround",
                                                                   "refresh", "row",        "activation"};
  return kNames[static_cast<std::size_t>(cause)];
}

BusClocks& BusClocks::operator+=(const BusClocks& other) {
  data += other.data;
  for (std::size_t i = 0; i < lost.size(); ++i) lost[i] += other.lost[i];
  return *this;
}

BusClocks& BusClocks::operator-=(const BusClocks& other) {
  data -= other.data;
  for (std::size_t i = 0; i < lost.size(); ++i) lost[i] -= other.lost[i];
  return *this;
}

void BusAccounting::burst(Clock first, Clock clocks, Clock latency, const ColumnHold& hold) {
  if (first > end_) {
    Clock at = end_;
    const auto take = [&](BusLoss cause, Clock until) {
      until = std::min(until, first);
      if (until <= at) return;
      clocks_.lost[static_cast<std::size_t>(cause)] += until - at;
      at = until;
    };
    take(BusLoss::kIdle, hold.requested + latency);
    take(hold.turned ? BusLoss::kTurnaround : BusLoss::kBankGroup, hold.spacing + latency);
    take(BusLoss::kRefresh, hold.refreshed + latency);
    take(BusLoss::kRow, hold.row + latency);
    take(BusLoss::kActivation, hold.activation + latency);
    take(BusLoss::kRow, first);
  }
  clocks_.data += clocks;
  end_ = first + clocks;
}

}  // namespace decodesim
