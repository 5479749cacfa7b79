// SPDX-License-Identifier: Apache-2.0
// BusAccounting: where the clocks of a pseudo-channel's data pins go. Each clock up to the last data carries data or is
// lost to one cause.
//
// The gap before a burst is cut at the clocks at which each thing that held up its column command would have let it
// go, in the order below; a later cause gets only what it adds beyond the earlier ones:
//   idle        no request waited (the column latency of the first one counts here)
//   bank group  tCCD_L, tCCD_R between bursts of one direction
//   turnaround  tRTW, tWTR between bursts of different directions
//   refresh     the bank was waiting for a refresh, or in it
//   row         waiting for the bank: tRP, tRCD, tRC, and what else kept its activate back
//   activation  its activate waited for tRRD or tFAW only
// What is left over (the queue's other requests waited for rows) is a row loss.
//
// Law: data clocks + lost clocks = last data clock, exactly.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/memory/dram/command.hpp"

namespace decodesim {

enum class BusLoss : std::uint8_t { kIdle, kBankGroup, kTurnaround, kRefresh, kRow, kActivation };
inline constexpr std::size_t kBusLosses = 6;
/// "idle", "bank_group", ...
[[nodiscard]] std::string_view name_of(BusLoss cause);

/// For one column command: the first clock at which each cause alone would have let it go.
struct ColumnHold {
  Clock requested = 0;   ///< since when anything has been waiting
  Clock spacing = 0;     ///< by tCCD or the turnaround
  bool turned = false;   ///< whether spacing is a turnaround
  Clock refreshed = 0;   ///< end of the bank's last refresh
  Clock row = 0;         ///< its row open, had its activate not waited for others
  Clock activation = 0;  ///< its row open
};

/// Clocks of data pins, by what became of them.
struct BusClocks {
  Clock data = 0;
  std::array<Clock, kBusLosses> lost{};
  [[nodiscard]] Clock of(BusLoss cause) const { return lost[static_cast<std::size_t>(cause)]; }
  BusClocks& operator+=(const BusClocks& other);
  BusClocks& operator-=(const BusClocks& other);
};

class BusAccounting {
 public:
  /// A burst's data lies on [first, first + clocks); `hold` is in command clocks, `latency` before the data.
  void burst(Clock first, Clock clocks, Clock latency, const ColumnHold& hold);
  [[nodiscard]] const BusClocks& clocks() const { return clocks_; }
  [[nodiscard]] Clock data() const { return clocks_.data; }
  [[nodiscard]] Clock lost(BusLoss cause) const { return clocks_.of(cause); }
  /// End of the last data: what data() and all lost() add up to.
  [[nodiscard]] Clock total() const { return end_; }

 private:
  Clock end_ = 0;
  BusClocks clocks_;
};

}  // namespace decodesim
