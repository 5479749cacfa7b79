// SPDX-License-Identifier: Apache-2.0
// Pieces of a train: where nobody else waits, a train is one event a stage; where somebody does, it is cut between two
// packets, and its pieces take turns with the others' as all their packets would. How fine the turns are, its grain, is
// a share of the message: nobody's message needs more than a few dozen turns to come in time.
//
// Laws, each one a test in test/models/network/train_pieces_test.cpp:
//   1. A front and its rest have the payload and the wire bytes of the whole; the front is whole packets.
//   2. The front's last byte is here when the first of the rest is: bytes come in at an even rate.
//   3. Of a train that leaves, what has begun stays with it: the piece under way is finished.
//   4. The rest ends its message if the whole did; the front never.
//
// Not modelled: cuts of what is reduced or copied in the network, whose pieces have to be the same for all of a group.
#pragma once

#include "models/network/packet.hpp"

namespace decodesim {

/// Whether `train` may be cut.
[[nodiscard]] constexpr bool divisible(const PacketTrain& train) {
  return train.packet > Bytes() && train.payload > train.grain;
}

/// Whether both belong to one stream of packets, which nobody has to share with.
[[nodiscard]] constexpr bool same_flow(const PacketTrain& a, const PacketTrain& b) {
  return a.source == b.source && a.destination == b.destination;
}

/// Packets of `train` that are here, or have begun to be, before `time`.
[[nodiscard]] std::int64_t packets_before(const PacketTrain& train, TimePoint time);
/// Packets that one turn of `grain` is for `train`: at least 1.
[[nodiscard]] std::int64_t packets_of(const PacketTrain& train, Bytes grain);

/// A train on its way out.
struct Departing {
  PacketTrain train;  ///< as it was when it left; divisible, or of no interest
  TimePoint start;
  TimePoint end;

  /// Packets whose first byte has left by `time`.
  [[nodiscard]] std::int64_t packets_begun(TimePoint time) const;
};

/// Cuts off the first `packets` of `train`; leaves the rest in it. Null where nothing would be left.
/// REQUIRES divisible(train), packets >= 1.
std::optional<PacketTrain> cut_front(PacketTrain& train, std::int64_t packets);

}  // namespace decodesim
