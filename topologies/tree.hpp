// SPDX-License-Identifier: Apache-2.0
// Tree: endpoints below levels of switches: star, tree, fat trees. All of them are extended generalised fat trees
// XGFT(h; down; up): a node of level l has down[l-1] children, and a node of level l-1 has up[l-1] parents.
// S. Ohring et al., "On Generalized Fat Trees", IPPS 1995.
//
//   star of n                     down {n}            up {1}
//   tree of arity 8 and 4         down {8, 4}         up {1, 1}
//   k-ary fat tree, three levels  down {k/2, k/2, k}  up {1, k/2, k/2}   M. Al-Fares et al., SIGCOMM 2008
//
// Rail-optimised (`rails` r > 1): each server has r accelerators, and accelerator i of every server below r leaf
// switches is on the i-th of them.
//
// Ports of a switch: its children, then its parents. Node numbers: level by level.
//
// Routes: up to the nearest common ancestor, then down; on the way up minimal takes the parent that the destination's
// number gives (D-mod-k: E. Zahavi, "D-Mod-K Routing Providing Non-Blocking Traffic for Shift Permutations on Real Life
// Fat Trees", 2010), ECMP any, by the flow's hash. One virtual channel: no way turns up again.
//
// Bisection: with P(l) the product of `up` to level l and M(l) the endpoints below a node of level l, separating s
// endpoints takes at least s x min over l of P(l+1) / M(l) cables, for whoever is separated hangs on uplinks of whole
// subtrees that are cut. Halves that consist of such subtrees reach the bound.
#pragma once

#include "topologies/fabric.hpp"

namespace decodesim {

struct TreeShape {
  std::vector<std::int32_t> down;
  std::vector<std::int32_t> up;
  std::int32_t rails = 1;
  std::string name = "tree";

  static TreeShape star(std::int32_t endpoints);
  static TreeShape tree(std::vector<std::int32_t> arity);
  /// Switches of `radix` ports in `levels` levels; each leaf has `oversubscription` times as many ports down as up.
  static TreeShape fat_tree(std::int32_t radix, std::int32_t levels, std::int32_t oversubscription = 1,
                            std::int32_t rails = 1);

  [[nodiscard]] std::int32_t levels() const { return static_cast<std::int32_t>(down.size()); }
  [[nodiscard]] std::int64_t endpoints() const { return product_up_to(down, kMostEndpoints + 1); }
  /// Throws TopologyError when it cannot be built.
  void check() const;
};

/// Where endpoints and switches of a tree are: arithmetic on its numbers.
class TreePlaces {
 public:
  explicit TreePlaces(const TreeShape& shape);

  [[nodiscard]] std::int32_t levels() const { return levels_; }
  [[nodiscard]] std::int64_t endpoints() const { return below_.back(); }
  /// Nodes of a level; level 0 are the endpoints.
  [[nodiscard]] std::int64_t nodes(std::int32_t level) const;
  /// Endpoints below a node of `level`.
  [[nodiscard]] std::int64_t below(std::int32_t level) const { return item(below_, level); }
  /// Product of `up` to `level`: how many nodes of that level have the same endpoints below.
  [[nodiscard]] std::int64_t copies(std::int32_t level) const { return item(copies_, level); }
  [[nodiscard]] std::int32_t down(std::int32_t level) const { return item(shape_.down, level - 1); }
  /// Parents of a node of `level`.
  [[nodiscard]] std::int32_t up(std::int32_t level) const { return level < levels_ ? item(shape_.up, level) : 0; }
  /// Which leaf of the tree an endpoint is: its rank, unless there are rails.
  [[nodiscard]] std::int64_t place_of(std::int64_t rank) const;
  [[nodiscard]] std::int64_t rank_at(std::int64_t place) const;

 private:
  const TreeShape& shape_;
  std::int32_t levels_;
  std::vector<std::int64_t> below_;
  std::vector<std::int64_t> copies_;
};

/// Cables between halves of the endpoints of a tree.
Bisection tree_bisection(const TreePlaces& places);

/// Adds the switches of a tree and their cables: endpoints use the ports from `port` on; link and switch classes go
/// behind those that are there. Returns the first switch's node.
std::int32_t add_tree(Topology& topology, const TreeShape& shape, std::int32_t port);

class TreeFabric : public Fabric {
 public:
  explicit TreeFabric(TreeShape shape);

  [[nodiscard]] std::vector<RoutingAlgorithm> algorithms() const override;
  [[nodiscard]] ClosedForm closed_form() const override;
  [[nodiscard]] std::int64_t ring_key(std::int32_t rank) const override { return places_.place_of(rank); }
  [[nodiscard]] std::int64_t block_key(std::int32_t rank) const override { return places_.place_of(rank); }

 protected:
  [[nodiscard]] std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const override;

 private:
  const TreeShape shape_;
  const TreePlaces places_;
};

/// Routes over the switches that add_tree() added.
class TreeRouting : public Routing {
 public:
  TreeRouting(const TreePlaces& places, RoutingAlgorithm algorithm, std::int32_t first_switch, std::int32_t first_port);

  [[nodiscard]] std::int32_t virtual_channels() const override { return 1; }
  [[nodiscard]] std::int64_t starts(std::int32_t, std::int32_t) const override { return 1; }
  [[nodiscard]] RouteHeader start_at(std::int32_t, std::int32_t destination, std::int64_t) const override {
    return {destination, -1, 0, 0};
  }
  [[nodiscard]] std::int32_t ways(std::int32_t node, const RouteHeader& header) const override;
  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const override;

 private:
  struct Place {
    std::int32_t level = 0;
    std::int64_t subtree = 0;  ///< which of the nodes' groups with the same endpoints below
  };
  [[nodiscard]] Place place_of(std::int32_t node) const;
  [[nodiscard]] bool above(const Place& place, std::int64_t destination) const;

  const TreePlaces& places_;
  const RoutingAlgorithm algorithm_;
  const std::int32_t first_port_;
  std::vector<std::int64_t> first_;  // node of each level's first switch, by level
};

}  // namespace decodesim
