// SPDX-License-Identifier: Apache-2.0
// simulate: a plan -> connected modules -> a run -> what it measured.
#pragma once

#include "sim/app/metrics/run_result.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Hears of each finished step (of a memory workload: access; of operators: row), and is asked whether to go on.
class ProgressListener {
 public:
  virtual ~ProgressListener() = default;
  /// `done` of `total` steps have finished, at `simulated` after the start.
  virtual void step_finished(std::int64_t done, std::int64_t total, Duration simulated) {
    static_cast<void>(done), static_cast<void>(total), static_cast<void>(simulated);
  }
  /// True: stop after the present step, or with the accesses that are open; what has finished counts.
  [[nodiscard]] virtual bool interrupted() const { return false; }
};

/// Builds the machine of `plan` and runs its workload. Once a process: SystemC's context is global to it.
/// Throws InternalError when an invariant of a component breaks.
RunResult simulate(const Plan& plan, ProgressListener& progress);

}  // namespace decodesim
