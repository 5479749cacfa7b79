// SPDX-License-Identifier: Apache-2.0
// PowerGovernor: what a power limit leaves of the clock. Plain arithmetic.
//
// A regulator holds the mean power over `window` at the limit. What is not drawn is saved, up to the window's worth, so
// that a short kernel may draw more than the limit; when the savings are spent, the clock goes down until the power
// fits. Voltage follows the clock, so dynamic power goes with its cube: 10 % more power than there is costs 3 % of the
// clock.
//
// Laws, each a test in test/models/compute/power_governor_test.cpp:
//   1. Work that draws no more than the limit runs at the full clock, however long.
//   2. Work that draws more runs at the full clock for savings / (power - available), then at
//      cbrt(available / power), not slower than `kLeast`.
//   3. Savings come back at the rate that is not drawn, and never exceed available x window.
//   4. Without a limit the clock is always full.
//
// Not modelled: leakage that grows with temperature, current limits, clocks of single units, boost clocks above the
// stated one. Sources: P = C V^2 f with V ~ f, e.g. A. Chandrakasan et al., "Low-power CMOS digital design", JSSC 1992.
#pragma once

#include "sim/core/units/units.hpp"

namespace decodesim {

class PowerGovernor {
 public:
  /// The clock is never less than this share of the full one.
  static constexpr Ratio kLeast{300'000};

  /// `available`: the limit less what is drawn without work; zero: no limit.
  PowerGovernor(Power available, Duration window);

  /// The mean clock, as a share of the full one, of work that begins at `at` (not before the last one's end) and at the
  /// full clock would take `length` and draw `dynamic` beyond the idle power. Takes the energy.
  Ratio clock(TimePoint at, Duration length, Energy dynamic);
  /// As after a long time without work.
  void rest() { savings_ = most_; }
  [[nodiscard]] Energy savings() const { return savings_; }

 private:
  void save(TimePoint at);
  [[nodiscard]] Ratio lowered(Energy drawn, Energy fits) const;

  Power available_;
  Energy most_;
  Energy savings_;
  TimePoint until_;  ///< savings are reckoned up to here
};

}  // namespace decodesim
