// SPDX-License-Identifier: Apache-2.0
// TrafficEndpoint: in the place of an accelerator and its NIC, makes packets by chance and takes in what arrives.
//
//   gaps, destinations --> source queue (without limit, first in, first out) --> out (up link)
//   receive (down link) --> TrafficListener
//
// Laws, each one a test in test/app/build/traffic_driver_test.cpp:
//   1. A packet's latency runs from the instant at which it is made, the wait in the source queue included.
//   2. Packets leave in the order in which they were made; what arrives is taken at once.
//
// Not modelled: what a NIC costs (nic.hpp): synthetic traffic measures the network below it.
#pragma once

#include <optional>

#include "models/network/packet.hpp"
#include "models/network/ring.hpp"
#include "sim/core/component/component.hpp"
#include "workloads/traffic/injection.hpp"
#include "workloads/traffic/traffic_pattern.hpp"

namespace decodesim {

/// Hears of all packets of a network.
class TrafficListener {
 public:
  virtual ~TrafficListener() = default;
  virtual void packet_made(TimePoint made) = 0;
  virtual void packet_injected() = 0;
  /// Its last byte arrives at `arrived`, which may lie ahead.
  virtual void packet_delivered(TimePoint made, TimePoint arrived) = 0;
};

class TrafficEndpoint : public Component, public PacketReceiver {
 public:
  TrafficEndpoint(const sc_core::sc_module_name& name, Context& context, std::int32_t rank, Bytes packet,
                  const TrafficDestinations& destinations, TrafficListener& listener);

  sc_core::sc_port<PacketSink> out{"out"};

  /// Makes packets with gaps of so many `slot`s, the first of them after now. `phase` names its random numbers.
  void begin(const BernoulliGaps& gaps, Duration slot, std::size_t phase);
  /// Makes no more packets. Returns how many waited and are forgotten.
  std::int64_t end();
  /// Sends one packet to `destination` now.
  void send_one(std::int32_t destination);

  void receive(const PacketTrain& train, CreditReturn& credits) override;
  [[nodiscard]] Bytes buffer() const override { return Bytes(std::int64_t{1} << 40); }

  Counter packets_sent{statistics(), "packets_sent", "1", "Packets handed to the network"};
  Counter packets_received{statistics(), "packets_received", "1", "Packets arrived"};
  Counter payload_sent{statistics(), "payload_sent", "B", "Bytes handed to the network"};
  Counter payload_received{statistics(), "payload_received", "B", "Bytes arrived"};
  Sample waiting{statistics(), "waiting", "ps", "From being made until taken by the network"};

 private:
  struct Pending {
    std::int32_t destination = 0;
    TimePoint made;
  };
  struct Source {
    BernoulliGaps gaps;
    Duration slot;
    RandomStream when;
    RandomStream where;
    TimePoint next;
    std::uint64_t count = 0;
  };

  void work();  // SC_METHOD: makes what is due, and sends what can leave
  void make(std::int32_t destination, TimePoint at);
  bool send_front();

  const std::int32_t rank_;
  const Bytes packet_;
  const TrafficDestinations& destinations_;
  TrafficListener& listener_;
  std::optional<Source> source_;
  Ring<Pending> pending_;
  TimePoint wire_free_;
  std::uint64_t next_id_ = 0;
  sc_core::sc_event wake_{"wake"};
};

}  // namespace decodesim
