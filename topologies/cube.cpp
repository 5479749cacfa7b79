// SPDX-License-Identifier: Apache-2.0
#include "topologies/cube.hpp"

#include <algorithm>
#include <utility>

#include "topologies/cube_routing.hpp"

namespace decodesim {
namespace {

std::string title_of(const CubeShape& shape) {
  std::string out(shape.name);
  if (shape.name == "hypercube") {
    out += " of " + std::to_string(shape.extents.size()) + " dimensions";
  } else {
    std::string by = " ";
    for (const std::int32_t k : shape.extents) out += std::exchange(by, " x ") + std::to_string(k);
  }
  if (shape.concentration > 0) out += ", " + std::to_string(shape.concentration) + " endpoints a router";
  return out;
}

void check(const CubeShape& shape) {
  const std::string name = "a " + std::string(shape.name);
  check_count(name, static_cast<std::int64_t>(shape.extents.size()), 1, 20, "dimensions");
  for (const std::int32_t k : shape.extents) check_count("a dimension of " + name, k, 1, kMostEndpoints, "routers");
  if (shape.concentration < 0)
    throw TopologyError(std::to_string(shape.concentration) +
                        " endpoints a router; expected 0 (the endpoint is the "
                        "router) or more");
  const std::int64_t endpoints =
      product_up_to(shape.extents, kMostEndpoints + 1) * std::max<std::int64_t>(shape.concentration, 1);
  if (endpoints > kMostEndpoints)
    throw TopologyError(name + " of more than " + std::to_string(kMostEndpoints) + " endpoints; expected fewer");
}

// Sum of distances over all ordered pairs of coordinates of one dimension.
std::int64_t distances(std::int64_t k, bool closed) {
  if (!closed) return k * (k * k - 1) / 3;
  return k % 2 == 0 ? k * k * k / 4 : k * (k * k - 1) / 4;
}

}  // namespace

CubeShape CubeShape::ring(std::int32_t routers, std::int32_t concentration) {
  return {{routers}, true, concentration, "ring"};
}
CubeShape CubeShape::mesh(std::vector<std::int32_t> extents, std::int32_t concentration) {
  return {std::move(extents), false, concentration, "mesh"};
}
CubeShape CubeShape::torus(std::vector<std::int32_t> extents, std::int32_t concentration) {
  return {std::move(extents), true, concentration, "torus"};
}
CubeShape CubeShape::hypercube(std::int32_t dimensions, std::int32_t concentration) {
  const auto count = static_cast<std::size_t>(std::clamp(dimensions, 0, 21));
  return {std::vector<std::int32_t>(count, 2), false, concentration, "hypercube"};
}

std::int64_t CubeShape::routers() const { return product_up_to(extents, kMostEndpoints + 1); }

CubeFabric::CubeFabric(CubeShape shape) : Fabric(title_of(shape)), shape_(std::move(shape)) {
  check(shape_);
  build();
}

void CubeFabric::build() {
  const auto dimensions = static_cast<std::int32_t>(shape_.extents.size());
  const std::int64_t routers = shape_.routers();
  const std::int32_t c = shape_.concentration;
  const std::int64_t first = c == 0 ? 0 : shape_.endpoints();
  TopologyBuilder make(topology_);
  topology_.endpoints_forward = c == 0;
  topology_.link_classes.clear();
  for (std::int32_t i = 0; i < dimensions; ++i) topology_.link_classes.push_back("dimension" + std::to_string(i));
  make.endpoints(shape_.endpoints(), c == 0 ? 2 * dimensions : 1);
  if (c > 0) topology_.link_classes.emplace_back("host");
  topology_.switch_classes = {"router"};
  for (std::int64_t r = 0; c > 0 && r < routers; ++r) {
    const std::int32_t node = make.network_switch("router" + std::to_string(r), 2 * dimensions + c, 0);
    for (std::int32_t j = 0; j < c; ++j) make.connect(r * c + j, 0, node, 2 * dimensions + j, dimensions);
  }
  std::int64_t stride = 1;
  for (std::int32_t i = 0; i < dimensions; stride *= item(shape_.extents, i), ++i) {
    const std::int64_t k = item(shape_.extents, i);
    for (std::int64_t r = 0; r < routers; ++r) {
      const std::int64_t at = r / stride % k;
      if (at + 1 < k)
        make.connect(first + r, 2 * i, first + r + stride, 2 * i + 1, i);
      else if (shape_.wraps && k > 2)
        make.connect(first + r, 2 * i, first + r - (k - 1) * stride, 2 * i + 1, i);
    }
  }
}

std::vector<RoutingAlgorithm> CubeFabric::algorithms() const {
  return {RoutingAlgorithm::kDimensionOrder, RoutingAlgorithm::kMinimal, RoutingAlgorithm::kEcmp,
          RoutingAlgorithm::kValiant, RoutingAlgorithm::kUgal};
}

std::unique_ptr<Routing> CubeFabric::make_routing(RoutingAlgorithm algorithm) const {
  return std::make_unique<CubeRouting>(shape_, algorithm);
}

ClosedForm CubeFabric::closed_form() const {
  const std::int64_t routers = shape_.routers();
  const std::int64_t c = std::max(shape_.concentration, 1);
  const std::int32_t ends = shape_.concentration > 0 ? 2 : 0;  // cables to the routers and from them
  ClosedForm out;
  std::int64_t total = 0;
  std::int32_t diameter = 0;
  for (const std::int32_t k : shape_.extents) {
    const bool closed = shape_.wraps && k > 2;
    total += routers / k * (routers / k) * distances(k, closed);
    diameter += closed ? k / 2 : k - 1;
  }
  const std::int64_t endpoints = routers * c;
  out.total_hops = total * c * c + ends * endpoints * (endpoints - 1);
  out.diameter = endpoints > 1 ? diameter + ends : 0;
  out.bisection = bisection();
  return out;
}

Bisection CubeFabric::bisection() const {
  // A ring of 4 is a square: a torus dimension of 2 counts as a line of 2, like one of 4 as a ring.
  std::vector<std::int64_t> extents;
  for (const std::int32_t k : shape_.extents)
    if (k > 1) extents.push_back(k);
  std::sort(extents.rbegin(), extents.rend());
  const std::int64_t half = shape_.routers() * shape_.concentration / 2;
  if (extents.empty()) return {half, half, "half of the endpoints on one router"};
  const bool rings = shape_.wraps && extents.back() > 2;
  const bool mixed = shape_.wraps && !rings && extents.front() > 2;
  const auto cables = [&](std::int64_t k) { return shape_.wraps && k > 2 ? 2 : 1; };
  std::int64_t rest = shape_.routers();
  std::int64_t cut = 0;
  for (const std::int64_t k : extents) {
    rest /= k;
    cut += rest * cables(k);
    if (k % 2 == 0) break;
  }
  // Straight across one even dimension; no halves of routers without one: then half of a router's endpoints changes
  // sides.
  for (const std::int64_t k : extents)
    if (k % 2 == 0) cut = std::min(cut, shape_.routers() / k * cables(k));
  if (shape_.routers() % 2 != 0) cut += shape_.concentration / 2;
  const bool first_even = extents.front() % 2 == 0;
  const std::int64_t most = shape_.concentration > 0 ? std::min(cut, half) : cut;
  const std::string method = "across the longest dimensions up to the first even one";
  // With several endpoints a router, or lines and rings together, the theorem is proven here for an even first only.
  if (first_even || (!mixed && shape_.concentration == 0)) return {most, most, method};
  return {1, most, method + " (an upper bound)"};
}

std::int64_t CubeFabric::ring_key(std::int32_t rank) const {
  const std::int32_t c = std::max(shape_.concentration, 1);
  std::int64_t rest = rank / c;
  std::vector<std::int64_t> digits;
  for (const std::int32_t k : shape_.extents) {
    digits.push_back(rest % k);
    rest /= k;
  }
  std::int64_t key = 0;
  bool odd = false;  // whether the dimensions above have been stepped an odd number of times
  for (std::size_t i = digits.size(); i-- > 0;) {
    const std::int64_t k = item(shape_.extents, static_cast<std::int64_t>(i));
    const std::int64_t digit = odd ? k - 1 - digits[i] : digits[i];
    key = key * k + digit;
    odd = key % 2 != 0;
  }
  return key * c + rank % c;
}

}  // namespace decodesim
