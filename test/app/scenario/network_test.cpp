// SPDX-License-Identifier: Apache-2.0
// `network:` with topologies beyond a star: parsed, built, checked; every mistake with its place.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using test::at;
using test::kMinimal;
using test::mistakes;
using test::replaced;

std::string with(const std::string& network) {
  return replaced(kMinimal, "workload:", "  network: {" + network + "}\nworkload:");
}

TEST(NetworkTest, ATorusIsBuiltAndResolved) {
  const Plan plan = test::read(with("topology: torus, dims: [4, 2]"));
  EXPECT_EQ(plan.network->fabric->title(), "torus 4 x 2");
  EXPECT_EQ(plan.network->fabric->topology().endpoints(), 8);
  EXPECT_EQ(at(plan, "system.network.dims").value, "4x2");
  EXPECT_EQ(at(plan, "system.network.dims").origin, "test.yaml:3:36");
  EXPECT_EQ(at(plan, "system.network.routing").value, "default");
  EXPECT_EQ(test::read(with("topology: torus, dims: 4x2")).scenario_sha256, plan.scenario_sha256);
}

TEST(NetworkTest, ARingTakesItsSizeFromTheMachine) {
  const Plan plan = test::read(with("topology: ring"));
  EXPECT_EQ(plan.network->fabric->title(), "ring 8");
  EXPECT_EQ(at(plan, "system.network.endpoints").value, "8");
}

TEST(NetworkTest, SingleClassesHaveTheirOwnParts) {
  const Plan plan = test::read(
      with("topology: multi_level, domain: 4, radix: 4, switch: {ports: 8}, "
           "links: {host: {bandwidth: 50 GB/s}}, switches: {leaf: {ports: 4}, spine: {use: ideal-switch, ports: 4}}"));
  ASSERT_EQ(plan.network->links.size(), 1U);
  EXPECT_EQ(plan.network->links[0].index, 1);  // inside, host, leaf_up
  EXPECT_EQ(plan.network->links[0].part.bandwidth, Bandwidth(50'000'000'000));
  EXPECT_EQ(plan.network->links[0].part.latency, plan.network->link.latency);  // as the link of all others
  EXPECT_EQ(at(plan, "system.network.links.host.bandwidth").value, "50 GB/s");
  EXPECT_EQ(at(plan, "system.network.switches.spine.part").value, "ideal-switch");
}

TEST(NetworkTest, AGraphIsReadBesideTheScenario) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "network_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "g.yaml")
      << "endpoints: 8\nswitches: [s]\ncables: [[acc0, s], [acc1, s], [acc2, s], [acc3, s], "
         "[acc4, s], [acc5, s], [acc6, s], [acc7, s]]\n";
  std::ofstream(folder / "s.yaml") << with("topology: graph, file: g.yaml");
  const Plan plan = read_scenario((folder / "s.yaml").string(), test::catalog(), {});
  EXPECT_EQ(plan.network->fabric->topology().endpoints(), 8);
  EXPECT_EQ(at(plan, "system.network.file").value, "g.yaml");
  std::filesystem::remove_all(folder);
}

TEST(NetworkTest, OtherTopologiesAreSimulated) {
  EXPECT_NO_THROW(check_simulated(test::read(kMinimal)));
  EXPECT_NO_THROW(check_simulated(test::read(with("topology: torus, dims: [4, 2]"))));
}

// What is refused before a run, though it is sound.
std::string refused(const std::string& network, const std::vector<Assignment>& assignments = {}) {
  const Plan plan = test::read(with(network), assignments);
  try {
    check_simulated(plan);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(NetworkTest, ReductionIsSimulatedOnAnyTopologyWhoseSwitchesReduce) {
  const std::vector<Assignment> in_network{{"mapping.collectives.all_reduce", "in_network"}};
  EXPECT_EQ(refused("topology: torus, dims: [4, 2]", in_network), "");
  EXPECT_EQ(refused("topology: fat_tree, radix: 4, switch: {reduction: false}, switches: {spine: {reduction: true}}",
                    in_network),
            "");
  EXPECT_EQ(mistakes(with("topology: torus, dims: [4, 2], switch: {reduction: false}") +
                     "  collectives: {all_reduce: in_network}\n"),
            "test.yaml:12:29: all_reduce: in_network, but the switch cannot reduce; expected a switch with reduction: "
            "true, or another algorithm");
}

TEST(NetworkTest, ASwitchIsAskedToReduceItsDataTypesAlone) {
  const std::string fp32 = "topology: torus, dims: [4, 2], switch: {reduction_types: fp32 fp16}";
  EXPECT_EQ(refused(fp32, {{"mapping.collectives.all_reduce", "ring"}}), "");
  EXPECT_EQ(refused(fp32, {{"mapping.collectives.all_reduce", "in_network"}}),
            "test.yaml:3:23: the software reduces bf16 in the network, and a switch has reduction_types: 'fp32 fp16'; "
            "expected a type of these, or another all-reduce");
  EXPECT_EQ(mistakes(with("switch: {reduction_types: fp32 fp12}")),
            "test.yaml:3:39: reduction_types: 'fp12' is no data type; expected fp32, bf16, fp16, fp8, int8, fp4 or "
            "int4, separated by blanks");
}

TEST(NetworkTest, RoutingByQueuesIsSimulated) {
  EXPECT_EQ(refused("topology: torus, dims: [4, 2], routing: ugal"), "");
}

TEST(NetworkTest, APacketFitsTheBufferOfAVirtualChannel) {
  EXPECT_EQ(refused("topology: ring, switch: {buffer: 306 B}"), "");  // 2 x (128 B + 25 B)
  EXPECT_EQ(
      refused("topology: ring, switch: {buffer: 305 B}"),
      "test.yaml:3:23: topology: 'ring' has a router whose buffer holds 152 B for each of 2 virtual channels, and "
      "a packet has 153 B; expected larger buffers or smaller packets");
}

TEST(NetworkTest, AStarHasNoPartsForSingleClasses) {
  EXPECT_EQ(
      refused("topology: star, links: {host: {latency: 5 ns}}"),
      "test.yaml:3:23: topology: a star with parts for single classes of links or switches cannot be simulated in "
      "this version; expected link and switch alone");
}

struct Mistake {
  const char* network;
  const char* said;
};

TEST(NetworkTest, MistakesHaveTheirPlace) {
  for (const Mistake& m : {
           Mistake{"topology: torus",
                   "test.yaml:3:12: network lacks 'dims'; expected text (Routers in each dimension: "
                   "[8, 8])"},
           {"topology: torus, dims: [4, two]",
            "test.yaml:3:36: dims: '4xtwo' is no list of sizes; expected numbers from 1 like [8, 8] or 8x8"},
           {"topology: torus, dims: [2, 2]",
            "test.yaml:2:40: 8 accelerators on a torus 2 x 2, which has 4 endpoints; expected at most one an endpoint"},
           {"topology: torus, dims: [4, 2], radix: 4",
            "test.yaml:3:44: unknown key 'radix' in network; expected one of topology, concentration, dims, routing, "
            "virtual_channels, switch, link, nic, switches, links, fidelity, packets, energy"},
           {"routing: ecmp",
            "test.yaml:3:13: unknown key 'routing' in network; expected one of topology, switch, link, nic, switches, "
            "links, fidelity, packets, energy"},
           {"topology: ring, virtual_channels: 1",
            "test.yaml:3:47: virtual_channels: 1 cannot keep the routes on a ring 8 from deadlock: acc0 -> acc1 "
            "(virtual "
            "channel 0), acc1 -> acc2 (virtual channel 0), acc2 -> acc3 (virtual channel 0), acc3 -> acc4 (virtual "
            "channel 0), acc4 -> acc5 (virtual channel 0), acc5 -> acc6 (virtual channel 0), acc6 -> acc7 (virtual "
            "channel 0), acc7 -> acc0 (virtual channel 0) wait for each other; expected 2 or more"},
           {"topology: fat_tree, radix: 8, routing: valiant",
            "test.yaml:3:23: valiant routing is not defined on a fat tree, down [4, 8], up [1, 4]; expected one of "
            "minimal, ecmp"},
           {"topology: fat_tree, radix: 16",
            "test.yaml:3:23: leaf0 uses 16 ports, and a switch has 8; expected a larger switch or fewer cables on it"},
           {"topology: dragonfly, endpoints_per_router: 2, routers: 2, global_links: 1, groups: 4",
            "test.yaml:3:23: a dragonfly of 4 groups with 2 routers x 1 = 2 global links each does not close; expected "
            "groups - 1 to divide 2"},
           {"topology: ring, links: {hosts: {latency: 5 ns}}",
            "test.yaml:3:37: 'hosts' is no class of a ring; expected one of dimension0"},
           {"topology: ring, links: {dimension0: {latency: -5 ns}}",
            "test.yaml:3:59: latency: '-5 ns' is out of range; expected 0 ps to 10 ms"},
           {"topology: ring, concentration: 3",
            "test.yaml:3:23: endpoints: 8 do not fill routers of 3; expected a multiple of 3"},
           {"topology: graph, file: nowhere.yaml",
            "test.yaml:3:36: file: 'nowhere.yaml' does not exist; expected a YAML list of cables or GraphML "
            "(.graphml), "
            "relative to the file that names it"},
       })
    EXPECT_EQ(mistakes(with(m.network)), m.said) << m.network;
}

}  // namespace
}  // namespace decodesim
