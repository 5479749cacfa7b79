// SPDX-License-Identifier: Apache-2.0
// Cube: routers in a grid of any number of dimensions: mesh, torus (each dimension closed to a ring), ring (a torus of
// one dimension), hypercube (a mesh of extents 2). With concentration 0 the endpoint is the router; else each router
// has so many endpoints. Dimension 0 varies fastest. A torus dimension of 2 has one cable, not two.
//
// Ports of a router: 2i up and 2i + 1 down dimension i, then its endpoints.
//
// Routes: dimension order. On a torus the shorter way round; of two equal ones by the flow's hash. Virtual channels
// (Dally and Seitz 1987): on a ring class 0 while the wrap-around cable is still ahead, else class 1. Valiant has a set
// of classes for each leg. ECMP takes half of the flows in descending order of dimensions, on a set of their own
// (O1TURN: Seo et al., "Near-Optimal Worst-Case Throughput Routing for Two-Dimensional Mesh Networks", ISCA 2005).
//
// Closed forms: W. Dally, B. Towles, "Principles and Practices of Interconnection Networks" (2004), chapters 3 and 5:
// mean distance of a ring of k is k/4 (k even) or k/4 - 1/(4k) (odd), of a line (k - 1/k)/3. Bisection: M. Azizoglu,
// O. Egecioglu, "The bisection width and the isoperimetric number of arrays", Discrete Applied Mathematics 138 (2004),
// for arrays; J. Aroca, A. Fernandez Anta, "Bisection (Band)Width of Product Networks with Application to Data
// Centers" (2012), for tori: the sum over the dimensions, largest first and up to the first even one, of the product of
// all smaller ones (twice that for a torus).
#pragma once

#include "topologies/fabric.hpp"

namespace decodesim {

struct CubeShape {
  std::vector<std::int32_t> extents;
  bool wraps = false;              ///< torus
  std::int32_t concentration = 0;  ///< endpoints a router; 0: endpoints are routers
  std::string_view name = "mesh";  ///< "ring", "torus", ...: for titles and messages

  static CubeShape ring(std::int32_t routers, std::int32_t concentration = 0);
  static CubeShape mesh(std::vector<std::int32_t> extents, std::int32_t concentration = 0);
  static CubeShape torus(std::vector<std::int32_t> extents, std::int32_t concentration = 0);
  static CubeShape hypercube(std::int32_t dimensions, std::int32_t concentration = 0);

  [[nodiscard]] std::int64_t routers() const;
  [[nodiscard]] std::int64_t endpoints() const { return routers() * std::max(concentration, 1); }
};

class CubeFabric : public Fabric {
 public:
  explicit CubeFabric(CubeShape shape);

  [[nodiscard]] std::vector<RoutingAlgorithm> algorithms() const override;
  [[nodiscard]] ClosedForm closed_form() const override;
  /// Back and forth (a reflected Gray code): neighbours in it share a cable.
  [[nodiscard]] std::int64_t ring_key(std::int32_t rank) const override;

 protected:
  [[nodiscard]] std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const override;

 private:
  void build();
  [[nodiscard]] Bisection bisection() const;

  const CubeShape shape_;
};

}  // namespace decodesim
