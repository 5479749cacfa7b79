// SPDX-License-Identifier: Apache-2.0
// Synthetic traffic from a scenario to what it measured, at both fidelities: closed forms on the idle network, and what
// must hold under load. Links of 16 B a nanosecond and 1 ns, routers of 3 ns; a packet of 64 B takes 4 ns.
#include "sim/app/build/traffic_driver.hpp"

#include <gtest/gtest.h>

#include "sim/app/metrics/network_energy_metrics.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "sim/app/metrics/traffic_metrics.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;

std::string scenario(const std::string& network, const std::string& workload, const std::string& fidelity) {
  const std::string packets = fidelity == "packet" ? "    packets: {flit: 16 B, vc_allocation: 1 ns, "
                                                     "switch_allocation: 1 ns, arbitration: round_robin, "
                                                     "queueing: channel, input_speedup: 1}\n"
                                                   : "";
  return "system:\n  network:\n" + network + "    fidelity: " + fidelity + "\n" + packets +
         "    link: {bandwidth: 16 GB/s, latency: 1 ns}\n"
         "    switch: {ports: 16, crossing: 3 ns, buffer: 1 KiB, reduction: false, reduction_latency: 0 ns, "
         "reduction_rate: 1 GB/s}\n"
         "workload: {kind: traffic, packet: 64 B, warm_up: 500 ns, measure: 2 us, " +
         workload + "}\n";
}

RunResult run(const Plan& plan) {
  ProgressListener quiet;
  RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  return result;
}

constexpr const char* kRing = "    topology: ring\n    endpoints: 8\n    concentration: 1\n    virtual_channels: 8\n";
constexpr const char* kMesh = "    topology: mesh\n    dims: [4, 4]\n    concentration: 1\n    virtual_channels: 8\n";
constexpr const char* kStar = "    topology: star\n    endpoints: 8\n    virtual_channels: 8\n";
constexpr const char* kDragonfly =
    "    topology: dragonfly\n    endpoints_per_router: 2\n    routers: 2\n    global_links: 1\n"
    "    virtual_channels: 8\n";

class TrafficTest : public ::testing::TestWithParam<const char*> {};

// Over h cables between routers: h + 1 routers, two cables of the endpoints.
Duration way(std::int64_t cables) { return 1_ns * (cables + 2) + 3_ns * (cables + 1) + 4_ns; }

// On a ring of 8 an endpoint has two others at each distance of 1 to 3, and one at 4: 16/7 on average.
TEST_P(TrafficTest, LonePacketsOnARingTakeTheClosedForm) {
  const RunResult result = run(test::read(scenario(kRing, "loads: 1 %", GetParam())));
  const Histogram& lone = result.traffic->zero_load;
  EXPECT_EQ(lone.count(), 8 * 7);
  EXPECT_EQ(lone.least(), way(1).count());
  EXPECT_EQ(lone.most(), way(4).count());
  EXPECT_EQ(lone.mean(), 9'000 + 4'000 * 16 / 7 + 1);  // 9 ns without cables between routers, 4 ns for each; rounded
}

TEST_P(TrafficTest, LonePacketsOnAStarAllTakeTheSameTime) {
  const RunResult result = run(test::read(scenario(kStar, "loads: 1 %", GetParam())));
  EXPECT_EQ(result.traffic->zero_load.least(), way(0).count());
  EXPECT_EQ(result.traffic->zero_load.most(), way(0).count());
}

TEST_P(TrafficTest, BelowSaturationWhatIsOfferedIsAccepted) {
  const Plan plan = test::read(scenario(kMesh, "loads: [10 %, 30 %]", GetParam()));
  const TrafficMetrics metrics = traffic_metrics(plan, run(plan));
  ASSERT_EQ(metrics.points.size(), 2U);
  EXPECT_FALSE(metrics.saturation.has_value());
  EXPECT_NEAR(metrics.points[0].accepted_share, 0.1, 0.01);
  EXPECT_NEAR(metrics.points[1].accepted_share, 0.3, 0.015);
  EXPECT_GT(metrics.points[0].latency.mean, metrics.zero_load.mean);
  EXPECT_GT(metrics.points[1].latency.mean, metrics.points[0].latency.mean);
  EXPECT_EQ(metrics.points[1].unfinished, 0);
}

// Seven senders share one link, of which each gets a seventh.
TEST_P(TrafficTest, IncastIsAcceptedAtTheRateOfOneLink) {
  const Plan plan = test::read(scenario(kStar, "pattern: incast, target: 3, loads: [10 %, 50 %]", GetParam()));
  const RunResult result = run(plan);
  const TrafficMetrics metrics = traffic_metrics(plan, result);
  EXPECT_EQ(metrics.senders, 7);
  EXPECT_NEAR(metrics.points[0].accepted_share, 0.1, 0.01);
  EXPECT_FALSE(metrics.points[0].saturated);
  EXPECT_NEAR(metrics.points[1].accepted_share, 1.0 / 7, 0.002);
  EXPECT_TRUE(metrics.points[1].saturated);
  EXPECT_NEAR(*metrics.saturation, 0.5, 1e-9);
  EXPECT_NEAR(metrics.points[1].busiest_link, 1, 0.003);
  EXPECT_GT(result.traffic->points[1].discarded, 0);
}

// A neighbour's packets never meet: the latency under load is the source queue's wait more than the idle network's,
// load / (2 (1 - load)) of a packet's 4 ns for random arrivals (Pollaczek-Khinchine), a little less for those in slots.
TEST_P(TrafficTest, NeighboursMeetNobody) {
  const Plan plan = test::read(scenario(kRing, "pattern: neighbour, loads: 50 %", GetParam()));
  const TrafficMetrics metrics = traffic_metrics(plan, run(plan));
  EXPECT_EQ(metrics.zero_load.mean, way(1));
  const Duration waited = metrics.points[0].latency.mean - metrics.zero_load.mean;
  EXPECT_GT(waited, 1_ns);
  EXPECT_LT(waited, Duration(2'300));
}

TEST_P(TrafficTest, ADragonflyDeliversAllPatterns) {
  for (const char* pattern :
       {"all_to_all", "hot_spot, hot_share: 20 %, target: 1", "shift, distance: 4", "tornado", "random_permutation"}) {
    const Plan plan = test::read(scenario(kDragonfly, std::string("loads: 20 %, pattern: ") + pattern, GetParam()));
    EXPECT_EQ(plan.accelerators, 12);
    if (std::string(pattern) != "all_to_all") continue;  // one simulation a process
    const TrafficMetrics metrics = traffic_metrics(plan, run(plan));
    EXPECT_EQ(metrics.lone_packets, 12 * 11);
    EXPECT_NEAR(metrics.points[0].accepted_share, 0.2, 0.03);  // 12 x 2 us x 3.2 GB/s are 1,200 packets
  }
}

// On a star every packet passes two cables and one switch.
TEST_P(TrafficTest, EnergyFollowsBitsCablesAndSwitches) {
  std::string text = scenario(kStar, "loads: 10 %", GetParam());
  text.insert(text.find("    link:"), "    energy: {link: 4 pJ/bit, crossing: 1.5 pJ/bit, switch_power: 2 W}\n");
  const Plan plan = test::read(text);
  const RunResult result = run(plan);
  const std::int64_t packets = result.traffic->zero_load.count() + result.traffic->points[0].delivered;
  const NetworkEnergyMetrics energy = network_energy(plan, result);
  EXPECT_EQ(energy.links, Energy(packets * 64 * 8 * 2 * 4));
  EXPECT_EQ(energy.crossings, Energy(packets * 64 * 8 * 3 / 2));
  EXPECT_EQ(energy.switches, Power(2'000'000) * result.simulated);
  EXPECT_EQ(energy.total(), energy.links + energy.crossings + energy.switches);
}

INSTANTIATE_TEST_SUITE_P(BothFidelities, TrafficTest, ::testing::Values("train", "packet"),
                         [](const auto& test) { return std::string(test.param); });

class Interrupted : public ProgressListener {
 public:
  [[nodiscard]] bool interrupted() const override { return true; }
};

TEST(TrafficDriverTest, AnInterruptEndsItAfterTheLoadThatIsUnderWay) {
  const Plan plan = test::read(scenario(kStar, "loads: [10 %, 20 %, 30 %]", "train"));
  Interrupted listener;
  const RunResult result = simulate(plan, listener);
  self_check(plan, result);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.traffic->points.size(), 1U);
}

}  // namespace
}  // namespace decodesim
