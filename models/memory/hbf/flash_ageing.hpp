// SPDX-License-Identifier: Apache-2.0
// What years do to the data and blocks of a stack that goes on as it did in a window. All in whole numbers: what comes
// after is simulated with it.
//
// Laws, each a test in test/models/memory/hbf/flash_ageing_test.cpp:
//   1. P/E cycles after = before + rate x time, by what is written on all blocks and by refreshes on those refreshed.
//   2. Data is as old as the time between two rewrites allows, half of it on average; without rewrites, as the time.
//   3. A block's reads since its erase likewise.
//
// Not modelled: rates that change as the device ages.
#pragma once

#include <array>

#include "models/memory/hbf/hbf_parameters.hpp"
#include "sim/core/work/traffic_class.hpp"

namespace decodesim {

/// What happened to the data of one class within a window.
struct ClassTraffic {
  Bytes held;  ///< zero: there is none
  Int128 read = 0;
  Int128 written = 0;  ///< by the host
};

/// What pages of a class have been through, on average.
struct FlashAge {
  std::int64_t seconds = 0;  ///< since they were programmed
  std::int64_t reads = 0;    ///< of their block since its erase
};

/// Of one block with data of a class.
struct ClassAgeing {
  FlashAge age;
  std::int64_t refreshes = 0;
};

/// `before` after `days` at the rates of a window of `elapsed`. REQUIRES traffic.held and elapsed above zero.
[[nodiscard]] ClassAgeing aged(const HbfParameters& parameters, const ClassTraffic& traffic, const FlashAge& before,
                               std::int64_t days, Duration elapsed);

/// P/E cycles of every block in `days` when `pages` were programmed in `elapsed` on a stack of `blocks`.
[[nodiscard]] std::int64_t levelled_cycles(const HbfParameters& parameters, std::int64_t pages, std::int64_t blocks,
                                           std::int64_t days, Duration elapsed);

}  // namespace decodesim
