// SPDX-License-Identifier: Apache-2.0
// Deadlock check: the channel dependency graph of a routing. A packet that holds one channel (a link and a virtual
// channel class) and asks for the next makes the second depend on nobody and the first on the second; wormhole and
// credit flow control can deadlock only if these dependencies are circular (W. Dally, C. Seitz, "Deadlock-Free Message
// Routing in Multiprocessor Interconnection Networks", IEEE Trans. Computers 1987).
//
// Every way of every start of every pair of endpoints is followed where that is within the budget. Beyond it pairs and
// starts are drawn at even distances, and the report says so: a cycle found is real, none found is then no proof.
#pragma once

#include <string>

#include "topologies/routing.hpp"

namespace decodesim {

struct DeadlockReport {
  bool complete = true;        ///< every pair, start and way was followed
  std::int64_t pairs = 0;      ///< followed
  std::int64_t all_pairs = 0;  ///< that there are
  std::int64_t dependencies = 0;
  std::vector<RouteHop> cycle;  ///< channels, each waiting for the next, the last for the first; empty: none was found
};

/// `most_walks` bounds how many starts are followed. Throws TopologyError when a way does not end.
DeadlockReport check_deadlock(const Topology& topology, const PortMap& ports, const Routing& routing,
                              std::int64_t most_walks = 1'000'000);

/// "acc0 -> acc1 (virtual channel 0), acc1 -> acc2 (virtual channel 0), ...": at most 8 channels.
std::string text_of(const Topology& topology, const PortMap& ports, const std::vector<RouteHop>& cycle);

/// A routing on fewer virtual channels than it asks for: higher classes share the last one.
class FewerChannels : public Routing {
 public:
  FewerChannels(const Routing& routing, std::int32_t channels) : routing_(routing), channels_(channels) {}
  [[nodiscard]] std::int32_t virtual_channels() const override { return channels_; }
  [[nodiscard]] std::int64_t starts(std::int32_t source, std::int32_t destination) const override {
    return routing_.starts(source, destination);
  }
  [[nodiscard]] RouteHeader start_at(std::int32_t source, std::int32_t destination, std::int64_t index) const override {
    return routing_.start_at(source, destination, index);
  }
  [[nodiscard]] std::int32_t ways(std::int32_t node, const RouteHeader& header) const override {
    return routing_.ways(node, header);
  }
  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const override {
    RouteStep step = routing_.way(node, header, index);
    step.channel = step.channel < channels_ ? step.channel : channels_ - 1;
    return step;
  }

 private:
  const Routing& routing_;
  const std::int32_t channels_;
};

}  // namespace decodesim
