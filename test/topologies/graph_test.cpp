// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "sim/core/config/yaml_reader.hpp"
#include "test/topologies/fabric_checks.hpp"
#include "topologies/graph_fabric.hpp"
#include "topologies/graph_file.hpp"
#include "topologies/graph_routing.hpp"

namespace decodesim {
namespace {

using test::expect_deadlock_free;
using test::expect_sound;

Topology graph(std::string_view yaml) {
  Diagnostics diagnostics;
  const Node root = read_yaml_text(yaml, "g.yaml", diagnostics);
  Topology out = graph_of(root, diagnostics);
  diagnostics.throw_if_any();
  return out;
}

std::string mistakes(std::string_view yaml) {
  try {
    graph(yaml);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

// Six switches in a ring with one chord, an endpoint on each: shortest ways alone would be circular.
constexpr std::string_view kRing = R"(endpoints: 6
switches: [s0, s1, s2, s3, s4, s5]
cables: [[acc0, s0], [acc1, s1], [acc2, s2], [acc3, s3], [acc4, s4], [acc5, s5],
         [s0, s1], [s1, s2], [s2, s3], [s3, s4], [s4, s5], [s5, s0], {between: [s0, s2], class: chord, count: 2}]
)";

TEST(GraphTest, AListOfCablesBecomesANetwork) {
  const Topology t = graph(kRing);
  EXPECT_EQ(t.endpoints(), 6);
  EXPECT_EQ(t.nodes.size(), 12U);
  EXPECT_EQ(t.cables.size(), 14U);
  EXPECT_EQ(t.link_classes, (std::vector<std::string>{"cable", "chord"}));
  EXPECT_EQ(hops(t, 0, 2), 3);
  EXPECT_EQ(hops(t, 0, 3), 4);
}

TEST(GraphTest, RoutesAreValidAndFreeOfDeadlock) {
  const GraphFabric fabric("ring with a chord", graph(kRing));
  expect_sound(fabric);
  for (const RoutingAlgorithm algorithm : fabric.algorithms()) {
    SCOPED_TRACE(name_of(algorithm));
    test::expect_valid_routes(fabric, algorithm);
  }
  expect_deadlock_free(fabric);
  EXPECT_EQ(fabric.routing(RoutingAlgorithm::kUpDown)->virtual_channels(), 1);
  EXPECT_EQ(fabric.routing(RoutingAlgorithm::kMinimal)->virtual_channels(), 3);  // the longest way: 3 between switches
}

TEST(GraphTest, OnOneVirtualChannelShortestWaysAreCircular) {
  const GraphFabric fabric("ring", graph(kRing));
  const auto routing = fabric.routing(RoutingAlgorithm::kEcmp);
  const DeadlockReport report = check_deadlock(fabric.topology(), fabric.ports(), FewerChannels(*routing, 1));
  EXPECT_FALSE(report.cycle.empty());
}

TEST(GraphTest, TheCacheOfDestinationsIsBounded) {
  const GraphFabric fabric("ring", graph(kRing));
  const GraphRouting routing(fabric.topology(), fabric.ports(), RoutingAlgorithm::kMinimal, 3 * 12 * 4);
  ASSERT_EQ(routing.most_cached(), 3);  // 12 nodes of 4 B each
  for (int round = 0; round < 2; ++round)
    for (std::int32_t to = 0; to < 6; ++to) {
      const std::int32_t from = (to + 1) % 6;
      EXPECT_EQ(walk(fabric.ports(), routing, from, routing.start(from, to, 0)).size(),
                static_cast<std::size_t>(hops(fabric.topology(), from, to)));
      EXPECT_LE(routing.cached(), 3);
    }
  EXPECT_EQ(routing.cached(), 3);
}

TEST(GraphTest, AnEndpointOnTwoSwitchesPassesNothingOn) {
  const GraphFabric fabric("line", graph("endpoints: 3\nswitches: [a, b, c]\n"
                                         "cables: [[acc0, a], [acc1, a], [acc1, b], [acc2, b], [a, c], [c, b]]\n"));
  EXPECT_EQ(hops(fabric.topology(), 0, 2), 4);  // over a, c, b; over a, acc1, b it would be as short
  for (const RoutingAlgorithm algorithm : fabric.algorithms()) {
    const auto routing = fabric.routing(algorithm);
    for (const RouteHop& hop : walk(fabric.ports(), *routing, 0, routing->start(0, 2, 0))) EXPECT_NE(hop.node, 1);
  }
  expect_deadlock_free(fabric);
}

TEST(GraphTest, BisectionOfAnyGraphIsAnUpperBound) {
  const Bisection cut = measure(GraphFabric("ring", graph(kRing))).bisection;
  EXPECT_EQ(*cut.at_most, 2);  // 0, 1, 2 against 3, 4, 5
  EXPECT_EQ(cut.at_least, 1);
  EXPECT_EQ(cut.method, "the best of several halves by maximum flow (an upper bound)");
}

TEST(GraphTest, MistakesHaveTheirPlace) {
  EXPECT_EQ(mistakes("endpoints: 2\nswitches: [s0]\ncables: [[acc0, s0], [acc1, s1]]\n"),
            "g.yaml:3:22: 's1' is no endpoint and no switch; did you mean 's0'?");
  EXPECT_EQ(mistakes("endpoints: 2\nswitches: [s0]\ncables: [[acc0, s0], [acc1, s0], [s0, s0]]\n"),
            "g.yaml:3:34: a cable leads from 's0' back to itself; expected two different nodes");
  EXPECT_EQ(mistakes("endpoints: 2\nswitches: [s0, s1]\ncables: [[acc0, s0], [acc1, s1]]\n"),
            "g.yaml:1:1: acc1: not connected to acc0; expected one connected network");
  EXPECT_EQ(mistakes("endpoints: 3\nswitches: {s0: {ports: 2}}\ncables: [[acc0, s0], [acc1, s0], [acc2, s0]]\n"),
            "g.yaml:2:12: 's0' has 3 cables and 2 ports; expected at most one a port");
  EXPECT_EQ(mistakes("endpoints: [a, a]\ncables: [[a, a]]\n"),
            "g.yaml:1:16: two nodes are named 'a'; expected a name of its own each\n"
            "g.yaml:2:10: a cable leads from 'a' back to itself; expected two different nodes");
  EXPECT_EQ(mistakes("endpoints: 0\ncables: []\n"),
            "g.yaml:1:12: endpoints: '0' is no number of endpoints; expected 1 to 1000000, or a list of names");
  EXPECT_EQ(mistakes("endpoints: 2\ncables: [[acc0]]\n"),
            "g.yaml:2:10: a cable has two ends; expected [node, node] or {between: [node, node]}");
  EXPECT_EQ(mistakes("endpoints: 2\ncables: [{between: [acc0, acc1], count: -1}]\n"),
            "g.yaml:2:41: count: '-1' is out of range; expected 1 to 65536");
  std::string many = "endpoints: 2\ncables:\n";
  for (int i = 0; i < 300; ++i) many += "  - {between: [acc0, acc1], count: 65536}\n";
  EXPECT_EQ(mistakes(many), "g.yaml:247:15: a graph of more than 16000000 cables; expected fewer");  // 245 x 65536
  EXPECT_EQ(mistakes("endpoints: 2\ncables: [[acc0, acc1]]\nlinks: 3\n"),
            "g.yaml:3:1: unknown key 'links' in graph; expected one of endpoints, switches, cables, "
            "routers_in_endpoints");
}

constexpr std::string_view kGraphMl = R"(<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="k" for="node" attr.name="kind" attr.type="string"/>
  <key id="n" for="node" attr.name="name" attr.type="string"/>
  <key id="x" for="node" attr.name="x" attr.type="double"/>
  <key id="c" for="edge" attr.name="count" attr.type="int"/>
  <graph edgedefault="undirected">
    <node id="a"><data key="n">left</data><data key="x">1.5</data></node>
    <node id="b"/>
    <node id="s"><data key="k">switch</data></node>
    <edge source="a" target="s"/>
    <edge source="s" target="b"><data key="c">2</data></edge>
    <edge source="b" target="s"/>
  </graph>
</graphml>
)";

std::string graphml_mistakes(const std::string& text) {
  try {
    graph_of_graphml(text, "g.graphml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(GraphTest, GraphMl) {
  const Topology t = graph_of_graphml(std::string(kGraphMl), "g.graphml");
  EXPECT_EQ(t.endpoints(), 2);
  EXPECT_EQ(t.nodes[0].name, "left");
  EXPECT_EQ(t.nodes[1].name, "n1");
  EXPECT_EQ(t.cables.size(), 1U + 2U + 1U);
  EXPECT_EQ(hops(t, 0, 1), 2);
  std::string text(kGraphMl);
  const std::string from = "<data key=\"k\">switch";
  EXPECT_EQ(graphml_mistakes(text.replace(text.find(from), from.size(), "<data key=\"k\">router")),
            "g.graphml: 'n2' is of kind 'router'; expected endpoint or switch");
  EXPECT_THAT(graphml_mistakes("<graphml>"), testing::StartsWith("g.graphml: is no GraphML ("));
}

}  // namespace
}  // namespace decodesim
