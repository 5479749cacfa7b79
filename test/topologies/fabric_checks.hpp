// SPDX-License-Identifier: Apache-2.0
// What every fabric and every routing must satisfy, counted on the graph itself.
#pragma once

#include <gtest/gtest.h>

#include "sim/core/component/random.hpp"
#include "topologies/deadlock.hpp"
#include "topologies/fabric.hpp"
#include "topologies/measures.hpp"

namespace decodesim::test {

/// The whole message of the TopologyError that `make` throws; "" when it does not.
template <class Make>
std::string refusal(Make make) {
  try {
    make();
  } catch (const TopologyError& error) {
    return error.what();
  }
  return "";
}

/// Hops of the minimal routes of all pairs.
inline CountedHops routed_hops(const Fabric& fabric) {
  const PortMap ports(fabric.topology());
  const auto routing = fabric.routing(RoutingAlgorithm::kMinimal);
  CountedHops out;
  for (std::int32_t from = 0; from < fabric.topology().endpoints(); ++from)
    for (std::int32_t to = 0; to < fabric.topology().endpoints(); ++to) {
      if (from == to) continue;
      const auto hops = static_cast<std::int64_t>(walk(ports, *routing, from, routing->start(from, to, 0)).size());
      out.total += hops;
      out.longest = std::max(out.longest, hops);
      ++out.pairs;
    }
  return out;
}

/// Sound graph, and closed forms that equal what is counted: by search from every endpoint, or, where minimal routes
/// are not always the shortest paths, over the routes of all pairs.
inline void expect_sound(const Fabric& fabric, bool shortest = true) {
  SCOPED_TRACE(fabric.title());
  EXPECT_EQ(refusal([&] { validate(fabric.topology()); }), "");
  const PortMap ports(fabric.topology());
  const CountedHops counted =
      shortest ? count_hops(fabric.topology(), ports, fabric.topology().endpoints()) : routed_hops(fabric);
  const ClosedForm closed = fabric.closed_form();
  if (closed.diameter) {
    EXPECT_EQ(*closed.diameter, counted.longest);
  }
  if (closed.total_hops) {
    EXPECT_EQ(*closed.total_hops, counted.total);
  }
  if (closed.bisection && closed.bisection->at_most) {
    EXPECT_LE(closed.bisection->at_least, *closed.bisection->at_most);
  }
}

/// Walks of all (or `pairs` drawn) pairs: every hop is a cable; shortest where the algorithm says so.
inline void expect_valid_routes(const Fabric& fabric, RoutingAlgorithm algorithm, bool shortest_paths = true,
                                std::int64_t pairs = 300) {
  SCOPED_TRACE(fabric.title() + " " + std::string(name_of(algorithm)));
  const Topology& topology = fabric.topology();
  const PortMap ports(topology);
  const auto routing = fabric.routing(algorithm);
  RandomStream random(1, "test", "pairs");
  const std::int64_t n = topology.endpoints();
  const bool shortest =
      shortest_paths && (algorithm == RoutingAlgorithm::kMinimal || algorithm == RoutingAlgorithm::kEcmp ||
                         algorithm == RoutingAlgorithm::kDimensionOrder);
  for (std::int64_t i = 0; i < pairs && n > 1; ++i) {
    const auto from = static_cast<std::int32_t>(random.between(0, n - 1));
    const auto to = static_cast<std::int32_t>(random.between(0, n - 1));
    if (from == to) continue;
    const RouteHeader header = routing->start(from, to, static_cast<std::uint64_t>(i));
    const std::vector<RouteHop> path = walk(ports, *routing, from, header);  // throws where there is no cable
    std::int32_t node = from;
    for (const RouteHop& hop : path) {
      ASSERT_EQ(hop.node, node);
      ASSERT_GE(hop.channel, 0);
      ASSERT_LT(hop.channel, routing->virtual_channels());
      node = ports.far_end(hop.node, hop.port).node;
    }
    ASSERT_EQ(node, to);
    const std::int32_t distance = item(distances_to(topology, ports, to), from);
    if (shortest) {
      ASSERT_EQ(static_cast<std::int32_t>(path.size()), distance) << from << " to " << to;
    }
    ASSERT_GE(static_cast<std::int32_t>(path.size()), distance);
  }
}

/// Every routing of the fabric is valid and has no circular dependency; `complete`: followed to the last way.
inline void expect_deadlock_free(const Fabric& fabric, bool shortest_paths = true, bool complete = true) {
  const PortMap ports(fabric.topology());
  for (const RoutingAlgorithm algorithm : fabric.algorithms()) {
    expect_valid_routes(fabric, algorithm, shortest_paths);
    const auto routing = fabric.routing(algorithm);
    const DeadlockReport report = check_deadlock(fabric.topology(), ports, *routing);
    EXPECT_TRUE(report.cycle.empty()) << fabric.title() << " " << name_of(algorithm) << ": "
                                      << text_of(fabric.topology(), ports, report.cycle);
    EXPECT_EQ(report.complete, complete) << fabric.title() << " " << name_of(algorithm);
  }
}

}  // namespace decodesim::test
