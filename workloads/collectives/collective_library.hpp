// SPDX-License-Identifier: Apache-2.0
// CollectiveLibrary: what a collective library (NCCL, RCCL, ...) costs beside the messages themselves. Its protocols
// differ in how a receiver learns that data has come, and so in latency and in bytes on the wire.
//
// A step is one message from a rank to another and what the receiver does with it:
//
//   crossing of the network + bytes x line / line_data / bandwidth + step [+ copying]
//
// Copying runs at copy_share of the bandwidth within a domain: a library's kernel has as many channels, and so cores,
// as the links need. It takes bytes x line / line_data over that. A protocol that streams passes data on while more
// arrives, so that only the end of a program has something left to copy; one that does not has it in every step.
//
// Of networks in two levels (domains, and a slower network between them), messages between domains have a latency of
// their own: a proxy on the host works the network adapter. Those above `eager_limit` need a handshake first.
#pragma once

#include "sim/core/config/schema.hpp"
#include "workloads/collectives/collective_kinds.hpp"

namespace decodesim {

struct ProtocolParams {
  bool use = false;
  Duration step{};
  Duration step_between{};
  std::int64_t line = 1;
  std::int64_t line_data = 1;
  bool streams = true;

  static Schema<ProtocolParams> schema(bool use_by_default);
  [[nodiscard]] Bytes on_the_wire(Bytes data) const {
    return Bytes(checked::multiply_divide_up(data.count(), line, line_data));
  }
};

struct CollectiveLibrary {
  Duration setup;
  Ratio copy_share{1'000'000'000'000};
  Bytes chunk{std::int64_t{1} << 40};
  Bytes message_ll_limit;
  Bytes eager_limit{std::int64_t{1} << 40};
  Duration rendezvous;
  bool any_algorithm = true;
  bool in_network = false;
  Duration in_network_step;
  Ratio in_network_share{1'000'000};
  ProtocolParams ll;
  ProtocolParams ll128;
  ProtocolParams simple{.use = true};

  static Schema<CollectiveLibrary> schema();

  /// What contradicts itself, each a sentence that begins with the value's path and a colon.
  [[nodiscard]] std::vector<std::string> problems() const;

  /// Of a protocol other than kAuto.
  [[nodiscard]] const ProtocolParams& of(CollectiveProtocol protocol) const;
  /// Those in use, from the lowest latency to the highest bandwidth.
  [[nodiscard]] std::vector<CollectiveProtocol> protocols() const;
};

}  // namespace decodesim
