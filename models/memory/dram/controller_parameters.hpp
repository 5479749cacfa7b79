// SPDX-License-Identifier: Apache-2.0
// Parameters that only command fidelity reads: the policies of a DRAM controller and the energy of its operations.
// Their defaults hold for a part whose file says nothing about them.
#pragma once

#include "sim/core/config/schema.hpp"

namespace decodesim {

/// What happens to a row once nothing in the queue wants it.
enum class PagePolicy : std::uint8_t {
  kOpen,   ///< it stays open until another row of its bank is wanted
  kClosed  ///< its last queued access precharges it
};

struct DramControllerParameters {
  PagePolicy page = PagePolicy::kOpen;
  std::int64_t row_hit_cap = 16;        ///< column commands on a row while an older request waits for another row
  std::int64_t write_queue_depth = 64;  ///< bursts a pseudo-channel, beside the read queue's queue_depth
  std::int64_t write_low = 16;          ///< writes left when a drain ends; it starts at this plus write_drain
  std::int64_t refresh_postpone = 0;    ///< refreshes that may be owed while requests wait
  bool bank_skew = true;                ///< banks are turned by the row's number: see address_map.hpp
  std::string address_map = "rank row bank column bank_group channel pseudo_channel interleave";

  static Schema<DramControllerParameters> schema();
};

struct DramEnergyParameters {
  Energy activate{909};           ///< of one ACT with its PRE
  EnergyPerBit read{2'680'000};   ///< array to pins, a bit
  EnergyPerBit write{2'680'000};  ///< pins to array, a bit
  EnergyPerBit io{800'000};       ///< through the interface, a bit, either way
  Energy refresh_bank{3'636};     ///< of refreshing one bank once, alone or within an all-bank refresh
  Power background{20'000};       ///< a pseudo-channel, at all times

  static Schema<DramEnergyParameters> schema();
};

}  // namespace decodesim
