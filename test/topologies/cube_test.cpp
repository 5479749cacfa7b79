// SPDX-License-Identifier: Apache-2.0
#include "topologies/cube.hpp"

#include <cmath>

#include "test/topologies/fabric_checks.hpp"

namespace decodesim {
namespace {

using test::expect_deadlock_free;
using test::expect_sound;
using test::refusal;

NetworkMeasures of(const CubeShape& shape) { return measure(CubeFabric(shape)); }

TEST(CubeTest, TorusOf8By8) {
  const NetworkMeasures m = of(CubeShape::torus({8, 8}));
  EXPECT_EQ(m.endpoints, 64);
  EXPECT_EQ(m.switches, 0);
  EXPECT_EQ(m.cables, 2 * 64);             // n N
  EXPECT_EQ(m.radix, 4);                   // 2 n
  EXPECT_EQ(m.diameter.value, 4 + 4);      // n k / 2
  EXPECT_EQ(*m.bisection.at_most, 2 * 8);  // 2 N / k cables
  EXPECT_TRUE(m.bisection.exact());
  // n k / 4 over all pairs with oneself, so times N / (N - 1) without.
  EXPECT_DOUBLE_EQ(m.average_hops(), 2.0 * 8 / 4 * 64 / 63);
}

TEST(CubeTest, MeshOf8By8WithARouterEach) {
  const NetworkMeasures m = of(CubeShape::mesh({8, 8}, 1));
  EXPECT_EQ(m.switches, 64);
  EXPECT_EQ(m.cables, 64 + 2 * 8 * 7);  // an endpoint's each; n k^(n-1) (k - 1)
  EXPECT_EQ(m.radix, 5);
  EXPECT_EQ(m.diameter.value, 2 + 7 + 7);  // n (k - 1), and on and off
  EXPECT_EQ(*m.bisection.at_most, 8);      // N / k
  EXPECT_TRUE(m.bisection.exact());
  EXPECT_DOUBLE_EQ(m.average_hops(), 2 + 2 * (8 - 1.0 / 8) / 3 * 64 / 63);  // n (k - 1/k) / 3
}

TEST(CubeTest, OddRingsAndLines) {
  const NetworkMeasures ring = of(CubeShape::ring(7));
  EXPECT_EQ(ring.cables, 7);
  EXPECT_EQ(ring.diameter.value, 3);  // floor(k / 2)
  EXPECT_EQ(*ring.bisection.at_most, 2);
  EXPECT_DOUBLE_EQ(ring.average_hops(), (7.0 / 4 - 1.0 / 28) * 7 / 6);  // k/4 - 1/(4k)
  const NetworkMeasures mesh = of(CubeShape::mesh({5, 5}));
  EXPECT_EQ(*mesh.bisection.at_most, 5 + 1);  // (k^2 - 1) / (k - 1)
  EXPECT_TRUE(mesh.bisection.exact());
  EXPECT_EQ(*of(CubeShape::torus({5, 5})).bisection.at_most, 2 * (5 + 1));
  EXPECT_EQ(*of(CubeShape::mesh({3, 3, 3})).bisection.at_most, 9 + 3 + 1);
  EXPECT_EQ(*of(CubeShape::mesh({5, 4})).bisection.at_most, 4 + 1);
}

TEST(CubeTest, Hypercube) {
  const NetworkMeasures m = of(CubeShape::hypercube(10));
  EXPECT_EQ(m.endpoints, 1024);
  EXPECT_EQ(m.cables, 10 * 1024 / 2);
  EXPECT_EQ(m.diameter.value, 10);
  EXPECT_EQ(*m.bisection.at_most, 512);                        // N / 2
  EXPECT_DOUBLE_EQ(m.average_hops(), 10.0 / 2 * 1024 / 1023);  // n / 2
}

TEST(CubeTest, ATorusDimensionOf2HasOneCable) {
  const NetworkMeasures m = of(CubeShape::torus({4, 2}));
  EXPECT_EQ(m.cables, 8 + 4);
  EXPECT_EQ(*m.bisection.at_most, 4);  // 2 N / 4 = N / 2: a ring of 4 is a square
}

TEST(CubeTest, ManyEndpointsOnARouterAreCutAtTheirOwnCablesWhenThatIsLess) {
  EXPECT_EQ(*of(CubeShape::mesh({4, 4}, 1)).bisection.at_most, 4);  // 16 / 4 < 16 / 2
  EXPECT_EQ(*of(CubeShape::mesh({2, 2}, 4)).bisection.at_most, 2);  // 4 / 2 < 16 / 2
  EXPECT_EQ(*of(CubeShape::torus({3}, 2)).bisection.at_most, 3);    // 6 / 2 < 2 + 2 / 2? both are 3
}

TEST(CubeTest, ClosedFormsEqualWhatIsCounted) {
  for (const CubeShape& shape :
       {CubeShape::ring(1), CubeShape::ring(2), CubeShape::ring(9), CubeShape::mesh({7}), CubeShape::mesh({3, 4, 5}),
        CubeShape::torus({4, 3, 2}), CubeShape::torus({5, 1, 4}, 2), CubeShape::mesh({3, 3}, 3),
        CubeShape::hypercube(6), CubeShape::torus({4, 4, 4, 4})})
    expect_sound(CubeFabric(shape));
}

TEST(CubeTest, EveryRoutingIsValidAndFreeOfDeadlock) {
  for (const CubeShape& shape : {CubeShape::ring(8), CubeShape::ring(5, 1), CubeShape::mesh({4, 4}),
                                 CubeShape::torus({4, 4}), CubeShape::torus({5, 3}, 1), CubeShape::torus({4, 3, 2}),
                                 CubeShape::mesh({3, 2, 2}, 2), CubeShape::hypercube(4)})
    expect_deadlock_free(CubeFabric(shape));
}

TEST(CubeTest, VirtualChannelsThatAreNeeded) {
  const auto channels = [](const CubeShape& shape, RoutingAlgorithm algorithm) {
    return CubeFabric(shape).routing(algorithm)->virtual_channels();
  };
  EXPECT_EQ(channels(CubeShape::mesh({4, 4}), RoutingAlgorithm::kDimensionOrder), 1);
  EXPECT_EQ(channels(CubeShape::torus({4, 4}), RoutingAlgorithm::kDimensionOrder), 2);
  EXPECT_EQ(channels(CubeShape::mesh({4, 4}), RoutingAlgorithm::kValiant), 2);
  EXPECT_EQ(channels(CubeShape::torus({4, 4}), RoutingAlgorithm::kUgal), 4);
  EXPECT_EQ(channels(CubeShape::torus({4, 4}), RoutingAlgorithm::kEcmp), 4);
  EXPECT_EQ(channels(CubeShape::hypercube(4), RoutingAlgorithm::kMinimal), 1);
}

// A ring with one virtual channel is the textbook deadlock.
TEST(CubeTest, ARingOnOneVirtualChannelIsCircular) {
  const CubeFabric fabric(CubeShape::ring(4));
  const PortMap ports(fabric.topology());
  const auto routing = fabric.routing(RoutingAlgorithm::kDimensionOrder);
  const DeadlockReport report = check_deadlock(fabric.topology(), ports, FewerChannels(*routing, 1));
  ASSERT_EQ(report.cycle.size(), 4U);
  EXPECT_EQ(text_of(fabric.topology(), ports, report.cycle),
            "acc0 -> acc1 (virtual channel 0), acc1 -> acc2 (virtual channel 0), acc2 -> acc3 (virtual channel 0), "
            "acc3 -> acc0 (virtual channel 0)");
}

TEST(CubeTest, HalfOfTheFlowsGoEachWayRound) {
  const CubeFabric fabric(CubeShape::ring(8));
  const auto routing = fabric.routing(RoutingAlgorithm::kDimensionOrder);
  int up = 0;
  for (std::uint64_t flow = 0; flow < 1000; ++flow)
    up += routing->next(0, routing->start(0, 4, flow)).port == 0 ? 1 : 0;
  EXPECT_NEAR(up, 500, 3 * std::sqrt(250.0));  // three standard deviations of a fair coin
}

TEST(CubeTest, ValiantGoesOverEveryOtherRouter) {
  const CubeFabric fabric(CubeShape::torus({4, 4}));
  const auto routing = fabric.routing(RoutingAlgorithm::kValiant);
  std::vector<int> seen(16);
  ASSERT_EQ(routing->starts(3, 9), 14);
  for (std::int64_t i = 0; i < 14; ++i) ++item(seen, routing->start_at(3, 9, i).via);
  for (int r = 0; r < 16; ++r) EXPECT_EQ(item(seen, r), r == 3 || r == 9 ? 0 : 1);
}

TEST(CubeTest, NeighboursInTheRingOrderShareACable) {
  const CubeFabric fabric(CubeShape::torus({4, 3, 2}));
  std::vector<std::int32_t> order(24);
  for (std::int32_t rank = 0; rank < 24; ++rank) item(order, fabric.ring_key(rank)) = rank;
  for (std::int32_t i = 0; i < 24; ++i)
    EXPECT_EQ(hops(fabric.topology(), item(order, i), item(order, (i + 1) % 24)), 1) << i;
}

TEST(CubeTest, WhatCannotBeBuiltIsRefused) {
  EXPECT_EQ(refusal([] { CubeFabric{CubeShape::torus({})}; }), "a torus of 0 dimensions; expected 1 to 20");
  EXPECT_EQ(refusal([] {
              CubeFabric{CubeShape::mesh({4, 0})};
            }),
            "a dimension of a mesh of 0 routers; expected 1 to 1000000");
  EXPECT_EQ(refusal([] {
              CubeFabric{CubeShape::mesh({2000, 2000})};
            }),
            "a mesh of more than 1000000 endpoints; expected fewer");
  EXPECT_EQ(refusal([] {
              CubeFabric{CubeShape::mesh({2, 2}, -1)};
            }),
            "-1 endpoints a router; expected 0 (the endpoint is the router) or more");
  EXPECT_EQ(refusal([] {
              static_cast<void>(CubeFabric(CubeShape::mesh({2, 2})).routing(RoutingAlgorithm::kUpDown));
            }),
            "up_down routing is not defined on a mesh 2 x 2; expected one of dimension_order, minimal, ecmp, valiant, "
            "ugal");
  const CubeFabric mesh(CubeShape::mesh({3, 3}, 2));
  EXPECT_EQ(refusal([&] { check_radix(mesh.topology(), {5}); }),
            "router4 uses 6 ports, and a switch has 5; expected a larger switch or fewer cables on it");
  EXPECT_EQ(refusal([&] { check_radix(mesh.topology(), {6}); }), "");
}

}  // namespace
}  // namespace decodesim
