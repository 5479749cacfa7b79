// SPDX-License-Identifier: Apache-2.0
// Fabric: a network that was built: its graph, its routings, and what is known of it in closed form. One class a kind
// of topology; the base is what the application and the measures see.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "topologies/routing.hpp"
#include "topologies/topology.hpp"

namespace decodesim {

inline constexpr std::int64_t kMostEndpoints = 1'000'000;
inline constexpr std::int64_t kMostCables = 16'000'000;

/// Fewest cables between two halves of the endpoints (equal, or differing by one), as bounds: equal where the structure
/// gives it exactly.
struct Bisection {
  std::int64_t at_least = 0;
  std::optional<std::int64_t> at_most;  ///< absent: nothing is known
  std::string method;                   ///< where it comes from, in a few words

  [[nodiscard]] bool exact() const { return at_most && *at_most == at_least; }
};

/// What a structure says of itself by arithmetic. Hops are cables from endpoint to endpoint.
struct ClosedForm {
  std::optional<std::int32_t> diameter;
  std::optional<std::int64_t> total_hops;  ///< over all ordered pairs of different endpoints
  std::optional<Bisection> bisection;
};

class Fabric {
 public:
  virtual ~Fabric() = default;
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;

  [[nodiscard]] const Topology& topology() const { return topology_; }
  /// "torus 8 x 8": its kind and its numbers.
  [[nodiscard]] const std::string& title() const { return title_; }
  /// The routings that are defined on it; the first is the default.
  [[nodiscard]] virtual std::vector<RoutingAlgorithm> algorithms() const = 0;
  /// Throws TopologyError when `algorithm` is not defined on it. The routing refers to this fabric.
  [[nodiscard]] std::unique_ptr<Routing> routing(RoutingAlgorithm algorithm) const;
  [[nodiscard]] virtual ClosedForm closed_form() const { return {}; }
  /// Endpoints in the order of these keys are a good ring: neighbours in it are near each other.
  [[nodiscard]] virtual std::int64_t ring_key(std::int32_t rank) const { return rank; }
  /// Endpoints in the order of these keys are good for recursive halving: partners 1, 2, 4, ... apart are near.
  [[nodiscard]] virtual std::int64_t block_key(std::int32_t rank) const { return rank; }

 protected:
  explicit Fabric(std::string title) : title_(std::move(title)) {}
  [[nodiscard]] virtual std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const = 0;

  Topology topology_;

 private:
  std::string title_;
};

/// Makes the nodes and cables of a topology.
class TopologyBuilder {
 public:
  explicit TopologyBuilder(Topology& topology) : topology_(topology) {}
  /// Ranks 0 to count - 1; before any switch.
  void endpoints(std::int64_t count, std::int32_t ports);
  /// Returns its node.
  std::int32_t network_switch(std::string name, std::int64_t ports, std::int32_t level);
  void connect(std::int64_t a, std::int64_t port_a, std::int64_t b, std::int64_t port_b, std::int32_t level);

 private:
  Topology& topology_;
};

/// Throws TopologyError unless `low` <= `value` <= `high`: "a ring of 0 routers; expected 1 to 1000000".
void check_count(const std::string& what, std::int64_t value, std::int64_t low, std::int64_t high,
                 const std::string& unit);

/// Throws TopologyError when a switch uses more ports than its class has; names the first.
void check_radix(const Topology& topology, const std::vector<std::int64_t>& radix_of_class);

}  // namespace decodesim
