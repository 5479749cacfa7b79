// SPDX-License-Identifier: Apache-2.0
// MessageProgram: what one rank does in a collective, as phases of point-to-point messages. `workloads` writes such
// programs (one_shot, ring, ...); a collective engine in `models` runs them by exchanging packet trains.
//
// A phase posts its sends in order, then waits until `receives` messages of this phase have arrived, then reduces
// `reduced` bytes locally, then the next phase starts. Messages for a later phase may arrive early: they are kept.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/units/units.hpp"

namespace decodesim {

enum class MessageKind : std::uint8_t {
  kData,           ///< payload written into the peer's memory
  kFlag,           ///< a notification: a header without payload
  kRead,           ///< a request that the peer's NIC answers with `bytes`, without its software taking part
  kReduceInSwitch  ///< payload combined with that of all other ranks by the switch, which sends each the result
};

/// How a rank learns that a phase may go on.
enum class SyncKind : std::uint8_t {
  kNone,
  kRelaxed,      ///< spins on a flag in local memory
  kSystemFence,  ///< a system-scope release/acquire pair before going on
};

struct Message {
  MessageKind kind = MessageKind::kData;
  std::int32_t peer = 0;  ///< rank; ignored for kReduceInSwitch
  Bytes bytes;            ///< payload; for kRead what comes back
};

struct MessagePhase {
  std::vector<Message> sends;
  std::int64_t receives = 0;  ///< messages that have to arrive: data, flags, read answers or the switch's result
  Bytes reduced;              ///< bytes read locally to be combined after the receives
  SyncKind sync = SyncKind::kNone;
};

struct MessageProgram {
  std::int32_t rank = 0;
  std::int32_t ranks = 1;
  std::vector<MessagePhase> phases;
};

}  // namespace decodesim
