// SPDX-License-Identifier: Apache-2.0
#include "topologies/cube_routing.hpp"

#include <algorithm>

namespace decodesim {

CubeRouting::CubeRouting(const CubeShape& shape, RoutingAlgorithm algorithm)
    : shape_(shape),
      algorithm_(algorithm),
      routers_(to_int32(shape.routers())),
      endpoints_(to_int32(shape.endpoints())) {
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(shape.extents.size()); ++i)
    if (closed(i)) classes_ = 2;
}

bool CubeRouting::two_orders() const {
  const auto long_ones = std::count_if(shape_.extents.begin(), shape_.extents.end(), [](auto k) { return k > 1; });
  return algorithm_ == RoutingAlgorithm::kEcmp && long_ones > 1;
}

std::int32_t CubeRouting::virtual_channels() const {
  const bool legs = algorithm_ == RoutingAlgorithm::kValiant || algorithm_ == RoutingAlgorithm::kUgal;
  return classes_ * (legs || two_orders() ? 2 : 1);
}

std::int32_t CubeRouting::router_of(std::int32_t node) const {
  if (shape_.concentration == 0) return node;
  return node < endpoints_ ? node / shape_.concentration : node - endpoints_;
}

std::int64_t CubeRouting::starts(std::int32_t source, std::int32_t destination) const {
  if (two_orders()) return 2;
  const bool legs = algorithm_ == RoutingAlgorithm::kValiant || algorithm_ == RoutingAlgorithm::kUgal;
  if (!legs || routers_ < 3 || router_of(source) == router_of(destination)) return 1;
  return routers_ - 2 + (algorithm_ == RoutingAlgorithm::kUgal ? 1 : 0);
}

RouteHeader CubeRouting::start_at(std::int32_t source, std::int32_t destination, std::int64_t index) const {
  RouteHeader header{destination, -1, 0, 0};
  if (two_orders()) {
    header.stage = to_int32(index);  // 1: dimensions in descending order
    return header;
  }
  if (algorithm_ == RoutingAlgorithm::kUgal) --index;
  if (index < 0 || starts(source, destination) == 1) return header;
  header.via = without(index, router_of(source), router_of(destination));
  return header;
}

// Whoever arrives at the intermediate is on the second leg.
RouteHeader CubeRouting::settled(std::int32_t router, RouteHeader header) const {
  if (header.via != router) return header;
  header.via = -1;
  header.stage = 1;
  return header;
}

CubeRouting::Move CubeRouting::move(std::int32_t router, const RouteHeader& header) const {
  const std::int32_t target = header.via >= 0 ? header.via : router_of(header.destination);
  const bool descending = two_orders() && header.stage == 1;
  Move found;
  std::int32_t here = router;
  std::int32_t there = target;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(shape_.extents.size()); ++i) {
    if (here % extent(i) != there % extent(i) && (found.dimension < 0 || descending))
      found = {i, here % extent(i), there % extent(i)};
    here /= extent(i);
    there /= extent(i);
  }
  return found;
}

bool CubeRouting::tie(const Move& move) const {
  return move.dimension >= 0 && closed(move.dimension) &&
         2 * std::abs(move.there - move.here) == extent(move.dimension);
}

std::int32_t CubeRouting::ways(std::int32_t node, const RouteHeader& header) const {
  if (shape_.concentration > 0 && node < endpoints_) return 1;
  const std::int32_t router = router_of(node);
  return tie(move(router, settled(router, header))) ? 2 : 1;
}

RouteStep CubeRouting::way(std::int32_t node, const RouteHeader& header, std::int32_t index) const {
  if (shape_.concentration > 0 && node < endpoints_) return {0, 0, header};
  const std::int32_t router = router_of(node);
  const RouteHeader now = settled(router, header);
  const Move next = move(router, now);
  if (next.dimension < 0)
    return {to_int32(2 * static_cast<std::int64_t>(shape_.extents.size())) + now.destination % shape_.concentration, 0,
            now};
  bool up = next.there > next.here;
  std::int32_t channel = 0;
  if (closed(next.dimension)) {
    const std::int32_t k = extent(next.dimension);
    const std::int32_t ahead = (next.there - next.here + k) % k;
    up = tie(next) ? index == 0 : 2 * ahead < k;
    const bool wraps = up ? next.there < next.here : next.there > next.here;
    channel = wraps ? 0 : 1;
  }
  return {2 * next.dimension + (up ? 0 : 1), channel + now.stage * classes_, now};
}

}  // namespace decodesim
