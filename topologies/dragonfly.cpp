// SPDX-License-Identifier: Apache-2.0
#include "topologies/dragonfly.hpp"

#include <algorithm>

#include "topologies/group_links.hpp"

namespace decodesim {
namespace {

std::string title_of(const DragonflyShape& s) {
  return "dragonfly of " + std::to_string(s.g) + " groups of " + std::to_string(s.a) + " routers, " +
         std::to_string(s.p) + " endpoints and " + std::to_string(s.h) + " global links a router";
}

class DragonflyRouting : public Routing {
 public:
  DragonflyRouting(const DragonflyShape& shape, RoutingAlgorithm algorithm)
      : s_(shape), links_{shape.g, shape.cables()}, algorithm_(algorithm) {}

  [[nodiscard]] std::int32_t virtual_channels() const override { return detours() ? 3 : 2; }

  [[nodiscard]] std::int64_t starts(std::int32_t source, std::int32_t destination) const override {
    return group_starts(algorithm_, s_.g, group_of_rank(source), group_of_rank(destination));
  }
  [[nodiscard]] RouteHeader start_at(std::int32_t source, std::int32_t destination, std::int64_t index) const override {
    return group_start(algorithm_, s_.g, group_of_rank(source), group_of_rank(destination), destination, index);
  }

  [[nodiscard]] std::int32_t ways(std::int32_t node, const RouteHeader& header) const override {
    if (node < s_.endpoints()) return 1;
    const Position at = position(node, header);
    if (algorithm_ == RoutingAlgorithm::kMinimal || at.target == at.group) return 1;
    std::int32_t count = 0;
    const std::int64_t least = least_local_hops(at);
    for (std::int64_t t = 0; t < links_.cables; ++t) count += local_hops(at, t) == least ? 1 : 0;
    return count;
  }

  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const override {
    if (node < s_.endpoints()) return {0, 0, header};
    const Position at = position(node, header);
    if (at.target == at.group) {
      const std::int64_t router = at.header.destination / s_.p % s_.a;
      if (router == at.router) return {to_int32(s_.a - 1 + s_.h + at.header.destination % s_.p), 0, at.header};
      return local(at, router);
    }
    const std::int64_t least = least_local_hops(at);
    std::int64_t t = 0;
    for (;; ++t)
      if (local_hops(at, t) == least && index-- == 0) break;
    const std::int64_t port = links_.port(at.group, at.target, t);
    if (port / s_.h != at.router) return local(at, port / s_.h);
    RouteHeader on = at.header;
    ++on.stage;
    return {to_int32(s_.a - 1 + port % s_.h), at.header.stage, on};
  }

 private:
  struct Position {
    std::int64_t group = 0;
    std::int64_t router = 0;  // within the group
    std::int64_t target = 0;  // group
    RouteHeader header;
  };

  [[nodiscard]] bool detours() const {
    return algorithm_ == RoutingAlgorithm::kValiant || algorithm_ == RoutingAlgorithm::kUgal;
  }
  [[nodiscard]] std::int32_t group_of_rank(std::int32_t rank) const { return to_int32(rank / (s_.p * s_.a)); }

  [[nodiscard]] Position position(std::int32_t node, const RouteHeader& header) const {
    const std::int64_t router = node - s_.endpoints();
    Position at{router / s_.a, router % s_.a, 0, header};
    if (at.header.via == at.group) at.header.via = -1;
    at.target = at.header.via >= 0 ? at.header.via : group_of_rank(at.header.destination);
    return at;
  }

  // On the way over cable t: from here to it, and, at the last group, from its end to the destination's router.
  [[nodiscard]] std::int64_t local_hops(const Position& at, std::int64_t t) const {
    const std::int64_t out = links_.port(at.group, at.target, t) / s_.h;
    const std::int64_t in = links_.port(at.target, at.group, t) / s_.h;
    const bool last = at.header.via < 0;
    return (out != at.router ? 1 : 0) + (last && in != at.header.destination / s_.p % s_.a ? 1 : 0);
  }
  [[nodiscard]] std::int64_t least_local_hops(const Position& at) const {
    std::int64_t least = 2;
    for (std::int64_t t = 0; t < links_.cables; ++t) least = std::min(least, local_hops(at, t));
    return least;
  }
  [[nodiscard]] RouteStep local(const Position& at, std::int64_t router) const {
    return {to_int32(router < at.router ? router : router - 1), at.header.stage, at.header};
  }

  const DragonflyShape s_;
  const GroupLinks links_;
  const RoutingAlgorithm algorithm_;
};

}  // namespace

DragonflyShape DragonflyShape::checked() const {
  check_count("a dragonfly", p, 1, 65'536, "endpoints a router");
  check_count("a dragonfly", a, 1, 65'536, "routers a group");
  check_count("a dragonfly", h, 1, 65'536, "global links a router");
  DragonflyShape out = *this;
  out.g = closed_groups("a dragonfly", g, a * h, std::to_string(a) + " routers x " + std::to_string(h));
  if (out.g > kMostEndpoints || p * a > kMostEndpoints / out.g)
    throw TopologyError("a dragonfly of more than " + std::to_string(kMostEndpoints) + " endpoints; expected fewer");
  if (out.routers() * (a + h) / 2 > kMostCables)
    throw TopologyError("a dragonfly of more than " + std::to_string(kMostCables) + " cables; expected fewer");
  return out;
}

DragonflyFabric::DragonflyFabric(const DragonflyShape& shape)
    : Fabric(title_of(shape.checked())), shape_(shape.checked()) {
  build();
}

void DragonflyFabric::build() {
  const auto& [p, a, h, g] = shape_;
  TopologyBuilder make(topology_);
  topology_.link_classes = {"host", "local", "global"};
  topology_.switch_classes = {"router"};
  make.endpoints(shape_.endpoints(), 1);
  const std::int64_t first = shape_.endpoints();
  for (std::int64_t r = 0; r < shape_.routers(); ++r) {
    const std::int32_t node = make.network_switch("router" + std::to_string(r), a - 1 + h + p, 0);
    for (std::int64_t j = 0; j < p; ++j) make.connect(r * p + j, 0, node, a - 1 + h + j, 0);
  }
  for (std::int64_t group = 0; group < g; ++group)
    for (std::int64_t x = 0; x < a; ++x)
      for (std::int64_t y = x + 1; y < a; ++y) make.connect(first + group * a + x, y - 1, first + group * a + y, x, 1);
  const GroupLinks links{g, shape_.cables()};
  for (std::int64_t from = 0; from < g; ++from)
    for (std::int64_t to = from + 1; to < g; ++to)
      for (std::int64_t t = 0; t < links.cables; ++t) {
        const std::int64_t out = links.port(from, to, t);
        const std::int64_t in = links.port(to, from, t);
        make.connect(first + from * a + out / h, a - 1 + out % h, first + to * a + in / h, a - 1 + in % h, 2);
      }
}

std::vector<RoutingAlgorithm> DragonflyFabric::algorithms() const {
  return {RoutingAlgorithm::kMinimal, RoutingAlgorithm::kEcmp, RoutingAlgorithm::kValiant, RoutingAlgorithm::kUgal};
}

std::unique_ptr<Routing> DragonflyFabric::make_routing(RoutingAlgorithm algorithm) const {
  return std::make_unique<DragonflyRouting>(shape_, algorithm);
}

// Groups see each other alike: the pairs of group 0 stand for all.
ClosedForm DragonflyFabric::closed_form() const {
  const auto& [p, a, h, g] = shape_;
  const GroupLinks links{g, shape_.cables()};
  std::int64_t total = a * (a - 1);  // between the routers of one group
  std::int64_t longest = a > 1 ? 1 : 0;
  std::vector<std::int64_t> near(static_cast<std::size_t>(a * a));
  for (std::int64_t to = 1; to < g; ++to) {
    std::fill(near.begin(), near.end(), 3);
    for (std::int64_t t = 0; t < links.cables; ++t) {
      const std::int64_t out = links.port(0, to, t) / h;
      const std::int64_t in = links.port(to, 0, t) / h;
      for (std::int64_t x = 0; x < a; ++x) {
        item(near, x * a + in) = std::min<std::int64_t>(item(near, x * a + in), x == out ? 1 : 2);
        item(near, out * a + x) = std::min<std::int64_t>(item(near, out * a + x), x == in ? 1 : 2);
      }
    }
    for (const std::int64_t hops : near) total += hops, longest = std::max(longest, hops);
  }
  const std::int64_t n = shape_.endpoints();
  ClosedForm out;
  out.diameter = n > 1 ? to_int32(longest + 2) : 0;
  out.total_hops = total * g * p * p + 2 * n * (n - 1);
  const std::int64_t c = std::max<std::int64_t>(links.cables, 1);
  const std::int64_t global = (a * p * a * p + c - 1) / c;
  const std::int64_t local = p * p + (2 * a * p * p * h + c - 1) / c;
  const std::int64_t most = std::max({global, local, n - 1});
  Bisection cut{g > 1 ? (n * n / 4 + most - 1) / most : 1, n / 2,
                "balanced minimal traffic, and halves of whole groups"};
  if (g % 2 == 0) cut.at_most = std::min(n / 2, g / 2 * (g / 2) * links.cables);
  cut.at_least = std::min(cut.at_least, *cut.at_most);
  out.bisection = cut;
  return out;
}

}  // namespace decodesim
