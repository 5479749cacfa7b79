// SPDX-License-Identifier: Apache-2.0
// FlashWear: the state of one stack at the end of a window, and how long it lasts at the window's rate.
//
// A window of simulated steps sees the rounds of refreshes (RefreshPace) and hardly a whole one, so the wear by them
// follows from their rates: a block is rewritten each `disturb_reads` reads of its pages, and each `retention` time,
// where it holds data. Data that the host writes anew starts afresh in both.
//
// Laws, each a test in test/models/memory/hbf/flash_wear_test.cpp:
//   1. Data that is only read lasts cycles x disturb_reads / reads of a block a second.
//   2. Data that is written lasts as project_life says.
//   3. What is written anew before it is due is not refreshed.
//   4. Blocks of the P/E histogram are the blocks of the stack.
//
// Doubles here are for reports.
#pragma once

#include <string>
#include <vector>

#include "models/memory/hbf/endurance.hpp"
#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim {

class WritePath;

struct FlashWear {
  struct Bucket {
    std::int64_t cycles = 0;
    std::int64_t blocks = 0;
  };
  LifeProjection life;
  double write_amplification = 1;
  std::array<double, kTrafficClasses> bytes_written{};  ///< by the host, of one stack
  /// Share of the array's time that refreshes take; with `refresh: on` the step latency has it.
  double refresh_share = 0;
  std::vector<Bucket> cycles;  ///< P/E cycles of the good blocks, ascending
  std::string state = "good";  ///< "good", "degraded: ..", "worn out: ..", or why writes were refused
  Bytes refused;               ///< bytes that found no place, of one stack
};

/// What a stack is like at one time.
struct FlashCondition {
  std::int64_t cycles = 0;  ///< P/E cycles of the most worn block with what is read most
  std::int64_t age_s = 0;   ///< of its data, on average
  std::int64_t reads = 0;   ///< of its blocks since their erase, on average
  Ratio retry;              ///< chance that a page is sensed again
  std::string state = "good";
};

[[nodiscard]] FlashCondition condition_of(const WritePath& path);

[[nodiscard]] FlashWear wear_of(const WritePath& path, const HbfParameters& parameters, Duration elapsed);

}  // namespace decodesim
