// SPDX-License-Identifier: Apache-2.0
// SwitchOutput: one output port of a switch. Trains queue for it and leave in the order in which they became ready.
// Those ready at the same instant leave in order of the sender's distance to the receiver around their group, which is
// the same order at every port when all ranks do the same: arbitration that is fair and symmetric in rotation.
//
// The space that a waiting train takes is that of the input it came through (virtual output queueing: an input's buffer
// is shared by all outputs, and a train for a free output is not held up by one for a busy output).
#pragma once

#include <vector>

#include "models/network/packet.hpp"
#include "sim/core/component/component.hpp"

namespace decodesim {

class SwitchOutput : public Component {
 public:
  SwitchOutput(const sc_core::sc_module_name& name, Context& context);

  sc_core::sc_port<PacketSink> out{"out"};

  /// `train` may leave from its head's time on. When it has left, its space goes back to `credits` (if any).
  void enqueue(const PacketTrain& train, CreditReturn* credits);

  Counter wire_bytes{statistics(), "wire_bytes", "B", "Bytes forwarded, headers included"};
  Counter trains{statistics(), "trains", "1", "Trains forwarded"};
  Sample waiting{statistics(), "waiting", "ps", "From being ready until taken by the link: back-pressure"};

 private:
  struct Waiting {
    PacketTrain train;
    CreditReturn* credits;
  };
  /// Whether `a` leaves after `b`.
  static bool later(const Waiting& a, const Waiting& b);
  void forward();  // SC_METHOD: pushes what is ready into the link

  std::vector<Waiting> queue_;  // heap, the next to leave in front
  sc_core::sc_event ready_{"ready"};
};

}  // namespace decodesim
