// SPDX-License-Identifier: Apache-2.0
// GraphRouting: see graph_fabric.hpp. Internal to topologies.
#pragma once

#include <list>
#include <unordered_map>

#include "topologies/routing.hpp"

namespace decodesim {

/// Distances to recently asked destinations.
class DistanceCache {
 public:
  using Distances = std::vector<std::int32_t>;

  explicit DistanceCache(std::int64_t most_entries) : most_(most_entries) {}
  /// Those of `target`, or null.
  const Distances* find(std::int32_t target);
  const Distances& put(std::int32_t target, Distances distances);
  [[nodiscard]] std::int64_t entries() const { return static_cast<std::int64_t>(entries_.size()); }

 private:
  using Entry = std::pair<std::int32_t, Distances>;
  std::int64_t most_;
  std::list<Entry> entries_;  // the most recently used one first
  std::unordered_map<std::int32_t, std::list<Entry>::iterator> places_;
};

/// Shortest ways, all or one; or, `up_down`, the shortest of those that never go up after down.
class GraphRouting : public Routing {
 public:
  GraphRouting(const Topology& topology, const PortMap& ports, RoutingAlgorithm algorithm, std::int64_t cache_bytes);

  [[nodiscard]] std::int32_t virtual_channels() const override { return channels_; }
  [[nodiscard]] std::int64_t starts(std::int32_t, std::int32_t) const override { return 1; }
  [[nodiscard]] RouteHeader start_at(std::int32_t, std::int32_t destination, std::int64_t) const override {
    return {destination, -1, 0, 0};
  }
  [[nodiscard]] std::int32_t ways(std::int32_t node, const RouteHeader& header) const override;
  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const override;

  /// Destinations whose distances are kept now; never more than most_cached().
  [[nodiscard]] std::int64_t cached() const { return cache_.entries(); }
  [[nodiscard]] std::int64_t most_cached() const { return most_cached_; }

 private:
  [[nodiscard]] const DistanceCache::Distances& distances(std::int32_t target) const;
  [[nodiscard]] DistanceCache::Distances up_down_distances(std::int32_t target) const;
  [[nodiscard]] bool up(std::int32_t from, std::int32_t to) const;
  [[nodiscard]] std::int32_t distance(std::int32_t node, bool down, std::int32_t target) const;
  [[nodiscard]] bool leads_on(std::int32_t node, const PortMap::End& end, const RouteHeader& header) const;

  const Topology& topology_;
  const PortMap& ports_;
  const RoutingAlgorithm algorithm_;
  std::int64_t most_cached_;
  mutable DistanceCache cache_;
  std::vector<std::int32_t> rank_;  // up_down: distance to the root
  std::int32_t channels_ = 1;
};

}  // namespace decodesim
