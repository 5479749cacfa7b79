// SPDX-License-Identifier: Apache-2.0
#include "topologies/tree.hpp"

#include <algorithm>

namespace decodesim {
namespace {

std::string list_of(const std::vector<std::int32_t>& values) {
  std::string out;
  for (const std::int32_t v : values) out += (out.empty() ? "" : ", ") + std::to_string(v);
  return "[" + out + "]";
}

std::string title_of(const TreeShape& shape) {
  std::string out = shape.name;
  if (shape.name == "star") return out + " of " + std::to_string(shape.down.front());
  out += ", down " + list_of(shape.down) + ", up " + list_of(shape.up);
  return shape.rails > 1 ? out + ", " + std::to_string(shape.rails) + " rails" : out;
}

std::string switch_class(std::int32_t level, std::int32_t levels) {
  if (levels == 1) return "switch";
  if (level == 1) return "leaf";
  if (level == levels) return levels == 2 ? "spine" : "core";
  return levels == 3 ? "aggregation" : "tier" + std::to_string(level);
}

}  // namespace

TreeShape TreeShape::star(std::int32_t endpoints) { return {{endpoints}, {1}, 1, "star"}; }

TreeShape TreeShape::tree(std::vector<std::int32_t> arity) {
  const std::size_t levels = arity.size();
  return {std::move(arity), std::vector<std::int32_t>(levels, 1), 1, "tree"};
}

TreeShape TreeShape::fat_tree(std::int32_t radix, std::int32_t levels, std::int32_t oversubscription,
                              std::int32_t rails) {
  check_count("a fat tree", levels, 1, 8, "levels");
  check_count("a fat tree of switches", radix, 2, 65'536, "ports");
  check_count("a fat tree with an oversubscription", oversubscription, 1, 1024, "to 1");
  if (levels > 1 && radix % 2 != 0)
    throw TopologyError("a fat tree of switches with " + std::to_string(radix) +
                        " ports; expected an even number: half of them up, half down");
  if (levels > 1 && radix % (oversubscription + 1) != 0)
    throw TopologyError("a leaf of " + std::to_string(radix) + " ports cannot be oversubscribed " +
                        std::to_string(oversubscription) + " to 1; expected ports that are a multiple of " +
                        std::to_string(oversubscription + 1));
  const std::int32_t leaf_up = radix / (oversubscription + 1);
  TreeShape out{{levels == 1 ? radix : radix - leaf_up}, {1}, rails, "fat tree"};
  for (std::int32_t level = 2; level <= levels; ++level) {
    out.down.push_back(level == levels ? radix : radix / 2);
    out.up.push_back(level == 2 ? leaf_up : radix / 2);
  }
  return out;
}

void TreeShape::check() const {
  const std::string a = "a " + name;
  check_count(a, levels(), 1, 8, "levels");
  if (up.size() != down.size())
    throw TopologyError(a + " with " + std::to_string(down.size()) + " numbers of children and " +
                        std::to_string(up.size()) + " of parents; expected one of each a level");
  for (const std::int32_t n : down) check_count("a level of " + a, n, 1, kMostEndpoints, "children a switch");
  for (const std::int32_t n : up) check_count("a level of " + a, n, 1, 65'536, "parents a node");
  if (endpoints() > kMostEndpoints)
    throw TopologyError(a + " of more than " + std::to_string(kMostEndpoints) + " endpoints; expected fewer");
  std::int64_t cables = 0;
  for (std::int32_t l = 0; l < levels(); ++l) {
    const std::vector<std::int32_t> ups(up.begin(), up.begin() + l + 1);
    const std::vector<std::int32_t> downs(down.begin() + l, down.end());
    cables += std::min(kMostCables, product_up_to(ups, kMostCables)) *
              std::min(kMostCables, product_up_to(downs, kMostCables));
    if (cables > kMostCables)
      throw TopologyError(a + " of more than " + std::to_string(kMostCables) + " cables; expected fewer");
  }
  const std::int64_t leaves = endpoints() / down.front();
  if (rails < 1 || leaves % rails != 0)
    throw TopologyError(a + " of " + std::to_string(leaves) + " leaf switches on " + std::to_string(rails) +
                        " rails; expected rails that divide the leaf switches");
}

TreePlaces::TreePlaces(const TreeShape& shape) : shape_(shape), levels_(shape.levels()) {
  below_.push_back(1);
  copies_.push_back(1);
  for (std::int32_t l = 0; l < levels_; ++l) {
    below_.push_back(below_.back() * item(shape.down, l));
    copies_.push_back(copies_.back() * item(shape.up, l));
  }
}

std::int64_t TreePlaces::nodes(std::int32_t level) const { return endpoints() / below(level) * copies(level); }

// Rank = pod, server, rail; place = pod, rail, server.
std::int64_t TreePlaces::place_of(std::int64_t rank) const {
  const std::int64_t servers = below(1);
  const std::int64_t rails = shape_.rails;
  const std::int64_t within = rank % (rails * servers);
  return rank - within + within % rails * servers + within / rails;
}

std::int64_t TreePlaces::rank_at(std::int64_t place) const {
  const std::int64_t servers = below(1);
  const std::int64_t rails = shape_.rails;
  const std::int64_t within = place % (rails * servers);
  return place - within + within % servers * rails + within / servers;
}

Bisection tree_bisection(const TreePlaces& places) {
  const std::int64_t half = places.endpoints() / 2;
  Bisection out;
  out.method = "whole subtrees on either side";
  // The least ratio copies(l + 1) / below(l); several levels may have it.
  std::int32_t best = 0;
  const auto cables = [&](std::int32_t l) { return places.copies(l + 1); };
  for (std::int32_t l = 1; l < places.levels(); ++l)
    if (cables(l) * places.below(best) < cables(best) * places.below(l)) best = l;
  out.at_least = (half * cables(best) + places.below(best) - 1) / places.below(best);
  for (std::int32_t l = 0; l < places.levels(); ++l) {
    if (half % places.below(l) != 0) continue;
    const std::int64_t cut = half / places.below(l) * cables(l);
    out.at_most = std::min(out.at_most.value_or(cut), cut);
  }
  return out;
}

std::int32_t add_tree(Topology& topology, const TreeShape& shape, std::int32_t port) {
  const TreePlaces places(shape);
  const auto link_classes = static_cast<std::int32_t>(topology.link_classes.size());
  const auto switch_classes = static_cast<std::int32_t>(topology.switch_classes.size());
  const auto first_switch = static_cast<std::int32_t>(topology.nodes.size());
  TopologyBuilder make(topology);
  std::int64_t lower = 0;
  for (std::int32_t level = 1; level <= places.levels(); ++level) {
    const std::string name = switch_class(level, places.levels());
    topology.link_classes.push_back(level == 1 ? "host" : switch_class(level - 1, places.levels()) + "_up");
    topology.switch_classes.push_back(name);
    const auto first = static_cast<std::int64_t>(topology.nodes.size());
    const std::int64_t copies = places.copies(level);
    for (std::int64_t n = 0; n < places.nodes(level); ++n) {
      const std::int32_t node = make.network_switch(name + std::to_string(n), places.down(level) + places.up(level),
                                                    switch_classes + level - 1);
      const std::int64_t group = n / copies;                              // which endpoints are below
      const std::int64_t parent = n % copies / places.copies(level - 1);  // which parent of its children it is
      const std::int64_t copy = n % places.copies(level - 1);             // which copy of its children
      for (std::int32_t child = 0; child < places.down(level); ++child) {
        const std::int64_t below = (group * places.down(level) + child) * places.copies(level - 1) + copy;
        if (level == 1)
          make.connect(places.rank_at(below), port + parent, node, child, link_classes);
        else
          make.connect(lower + below, places.down(level - 1) + parent, node, child, link_classes + level - 1);
      }
    }
    lower = first;
  }
  return first_switch;
}

TreeFabric::TreeFabric(TreeShape shape)
    : Fabric((shape.check(), title_of(shape))), shape_(std::move(shape)), places_(shape_) {
  topology_.link_classes.clear();
  topology_.switch_classes.clear();
  TopologyBuilder(topology_).endpoints(shape_.endpoints(), shape_.up.front());
  add_tree(topology_, shape_, 0);
}

std::vector<RoutingAlgorithm> TreeFabric::algorithms() const {
  return {RoutingAlgorithm::kMinimal, RoutingAlgorithm::kEcmp};
}

std::unique_ptr<Routing> TreeFabric::make_routing(RoutingAlgorithm algorithm) const {
  return std::make_unique<TreeRouting>(places_, algorithm, topology_.endpoints(), 0);
}

ClosedForm TreeFabric::closed_form() const {
  ClosedForm out;
  std::int64_t total = 0;
  std::int32_t diameter = 0;
  for (std::int32_t level = 1; level <= places_.levels(); ++level) {
    const std::int64_t pairs = places_.endpoints() * (places_.below(level) - places_.below(level - 1));
    total += pairs * 2 * level;
    if (pairs > 0) diameter = 2 * level;
  }
  out.diameter = diameter;
  out.total_hops = total;
  out.bisection = tree_bisection(places_);
  return out;
}

TreeRouting::TreeRouting(const TreePlaces& places, RoutingAlgorithm algorithm, std::int32_t first_switch,
                         std::int32_t first_port)
    : places_(places), algorithm_(algorithm), first_port_(first_port), first_{0} {
  std::int64_t first = first_switch;
  for (std::int32_t level = 1; level <= places.levels(); ++level) {
    first_.push_back(first);
    first += places.nodes(level);
  }
}

TreeRouting::Place TreeRouting::place_of(std::int32_t node) const {
  std::int32_t level = places_.levels();
  while (level > 0 && node < item(first_, level)) --level;
  if (level == 0) return {0, places_.place_of(node)};
  return {level, (node - item(first_, level)) / places_.copies(level)};
}

bool TreeRouting::above(const Place& place, std::int64_t destination) const {
  return destination / places_.below(place.level) == place.subtree;
}

std::int32_t TreeRouting::ways(std::int32_t node, const RouteHeader& header) const {
  const Place place = place_of(node);
  if (algorithm_ == RoutingAlgorithm::kMinimal || above(place, places_.place_of(header.destination))) return 1;
  return places_.up(place.level);
}

RouteStep TreeRouting::way(std::int32_t node, const RouteHeader& header, std::int32_t index) const {
  const Place place = place_of(node);
  const std::int64_t destination = places_.place_of(header.destination);
  if (above(place, destination))
    return {to_int32(destination / places_.below(place.level - 1) % places_.down(place.level)), 0, header};
  std::int64_t parent = index;
  if (algorithm_ == RoutingAlgorithm::kMinimal)
    parent = destination / places_.copies(place.level) % places_.up(place.level);
  return {to_int32((place.level == 0 ? first_port_ : places_.down(place.level)) + parent), 0, header};
}

}  // namespace decodesim
