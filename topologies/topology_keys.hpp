// SPDX-License-Identifier: Apache-2.0
// TopologyKeys: what a scenario says of its network's shape, one schema a kind of topology, and the fabric that it
// means. Lists of numbers are texts with an x between them ("8x8"); flattened() makes them so.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "topologies/deadlock.hpp"
#include "topologies/fabric.hpp"

namespace decodesim {

/// A kind of topology: its name and a sentence for listings.
struct TopologyKind {
  std::string_view name;
  std::string_view summary;
};
/// All kinds, in order of listing.
std::span<const TopologyKind> topology_kinds();

/// Whether a machine says how many endpoints there are, or the keys alone.
enum class SizeFrom : std::uint8_t { kMachine, kKeys };

struct TopologyKeys {
  std::string topology = "star";
  std::string routing = "default";
  std::int64_t virtual_channels = 0;
  std::int64_t endpoints = 0;
  std::int64_t concentration = 0;
  std::string dims;
  std::int64_t dimensions = 1;
  std::string arity;
  std::int64_t radix = 64;
  std::int64_t levels = 2;
  std::int64_t oversubscription = 1;
  std::int64_t rails = 1;
  std::int64_t domain = 8;
  std::int64_t endpoints_per_router = 1;
  std::int64_t routers = 1;
  std::int64_t global_links = 1;
  std::int64_t groups = 0;
  std::int64_t endpoints_per_leaf = 1;
  std::int64_t leaves = 1;
  std::int64_t spines = 1;
  std::string file;

  /// The keys of `kind`: `topology`, its own, `routing` and `virtual_channels`. A machine's star has `topology` alone.
  static Schema<TopologyKeys> schema(std::string_view kind, SizeFrom size);
};

/// The kind that a `network:` mapping names; "star" when it names none, "" after a mistake, which is reported.
std::string kind_of_topology(const Node& network, Diagnostics& diagnostics);

/// `mapping` with lists of numbers as one text: [8, 8] -> 8x8.
Node flattened(const Node& mapping);

/// Builds what the keys mean. `file` is a path that can be opened from here. Throws TopologyError, and ConfigError for
/// mistakes in a graph's file.
std::unique_ptr<Fabric> make_fabric(const TopologyKeys& keys);

/// The algorithm that the keys name; the fabric's own default for "default". Throws TopologyError when it is not
/// defined on the fabric.
RoutingAlgorithm algorithm_of(const TopologyKeys& keys, const Fabric& fabric);

/// Throws TopologyError when the routing does not end, or can deadlock on the virtual channels that there are: names
/// the cycle. Returns how much of the routing was followed: at most 50,000 starts.
DeadlockReport check_routing(const TopologyKeys& keys, const Fabric& fabric);

}  // namespace decodesim
