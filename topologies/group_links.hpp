// SPDX-License-Identifier: Apache-2.0
// GroupLinks: which global port of a group leads to which other, and the starts of routes over a random third group:
// what dragonfly and dragonfly+ share. Internal to topologies.
#pragma once

#include "topologies/fabric.hpp"

namespace decodesim {

struct GroupLinks {
  std::int64_t groups = 1;
  std::int64_t cables = 0;  ///< between two groups

  /// The port of group `from`, of all its global ports, where cable t of those to group `to` is.
  [[nodiscard]] std::int64_t port(std::int64_t from, std::int64_t to, std::int64_t t) const {
    return (to - from + groups) % groups - 1 + t * (groups - 1);
  }
};

/// Groups of a network whose groups have `ports` global ports each; `given` 0: as many as can be. Throws TopologyError
/// when they do not close. `arithmetic`: where the ports come from, for the message.
std::int64_t closed_groups(const std::string& what, std::int64_t given, std::int64_t ports,
                           const std::string& arithmetic);

std::int64_t group_starts(RoutingAlgorithm algorithm, std::int64_t groups, std::int32_t from, std::int32_t to);
RouteHeader group_start(RoutingAlgorithm algorithm, std::int64_t groups, std::int32_t from, std::int32_t to,
                        std::int32_t destination, std::int64_t index);

}  // namespace decodesim
