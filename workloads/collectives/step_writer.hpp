// SPDX-License-Identifier: Apache-2.0
// StepWriter: writes the steps of a library's algorithm into the program of one rank, with what its protocol makes of
// them, and adds up what they should take on a machine of given crossings and bandwidths.
//
// All ranks have the same steps in the same order; who has nothing to do in one passes it.
//
// The estimate is for choosing among algorithms, not a result: the longest lane's steps one after another, each a
// crossing, its bytes over the bandwidth and the library's time; and for the other lanes, which overlap with it, what
// this rank sends in them over the bandwidth.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "sim/core/work/message_program.hpp"
#include "workloads/collectives/collective_library.hpp"

namespace decodesim {

/// A message between two ranks: from being posted to the arrival of its first byte, and the rate of the rest.
struct CrossingCost {
  Duration latency;
  Bandwidth bandwidth{1'000'000'000'000'000'000};
};

/// Within a domain, and between domains (the same where there is one domain).
struct MachineCosts {
  CrossingCost inside;
  CrossingCost between;
};

/// Who takes part, and whom the program is for.
struct CollectiveTeam {
  RankGroup group;
  std::int32_t rank = 0;
  std::vector<std::int32_t> order;  ///< the ranks by position; empty: by number
  std::int32_t domain = 0;          ///< consecutive positions that share a faster network; 0: all

  [[nodiscard]] std::int32_t size() const { return group.size; }
  [[nodiscard]] std::int32_t rank_at(std::int32_t position) const;
  [[nodiscard]] std::int32_t position() const;
  [[nodiscard]] std::int32_t domain_size() const { return domain == 0 ? group.size : std::min(domain, group.size); }
  [[nodiscard]] bool one_domain() const { return domain_size() == group.size; }
};

/// One step as this rank sees it.
struct ProgramStep {
  std::span<const std::int32_t> to;
  std::int32_t receives = 0;
  Bytes bytes;  ///< of each message
  bool between = false;
};

class StepWriter {
 public:
  StepWriter(const CollectiveTeam& team, const CollectiveLibrary& library, CollectiveProtocol protocol,
             const MachineCosts& costs);

  /// Begins another lane, with the library's set-up.
  void lane();
  void step(const ProgramStep& step);
  /// The kernel copies `bytes` out of its buffers, or into them.
  void copy(Bytes bytes);
  /// Of a protocol that streams: the end that is still to be copied. Others have done it step by step.
  void copy_end(Bytes bytes);
  /// `bytes` through the reduction unit of the switch.
  void through_switch(Bytes bytes);

  /// The program; `symmetric`: it is the same on all ranks but for a rotation.
  [[nodiscard]] MessageProgram finish(bool symmetric);
  [[nodiscard]] Duration estimate() const;

 private:
  struct Lane {
    Duration time;
    Duration sending_inside;
    Duration sending_between;
  };

  void add_phase(MessagePhase phase, Duration time);
  [[nodiscard]] Duration copying(Bytes bytes) const;

  const CollectiveLibrary& library_;
  const ProtocolParams& protocol_;
  const MachineCosts& costs_;
  MessageProgram program_;
  std::vector<Lane> lanes_;
};

}  // namespace decodesim
