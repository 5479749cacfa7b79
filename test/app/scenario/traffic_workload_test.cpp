// SPDX-License-Identifier: Apache-2.0
// `workload.kind: traffic` and `network.fidelity`: what a scenario comes to, and what is said of a broken one.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {
using namespace literals;
using test::at;
using test::mistakes;
using test::read;
using test::replaced;

constexpr std::string_view kMesh = R"(system:
  network:
    topology: mesh
    dims: [4, 4]
    concentration: 1
    fidelity: packet
    packets: {flit: 16 B, vc_allocation: 1 ns, switch_allocation: 1 ns}
    link: {bandwidth: 16 GB/s, latency: 1 ns}
    switch: {ports: 5, crossing: 3 ns, buffer: 1 KiB, reduction: false, reduction_latency: 0 ns, reduction_rate: 1 GB/s}
workload:
  kind: traffic
  pattern: uniform
  loads: [5 %, 3.2 GB/s, 50 %]
)";

TEST(TrafficWorkloadTest, ANetworkAloneIsASystem) {
  const Plan plan = read(kMesh);
  ASSERT_EQ(plan.workload.kind, WorkloadKind::kTraffic);
  const TrafficWorkloadPlan& traffic = *plan.workload.traffic;
  EXPECT_EQ(plan.accelerators, 16);
  EXPECT_EQ(traffic.layout.extents, (std::vector<std::int32_t>{4, 4}));
  EXPECT_EQ(traffic.capacity, 16_GBps);
  EXPECT_EQ(traffic.loads, (std::vector<Bandwidth>{800_MBps, 3'200_MBps, 8_GBps}));
  EXPECT_EQ(traffic.packet, 64_B);
  EXPECT_EQ(traffic.slot, 1_ns);
  EXPECT_EQ(traffic.warm_up, 5_us);
  EXPECT_EQ(traffic.measure, 20_us);
  EXPECT_EQ(plan.network->fidelity, NetworkFidelity::kPacket);
  EXPECT_EQ(plan.network->packets.flit, 16_B);
  EXPECT_EQ(at(plan, "system.network.packets.arbitration").origin, "default (assumed: age: as trains are served)");
  EXPECT_EQ(at(plan, "system.network.nic.buffer").value, "no such path");
}

TEST(TrafficWorkloadTest, AnAcceleratorBringsItsNetwork) {
  const Plan plan = read(R"(system:
  accelerators: {use: h100-sxm, count: 8}
workload: {kind: traffic, loads: 10 %}
)");
  EXPECT_EQ(plan.workload.traffic->capacity, 450_GBps);
  EXPECT_EQ(plan.workload.traffic->layout.endpoints(), 8);
  EXPECT_EQ(plan.network->fidelity, NetworkFidelity::kTrain);
  EXPECT_EQ(at(plan, "system.network.fidelity").value, "no such path");
}

// A router in the endpoint: four links of 16 GB/s together.
TEST(TrafficWorkloadTest, AnEndpointWithARouterSendsByAllItsLinks) {
  const std::string inside = replaced(kMesh, "    concentration: 1\n", "");
  const Plan plan = read(replaced(replaced(inside, "topology: mesh", "topology: torus"), "3.2 GB/s, ", ""));
  EXPECT_EQ(plan.workload.traffic->capacity, 64_GBps);
}

struct Broken {
  std::string_view what;
  std::string_view by;
  std::string message;
};

TEST(TrafficWorkloadTest, SaysWhatIsWrongAndWhere) {
  for (const Broken& broken : {
           Broken{"pattern: uniform", "pattern: unifrom",
                  "test.yaml:12:12: pattern: 'unifrom' is not one of the choices; did you mean 'uniform'?"},
           Broken{"pattern: uniform", "pattern: uniform\n  target: 3",
                  "test.yaml:13:11: target: another pattern's key; expected pattern: hot_spot or incast"},
           Broken{"pattern: uniform", "pattern: incast\n  target: 16",
                  "test.yaml:13:11: target: endpoint 16 of 16; expected 0 to 15"},
           Broken{"pattern: uniform", "pattern: shift\n  distance: 32",
                  "test.yaml:13:13: distance: 32 on 16 endpoints leads back to the sender; expected no multiple of 16"},
           Broken{"3.2 GB/s", "3.2 GBps",
                  "test.yaml:13:10: loads: '3.2 GBps' is no load; expected a share of an endpoint's link like 30 %, or "
                  "a rate"},
           Broken{"50 %", "101 %",
                  "test.yaml:13:10: loads: '101 %' of an endpoint's link of 16 GB/s; expected 10 ppm to 100 % of it"},
           Broken{"50 %", "20 %",
                  "test.yaml:13:10: loads: '20 %' does not exceed the one before; expected ascending loads"},
           Broken{
               "[5 %, 3.2 GB/s, 50 %]", "[]",
               "test.yaml:13:10: loads: none; expected shares of an endpoint's link like 30 %, or rates like 10 GB/s"},
           Broken{"kind: traffic", "kind: traffic\n  slot: 10 ns",
                  "test.yaml:14:10: loads: '50 %' is more than a packet of 64 B in a slot of 10 ns; expected less, or "
                  "shorter slots"},
           Broken{"    link:", "    nic: {use: ideal-nic}\n    link:",
                  "test.yaml:8:10: nic: traffic is made below the NICs; expected link and switch alone"},
           Broken{"fidelity: packet", "fidelity: train",
                  "test.yaml:7:14: packets: nothing but fidelity packet reads them; expected fidelity: packet, or no "
                  "packets"},
           Broken{"vc_allocation: 1 ns", "vc_allocation: 3 ns",
                  "test.yaml:7:14: packets: allocation takes 4 ns, longer than a switch's crossing of 3 ns; expected "
                  "stages within the crossing"},
           Broken{"workload:", "mapping: {parallel: {tensor: 8}}\nworkload:",
                  "test.yaml:10:1: a traffic workload has no mapping: all endpoints take part; expected none"},
           Broken{"  network:", "  memory: []\n  network:",
                  "test.yaml:2:3: a traffic workload has no memory; expected network, and accelerators if any"},
       }) {
    EXPECT_EQ(mistakes(replaced(kMesh, broken.what, broken.by)), broken.message);
  }
}

TEST(TrafficWorkloadTest, EveryEndpointTakesPart) {
  EXPECT_EQ(mistakes(R"(system:
  accelerators: {use: h100-sxm, count: 7}
  network: {topology: mesh, dims: [4, 2]}
workload: {kind: traffic, loads: 10 %}
)"),
            "test.yaml:3:23: 7 accelerators on a mesh 4 x 2 of 8 endpoints; expected one at every endpoint: all take "
            "part in traffic");
}

TEST(TrafficWorkloadTest, ASystemWithoutANetwork) {
  EXPECT_EQ(mistakes("system: {}\nworkload: {kind: traffic, loads: 10 %}\n"),
            "test.yaml:1:9: no network; expected system.network: {topology: .., link: .., switch: ..}");
}

// A flit has to fit where a packet need not.
TEST(TrafficWorkloadTest, BuffersHoldAFlit) {
  const Plan wormhole = read(replaced(kMesh, "buffer: 1 KiB", "buffer: 32 B"));
  EXPECT_NO_THROW(check_simulated(wormhole));
  const Plan small = read(replaced(kMesh, "buffer: 1 KiB", "buffer: 8 B"));
  EXPECT_THROW(check_simulated(small), ConfigError);
  const Plan whole = read(replaced(replaced(kMesh, "buffer: 1 KiB", "buffer: 32 B"), "flit: 16 B", "flit: 0 B"));
  EXPECT_THROW(check_simulated(whole), ConfigError);
}

}  // namespace
}  // namespace decodesim
