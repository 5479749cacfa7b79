// SPDX-License-Identifier: Apache-2.0
// The laws of Detours, for every pair of small fabrics and every cable that may fail.
#include "sim/app/build/detours.hpp"

#include <gtest/gtest.h>

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {
namespace {

TopologyKeys keys_of(const std::string& name) {
  TopologyKeys keys;
  keys.topology = name;
  if (name == "ring") keys.endpoints = 6;
  if (name == "torus") keys.dims = "4x3";
  if (name == "fat_tree") keys.radix = 4;
  if (name == "dragonfly") {
    keys.endpoints_per_router = 2;
    keys.routers = 3;
    keys.global_links = 1;
  }
  return keys;
}

PacketTrain train_between(std::int32_t source, std::int32_t destination) {
  PacketTrain train;
  train.source = source;
  train.destination = destination;
  train.tag.group = {0, 1, 64};
  return train;
}

class DetoursTest : public testing::TestWithParam<const char*> {
 protected:
  DetoursTest() {
    network.topology = GetParam();
    network.shape = keys_of(GetParam());
    network.fabric = make_fabric(network.shape);
    network.detour_channels = 1;
  }
  [[nodiscard]] const Topology& topology() const { return network.fabric->topology(); }
  [[nodiscard]] std::vector<std::int32_t> cables_between_routers() const {
    std::vector<std::int32_t> out;
    for (std::size_t c = 0; c < topology().cables.size(); ++c)
      if (topology().forwards(topology().cables[c].a) && topology().forwards(topology().cables[c].b))
        out.push_back(static_cast<std::int32_t>(c));
    return out;
  }

  void avoid(Detours& detours, std::int32_t failed) const {
    const TopologyCable& cable = topology().cables[static_cast<std::size_t>(failed)];
    detours.avoid(cable.a, cable.port_a);
    detours.avoid(cable.b, cable.port_b);
  }

  // The cables that a train passes; empty when it does not arrive.
  static std::vector<std::int32_t> way(const RouteLookup& lookup, const FabricRoutes& routes, PacketTrain train) {
    std::vector<std::int32_t> out;
    std::int32_t node = train.source;
    if (!routes.has_router(node)) {
      out.push_back(routes.ports().far_end(node, 0).cable);
      node = routes.ports().far_end(node, 0).node;
    }
    for (std::size_t hops = 0; node != train.destination; ++hops) {
      if (hops > 40) return {};
      const TrainHop hop = lookup.next_hop(node, train);
      const PortMap::End& end = routes.ports().far_end(node, hop.port);
      EXPECT_GE(end.node, 0);
      EXPECT_LT(hop.channel, routes.channels(node, end.node));
      out.push_back(end.cable);
      train.route = hop.route;
      node = end.node;
    }
    return out;
  }

  NetworkPlan network;
};

TEST_P(DetoursTest, NoWayMeetsAFailedCableAndOthersStayAsTheyAre) {
  const FabricRoutes routes(network);
  const std::int32_t ranks = topology().endpoints();
  std::int64_t moved = 0;
  for (const std::int32_t failed : cables_between_routers()) {
    Detours detours(routes, topology(), {{failed}, {}}, virtual_channels(network));
    avoid(detours, failed);
    for (std::int32_t a = 0; a < ranks; ++a) {
      for (std::int32_t b = 0; b < ranks; ++b) {
        if (a == b) continue;
        const auto before = way(routes, routes, train_between(a, b));
        const auto after = way(detours, routes, train_between(a, b));
        ASSERT_FALSE(after.empty()) << a << " to " << b << " without cable " << failed;
        ASSERT_EQ(std::count(after.begin(), after.end(), failed), 0);
        if (std::count(before.begin(), before.end(), failed) == 0)
          ASSERT_EQ(after, before);
        else
          ++moved;
      }
    }
  }
  EXPECT_GT(moved, 0);
}

TEST_P(DetoursTest, FromBeforeTheFailedCableTheTrainArrivesToo) {
  const FabricRoutes routes(network);
  for (const std::int32_t failed : cables_between_routers()) {
    Detours detours(routes, topology(), {{failed}, {}}, virtual_channels(network));
    avoid(detours, failed);
    const std::int32_t at = topology().cables[static_cast<std::size_t>(failed)].a;
    for (std::int32_t b = 0; b < topology().endpoints(); ++b) {
      PacketTrain train = train_between(b, b);
      train.route = {true, -1, 0, 0};
      const TrainHop hop = detours.detour(at, train);
      if (at == b) continue;
      train.route = hop.route;
      std::int32_t node = routes.ports().far_end(at, hop.port).node;
      std::size_t hops = 0;
      while (node != b && ++hops < 40) {
        const TrainHop next = detours.next_hop(node, train);
        ASSERT_NE(routes.ports().far_end(node, next.port).cable, failed);
        train.route = next.route;
        node = routes.ports().far_end(node, next.port).node;
      }
      EXPECT_EQ(node, b);
    }
  }
}

TEST_P(DetoursTest, WithoutAFailureWaysAreTheRoutings) {
  const FabricRoutes routes(network);
  const std::int32_t failed = cables_between_routers().front();
  Detours detours(routes, topology(), {{failed}, {}}, virtual_channels(network));
  avoid(detours, failed);
  const TopologyCable& cable = topology().cables[static_cast<std::size_t>(failed)];
  detours.use_again(cable.a, cable.port_a);
  detours.use_again(cable.b, cable.port_b);
  for (std::int32_t b = 1; b < topology().endpoints(); ++b)
    EXPECT_EQ(way(detours, routes, train_between(0, b)), way(routes, routes, train_between(0, b)));
}

// A reduction's train goes round to the far end of its tree's cable, and knows it there.
TEST_P(DetoursTest, AroundAFailedCableIsItsFarEnd) {
  const FabricRoutes routes(network);
  for (const std::int32_t failed : cables_between_routers()) {
    Detours detours(routes, topology(), {{failed}, {}}, virtual_channels(network));
    const TopologyCable& cable = topology().cables[static_cast<std::size_t>(failed)];
    EXPECT_FALSE(detours.around(cable.a, cable.port_a).has_value());
    avoid(detours, failed);
    PacketTrain train = train_between(cable.a, cable.a);  // it is for no rank
    std::optional<TrainHop> hop = detours.around(cable.a, cable.port_a);
    ASSERT_TRUE(hop.has_value());
    std::int32_t node = cable.a;
    for (int hops = 0; node != cable.b; ++hops) {
      ASSERT_LT(hops, 40);
      ASSERT_NE(routes.ports().far_end(node, hop->port).cable, failed);
      EXPECT_EQ(hop->route.via, cable.b);
      train.route = hop->route;
      node = routes.ports().far_end(node, hop->port).node;
      if (node != cable.b) hop = detours.next_hop(node, train);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, DetoursTest, testing::Values("ring", "torus", "fat_tree", "dragonfly"),
                         [](const auto& shape) { return std::string(shape.param); });

class NothingWaits : public OutputQueues {
 public:
  Bytes queued(std::int32_t) override { return {}; }
};

// The candidate that UGAL takes avoids the cable wherever one does, and no detour is needed then.
TEST(AdaptiveDetoursTest, UgalChoosesAmongTheCandidatesThatAreThere) {
  NetworkPlan network;
  network.topology = "dragonfly";
  network.shape = keys_of("dragonfly");
  network.shape.routing = "ugal";
  network.fabric = make_fabric(network.shape);
  network.detour_channels = 1;
  const FabricRoutes routes(network);
  const Topology& topology = network.fabric->topology();
  NothingWaits queues;
  std::int64_t chosen = 0;
  std::int64_t moved = 0;
  for (const TopologyCable& cable : topology.cables) {
    if (!topology.forwards(cable.a) || !topology.forwards(cable.b)) continue;
    Detours detours(routes, topology, {}, virtual_channels(network));
    detours.avoid(cable.a, cable.port_a);
    detours.avoid(cable.b, cable.port_b);
    for (std::int32_t a = 0; a < topology.endpoints(); ++a)
      for (std::int32_t b = 0; b < topology.endpoints(); ++b) {
        std::int32_t node = routes.ports().far_end(a, 0).node;
        if (node == routes.ports().far_end(b, 0).node) continue;
        PacketTrain train = train_between(a, b);
        PacketTrain without = train;
        routes.choose_way(node, without, queues);
        detours.choose_way(node, train, queues);
        if (!train.route.begun) continue;  // none of the candidates
        ++chosen;
        if (train.route.via != without.route.via) ++moved;
        while (node != b) {
          const TrainHop hop = detours.next_hop(node, train);
          const PortMap::End& end = routes.ports().far_end(node, hop.port);
          const bool failed =
              (end.node == cable.a && end.port == cable.port_a) || (end.node == cable.b && end.port == cable.port_b);
          ASSERT_FALSE(failed) << a << " to " << b;
          ASSERT_LT(hop.channel, virtual_channels(network));  // not that of detours
          train.route = hop.route;
          node = end.node;
        }
      }
  }
  EXPECT_GT(chosen, 0);
  EXPECT_GT(moved, 0);
}

// Any of the spines may be gone: nothing goes there.
TEST(SwitchDetoursTest, NoWayLeadsIntoADeadSwitch) {
  NetworkPlan network;
  network.topology = "fat_tree";
  network.shape = keys_of("fat_tree");
  network.fabric = make_fabric(network.shape);
  network.detour_channels = 1;
  const FabricRoutes routes(network);
  const Topology& topology = network.fabric->topology();
  std::int64_t spines = 0;
  for (std::int32_t dead = topology.endpoints(); dead < static_cast<std::int32_t>(topology.nodes.size()); ++dead) {
    const auto ends = routes.ports().ports(dead);
    if (std::any_of(ends.begin(), ends.end(), [&](const auto& end) { return end.node < topology.endpoints(); }))
      continue;
    ++spines;
    Detours detours(routes, topology, {{}, {dead}}, virtual_channels(network));
    for (const PortMap::End& end : ends) detours.avoid(end.node, end.port);
    for (std::int32_t a = 0; a < topology.endpoints(); ++a)
      for (std::int32_t b = 0; b < topology.endpoints(); ++b) {
        PacketTrain train = train_between(a, b);
        std::int32_t node = routes.ports().far_end(a, 0).node;
        for (int hops = 0; a != b && node != b; ++hops) {
          ASSERT_LT(hops, 10);
          ASSERT_NE(node, dead);
          const TrainHop hop = detours.next_hop(node, train);
          train.route = hop.route;
          node = routes.ports().far_end(node, hop.port).node;
        }
        // What is in it already leaves it.
        node = dead;
        train.route = {true, -1, 0, 0};
        TrainHop hop = detours.detour(dead, train);
        for (int hops = 0; node != b; ++hops) {
          ASSERT_LT(hops, 10);
          train.route = hop.route;
          node = routes.ports().far_end(node, hop.port).node;
          if (node != b) hop = detours.next_hop(node, train);
        }
      }
  }
  EXPECT_EQ(spines, 2);
}

}  // namespace
}  // namespace decodesim
