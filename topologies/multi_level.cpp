// SPDX-License-Identifier: Apache-2.0
#include "topologies/multi_level.hpp"

#include <algorithm>

namespace decodesim {
namespace {

std::string title_of(const MultiLevelShape& shape) {
  shape.outside.check();
  const std::int64_t endpoints = shape.outside.endpoints();
  if (shape.domain < 1 || endpoints % shape.domain != 0)
    throw TopologyError("domains of " + std::to_string(shape.domain) + " below a " + shape.outside.name + " of " +
                        std::to_string(endpoints) + " endpoints; expected a divisor of " + std::to_string(endpoints));
  return "multi-level: " + std::to_string(endpoints / shape.domain) + " domains of " + std::to_string(shape.domain) +
         ", outside a " + shape.outside.name + " of " + std::to_string(shape.outside.levels()) + " levels" +
         (shape.outside.rails > 1 ? ", " + std::to_string(shape.outside.rails) + " rails" : "");
}

class MultiLevelRouting : public Routing {
 public:
  MultiLevelRouting(const MultiLevelShape& shape, const TreePlaces& places, RoutingAlgorithm algorithm,
                    std::int32_t first_tree_switch)
      : domain_(shape.domain),
        endpoints_(to_int32(places.endpoints())),
        first_tree_switch_(first_tree_switch),
        outside_(places, algorithm, first_tree_switch, 1) {}

  [[nodiscard]] std::int32_t virtual_channels() const override { return 1; }
  [[nodiscard]] std::int64_t starts(std::int32_t, std::int32_t) const override { return 1; }
  [[nodiscard]] RouteHeader start_at(std::int32_t, std::int32_t destination, std::int64_t) const override {
    return {destination, -1, 0, 0};
  }
  [[nodiscard]] std::int32_t ways(std::int32_t node, const RouteHeader& header) const override {
    return inside(node, header) ? 1 : outside_.ways(node, header);
  }
  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const override {
    if (!inside(node, header)) return outside_.way(node, header, index);
    return {node < endpoints_ ? 0 : header.destination % domain_, 0, header};
  }

 private:
  [[nodiscard]] bool inside(std::int32_t node, const RouteHeader& header) const {
    if (node < endpoints_) return node / domain_ == header.destination / domain_;
    return node < first_tree_switch_;
  }

  const std::int32_t domain_;
  const std::int32_t endpoints_;
  const std::int32_t first_tree_switch_;
  const TreeRouting outside_;
};

}  // namespace

MultiLevelFabric::MultiLevelFabric(MultiLevelShape shape)
    : Fabric(title_of(shape)), shape_(std::move(shape)), places_(shape_.outside) {
  TopologyBuilder make(topology_);
  topology_.link_classes = {"inside"};
  topology_.switch_classes = {"domain"};
  make.endpoints(places_.endpoints(), 1 + shape_.outside.up.front());
  for (std::int64_t d = 0; d < places_.endpoints() / shape_.domain; ++d) {
    const std::int32_t node = make.network_switch("domain" + std::to_string(d), shape_.domain, 0);
    for (std::int32_t j = 0; j < shape_.domain; ++j) make.connect(d * shape_.domain + j, 0, node, j, 0);
  }
  first_tree_switch_ = add_tree(topology_, shape_.outside, 1);
}

std::vector<RoutingAlgorithm> MultiLevelFabric::algorithms() const {
  return {RoutingAlgorithm::kMinimal, RoutingAlgorithm::kEcmp};
}

std::unique_ptr<Routing> MultiLevelFabric::make_routing(RoutingAlgorithm algorithm) const {
  return std::make_unique<MultiLevelRouting>(shape_, places_, algorithm, first_tree_switch_);
}

// Rank 0's pairs stand for those of every rank where domains and subtrees nest; else they are counted for all.
ClosedForm MultiLevelFabric::closed_form() const {
  const std::int64_t n = places_.endpoints();
  const bool nest =
      shape_.outside.rails == shape_.domain || (shape_.outside.rails == 1 && (places_.below(1) % shape_.domain == 0));
  ClosedForm out;
  if (!nest) return out;
  std::int64_t total = 0;
  std::int32_t diameter = 0;
  for (std::int64_t other = 1; other < n; ++other) {
    std::int32_t level = 1;
    while (other >= shape_.domain && places_.place_of(other) / places_.below(level) != 0) ++level;
    total += 2 * level;
    diameter = std::max(diameter, 2 * level);
  }
  out.total_hops = total * n;
  out.diameter = diameter;
  return out;
}

}  // namespace decodesim
