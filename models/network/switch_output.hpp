// SPDX-License-Identifier: Apache-2.0
// SwitchOutput: one output port of a switch. Trains queue for it and leave in the order in which they became ready.
// Those ready at the same instant leave in order of the sender's distance to the receiver around their group, which is
// the same order at every port when all ranks do the same: arbitration that is fair and symmetric in rotation.
//
// The space that a waiting train takes is that of the input it came through (virtual output queueing: an input's buffer
// is shared by all outputs, and a train for a free output is not held up by one for a busy output). Each virtual
// channel of the link behind it has a queue of its own: one without credits does not hold up the others.
//
// A train leaves as a whole where nobody else wants to, and in pieces (see train_pieces.hpp) that take turns with the
// others' where somebody does, from the moment on at which somebody does.
#pragma once

#include <vector>

#include "models/network/packet.hpp"
#include "models/network/train_pieces.hpp"
#include "sim/core/component/component.hpp"

namespace decodesim {

class SwitchOutput : public Component {
 public:
  /// A train, and where the space that it takes goes back to.
  struct Waiting {
    PacketTrain train;
    CreditReturn* credits;
    std::int32_t came_by;
  };

  /// `channels`: virtual channels of the link behind it.
  SwitchOutput(const sc_core::sc_module_name& name, Context& context, std::int32_t channels = 1);

  sc_core::sc_port<PacketSink> out{"out"};

  /// `train` may leave from its head's time on, on its channel. When it has left, the space that it took on virtual
  /// channel `came_by` of its input goes back to `credits` (if any).
  void enqueue(const PacketTrain& train, CreditReturn* credits, std::int32_t came_by = 0);
  [[nodiscard]] std::int32_t channels() const { return static_cast<std::int32_t>(queues_.size()); }
  /// Takes out everything that waits here: channel by channel, each in the order of leaving.
  [[nodiscard]] std::vector<Waiting> take_all();
  /// What `cut` says of a train that came by the link of `came` and waits here or is leaving; false where it is not
  /// here.
  bool cut(const TrainCut& cut, const CreditReturn& came);
  /// Bytes that wait here.
  [[nodiscard]] Bytes waiting_bytes() const { return waiting_bytes_; }
  /// Trains that wait here: 0 at the end of a run.
  [[nodiscard]] std::size_t waiting_trains() const;

  Counter wire_bytes{statistics(), "wire_bytes", "B", "Bytes forwarded, headers included"};
  Counter trains{statistics(), "trains", "1", "Trains forwarded"};
  Sample waiting{statistics(), "waiting", "ps", "From being ready until taken by the link: back-pressure"};

 private:
  struct Queue {
    std::vector<Waiting> heap;  ///< the next to leave in front
    bool refused = false;       ///< the link has no room for the one in front
  };
  struct Rivals {
    bool any;
    TimePoint first;  ///< when the first of them came
    Bytes grain;      ///< of the turns with them
  };
  /// Whether `a` leaves after `b`.
  static bool later(const Waiting& a, const Waiting& b);
  void forward();  // SC_METHOD: pushes what is ready into the link
  Queue* next_ready(TimePoint time);
  bool push_front(Queue& queue, TimePoint time);
  bool push(const PacketTrain& train, const Waiting& from, TimePoint time);
  [[nodiscard]] Rivals rivals(const PacketTrain& train, TimePoint time) const;
  void cut_departing(TimePoint time);
  void shorten_departing(const TrainCut& cut);
  void wake(TimePoint ready);

  std::vector<Queue> queues_;  // by virtual channel
  Bytes waiting_bytes_;
  TimePoint wire_free_;  // when the last train will have left
  Departing departing_;  // that train, where it can be cut
  CreditReturn* departing_credits_ = nullptr;
  std::int32_t departing_came_by_ = 0;
  sc_core::sc_event ready_{"ready"};
};

}  // namespace decodesim
