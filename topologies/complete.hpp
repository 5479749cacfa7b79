// SPDX-License-Identifier: Apache-2.0
// Complete: every router has a cable to every other. With concentration 0 the endpoint is the router.
//
// Ports of a router: the others in order of their numbers, then its endpoints. Valiant goes over any third router, its
// second leg on a virtual channel of its own.
//
// Bisection: k of n routers on one side cut k (n - k) cables between routers, and the cables of as many endpoints as
// have to change sides; the least over k is exact.
#pragma once

#include "topologies/fabric.hpp"

namespace decodesim {

class CompleteFabric : public Fabric {
 public:
  CompleteFabric(std::int64_t routers, std::int64_t concentration);

  [[nodiscard]] std::vector<RoutingAlgorithm> algorithms() const override;
  [[nodiscard]] ClosedForm closed_form() const override;

 protected:
  [[nodiscard]] std::unique_ptr<Routing> make_routing(RoutingAlgorithm algorithm) const override;

 private:
  const std::int32_t routers_;
  const std::int32_t concentration_;
};

}  // namespace decodesim
