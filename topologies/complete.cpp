// SPDX-License-Identifier: Apache-2.0
#include "topologies/complete.hpp"

#include <algorithm>
#include <cstdlib>

namespace decodesim {
namespace {

constexpr std::int64_t kMostRouters = 2048;  // two million cables

std::string title_of(std::int64_t routers, std::int64_t concentration) {
  check_count("a complete graph", routers, 1, kMostRouters, "routers");
  check_count("a complete graph with routers", concentration, 0, kMostEndpoints / routers, "endpoints");
  return "complete graph of " + std::to_string(routers) +
         (concentration > 0 ? ", " + std::to_string(concentration) + " endpoints a router" : "");
}

class CompleteRouting : public Routing {
 public:
  CompleteRouting(std::int32_t routers, std::int32_t concentration, RoutingAlgorithm algorithm)
      : routers_(routers), concentration_(concentration), algorithm_(algorithm) {}

  [[nodiscard]] std::int32_t virtual_channels() const override { return detours() ? 2 : 1; }

  [[nodiscard]] std::int64_t starts(std::int32_t source, std::int32_t destination) const override {
    if (!detours() || routers_ < 3 || router_of(source) == router_of(destination)) return 1;
    return routers_ - 2 + (algorithm_ == RoutingAlgorithm::kUgal ? 1 : 0);
  }

  [[nodiscard]] RouteHeader start_at(std::int32_t source, std::int32_t destination, std::int64_t index) const override {
    RouteHeader header{destination, -1, 0, 0};
    if (algorithm_ == RoutingAlgorithm::kUgal) --index;
    if (index < 0 || starts(source, destination) == 1) return header;
    header.via = without(index, router_of(source), router_of(destination));
    return header;
  }

  [[nodiscard]] std::int32_t ways(std::int32_t, const RouteHeader&) const override { return 1; }

  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t) const override {
    if (concentration_ > 0 && node < routers_ * concentration_) return {0, 0, header};
    const std::int32_t router = router_of(node);
    RouteHeader now = header;
    if (now.via == router) now.via = -1, now.stage = 1;
    const std::int32_t target = now.via >= 0 ? now.via : router_of(now.destination);
    if (target == router) return {routers_ - 1 + now.destination % concentration_, 0, now};
    return {target < router ? target : target - 1, now.stage, now};
  }

 private:
  [[nodiscard]] bool detours() const {
    return algorithm_ == RoutingAlgorithm::kValiant || algorithm_ == RoutingAlgorithm::kUgal;
  }
  [[nodiscard]] std::int32_t router_of(std::int32_t node) const {
    if (concentration_ == 0) return node;
    const std::int32_t endpoints = routers_ * concentration_;
    return node < endpoints ? node / concentration_ : node - endpoints;
  }

  const std::int32_t routers_;
  const std::int32_t concentration_;
  const RoutingAlgorithm algorithm_;
};

}  // namespace

CompleteFabric::CompleteFabric(std::int64_t routers, std::int64_t concentration)
    : Fabric(title_of(routers, concentration)), routers_(to_int32(routers)), concentration_(to_int32(concentration)) {
  TopologyBuilder make(topology_);
  topology_.endpoints_forward = concentration == 0;
  topology_.link_classes = {"peer"};
  if (concentration > 0) topology_.link_classes.emplace_back("host");
  const std::int64_t first = routers * concentration;
  make.endpoints(std::max(first, routers), concentration == 0 ? std::max(to_int32(routers) - 1, 1) : 1);
  for (std::int64_t r = 0; concentration > 0 && r < routers; ++r) {
    const std::int32_t node = make.network_switch("switch" + std::to_string(r), routers - 1 + concentration, 0);
    for (std::int64_t j = 0; j < concentration; ++j) make.connect(r * concentration + j, 0, node, routers - 1 + j, 1);
  }
  for (std::int64_t a = 0; a < routers; ++a)
    for (std::int64_t b = a + 1; b < routers; ++b) make.connect(first + a, b - 1, first + b, a, 0);
}

std::vector<RoutingAlgorithm> CompleteFabric::algorithms() const {
  return {RoutingAlgorithm::kMinimal, RoutingAlgorithm::kEcmp, RoutingAlgorithm::kValiant, RoutingAlgorithm::kUgal};
}

std::unique_ptr<Routing> CompleteFabric::make_routing(RoutingAlgorithm algorithm) const {
  return std::make_unique<CompleteRouting>(routers_, concentration_, algorithm);
}

ClosedForm CompleteFabric::closed_form() const {
  const std::int64_t n = routers_;
  const std::int64_t c = std::max(concentration_, 1);
  const std::int32_t ends = concentration_ > 0 ? 2 : 0;
  ClosedForm out;
  out.diameter = n * c == 1 ? 0 : ends + (n > 1 ? 1 : 0);
  out.total_hops = n * (n - 1) * c * c + ends * n * c * (n * c - 1);
  std::int64_t least = n * n * c;
  for (std::int64_t k = 0; k <= n / 2 + 1 && k <= n; ++k) {
    const std::int64_t moved = std::abs(n * c / 2 - k * c);
    if (concentration_ == 0 && moved != 0) continue;
    least = std::min(least, k * (n - k) + moved);
  }
  out.bisection = Bisection{least, least, "the best of all numbers of routers on one side"};
  return out;
}

}  // namespace decodesim
