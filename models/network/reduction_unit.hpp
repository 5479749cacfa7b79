// SPDX-License-Identifier: Apache-2.0
// ReductionUnit: the arithmetic of in-network reduction in a switch, without a kernel. Collects the contributions to a
// reduction (those of ranks, or the sums of switches further down) and says when the combined result may leave.
//
// A message is reduced train by train. Longer ones stream: the result leaves while contributions still come in. Those
// of one train below `short_limit` are stored whole, then combined: no stream is set up for them.
//
// Laws, each one a test in test/models/network/reduction_unit_test.cpp:
//   1. A stream's result: its head is ready `latency` after the head of the last contribution, its tail `latency` after
//      the last tail; of the first train of a message `stream_setup` later.
//   2. A short message's result is ready, whole, `latency` after the last tail.
//   3. Results of one group follow each other at no more than `rate` bytes a second; at a fraction of it when there
//      are more contributions than `operands` that are added up in one pass.
//   4. Everyone contributes exactly once, all with the same payload: else InternalError. The result is the sum of as
//      many ranks as it has to be.
//   5. Sums for one rank (kCombine) leave `latency` after the last contribution, each receiver's by itself.
//
// Not modelled: groups contending for the adders; how long an addition takes by data type.
#pragma once

#include <optional>
#include <vector>

#include "models/network/packet.hpp"

namespace decodesim {

using namespace literals;

struct ReductionParams {
  bool enabled = true;
  Duration latency = 130_ns;
  Bandwidth rate = 450_GBps;
  std::int64_t operands = 65'536;
  Bytes short_limit = 0_B;
  Duration stream_setup = 0_ps;
};

/// Whose contribution it is.
struct ReductionShare {
  std::int32_t contributor = 0;   ///< 0 to contributors - 1
  std::int32_t contributors = 1;  ///< how many trains make one result
  std::int32_t ranks = 1;         ///< of how many ranks the result is the sum
};

class ReductionUnit {
 public:
  ReductionUnit(const ReductionParams& params, std::string_view owner) : params_(params), owner_(owner) {}

  /// Adds the contribution of `train` (its times are those at the unit). When it is the last one, returns the result: a
  /// train for the group, with the times at which it may leave.
  std::optional<PacketTrain> contribute(const PacketTrain& train, const ReductionShare& share);
  /// Reductions that wait for contributions.
  [[nodiscard]] std::size_t open() const;

 private:
  struct Entry {
    bool used = false;
    PacketTrain merged;      ///< latest head and tail, highest id so far, and the sum of the ranks
    std::vector<bool> seen;  ///< by contributor
  };
  struct Pace {
    RankGroup group;
    TimePoint free;
  };

  Entry& entry_of(const PacketTrain& train, std::int32_t contributors);
  TimePoint& pace_of(const RankGroup& group);
  void time_result(PacketTrain& result, std::int32_t contributors);

  ReductionParams params_;
  std::string_view owner_;
  std::vector<Entry> entries_;  // reused; as many as were ever open at once
  std::vector<Pace> paces_;     // one a group
};

}  // namespace decodesim
