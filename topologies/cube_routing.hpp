// SPDX-License-Identifier: Apache-2.0
// CubeRouting: see cube.hpp. Internal to topologies.
#pragma once

#include "topologies/cube.hpp"

namespace decodesim {

class CubeRouting : public Routing {
 public:
  CubeRouting(const CubeShape& shape, RoutingAlgorithm algorithm);

  [[nodiscard]] std::int32_t virtual_channels() const override;
  [[nodiscard]] std::int64_t starts(std::int32_t source, std::int32_t destination) const override;
  [[nodiscard]] RouteHeader start_at(std::int32_t source, std::int32_t destination, std::int64_t index) const override;
  [[nodiscard]] std::int32_t ways(std::int32_t node, const RouteHeader& header) const override;
  [[nodiscard]] RouteStep way(std::int32_t node, const RouteHeader& header, std::int32_t index) const override;

 private:
  /// What is to be done next at a router.
  struct Move {
    std::int32_t dimension = -1;  ///< -1: the router is reached
    std::int32_t here = 0;        ///< coordinates in that dimension
    std::int32_t there = 0;
  };

  [[nodiscard]] std::int32_t router_of(std::int32_t node) const;
  [[nodiscard]] bool two_orders() const;
  [[nodiscard]] RouteHeader settled(std::int32_t router, RouteHeader header) const;
  [[nodiscard]] Move move(std::int32_t router, const RouteHeader& header) const;
  [[nodiscard]] bool closed(std::int32_t dimension) const { return shape_.wraps && extent(dimension) > 2; }
  [[nodiscard]] std::int32_t extent(std::int32_t dimension) const { return item(shape_.extents, dimension); }
  [[nodiscard]] bool tie(const Move& move) const;

  const CubeShape& shape_;
  const RoutingAlgorithm algorithm_;
  const std::int32_t routers_;
  const std::int32_t endpoints_;
  std::int32_t classes_ = 1;  ///< of a set: 2 with rings
};

}  // namespace decodesim
