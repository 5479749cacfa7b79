// SPDX-License-Identifier: Apache-2.0
// UGAL on a dragonfly of nine groups of four routers with two endpoints each. Under a shift by a group all eight
// endpoints of a group send over the one cable to the next: minimal routes carry 1/8 of their links, Valiant's at most
// 1/2, since each packet takes two of the eight global cables that a group has for its eight endpoints. Uniform traffic
// needs no detour, and a detour costs half of the throughput.
#include <gtest/gtest.h>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "sim/app/metrics/traffic_metrics.hpp"
#include "test/app/scenario/fixture.hpp"
#include "test/support/in_child.hpp"

namespace decodesim {
namespace {

struct Measured {
  double accepted = 0;
  double latency = 0;  // ns
};

Measured measured(const std::string& routing, const std::string& fidelity, const std::string& workload) {
  const Plan plan = test::read(
      "system:\n  network:\n    topology: dragonfly\n    endpoints_per_router: 2\n    routers: 4\n    global_links: 2\n"
      "    virtual_channels: 6\n    routing: " +
      routing + "\n    fidelity: " + fidelity +
      "\n    link: {bandwidth: 16 GB/s, latency: 10 ns}\n"
      "    switch: {ports: 16, crossing: 10 ns, buffer: 6 KiB, reduction: false, reduction_latency: 0 ns, "
      "reduction_rate: 1 GB/s}\n"
      "workload: {kind: traffic, packet: 64 B, warm_up: 3 us, measure: 5 us, " +
      workload + "}\n");
  return test::in_child([&plan] {
    ProgressListener quiet;
    const RunResult result = simulate(plan, quiet);
    self_check(plan, result);
    const TrafficPointMetrics point = traffic_metrics(plan, result).points.front();
    return Measured{point.accepted_share, 1e9 * to_seconds(point.latency.mean)};
  });
}

class AdaptiveRoutingTest : public ::testing::TestWithParam<const char*> {};

TEST_P(AdaptiveRoutingTest, ApproachesValiantUnderAdversarialTraffic) {
  const std::string adversary = "pattern: shift, distance: 8, loads: 45 %";
  const double minimal = measured("minimal", GetParam(), adversary).accepted;
  const double valiant = measured("valiant", GetParam(), adversary).accepted;
  const double ugal = measured("ugal", GetParam(), adversary).accepted;
  EXPECT_NEAR(minimal, 0.125, 0.002);
  EXPECT_GT(valiant, 0.36);
  EXPECT_LE(valiant, 0.5);
  EXPECT_GT(ugal, 0.9 * valiant);
  RecordProperty("accepted", std::to_string(minimal) + " " + std::to_string(valiant) + " " + std::to_string(ugal));
}

TEST_P(AdaptiveRoutingTest, IsNearMinimalUnderUniformTraffic) {
  const std::string uniform = "pattern: uniform, loads: 60 %";
  const Measured minimal = measured("minimal", GetParam(), uniform);
  const Measured valiant = measured("valiant", GetParam(), uniform);
  const Measured ugal = measured("ugal", GetParam(), uniform);
  EXPECT_GT(minimal.accepted, 0.58);
  EXPECT_LT(valiant.accepted, 0.56);  // half, but that a ninth of the packets stays in its group
  EXPECT_GT(ugal.accepted, 0.97 * minimal.accepted);
  const Measured light = measured("minimal", GetParam(), "pattern: uniform, loads: 10 %");
  EXPECT_LT(measured("ugal", GetParam(), "pattern: uniform, loads: 10 %").latency,
            1.15 * light.latency);  // a lone packet in the way is reason enough for a detour
  RecordProperty("accepted", std::to_string(minimal.accepted) + " " + std::to_string(valiant.accepted) + " " +
                                 std::to_string(ugal.accepted));
}

INSTANTIATE_TEST_SUITE_P(BothFidelities, AdaptiveRoutingTest, ::testing::Values("train", "packet"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace decodesim
