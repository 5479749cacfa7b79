// SPDX-License-Identifier: Apache-2.0
// Planted mistakes in routings: ways that never end, that lead nowhere, that wait for each other in a circle.
#include "topologies/deadlock.hpp"

#include "test/topologies/fabric_checks.hpp"
#include "topologies/cube.hpp"

namespace decodesim {
namespace {

/// Sends everything by one port on one virtual channel.
class OnePort : public Routing {
 public:
  OnePort(std::int32_t port, std::int32_t channel) : port_(port), channel_(channel) {}
  [[nodiscard]] std::int32_t virtual_channels() const override { return 1; }
  [[nodiscard]] std::int64_t starts(std::int32_t, std::int32_t) const override { return 1; }
  [[nodiscard]] RouteHeader start_at(std::int32_t, std::int32_t destination, std::int64_t) const override {
    return {destination, -1, 0, 0};
  }
  [[nodiscard]] std::int32_t ways(std::int32_t, const RouteHeader&) const override { return 1; }
  [[nodiscard]] RouteStep way(std::int32_t, const RouteHeader& header, std::int32_t) const override {
    return {port_, channel_, header};
  }

 private:
  std::int32_t port_;
  std::int32_t channel_;
};

TEST(DeadlockTest, AlwaysClockwiseIsCircular) {
  const CubeFabric ring(CubeShape::ring(3));
  const PortMap ports(ring.topology());
  const OnePort clockwise(0, 0);
  EXPECT_EQ(walk(ports, clockwise, 0, clockwise.start(0, 2, 0)).size(), 2U);  // it arrives, but ...
  const DeadlockReport report = check_deadlock(ring.topology(), ports, clockwise);
  EXPECT_EQ(report.dependencies, 3);
  EXPECT_EQ(report.pairs, 6);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(text_of(ring.topology(), ports, report.cycle),
            "acc0 -> acc1 (virtual channel 0), acc1 -> acc2 (virtual channel 0), acc2 -> acc0 (virtual channel 0)");
}

// On two rings that are not joined in dimension 1, who never turns never arrives.
TEST(DeadlockTest, AWayThatGoesRoundAndRoundIsNamed) {
  const CubeFabric torus(CubeShape::torus({3, 2}));
  const PortMap ports(torus.topology());
  const OnePort straight(0, 0);
  EXPECT_EQ(test::refusal([&] { walk(ports, straight, 0, straight.start(0, 4, 0)); }),
            "the route from node 0 to node 4 does not end: it goes in circles");
  EXPECT_FALSE(check_deadlock(torus.topology(), ports, straight).cycle.empty());
}

TEST(DeadlockTest, AWayIntoTheVoidIsNamed) {
  const CubeFabric line(CubeShape::mesh({3}));
  const PortMap ports(line.topology());
  const OnePort up(0, 0);
  EXPECT_EQ(test::refusal([&] { walk(ports, up, 1, up.start(1, 0, 0)); }),
            "the route from node 1 to node 0 leaves node 2 by port 0, which is not connected");
  EXPECT_EQ(test::refusal([&] { check_deadlock(line.topology(), ports, up); }),
            "a route leaves node 2 by port 0, virtual channel 0, which is not there");
  EXPECT_EQ(test::refusal([&] { check_deadlock(line.topology(), ports, OnePort(0, 1)); }),
            "a route leaves node 1 by port 0, virtual channel 1, which is not there");
}

TEST(DeadlockTest, WhatWasNotFollowedIsSaid) {
  const CubeFabric torus(CubeShape::torus({8, 8}));
  const PortMap ports(torus.topology());
  const auto valiant = torus.routing(RoutingAlgorithm::kValiant);
  const DeadlockReport all = check_deadlock(torus.topology(), ports, *valiant, 64 * 63 * 62);
  EXPECT_TRUE(all.complete);
  const DeadlockReport some = check_deadlock(torus.topology(), ports, *valiant, 10'000);
  EXPECT_FALSE(some.complete);  // every pair, but 2 of the 62 intermediates
  EXPECT_EQ(some.pairs, some.all_pairs);
  EXPECT_LT(some.dependencies, all.dependencies);
}

}  // namespace
}  // namespace decodesim
