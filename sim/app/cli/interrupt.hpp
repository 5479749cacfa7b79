// SPDX-License-Identifier: Apache-2.0
// InterruptGuard: while it lives, the first SIGINT or SIGTERM is noted and does not end the process; another one, half
// a second later or more, does.
#pragma once

#include <array>
#include <csignal>

namespace decodesim {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Whether a signal has come since the process started.
  [[nodiscard]] static bool requested();

 private:
  std::array<struct sigaction, 2> previous_{};
};

}  // namespace decodesim
