// SPDX-License-Identifier: Apache-2.0
#include "topologies/dragonfly.hpp"

#include "test/topologies/fabric_checks.hpp"
#include "topologies/complete.hpp"
#include "topologies/dragonfly_plus.hpp"

namespace decodesim {
namespace {

using test::expect_deadlock_free;
using test::expect_sound;
using test::refusal;

// Kim et al. 2008, the balanced example: a = 2p = 2h; p = h = 2, a = 4: 9 groups, 72 endpoints.
TEST(DragonflyTest, TheExampleOfThePaper) {
  const NetworkMeasures m = measure(DragonflyFabric({2, 4, 2, 0}));
  EXPECT_EQ(m.endpoints, 72);  // a p (a h + 1)
  EXPECT_EQ(m.switches, 36);
  EXPECT_EQ(m.radix, 2 + 3 + 2);                  // p + a - 1 + h
  EXPECT_EQ(m.link_classes[0].count, 72);         // host
  EXPECT_EQ(m.link_classes[1].count, 9 * 6);      // local: g a (a - 1) / 2
  EXPECT_EQ(m.link_classes[2].count, 9 * 8 / 2);  // global: g a h / 2
  EXPECT_EQ(m.diameter.value, 2 + 3);
  // Of the 71 others: 1 on the router at 2 hops, 6 in the group at 3. Of the 32 routers outside: through the router's
  // own 2 global links 2 at 1 hop and 2 x 3 at 2, through each of 3 neighbours' 2 links 1 at 2 and 3 at 3; 2 endpoints
  // each.
  const int routers = (2 * 1 + 6 * 2) + 6 * (1 * 2 + 3 * 3);
  EXPECT_DOUBLE_EQ(m.average_hops(), (1 * 2 + 6 * 3 + 2 * (routers + 32 * 2)) / 71.0);
}

TEST(DragonflyTest, BisectionLiesBetweenItsBounds) {
  // 8 groups of 4 routers with 7 global links each: 28 / 7 = 4 cables between two groups.
  const DragonflyFabric fabric({2, 4, 7, 8});
  const Bisection cut = *fabric.closed_form().bisection;
  EXPECT_EQ(*cut.at_most, 32);  // min(64 / 2, (8 / 2)^2 x 4 = 64)
  // 32 x 32 pairs over at most max((4 x 2)^2 / 4 = 16, 4 + 2 x 4 x 4 x 7 / 4 = 60, 63) a cable.
  EXPECT_EQ(cut.at_least, 17);
  const DragonflyFabric wide({4, 4, 1, 2});  // two groups, 4 cables between them
  EXPECT_EQ(*wide.closed_form().bisection->at_most, 4);
  EXPECT_EQ(wide.closed_form().bisection->at_least, 4);  // 16 x 16 pairs / (16 x 16 / 4 = 64)
}

TEST(DragonflyTest, ClosedFormsEqualWhatIsCounted) {
  for (const DragonflyShape& shape :
       {DragonflyShape{2, 4, 2, 0}, DragonflyShape{1, 3, 1, 4}, DragonflyShape{2, 4, 3, 7}, DragonflyShape{2, 2, 2, 2},
        DragonflyShape{3, 4, 2, 1}, DragonflyShape{1, 1, 3, 4}})
    expect_sound(DragonflyFabric(shape), false);
}

TEST(DragonflyTest, EveryRoutingIsValidAndFreeOfDeadlock) {
  for (const DragonflyShape& shape :
       {DragonflyShape{1, 4, 2, 0}, DragonflyShape{2, 4, 3, 7}, DragonflyShape{2, 2, 2, 3}})
    expect_deadlock_free(DragonflyFabric(shape), false);
}

TEST(DragonflyTest, WithoutAClassAGlobalLinkTheRoutesAreCircular) {
  const DragonflyFabric fabric({1, 4, 2, 0});
  const PortMap ports(fabric.topology());
  const auto routing = fabric.routing(RoutingAlgorithm::kMinimal);
  EXPECT_FALSE(check_deadlock(fabric.topology(), ports, FewerChannels(*routing, 1)).cycle.empty());
  const auto valiant = fabric.routing(RoutingAlgorithm::kValiant);
  EXPECT_EQ(valiant->virtual_channels(), 3);
  EXPECT_FALSE(check_deadlock(fabric.topology(), ports, FewerChannels(*valiant, 2)).cycle.empty());
}

TEST(DragonflyTest, UgalHasAMinimalAndALongerCandidate) {
  const DragonflyFabric fabric({2, 4, 2, 0});
  const PortMap ports(fabric.topology());
  const auto routing = fabric.routing(RoutingAlgorithm::kUgal);
  const auto candidates = routing->candidates(0, 71, 5);
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(walk(ports, *routing, 0, candidates[0]).size(), static_cast<std::size_t>(hops(fabric.topology(), 0, 71)));
  const std::vector<RouteHop> longer = walk(ports, *routing, 0, candidates[1]);
  EXPECT_GE(longer.size(), walk(ports, *routing, 0, candidates[0]).size());
  EXPECT_LE(longer.size(), 2U + 5U);
  EXPECT_EQ(routing->candidates(0, 7, 5).size(), 1U);  // within a group
}

TEST(DragonflyTest, ParametersThatDoNotCloseAreRefused) {
  EXPECT_EQ(refusal([] {
              DragonflyFabric{{2, 4, 2, 10}};
            }),
            "a dragonfly of 10 groups with 4 routers x 2 = 8 global links each does not close; expected groups - 1 to "
            "divide 8");
  EXPECT_EQ(refusal([] {
              DragonflyFabric{{2, 4, 2, 4}};
            }),
            "a dragonfly of 4 groups with 4 routers x 2 = 8 global links each does not close; expected groups - 1 to "
            "divide 8");
  EXPECT_EQ(refusal([] { DragonflyFabric{{0, 4, 2, 9}}; }), "a dragonfly of 0 endpoints a router; expected 1 to 65536");
  EXPECT_EQ(refusal([] {
              DragonflyPlusFabric{{2, 4, 4, 2, 7}};
            }),
            "a dragonfly+ of 7 groups with 4 spines x 2 = 8 global links each does not close; expected groups - 1 to "
            "divide 8");
}

TEST(DragonflyPlusTest, CountsAndHops) {
  const NetworkMeasures m = measure(DragonflyPlusFabric({4, 4, 4, 2, 0}));  // 9 groups
  EXPECT_EQ(m.endpoints, 9 * 16);
  EXPECT_EQ(m.switch_classes[0].count, 36);
  EXPECT_EQ(m.switch_classes[1].count, 36);
  EXPECT_EQ(m.link_classes[2].count, 9 * 8 / 2);
  EXPECT_EQ(m.diameter.value, 5);
  EXPECT_DOUBLE_EQ(m.average_hops(), (3 * 2 + 12 * 4 + 128 * 5) / 143.0);
}

TEST(DragonflyPlusTest, SoundAndFreeOfDeadlock) {
  for (const DragonflyPlusShape& shape : {DragonflyPlusShape{1, 2, 2, 2, 0}, DragonflyPlusShape{2, 3, 2, 2, 3},
                                          DragonflyPlusShape{2, 2, 4, 1, 3}, DragonflyPlusShape{2, 3, 2, 1, 1}}) {
    expect_sound(DragonflyPlusFabric(shape));
    expect_deadlock_free(DragonflyPlusFabric(shape));
  }
}

TEST(CompleteTest, CountsAndBisection) {
  const NetworkMeasures direct = measure(CompleteFabric(8, 0));
  EXPECT_EQ(direct.endpoints, 8);
  EXPECT_EQ(direct.cables, 28);
  EXPECT_EQ(direct.diameter.value, 1);
  EXPECT_EQ(*direct.bisection.at_most, 16);  // (n / 2)^2
  EXPECT_DOUBLE_EQ(direct.average_hops(), 1);
  const NetworkMeasures switched = measure(CompleteFabric(8, 2));
  EXPECT_EQ(switched.endpoints, 16);
  EXPECT_EQ(switched.radix, 9);
  EXPECT_EQ(*switched.bisection.at_most, 8);  // the endpoints' own cables
  EXPECT_EQ(*measure(CompleteFabric(5, 0)).bisection.at_most, 6);
  for (const auto& [routers, each] : {std::pair{1, 1}, {2, 0}, {5, 0}, {6, 3}}) {
    expect_sound(CompleteFabric(routers, each));
    expect_deadlock_free(CompleteFabric(routers, each));
  }
  EXPECT_EQ(refusal([] { CompleteFabric(0, 1); }), "a complete graph of 0 routers; expected 1 to 2048");
}

}  // namespace
}  // namespace decodesim
