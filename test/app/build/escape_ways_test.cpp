// SPDX-License-Identifier: Apache-2.0
// The laws of EscapeWays on small fabrics, for every pair and every channel that may close.
#include "sim/app/build/escape_ways.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "sim/core/component/require.hpp"
#include "topologies/indexing.hpp"
#include "topologies/topology_keys.hpp"

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

class EscapeWaysTest : public testing::TestWithParam<const char*> {
 protected:
  EscapeWaysTest() : fabric(make_fabric(keys_of(GetParam()))), topology(fabric->topology()), ports(topology) {}

  // Both directions of each.
  [[nodiscard]] std::vector<std::pair<std::int32_t, std::int32_t>> cable(std::size_t index) const {
    const TopologyCable& c = topology.cables[index];
    return {{c.a, c.port_a}, {c.b, c.port_b}};
  }
  void close(EscapeWays& ways, std::size_t index) const {
    for (const auto& [node, port] : cable(index)) ways.close(node, port);
  }
  void open(EscapeWays& ways, std::size_t index) const {
    for (const auto& [node, port] : cable(index)) ways.open(node, port);
  }
  [[nodiscard]] bool between_routers(std::size_t index) const {
    return topology.forwards(topology.cables[index].a) && topology.forwards(topology.cables[index].b);
  }

  // False when it comes before a closed channel.
  [[nodiscard]] bool arrives(const EscapeWays& ways, std::int32_t node, std::int32_t to, std::size_t without) const {
    bool down = false;
    for (int hops = 0; node != to; ++hops) {
      EXPECT_LT(hops, 40);
      const EscapeWays::Way way = ways.next(node, to, down);
      if (ways.is_closed(node, way.port)) return false;
      EXPECT_NE(ports.far_end(node, way.port).cable, static_cast<std::int32_t>(without));
      EXPECT_FALSE(down && !way.down) << "up after down";
      down = way.down;
      node = ports.far_end(node, way.port).node;
    }
    return true;
  }

  std::shared_ptr<const Fabric> fabric;
  const Topology& topology;
  PortMap ports;
};

TEST_P(EscapeWaysTest, NoWayUsesWhatIsLeftOutOrClosed) {
  for (std::size_t gone = 0; gone < topology.cables.size(); ++gone) {
    if (!between_routers(gone)) continue;
    const EscapeWays left_out(topology, ports, {static_cast<std::int32_t>(gone)}, {});
    EscapeWays closed(topology, ports, {}, {});
    close(closed, gone);
    for (std::int32_t a = 0; a < topology.endpoints(); ++a)
      for (std::int32_t b = 0; b < topology.endpoints(); ++b) {
        if (a == b) continue;
        EXPECT_TRUE(arrives(left_out, a, b, gone)) << a << " to " << b << " without cable " << gone;
        // Ranked with the cable, up*/down* may have no other way; a tree with two roots has.
        const bool comes_there = arrives(closed, a, b, gone);
        EXPECT_TRUE(comes_there || std::string(GetParam()) != "fat_tree") << a << " to " << b;
      }
  }
}

// Another cable closes at each hop of each way: from wherever it has come the way goes on, until it stands before a
// closed channel; then all is repaired, and it arrives.
TEST_P(EscapeWaysTest, WhatClosesOnTheWayDoesNotLeadItAstray) {
  std::int64_t waited = 0;
  for (std::size_t first = 0; first < topology.cables.size(); ++first)
    for (std::int32_t b = 0; b < topology.endpoints(); ++b) {
      EscapeWays ways(topology, ports, {}, {});
      std::vector<std::size_t> gone;
      std::int32_t node = (b + 1) % topology.endpoints();
      bool down = false;
      bool repaired = false;
      for (std::size_t hops = 0; node != b; ++hops) {
        ASSERT_LT(hops, 40U);
        const std::size_t next = (first + hops * 5) % topology.cables.size();
        if (!repaired && between_routers(next)) gone.push_back(next), close(ways, next);
        const EscapeWays::Way way = ways.next(node, b, down);
        if (ways.is_closed(node, way.port)) {
          for (const std::size_t cable : gone) open(ways, cable);
          gone.clear();
          repaired = true;
          ++waited;
        }
        ASSERT_FALSE(ways.is_closed(node, way.port));
        ASSERT_FALSE(down && !way.down);
        down = way.down;
        node = ports.far_end(node, way.port).node;
      }
    }
  RecordProperty("waited", std::to_string(waited));
}

// Channels that wait for each other, of ways under all single failures together: there is no circle among them.
TEST_P(EscapeWaysTest, OldAndNewWaysHaveNoCircleOfWaiting) {
  std::vector<std::set<std::int64_t>> waits(static_cast<std::size_t>(ports.channels()));
  const auto add_all = [&](const EscapeWays& ways) {
    for (std::int32_t a = 0; a < topology.endpoints(); ++a)
      for (std::int32_t b = 0; b < topology.endpoints(); ++b) {
        std::int32_t node = a;
        std::int64_t before = -1;
        for (bool down = false; node != b;) {
          const EscapeWays::Way way = ways.next(node, b, down);
          const std::int64_t channel = ports.channel(node, way.port);
          if (before >= 0) item(waits, before).insert(channel);
          before = channel;
          down = way.down;
          node = ports.far_end(node, way.port).node;
        }
      }
  };
  EscapeWays ways(topology, ports, {}, {});
  add_all(ways);
  for (std::size_t c = 0; c < topology.cables.size(); ++c) {
    if (!between_routers(c)) continue;
    close(ways, c);
    add_all(ways);
    open(ways, c);
  }
  std::vector<int> state(waits.size());  // 1: on the way, 2: done
  const std::function<bool(std::int64_t)> circles = [&](std::int64_t channel) {
    if (item(state, channel) != 0) return item(state, channel) == 1;
    item(state, channel) = 1;
    for (const std::int64_t next : item(waits, channel))
      if (circles(next)) return true;
    item(state, channel) = 2;
    return false;
  };
  for (std::int64_t channel = 0; channel < ports.channels(); ++channel) EXPECT_FALSE(circles(channel)) << channel;
}

INSTANTIATE_TEST_SUITE_P(Shapes, EscapeWaysTest, testing::Values("ring", "torus", "fat_tree", "dragonfly"),
                         [](const auto& shape) { return std::string(shape.param); });

// acc0 is below leaf0 alone.
TEST(EscapeWaysFatTreeTest, WhoHasNoOtherWayIsWaitedFor) {
  const auto fabric = make_fabric(keys_of("fat_tree"));
  const Topology& topology = fabric->topology();
  const PortMap ports(topology);
  EscapeWays ways(topology, ports, {}, {});
  const std::int32_t leaf = ports.far_end(0, 0).node;
  for (const PortMap::End& end : ports.ports(leaf)) ways.close(end.node, end.port);
  const std::int32_t other = topology.endpoints() - 1;
  std::int32_t node = ports.far_end(other, 0).node;
  bool down = false;
  for (int hops = 0; hops < 10; ++hops) {
    const EscapeWays::Way way = ways.next(node, 0, down);
    if (ways.is_closed(node, way.port)) {
      EXPECT_EQ(ports.far_end(node, way.port).node, leaf);
      return;
    }
    down = way.down;
    node = ports.far_end(node, way.port).node;
  }
  FAIL() << "it does not come to the closed channel";
}

TEST(EscapeWaysFatTreeTest, SaysWhoIsCutOff) {
  const auto fabric = make_fabric(keys_of("fat_tree"));
  const PortMap ports(fabric->topology());
  const std::int32_t leaf = ports.far_end(0, 0).node;
  try {
    EscapeWays(fabric->topology(), ports, {}, {leaf});
    FAIL();
  } catch (const TopologyError& error) {
    EXPECT_EQ(std::string(error.what()).find("acc1: not connected to acc0"), 0U) << error.what();
  }
}

TEST(EscapeWaysFatTreeTest, ClosedTwiceItIsOpenedTwice) {
  const auto fabric = make_fabric(keys_of("ring"));
  const PortMap ports(fabric->topology());
  EscapeWays ways(fabric->topology(), ports, {}, {});
  ways.close(0, 0);
  ways.close(0, 0);
  ways.open(0, 0);
  EXPECT_TRUE(ways.is_closed(0, 0));
  ways.open(0, 0);
  EXPECT_FALSE(ways.is_closed(0, 0));
  EXPECT_FALSE(ways.any_closed());
  EXPECT_THROW(ways.open(0, 0), InternalError);
}

}  // namespace
}  // namespace decodesim
