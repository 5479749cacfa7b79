// SPDX-License-Identifier: Apache-2.0
#include "topologies/group_links.hpp"

#include <algorithm>

namespace decodesim {

std::int64_t closed_groups(const std::string& what, std::int64_t given, std::int64_t ports,
                           const std::string& arithmetic) {
  if (given == 0) return ports + 1;
  check_count(what, given, 1, kMostEndpoints, "groups");
  if (given == 1 || (given <= ports + 1 && ports % (given - 1) == 0)) return given;
  throw TopologyError(what + " of " + std::to_string(given) + " groups with " + arithmetic + " = " +
                      std::to_string(ports) + " global links each does not close; expected groups - 1 to divide " +
                      std::to_string(ports));
}

std::int64_t group_starts(RoutingAlgorithm algorithm, std::int64_t groups, std::int32_t from, std::int32_t to) {
  if (from == to || groups < 3) return 1;
  if (algorithm == RoutingAlgorithm::kValiant) return groups - 2;
  return algorithm == RoutingAlgorithm::kUgal ? groups - 1 : 1;
}

RouteHeader group_start(RoutingAlgorithm algorithm, std::int64_t groups, std::int32_t from, std::int32_t to,
                        std::int32_t destination, std::int64_t index) {
  RouteHeader header{destination, -1, 0, 0};
  if (algorithm == RoutingAlgorithm::kUgal) --index;
  const bool detours = algorithm == RoutingAlgorithm::kValiant || algorithm == RoutingAlgorithm::kUgal;
  if (!detours || index < 0 || from == to || groups < 3) return header;
  header.via = without(index, from, to);
  return header;
}

}  // namespace decodesim
