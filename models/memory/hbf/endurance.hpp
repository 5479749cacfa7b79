// SPDX-License-Identifier: Apache-2.0
// What wears flash: pages programmed by cause and traffic class, and how long a stack lasts at that rate.
//
// Laws, each a test in test/models/memory/hbf/endurance_test.cpp:
//   1. Writes that are levelled wear all blocks alike: life = blocks x pages x cycles left / pages programmed a second.
//   2. In-place refreshes wear the block they rewrite: life = cycles left / refreshes a second of the block refreshed
//   most.
//   3. Both together: rates add. The cause named is the one with the largest rate.
//   4. Write amplification is all pages programmed over those the host wrote.
//
// Doubles here are for reports; nothing of this is on the path of simulated time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sim/core/work/traffic_class.hpp"

namespace decodesim {

enum class WearCause : std::uint8_t {
  kHostWrites,
  kGarbageCollection,
  kWearLevelling,
  kBadBlocks,
  kReadDisturb,
  kRetention,
};
inline constexpr std::size_t kWearCauses = 6;

/// "host writes", "garbage collection", ...
constexpr std::string_view name_of(WearCause cause) {
  constexpr std::array<std::string_view, kWearCauses> kNames{"host writes", "garbage collection", "wear levelling",
                                                             "bad blocks",  "read disturb",       "retention"};
  return kNames[static_cast<std::size_t>(cause)];
}

/// Pages programmed, by cause and class.
class WearLog {
 public:
  void add(WearCause cause, TrafficClass traffic, std::uint64_t pages) { at(cause, traffic) += pages; }
  [[nodiscard]] std::uint64_t pages(WearCause cause, TrafficClass traffic) const {
    return pages_[static_cast<std::size_t>(cause)][static_cast<std::size_t>(traffic)];
  }
  [[nodiscard]] std::uint64_t pages(WearCause cause) const;
  [[nodiscard]] std::uint64_t pages(TrafficClass traffic) const;
  [[nodiscard]] std::uint64_t total() const;
  /// total / host writes; 1 when the host wrote nothing and nothing else was written, else infinite.
  [[nodiscard]] double write_amplification() const;

 private:
  std::uint64_t& at(WearCause cause, TrafficClass traffic) {
    return pages_[static_cast<std::size_t>(cause)][static_cast<std::size_t>(traffic)];
  }
  std::array<std::array<std::uint64_t, kTrafficClasses>, kWearCauses> pages_{};
};

/// The block that was refreshed in place most.
struct WorstRefresh {
  std::int64_t count = 0;
  TrafficClass traffic = TrafficClass::kOther;
};

/// What happened to a stack in `elapsed_s`.
struct WearWindow {
  double elapsed_s = 0;
  WearLog log;
  WorstRefresh read_disturb;
  WorstRefresh retention;
  double block_pages = 0;  ///< pages of a block
  double cycles_left = 0;  ///< of all blocks together
  double cycles = 0;       ///< that are left to a block which is refreshed
};

struct LifeProjection {
  double years = 0;  ///< until the first block reaches its rated cycles; infinite when nothing wears
  WearCause cause = WearCause::kHostWrites;
  std::array<double, kWearCauses> years_by_cause{};  ///< if that cause were the only one
  std::array<double, kTrafficClasses> years_by_class{};
};

inline constexpr double kSecondsPerYear = 365.25 * 86'400;

[[nodiscard]] LifeProjection project_life(const WearWindow& window);

}  // namespace decodesim
