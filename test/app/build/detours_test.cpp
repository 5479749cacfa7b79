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
    Detours detours(routes, topology(), {failed}, virtual_channels(network));
    detours.avoid(failed);
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
    Detours detours(routes, topology(), {failed}, virtual_channels(network));
    detours.avoid(failed);
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
  Detours detours(routes, topology(), {cables_between_routers().front()}, virtual_channels(network));
  detours.avoid(cables_between_routers().front());
  detours.use_again(cables_between_routers().front());
  for (std::int32_t b = 1; b < topology().endpoints(); ++b)
    EXPECT_EQ(way(detours, routes, train_between(0, b)), way(routes, routes, train_between(0, b)));
}

INSTANTIATE_TEST_SUITE_P(Shapes, DetoursTest, testing::Values("ring", "torus", "fat_tree", "dragonfly"),
                         [](const auto& shape) { return std::string(shape.param); });

}  // namespace
}  // namespace decodesim
