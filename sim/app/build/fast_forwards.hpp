// SPDX-License-Identifier: Apache-2.0
// FastForwards: years that pass between two decode steps: the flash of every rank ages as it did in the steps before,
// and no simulated time passes.
#pragma once

#include <vector>

#include "sim/app/build/machine.hpp"
#include "sim/app/metrics/run_result.hpp"

namespace decodesim {

class FastForwards {
 public:
  FastForwards(const Plan& plan, Machine& machine) : plan_(plan), machine_(machine) {}

  /// Step `step` is about to begin: ages what is due before it.
  void before_step(std::int64_t step);
  /// One a window; none without a fast-forward.
  [[nodiscard]] const std::vector<WindowRecord>& windows() const { return windows_; }

 private:
  void record(std::int64_t first_step, std::int64_t days);

  const Plan& plan_;
  Machine& machine_;
  std::vector<WindowRecord> windows_;
};

}  // namespace decodesim
