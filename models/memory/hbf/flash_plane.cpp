// SPDX-License-Identifier: Apache-2.0
#include "models/memory/hbf/flash_plane.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

FlashPlane::FlashPlane(const HbfParameters& parameters)
    : program_(parameters.program),
      erase_(parameters.erase),
      program_suspend_(parameters.program_suspend),
      erase_suspend_(parameters.erase_suspend),
      resume_(parameters.resume),
      suspend_limit_(parameters.suspends),
      registers_(parameters.cached_reads ? 2 : 1),
      rest_(parameters.rest()) {}

std::int64_t FlashPlane::registers_free(TimePoint now) const {
  const bool programming = operation_ == Operation::kProgram && now < busy_until_;
  return registers_ - pages_held_ - (programming ? 1 : 0);
}

TimePoint FlashPlane::start(TimePoint now, Operation operation, Duration time) {
  operation_ = operation;
  return busy_until_ = now + time;
}

TimePoint FlashPlane::read(TimePoint now, std::int64_t page, Duration sense) {
  require(can_read(now), "FlashPlane", "read of a busy plane");
  ++pages_held_;
  last_page_ = page;
  rested_ = now + sense + rest_;
  return start(now, Operation::kRead, sense);
}

void FlashPlane::release() {
  require(pages_held_ > 0, "FlashPlane", "no page to release");
  --pages_held_;
}

TimePoint FlashPlane::program(TimePoint now) {
  require(can_program(now), "FlashPlane", "program of a busy plane");
  suspends_ = 0;
  return start(now, Operation::kProgram, program_);
}

TimePoint FlashPlane::erase(TimePoint now) {
  require(can_erase(now), "FlashPlane", "erase of a busy plane");
  suspends_ = 0;
  return start(now, Operation::kErase, erase_);
}

bool FlashPlane::can_suspend(TimePoint now) const {
  if (suspended_ || !writing() || array_idle(now) || suspends_ >= suspend_limit_) return false;
  const Duration latency = operation_ == Operation::kProgram ? program_suspend_ : erase_suspend_;
  return busy_until_ - now > latency;
}

TimePoint FlashPlane::suspend(TimePoint now) {
  require(can_suspend(now), "FlashPlane", "suspend of what cannot be");
  suspended_ = true;
  ++suspends_;
  suspended_operation_ = operation_;
  const Duration latency = operation_ == Operation::kProgram ? program_suspend_ : erase_suspend_;
  left_ = busy_until_ - now;
  operation_ = Operation::kNone;
  return busy_until_ = now + latency;
}

TimePoint FlashPlane::resume(TimePoint now) {
  require(suspended_ && array_idle(now), "FlashPlane", "resume of a busy plane");
  suspended_ = false;
  return start(now, suspended_operation_, resume_ + left_);
}

}  // namespace decodesim
