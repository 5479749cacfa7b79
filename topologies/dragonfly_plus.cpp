// SPDX-License-Identifier: Apache-2.0
#include "topologies/dragonfly_plus.hpp"

#include <algorithm>

#include "topologies/group_links.hpp"

namespace decodesim {
namespace {

std::string title_of(const DragonflyPlusShape& s) {
  return "dragonfly+ of " + std::to_string(s.g) + " groups of " + std::to_string(s.leaves) + " leaves and " +
         std::to_string(s.spines) + " spines, " + std::to_string(s.p) + " endpoints a leaf and " + std::to_string(s.h) +
         " global links a spine";
}

class DragonflyPlusRouting : public Routing {
 public:
  DragonflyPlusRouting(const DragonflyPlusShape& shape, RoutingAlgorithm algorithm)
      : s_(shape), links_{shape.g, shape.cables()}, algorithm_(algorithm) {}

  [[nodiscard]] std::int32_t virtual_channels() const override {
    return algorithm_ == RoutingAlgorithm::kValiant || algorithm_ == RoutingAlgorithm::kUgal ? 3 : 2;
  }
  [[nodiscard]] std::int64_t starts(std::int32_t source, std::int32_t destination) const override {
    return group_starts(algorithm_, s_.g, group_of_rank(source), group_of_rank(destination));
  }
  [[nodiscard]] RouteHeader start_at(std::int32_t source, std::int32_t destination, std::int64_t index) const override {
    return group_start(algorithm_, s_.g, group_of_rank(source), group_of_rank(destination), destination, index);
  }

  // At a leaf: spines; within the group any, else one with a cable to the target. At a spine without one: leaves.
  [[nodiscard]] std::int32_t ways(std::int32_t node, const RouteHeader& header) const override {
    if (node < s_.endpoints() || algorithm_ == RoutingAlgorithm::kMinimal) return 1;
    const Position at = position(node, header);
    if (at.leaf) {
      if (at.target == at.group) return own(at) ? 1 : to_int32(s_.spines);
      return to_int32(links_.cables);
    }
    if (at.target == at.group) return 1;
    const std::int64_t here = cables_here(at);
    return to_int32(here > 0 ? here : s_.leaves);
  }

  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const override {
    if (node < s_.endpoints()) return {0, 0, header};
    const Position at = position(node, header);
    if (algorithm_ == RoutingAlgorithm::kMinimal) index = to_int32(spread(at));
    if (at.leaf) {
      if (own(at)) return {to_int32(s_.spines + at.header.destination % s_.p), 0, at.header};
      const std::int64_t spine = at.target == at.group ? index : links_.port(at.group, at.target, index) / s_.h;
      return {to_int32(spine), at.header.stage, at.header};
    }
    if (at.target == at.group) return {to_int32(leaf_of(at.header)), at.header.stage, at.header};
    for (std::int64_t t = 0; t < links_.cables; ++t) {
      const std::int64_t port = links_.port(at.group, at.target, t);
      if (port / s_.h != at.index || (algorithm_ != RoutingAlgorithm::kMinimal && index-- > 0)) continue;
      RouteHeader on = at.header;
      ++on.stage;
      return {to_int32(s_.leaves + port % s_.h), at.header.stage, on};
    }
    return {to_int32(index), at.header.stage, at.header};
  }

 private:
  struct Position {
    bool leaf = false;
    std::int64_t group = 0;
    std::int64_t index = 0;   // of the leaf or spine within its group
    std::int64_t target = 0;  // group
    RouteHeader header;
  };

  [[nodiscard]] std::int32_t group_of_rank(std::int32_t rank) const { return to_int32(rank / (s_.p * s_.leaves)); }
  [[nodiscard]] std::int64_t leaf_of(const RouteHeader& header) const { return header.destination / s_.p % s_.leaves; }
  [[nodiscard]] bool own(const Position& at) const {
    return at.header.via < 0 && at.target == at.group && leaf_of(at.header) == at.index;
  }
  // Of the ways up, the one by which minimal sends to this destination.
  [[nodiscard]] std::int64_t spread(const Position& at) const {
    return at.header.destination % (at.target == at.group ? s_.spines : links_.cables);
  }
  [[nodiscard]] std::int64_t cables_here(const Position& at) const {
    std::int64_t count = 0;
    for (std::int64_t t = 0; t < links_.cables; ++t)
      count += links_.port(at.group, at.target, t) / s_.h == at.index ? 1 : 0;
    return count;
  }

  [[nodiscard]] Position position(std::int32_t node, const RouteHeader& header) const {
    const std::int64_t n = node - s_.endpoints();
    const std::int64_t leaves = s_.leaves * s_.g;
    const bool leaf = n < leaves;
    const std::int64_t each = leaf ? s_.leaves : s_.spines;
    const std::int64_t within = leaf ? n : n - leaves;
    Position at{leaf, within / each, within % each, 0, header};
    if (at.header.via == at.group) at.header.via = -1;
    at.target = at.header.via >= 0 ? at.header.via : group_of_rank(at.header.destination);
    return at;
  }

  const DragonflyPlusShape s_;
  const GroupLinks links_;
  const RoutingAlgorithm algorithm_;
};

}  // namespace

DragonflyPlusShape DragonflyPlusShape::checked() const {
  check_count("a dragonfly+", p, 1, 65'536, "endpoints a leaf");
  check_count("a dragonfly+", leaves, 1, 65'536, "leaves a group");
  check_count("a dragonfly+", spines, 1, 65'536, "spines a group");
  check_count("a dragonfly+", h, 1, 65'536, "global links a spine");
  DragonflyPlusShape out = *this;
  out.g = closed_groups("a dragonfly+", g, spines * h, std::to_string(spines) + " spines x " + std::to_string(h));
  if (out.g > kMostEndpoints || p * leaves > kMostEndpoints / out.g)
    throw TopologyError("a dragonfly+ of more than " + std::to_string(kMostEndpoints) + " endpoints; expected fewer");
  if (out.g * spines > kMostCables / (leaves + h))
    throw TopologyError("a dragonfly+ of more than " + std::to_string(kMostCables) + " cables; expected fewer");
  return out;
}

DragonflyPlusFabric::DragonflyPlusFabric(const DragonflyPlusShape& shape)
    : Fabric(title_of(shape.checked())), shape_(shape.checked()) {
  build();
}

void DragonflyPlusFabric::build() {
  const auto& [p, leaves, spines, h, g] = shape_;
  TopologyBuilder make(topology_);
  topology_.link_classes = {"host", "leaf_up", "global"};
  topology_.switch_classes = {"leaf", "spine"};
  make.endpoints(shape_.endpoints(), 1);
  const std::int64_t first_leaf = shape_.endpoints();
  const std::int64_t first_spine = first_leaf + leaves * g;
  for (std::int64_t l = 0; l < leaves * g; ++l) {
    const std::int32_t node = make.network_switch("leaf" + std::to_string(l), spines + p, 0);
    for (std::int64_t j = 0; j < p; ++j) make.connect(l * p + j, 0, node, spines + j, 0);
  }
  for (std::int64_t s = 0; s < spines * g; ++s) {
    const std::int32_t node = make.network_switch("spine" + std::to_string(s), leaves + h, 1);
    for (std::int64_t l = 0; l < leaves; ++l)
      make.connect(first_leaf + s / spines * leaves + l, s % spines, node, l, 1);
  }
  const GroupLinks links{g, shape_.cables()};
  for (std::int64_t from = 0; from < g; ++from)
    for (std::int64_t to = from + 1; to < g; ++to)
      for (std::int64_t t = 0; t < links.cables; ++t) {
        const std::int64_t out = links.port(from, to, t);
        const std::int64_t in = links.port(to, from, t);
        make.connect(first_spine + from * spines + out / h, leaves + out % h, first_spine + to * spines + in / h,
                     leaves + in % h, 2);
      }
}

std::vector<RoutingAlgorithm> DragonflyPlusFabric::algorithms() const {
  return {RoutingAlgorithm::kMinimal, RoutingAlgorithm::kEcmp, RoutingAlgorithm::kValiant, RoutingAlgorithm::kUgal};
}

std::unique_ptr<Routing> DragonflyPlusFabric::make_routing(RoutingAlgorithm algorithm) const {
  return std::make_unique<DragonflyPlusRouting>(shape_, algorithm);
}

ClosedForm DragonflyPlusFabric::closed_form() const {
  const auto& [p, leaves, spines, h, g] = shape_;
  const std::int64_t n = shape_.endpoints();
  const std::int64_t group = p * leaves;
  ClosedForm out;
  out.diameter = g > 1 ? 5 : leaves > 1 ? 4 : n > 1 ? 2 : 0;
  out.total_hops = n * (2 * (p - 1) + 4 * (group - p) + 5 * (n - group));
  Bisection cut{1, n / 2, "halves of whole groups (an upper bound)"};
  if (g % 2 == 0) cut.at_most = std::min(n / 2, g / 2 * (g / 2) * shape_.cables());
  out.bisection = cut;
  return out;
}

}  // namespace decodesim
