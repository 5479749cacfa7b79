// SPDX-License-Identifier: Apache-2.0
// FlitLink: a link at packet fidelity, one direction: serialisation, flight and credits as arithmetic, without events.
//
// Laws, each one a test in test/models/network/packet_router_test.cpp:
//   1. A flit's first byte arrives one latency after its departure, its last wire / bandwidth later.
//   2. Flits never overlap on the wire, and so never beat its bandwidth (checked on every flit: InternalError).
//   3. A credit is back one latency after the space was freed.
#pragma once

#include "models/network/flit.hpp"
#include "models/network/link.hpp"

namespace decodesim {

class FlitLink : public Component, public FlitCredits {
 public:
  FlitLink(const sc_core::sc_module_name& name, Context& context, const LinkParams& params);

  /// From `port` of `from` to `port` of `to`; both outlive the simulation.
  void connect(FlitOutput& from, std::int32_t from_port, FlitInput& to, std::int32_t to_port);

  /// `flit` departs at `time`, which is not before its last byte is sure to follow in time.
  void send(Flit flit, TimePoint time);
  void return_credit(std::int32_t channel, Bytes wire, TimePoint freed) override;
  [[nodiscard]] Bytes channel_buffer() const { return to_->channel_buffer(to_port_); }
  [[nodiscard]] Bandwidth bandwidth() const { return params_.bandwidth; }
  /// The time that `wire` bytes take.
  [[nodiscard]] Duration length(Bytes wire) const {
    if (wire == last_wire_) return last_length_;
    last_wire_ = wire;
    return last_length_ = wire / params_.bandwidth;
  }

  Counter wire_bytes{statistics(), "wire_bytes", "B", "Bytes taken in, headers included"};
  Counter delivered_bytes{statistics(), "delivered_bytes", "B", "Bytes handed to the receiver, headers included"};
  Counter packets{statistics(), "packets", "1", "Packets whose last flit was taken in"};
  Counter busy{statistics(), "busy", "ps", "Time the wire was held by a flit"};

 private:
  const LinkParams params_;
  FlitOutput* from_ = nullptr;
  FlitInput* to_ = nullptr;
  std::int32_t from_port_ = 0;
  std::int32_t to_port_ = 0;
  TimePoint wire_free_;
  mutable Bytes last_wire_;  // flits are nearly all of one length
  mutable Duration last_length_;
};

}  // namespace decodesim
