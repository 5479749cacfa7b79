// SPDX-License-Identifier: Apache-2.0
#include "sim/app/cli/interrupt.hpp"

#include <atomic>

namespace decodesim {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM};

// A signal handler reaches nothing but statics.
std::atomic<bool>& flag() {
  static std::atomic<bool> raised{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
  return raised;
}

extern "C" void decodesim_note_signal(int /*signal*/) { flag().store(true); }

}  // namespace

InterruptGuard::InterruptGuard() {
  static_cast<void>(flag());  // initialised before a handler can run
  struct sigaction action {};
  action.sa_handler = decodesim_note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &previous_[i]);
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &previous_[i], nullptr);
}

bool InterruptGuard::requested() { return flag().load(); }

}  // namespace decodesim
