// SPDX-License-Identifier: Apache-2.0
#include "sim/app/cli/progress.hpp"

#include <cstdio>

#include "sim/app/cli/interrupt.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {

TerminalProgress::~TerminalProgress() { clear(); }

void TerminalProgress::step_finished(std::int64_t done, std::int64_t total, Duration simulated) {
  if (!shown_) return;
  constexpr auto kInterval = std::chrono::milliseconds(200);
  const Clock::time_point now = Clock::now();
  if (now - last_ < kInterval) return;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const double left = done > 0 ? seconds * static_cast<double>(total - done) / static_cast<double>(done) : 0;
  std::fprintf(stderr, "\r\033[K%lld of %lld %s, %s simulated, %.0f s left", static_cast<long long>(done),
               static_cast<long long>(total), unit_, to_short_text(simulated).c_str(), left);
  std::fflush(stderr);
  line_ = true;
}

bool TerminalProgress::interrupted() const { return InterruptGuard::requested(); }

void TerminalProgress::clear() {
  if (line_) std::fputs("\r\033[K", stderr);
  line_ = false;
}

}  // namespace decodesim
