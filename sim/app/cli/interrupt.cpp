// SPDX-License-Identifier: Apache-2.0
#include "sim/app/cli/interrupt.hpp"

#include <atomic>
#include <cstdint>
#include <ctime>

namespace decodesim {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM};

// One keystroke may arrive twice: from the terminal and through a wrapper that passes it on.
constexpr std::int64_t kSameRequestMilliseconds = 500;

// A signal handler reaches nothing but statics. 0: no signal yet; else when the first one came.
std::atomic<std::int64_t>& first_signal() {
  static std::atomic<std::int64_t> milliseconds{0};
  static_assert(std::atomic<std::int64_t>::is_always_lock_free);
  return milliseconds;
}

std::int64_t now_milliseconds() {
  struct timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);  // safe in a signal handler
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000 + 1;
}

extern "C" void decodesim_note_signal(int signal) {
  const std::int64_t now = now_milliseconds();
  std::int64_t first = 0;
  if (first_signal().compare_exchange_strong(first, now) || now - first < kSameRequestMilliseconds) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  static_cast<void>(first_signal());  // initialised before a handler can run
  struct sigaction action {};
  action.sa_handler = decodesim_note_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &previous_[i]);
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &previous_[i], nullptr);
}

bool InterruptGuard::requested() { return first_signal().load() != 0; }

}  // namespace decodesim
