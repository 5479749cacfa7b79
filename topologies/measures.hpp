// SPDX-License-Identifier: Apache-2.0
// Measures of a network: how far, how wide, how many parts, what they cost and draw. Counts and sums are exact; a
// figure that is a bound or an estimate says so. Hops are cables from endpoint to endpoint.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/units/units.hpp"
#include "topologies/fabric.hpp"

namespace decodesim {

/// What one part of a class costs and draws: a cable (both links), a switch.
struct ClassPrice {
  Money cost;
  Power power;
};

struct Prices {
  std::vector<ClassPrice> links;     ///< by link class; a class beyond the list is free
  std::vector<ClassPrice> switches;  ///< by switch class
};

struct ClassCount {
  std::string name;
  std::int64_t count = 0;
  std::int64_t radix = 0;  ///< of a switch class: most ports that one uses
};

/// A figure and where it comes from.
template <class V>
struct Measured {
  V value{};
  std::string method;
};

struct NetworkMeasures {
  std::int64_t endpoints = 0;
  std::int64_t switches = 0;
  std::int64_t cables = 0;
  std::vector<ClassCount> link_classes;
  std::vector<ClassCount> switch_classes;
  std::int64_t radix = 0;  ///< most ports that a switch uses; of a network without switches, an endpoint
  Measured<std::int64_t> diameter;
  Measured<std::int64_t> total_hops;  ///< over `pairs` ordered pairs
  std::int64_t pairs = 0;
  Bisection bisection;
  Money cost;
  Power power;

  /// For reports.
  [[nodiscard]] double average_hops() const {
    return pairs == 0 ? 0 : static_cast<double>(total_hops.value) / static_cast<double>(pairs);
  }
};

/// Takes closed forms where the fabric has them; else counts, over all endpoints where there are at most
/// kMostCounted, beyond that over so many sources at even distances.
inline constexpr std::int64_t kMostCounted = 1024;
NetworkMeasures measure(const Fabric& fabric, const Prices& prices = {});

/// Distances counted by breadth-first search from `sources` endpoints at even distances (or from all).
struct CountedHops {
  std::int64_t longest = 0;
  std::int64_t total = 0;
  std::int64_t pairs = 0;
};
CountedHops count_hops(const Topology& topology, const PortMap& ports, std::int64_t sources);

/// The best cut found between halves of the endpoints: several orders of the endpoints are split in the middle, and
/// each split gets its least cut by maximum flow. An upper bound.
Bisection searched_bisection(const Topology& topology, const PortMap& ports);

}  // namespace decodesim
