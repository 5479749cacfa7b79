// SPDX-License-Identifier: Apache-2.0
// PacketParams: what packet fidelity says of switches beyond what both fidelities say. See packet_router.hpp.
#pragma once

#include "sim/core/config/schema.hpp"

namespace decodesim {

/// Who is served first: ports and channels in turn, or who has waited longest at this router.
enum class Arbitration : std::uint8_t { kRoundRobin, kAge };

enum class Queueing : std::uint8_t { kVirtualOutput, kChannel };

struct PacketParams {
  Bytes flit;                  ///< unit of the crossbar and of credits; 0: a packet moves as a whole
  Duration vc_allocation;      ///< of `crossing`: until a first flit may ask for the crossbar
  Duration switch_allocation;  ///< of `crossing`: from the crossbar's being granted to a flit's leaving its queue
  Arbitration arbitration = Arbitration::kAge;
  Queueing queueing = Queueing::kVirtualOutput;
  std::int64_t input_speedup = 4;  ///< of the crossbar's inputs against the links

  static Schema<PacketParams> schema();
};

}  // namespace decodesim
