// SPDX-License-Identifier: Apache-2.0
#include "topologies/topology.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

using Kind = TopologyNode::Kind;

// acc0 - s0 - s1 - acc1, and a longer way s0 - s2 - s1.
Topology mesh() {
  Topology t;
  t.nodes = {{Kind::kEndpoint, "acc0", 1, 0},
             {Kind::kEndpoint, "acc1", 1, 1},
             {Kind::kSwitch, "s0", 4, -1},
             {Kind::kSwitch, "s1", 4, -1},
             {Kind::kSwitch, "s2", 4, -1}};
  t.cables = {{0, 0, 2, 0, 0}, {2, 1, 3, 1, 0}, {2, 2, 4, 0, 0}, {4, 1, 3, 2, 0}, {3, 0, 1, 0, 0}};
  return t;
}

std::string problems_of(const Topology& topology) {
  try {
    validate(topology);
  } catch (const TopologyError& error) {
    return error.what();
  }
  return "";
}

TEST(TopologyTest, RoutesAreMinimal) {
  const Topology t = mesh();
  EXPECT_NO_THROW(validate(t));
  EXPECT_EQ(routes_to(t, 1), (std::vector<std::int32_t>{0, -1, 1, 0, 1}));
  EXPECT_EQ(hops(t, 0, 1), 3);
}

TEST(TopologyTest, OfEqualWaysTheLowestPortIsTaken) {
  Topology t = mesh();
  t.cables.push_back({2, 3, 3, 3, 0});  // a second cable s0 - s1
  EXPECT_EQ(routes_to(t, 1)[2], 1);
}

TEST(TopologyTest, WhatCannotBeBuiltIsNamed) {
  Topology t = mesh();
  t.cables.push_back({2, 3, 2, 1, 0});
  EXPECT_EQ(problems_of(t), "s0: a cable leads back to itself\ns0: port 1 is used twice");
  t = mesh();
  t.cables.push_back({2, 9, 4, 2, 0});
  EXPECT_EQ(problems_of(t), "s0: port 9 is beyond its 4 ports");
  t = mesh();
  t.cables.pop_back();
  EXPECT_EQ(problems_of(t), "acc1: not connected to acc0");
  t = mesh();
  t.cables.push_back({2, 3, 12, 0, 0});
  EXPECT_EQ(problems_of(t), "a cable ends at a node that does not exist");
  EXPECT_EQ(problems_of(Topology{}), "the network has no endpoint");
  EXPECT_THROW(routes_to(mesh(), 7), TopologyError);
}

}  // namespace
}  // namespace decodesim
