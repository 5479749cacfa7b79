// SPDX-License-Identifier: Apache-2.0
// FlashEngine: what times the requests of one HBF stack, by closed forms (StackTrain) or by page operations
// (StackPages). Traffic is interleaved evenly over the stacks of a tier, so one stack stands for all of them.
#pragma once

#include <cstdint>
#include <optional>

#include "models/memory/hbf/hbf_energy.hpp"
#include "models/memory/hbf/write_path.hpp"

namespace decodesim {

/// A train as one stack sees it.
struct FlashRequest {
  std::uint64_t id = 0;
  bool write = false;
  bool announced = false;     ///< of a read: the initiator told before the step that it would come, and in what order
  Bytes bytes;                ///< of this stack
  Bytes window;               ///< most bytes of this stack outstanding at the initiator; zero: any
  std::uint64_t address = 0;  ///< of the stack
  Bytes run;                  ///< as in StreamShape
  TrafficClass traffic = TrafficClass::kOther;
};

/// What a round that has ended did.
inline void count_round(const ArrayRound& round, FlashActivity& activity) {
  const bool erase = round.kind == ArrayRound::Kind::kErase;
  (erase ? activity.erases : activity.programs) += round.planes;
  if (round.refresh && !erase) activity.refreshed += round.planes;
}

struct FlashDone {
  std::uint64_t id = 0;
  TimePoint time;
};

class FlashEngine {
 public:
  virtual ~FlashEngine() = default;
  /// Times of calls must not go back; what is due before `now` must have happened (advance).
  virtual void begin(TimePoint now, const FlashRequest& request) = 0;
  /// When something happens next; nothing when idle for good.
  [[nodiscard]] virtual std::optional<TimePoint> next_event() const = 0;
  virtual void advance(TimePoint now) = 0;
  /// The next request that has ended by `now`; nothing when there is none.
  virtual std::optional<FlashDone> take_done(TimePoint now) = 0;
  [[nodiscard]] virtual FlashActivity activity() const = 0;
  [[nodiscard]] virtual WritePath& writes() = 0;
  /// The chance that a page is sensed again, from now on.
  virtual void set_retry(Ratio retry) = 0;
};

}  // namespace decodesim
