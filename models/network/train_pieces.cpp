// SPDX-License-Identifier: Apache-2.0
#include "models/network/train_pieces.hpp"

#include <algorithm>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

// Of `train`, evenly spread over `whole`, how many packets have begun within `time`.
std::int64_t begun_within(const PacketTrain& train, Duration time, Duration whole) {
  if (time <= Duration()) return 0;
  if (time >= whole) return divide_up(train.wire, train.packet_wire);
  const Bytes bytes(checked::multiply_divide_up(train.wire.count(), time.count(), whole.count()));
  return divide_up(bytes, train.packet_wire);
}

}  // namespace

std::int64_t packets_before(const PacketTrain& train, TimePoint time) {
  return begun_within(train, time - train.head, train.tail - train.head);
}

std::int64_t packets_of(const PacketTrain& train, Bytes grain) {
  return std::max<std::int64_t>(1, divide_up(grain, train.packet));
}

// It leaves at the rate of the wire, or as it comes in where that is slower.
std::int64_t Departing::packets_begun(TimePoint time) const {
  return end == train.tail ? packets_before(train, time) : begun_within(train, time - start, end - start);
}

std::optional<PacketTrain> cut_front(PacketTrain& train, std::int64_t packets) {
  require(divisible(train) && packets >= 1, "cut_front", "a train cannot be cut there");
  if (train.packet * packets >= train.payload) return std::nullopt;
  PacketTrain front = train;
  front.payload = train.packet * packets;
  front.wire = train.packet_wire * packets;
  front.last = false;
  const Duration comes_in = train.tail - train.head;
  front.tail =
      train.head + Duration(checked::multiply_divide(comes_in.count(), front.wire.count(), train.wire.count()));
  train.payload -= front.payload;
  train.wire -= front.wire;
  train.head = front.tail;
  return front;
}

}  // namespace decodesim
