// SPDX-License-Identifier: Apache-2.0
// MessageProgram: what one rank does in a collective, as phases of point-to-point messages. `workloads` writes such
// programs (one_shot, ring, ...); a collective engine in `models` runs them by exchanging packet trains.
//
// A phase posts its sends in order, then waits until `receives` messages of this phase have arrived, then reduces
// `reduced` bytes locally and spends `local`, then the next phase starts. Messages for a later phase may arrive early:
// they are kept. A message counts for the phase of the same number at its receiver, so all ranks number theirs alike.
//
// Phases may be divided into lanes that run side by side, as the channels and chunks of a collective library do; the
// program is done when all of them are. All ranks have the same lanes.
//
// `symmetric` programs are the same on every rank but for a rotation of the group: what position 0 does to position d,
// position p does to position p + d. That is what allows one rank to stand for all of them.
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
  kRelaxed,       ///< spins on a flag in local memory
  kSystemFence,   ///< a system-scope release/acquire pair before going on
  kLibrarySetup,  ///< a collective library prepares its channels: the first phase of its programs
};

/// The ranks of a collective: `first`, `first + stride`, ... Its members are numbered by position, 0 to size - 1.
struct RankGroup {
  std::int32_t first = 0;
  std::int32_t stride = 1;
  std::int32_t size = 1;

  /// The rank at `position`, which may run over the end of the group and then wraps; position >= 0.
  [[nodiscard]] constexpr std::int32_t rank_at(std::int32_t position) const {
    return first + (position % size) * stride;
  }
  [[nodiscard]] constexpr std::int32_t position_of(std::int32_t rank) const { return (rank - first) / stride; }
  [[nodiscard]] constexpr bool contains(std::int32_t rank) const {
    return rank >= first && (rank - first) % stride == 0 && position_of(rank) < size;
  }
  /// Steps from `from` to `to` around the group, 0 to size - 1.
  [[nodiscard]] constexpr std::int32_t distance(std::int32_t from, std::int32_t to) const {
    return (position_of(to) - position_of(from) + size) % size;
  }
  friend constexpr bool operator==(const RankGroup&, const RankGroup&) = default;
};

struct Message {
  MessageKind kind = MessageKind::kData;
  std::int32_t peer = 0;  ///< rank (of the whole network, not the position in the group); ignored for kReduceInSwitch
  Bytes bytes;            ///< payload; for kRead what comes back
};

struct MessagePhase {
  std::vector<Message> sends;
  std::int64_t receives = 0;  ///< messages that have to arrive: data, flags, read answers or the switch's result
  Bytes reduced;              ///< bytes read locally to be combined after the receives
  SyncKind sync = SyncKind::kNone;
  Duration local{};  ///< what the program's own software takes beside that
};

struct MessageProgram {
  std::int32_t rank = 0;  ///< who runs it
  RankGroup group;        ///< all who take part, `rank` among them
  std::vector<MessagePhase> phases;
  std::vector<std::int32_t> lanes{};  ///< first phase of each lane, rising from 0; empty: one lane of all phases
  bool symmetric = true;

  [[nodiscard]] std::size_t lane_count() const { return lanes.empty() ? 1 : lanes.size(); }
  /// The first phase of a lane, and the one behind its last.
  [[nodiscard]] std::size_t lane_begin(std::size_t lane) const {
    return lanes.empty() ? 0 : static_cast<std::size_t>(lanes[lane]);
  }
  [[nodiscard]] std::size_t lane_end(std::size_t lane) const {
    return lane + 1 < lanes.size() ? static_cast<std::size_t>(lanes[lane + 1]) : phases.size();
  }
  /// The lane that a phase belongs to.
  [[nodiscard]] std::size_t lane_of(std::size_t phase) const {
    std::size_t low = 0;
    for (std::size_t high = lane_count(); high - low > 1;) {
      const std::size_t middle = (low + high) / 2;
      (lane_begin(middle) <= phase ? low : high) = middle;
    }
    return low;
  }
};

}  // namespace decodesim
