// SPDX-License-Identifier: Apache-2.0
// RefreshPace: when the array of a stack has to rewrite blocks that were read too often, or whose data has come of age.
// Blocks are taken to stand at all counts of reads and at all ages alike, so refreshes come at their long-run rate in
// any window, however short against the 10^6 reads of a block. A segment (a block of each plane) is due each
// disturb_reads x planes pages read, and its rounds, one for each page of a block and an erase, come evenly over them.
//
// What is written anew forgives the reads and the age of what it replaces: a cache that is overwritten before its
// blocks are due is never refreshed.
//
// Laws, each a test in test/models/memory/hbf/refresh_pace_test.cpp:
//   1. A segment's last round is due at disturb_reads x planes pages read, and not one page before.
//   2. Rounds come evenly: n of N at n N-ths of the reads.
//   3. What is held is rewritten once in `retention`.
//   4. Data that is written anew before it is due is not refreshed; data that lasts longer, by what it lasts longer.
//   5. With refresh: off nothing is ever due.
//
// Not modelled: a refresh for reads also makes data young.
#pragma once

#include <array>

#include "models/memory/hbf/endurance.hpp"
#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim {

class RefreshPace {
 public:
  struct Round {
    WearCause cause = WearCause::kReadDisturb;
    TrafficClass traffic = TrafficClass::kOther;
    bool erase = false;  ///< the segment's last; else a page of each plane is copied
  };

  explicit RefreshPace(const HbfParameters& parameters);

  /// So much data of a class is there.
  void hold(TrafficClass traffic, Bytes bytes) { held_[index(traffic)] += bytes; }
  void read(TrafficClass traffic, Bytes bytes);
  void write(TrafficClass traffic, Bytes bytes);
  /// Time passes; it must not go back.
  void advance(TimePoint now);

  /// Rounds that are due.
  [[nodiscard]] std::int64_t due() const { return due_; }
  /// The next one, of the cause and class that has most. REQUIRES due() > 0.
  [[nodiscard]] Round take();

 private:
  struct Debt {
    Int128 amount = 0;     ///< below zero: forgiven in advance, a segment's worth at most
    std::int64_t due = 0;  ///< whole rounds of it
  };
  using Debts = std::array<Debt, kTrafficClasses>;
  static std::size_t index(TrafficClass traffic) { return static_cast<std::size_t>(traffic); }
  void change(Debt& debt, Int128 by, Int128 cost);

  bool on_;
  Int128 limit_;         ///< reads of a block; 0: any
  Duration retention_;   ///< zero: for ever
  std::int64_t pages_;   ///< of a block
  std::int64_t rounds_;  ///< of a segment
  Int128 disturb_cost_;
  Int128 retention_cost_;
  Debts disturbed_;
  Debts aged_;
  std::array<Bytes, kTrafficClasses> held_{};
  std::int64_t due_ = 0;
  std::int64_t round_ = 0;  ///< of the segment that is being rewritten
  TimePoint now_;
};

}  // namespace decodesim
