// SPDX-License-Identifier: Apache-2.0
// Links and switches that fail during a decode run on a toy machine, against the same run without faults.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/app/build/fault_injector.hpp"
#include "test/app/build/fault_runs.hpp"

namespace decodesim {
namespace {
using namespace literals;
using test::checked;
using test::first_step;
using test::latencies;
using test::simulate_in_child;

// Eight ranks as a 4 x 2 torus.
Plan on_a_torus(std::vector<FaultEvent> events) {
  Plan plan = test::toy_plan(8);
  plan.workload.steps = 40;
  NetworkPlan& network = *plan.network;
  network.topology = network.shape.topology = "torus";
  network.shape.dims = "4x2";
  network.fabric = make_fabric(network.shape);
  if (!events.empty()) network.detour_channels = 1;
  plan.faults.detection = 1_ms;
  plan.faults.events = std::move(events);
  return plan;
}

FaultEvent cable_fails(Duration at, Duration length) {
  FaultEvent event;
  event.kind = FaultKind::kLink;
  event.at = at;
  event.length = length;
  event.cable = 0;
  return event;
}

TEST(NetworkFaultsTest, AFailedLinkIsGoneRoundOnceItIsKnown) {
  const Duration step = first_step(on_a_torus({}));
  const RunResult result = checked(on_a_torus({cable_fails(100_us, 0_ps)}));
  ASSERT_EQ(result.steps.size(), 40U);
  EXPECT_EQ(result.faults->link_failures, 1);
  EXPECT_GT(result.faults->rerouted_trains, 0);
  Duration longest;
  for (const StepRecord& record : result.steps) longest = std::max(longest, record.latency);
  EXPECT_GT(longest, 1_ms);  // waits for the detection, a millisecond after the failure
  EXPECT_LT(longest, 1_ms + 3 * step);
  EXPECT_LT(result.steps.back().latency, 2 * step);  // longer ways, but no waiting
}

TEST(NetworkFaultsTest, AShortFailureOfALinkIsWaitedFor) {
  const RunResult result = checked(on_a_torus({cable_fails(100_us, 300_us)}));
  EXPECT_EQ(result.faults->rerouted_trains, 0);
  Duration longest;
  for (const StepRecord& record : result.steps) longest = std::max(longest, record.latency);
  EXPECT_GT(longest, 200_us);
  EXPECT_LT(longest, 700_us);
}

TEST(NetworkFaultsTest, LinkFailuresAreTheSameForOneSeed) {
  const Plan plan = on_a_torus({cable_fails(100_us, 3_ms)});
  const std::string once = simulate_in_child(plan, true);
  EXPECT_EQ(simulate_in_child(plan, true), once);
}

// A cable between routers fails every 20 ms for 3 ms; some of that is not known for a millisecond.
Plan with_link_rate(Duration every, Duration length) {
  Plan plan = on_a_torus({});
  plan.network->detour_channels = 1;
  plan.workload.steps = 300;
  plan.faults.rates.push_back({FaultKind::kLink, every, length, 0});
  return plan;
}

TEST(NetworkFaultsTest, LinksFailAtTheirRateAndEveryTokenIsThere) {
  const Plan plan = with_link_rate(20_ms, 3_ms);
  const RunResult result = checked(plan);
  ASSERT_EQ(result.steps.size(), 300U);
  constexpr double kCables = 12;  // of a 4 x 2 torus, whose columns have one cable
  const double expected = kCables * to_seconds(result.simulated) / 23e-3;
  ASSERT_GT(expected, 10);
  EXPECT_NEAR(static_cast<double>(result.faults->link_failures), expected, 0.5 * expected);
  EXPECT_GT(result.faults->rerouted_trains, 0);
}

TEST(NetworkFaultsTest, LinksThatFailMoreOftenThanTheyAreKnownAreWaitedFor) {
  const RunResult result = checked(with_link_rate(2_ms, 900_us));
  EXPECT_EQ(result.faults->rerouted_trains, 0);
  EXPECT_GT(result.faults->link_failures, 20);
}

TEST(NetworkFaultsTest, RandomLinkFailuresAreTheSameForOneSeed) {
  Plan plan = with_link_rate(5_ms, 3_ms);
  plan.workload.steps = 60;
  const std::string once = simulate_in_child(plan, true);
  EXPECT_EQ(simulate_in_child(plan, true), once);
  plan.run.seed = 2;
  EXPECT_NE(simulate_in_child(plan, true), once);
}

// Eight ranks below four leaves and two spines.
Plan on_a_fat_tree(std::vector<FaultEvent> events) {
  Plan plan = test::toy_plan(8);
  plan.workload.steps = 40;
  NetworkPlan& network = *plan.network;
  network.topology = network.shape.topology = "fat_tree";
  network.shape.radix = 4;
  network.fabric = make_fabric(network.shape);
  if (!events.empty()) network.detour_channels = 1;
  plan.faults.detection = 1_ms;
  plan.faults.events = std::move(events);
  return plan;
}

FaultEvent switch_fails(bool leaf, Duration at, Duration length) {
  const Plan plan = on_a_fat_tree({});
  const Topology& topology = plan.network->fabric->topology();
  const PortMap ports(topology);
  const std::int32_t first_leaf = ports.far_end(0, 0).node;
  FaultEvent event;
  event.kind = FaultKind::kSwitch;
  event.at = at;
  event.length = length;
  for (const PortMap::End& end : ports.ports(first_leaf))
    if (end.node >= topology.endpoints()) event.node = end.node;
  if (leaf) event.node = first_leaf;
  return event;
}

// Of the step that a failure at 100 us falls into.
Duration longest_step(const RunResult& result) {
  Duration longest;
  for (const StepRecord& record : result.steps) longest = std::max(longest, record.latency);
  return longest;
}

TEST(NetworkFaultsTest, ASpineThatFailsIsGoneRound) {
  const Duration step = first_step(on_a_fat_tree({}));
  const RunResult result = checked(on_a_fat_tree({switch_fails(false, 100_us, 0_ps)}));
  ASSERT_EQ(result.steps.size(), 40U);
  EXPECT_EQ(result.faults->switch_failures, 1);
  EXPECT_EQ(result.faults->link_failures, 0);
  EXPECT_GT(longest_step(result), 1_ms - step);  // waits for the detection
  EXPECT_LT(longest_step(result), 1_ms + 3 * step);
  EXPECT_LT(result.steps.back().latency, 3 * step);  // half of the cables
}

// A leaf's accelerators have no other way: everyone waits until it is back, to the picosecond.
TEST(NetworkFaultsTest, ALeafThatFailsIsWaitedFor) {
  const Duration step = first_step(on_a_fat_tree({}));
  const auto run = [](Duration length) {
    std::istringstream text(simulate_in_child(on_a_fat_tree({switch_fails(true, 100_us, length)}), false));
    Duration longest;
    for (const Duration latency : latencies(text.str())) longest = std::max(longest, latency);
    return longest;
  };
  const Duration once = run(5_ms);
  EXPECT_GT(once, 5_ms - step);
  EXPECT_LT(once, 5_ms + 3 * step);
  EXPECT_EQ(run(5_ms + 1_ps), once + 1_ps);
}

TEST(NetworkFaultsTest, SwitchFailuresAreTheSameForOneSeed) {
  const Plan plan = on_a_fat_tree({switch_fails(false, 100_us, 3_ms), switch_fails(true, 500_us, 2_ms)});
  const std::string once = simulate_in_child(plan, true);
  EXPECT_EQ(simulate_in_child(plan, true), once);
}

// Reductions in the network keep their trees: what a failed cable would carry goes round it.
Plan reducing(Plan plan) {
  plan.network->network_switch.reduction = true;
  plan.software.all_reduce = CollectiveAlgorithm::kInNetwork;
  return plan;
}

TEST(NetworkFaultsTest, AReductionGoesRoundAFailedCable) {
  const Plan none = reducing(on_a_torus({}));
  const Duration step = first_step(none);
  std::int64_t moved = 0;
  for (std::int32_t cable = 0; cable < 12; ++cable) {
    FaultEvent event = cable_fails(100_us, 0_ps);
    event.cable = cable;
    const std::string text = simulate_in_child(reducing(on_a_torus({event})), false);
    const std::vector<Duration> steps = latencies(text);
    ASSERT_EQ(steps.size(), 40U);
    for (std::size_t i = 20; i < steps.size(); ++i) EXPECT_LT(steps[i], 2 * step) << cable;
    if (steps.back() > step) ++moved;
  }
  EXPECT_GT(moved, 0);
}

TEST(NetworkFaultsTest, AReductionUnderLinksThatFailAtARateIsOfEveryone) {
  const Plan plan = reducing(with_link_rate(5_ms, 2_ms));
  const std::string once = simulate_in_child(plan, true);
  EXPECT_EQ(simulate_in_child(plan, true), once);
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps.size(), 300U);
  EXPECT_GT(result.faults->link_failures, 0);
  EXPECT_EQ(result.all_reduce_algorithm, "in_network");
}

TEST(NetworkFaultsTest, AReductionWaitsForASwitchThatComesBack) {
  for (const bool leaf : {false, true}) {
    const Plan plan = reducing(on_a_fat_tree({switch_fails(leaf, 100_us, 5_ms)}));
    const std::vector<Duration> steps = latencies(simulate_in_child(plan, false));
    ASSERT_EQ(steps.size(), 40U);
    const Duration longest = *std::max_element(steps.begin(), steps.end());
    EXPECT_GT(longest, leaf ? 4_ms : 100_us);
    EXPECT_LT(longest, 6_ms);
  }
}

}  // namespace
}  // namespace decodesim
