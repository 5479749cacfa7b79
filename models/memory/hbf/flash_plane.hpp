// SPDX-License-Identifier: Apache-2.0
// FlashPlane: what one plane is doing. Its array senses, programs or erases one thing at a time; a sensed page sits in
// a register until it has left. With cached reads there are two registers, so the next page is sensed meanwhile.
//
// Laws, each a test in test/models/memory/hbf/flash_plane_test.cpp:
//   1. A read takes tR of its page; the next may start when the array is idle and a register is free.
//   2. Programs and erases take tPROG and tBERS; a program holds a register until it ends.
//   3. A suspended operation frees the array after its suspend latency, and takes what was left and the resume latency
//      when it goes on. It is not suspended more often than allowed, nor when it ends sooner anyway.
//   4. The page last sensed stays open in its register until the next operation starts.
//
// Not modelled: the second register that suspending a program needs to keep its data.
#pragma once

#include "models/memory/hbf/hbf_parameters.hpp"

namespace decodesim {

class FlashPlane {
 public:
  explicit FlashPlane(const HbfParameters& parameters);

  /// No operation on the array at `now` (a suspended one does not count).
  [[nodiscard]] bool array_idle(TimePoint now) const { return now >= busy_until_; }
  [[nodiscard]] bool can_read(TimePoint now) const {
    return array_idle(now) && now >= rested_ && registers_free(now) > 0;
  }
  /// When it has rested from its last read.
  [[nodiscard]] TimePoint rested() const { return rested_; }
  [[nodiscard]] bool can_program(TimePoint now) const { return can_read(now) && !suspended_; }
  [[nodiscard]] bool can_erase(TimePoint now) const { return array_idle(now) && !suspended_; }
  /// REQUIRES can_read(now). `sense`: the whole time on the array, retries included. Returns when the page is in its
  /// register.
  TimePoint read(TimePoint now, std::int64_t page, Duration sense);
  /// The register of a page that has left. REQUIRES a page read and not released.
  void release();
  /// REQUIRES can_program(now). Returns the end.
  TimePoint program(TimePoint now);
  /// REQUIRES can_erase(now). Returns the end.
  TimePoint erase(TimePoint now);

  [[nodiscard]] bool can_suspend(TimePoint now) const;
  /// REQUIRES can_suspend(now). Returns when the array is free.
  TimePoint suspend(TimePoint now);
  [[nodiscard]] bool suspended() const { return suspended_; }
  /// REQUIRES suspended() and array_idle(now). Returns the new end.
  TimePoint resume(TimePoint now);

  /// The page that can be read again without sensing; -1: none.
  [[nodiscard]] std::int64_t open_page(TimePoint now) const {
    return operation_ == Operation::kRead && array_idle(now) ? last_page_ : -1;
  }
  /// One more reader of the open page: its register is held until each has called release().
  void reopen() { ++pages_held_; }

 private:
  enum class Operation : std::uint8_t { kNone, kRead, kProgram, kErase };

  [[nodiscard]] std::int64_t registers_free(TimePoint now) const;
  TimePoint start(TimePoint now, Operation operation, Duration time);
  [[nodiscard]] bool writing() const { return operation_ == Operation::kProgram || operation_ == Operation::kErase; }

  Duration program_;
  Duration erase_;
  Duration program_suspend_;
  Duration erase_suspend_;
  Duration resume_;
  std::int64_t suspend_limit_;
  std::int64_t registers_;

  Operation operation_ = Operation::kNone;  ///< the last that was started on the array
  TimePoint busy_until_;
  TimePoint rested_;
  Duration rest_;
  std::int64_t pages_held_ = 0;
  std::int64_t last_page_ = -1;
  // The operation that is suspended.
  bool suspended_ = false;
  Operation suspended_operation_ = Operation::kNone;
  Duration left_;
  std::int64_t suspends_ = 0;  ///< of the last program or erase
};

}  // namespace decodesim
