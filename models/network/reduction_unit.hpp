// SPDX-License-Identifier: Apache-2.0
// ReductionUnit: the arithmetic of in-network reduction in a switch, without a kernel. Collects one contribution from
// every rank of a group and says when the combined result may leave.
//
// Laws, each one a test in test/models/network/reduction_unit_test.cpp:
//   1. The result's head is ready `latency` after the head of the last contribution, its tail `latency` after the last
//      tail: it streams.
//   2. Results of one group follow each other at no more than `rate` bytes a second.
//   3. Every rank contributes exactly once, all with the same payload: else InternalError.
//
// Not modelled: the size of the table of reductions under way; groups contending for the adders; data types.
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
};

class ReductionUnit {
 public:
  ReductionUnit(const ReductionParams& params, std::string_view owner) : params_(params), owner_(owner) {}

  /// Adds the contribution of `train` (its times are those at the unit), counted `weight` times. When it is the last
  /// one, returns the result: a train of data for the group, with the times at which it may leave.
  std::optional<PacketTrain> contribute(const PacketTrain& train, std::int32_t weight);
  /// Reductions that wait for contributions.
  [[nodiscard]] std::size_t open() const;

 private:
  struct Entry {
    bool used = false;
    PacketTrain merged;  ///< latest head and tail, highest id so far
    std::int32_t contributions = 0;
    std::vector<bool> seen;  ///< by position in the group
  };
  struct Pace {
    RankGroup group;
    TimePoint free;
  };

  Entry& entry_of(const PacketTrain& train);
  TimePoint& pace_of(const RankGroup& group);

  ReductionParams params_;
  std::string_view owner_;
  std::vector<Entry> entries_;  // reused; as many as were ever open at once
  std::vector<Pace> paces_;     // one a group
};

}  // namespace decodesim
