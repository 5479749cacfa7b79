// SPDX-License-Identifier: Apache-2.0
// TerminalProgress: one line on a terminal that is rewritten as steps finish; nothing into a pipe or with -q. Also
// what tells the simulation of a signal.
#pragma once

#include <chrono>

#include "sim/app/build/simulate.hpp"

namespace decodesim {

class TerminalProgress : public ProgressListener {
 public:
  /// `shown`: stderr is a terminal and may be written to. `unit`: what is counted; a literal.
  explicit TerminalProgress(bool shown, const char* unit = "steps") : shown_(shown), unit_(unit) {}
  ~TerminalProgress() override;

  void step_finished(std::int64_t done, std::int64_t total, Duration simulated) override;
  [[nodiscard]] bool interrupted() const override;
  /// Takes the line away.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool shown_;
  const char* unit_;
  bool line_ = false;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point last_ = begin_;
};

}  // namespace decodesim
