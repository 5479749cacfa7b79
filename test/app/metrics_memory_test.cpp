// SPDX-License-Identifier: Apache-2.0
// A made-up memory run: its shares and rates by hand, what the self-check refuses, and its files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/app/metrics/memory_metrics.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "sim/app/report/memory_results.hpp"
#include "sim/app/report/report.hpp"
#include "sim/app/report/results_json.hpp"
#include "sim/core/component/require.hpp"
#include "test/support/hbm3.hpp"

namespace decodesim {
namespace {
using namespace literals;
using ::testing::HasSubstr;

constexpr std::int64_t kPinClocks = 32 * 1600;  // 32 pseudo-channels for a microsecond of 1.6 GHz

Plan plan_of_memory() {
  Plan plan;
  plan.title = "made up";
  MemoryPlan memory;
  memory.name = "hbm";
  memory.part = "hbm3";
  memory.fidelity = Fidelity::kCommand;
  memory.dram = test::hbm3();
  plan.memory.push_back(memory);
  plan.workload.kind = WorkloadKind::kMemory;
  plan.workload.memory.emplace().pattern.emplace().count = 6400;
  return plan;
}

// 6,400 accesses of 64 B in a microsecond, of which half of the data clocks move what nobody asked for: 409,600 B of
// 819,200 B are asked for, and 0.1 of the clocks are lost to rows.
MemoryPhase phase_of_a_microsecond() {
  MemoryPhase phase;
  phase.elapsed = 1_us;
  phase.accesses_asked = 6400;
  phase.accesses = 6300;
  phase.address_errors = 100;
  phase.bytes_asked = 64_B * 6400;
  phase.bytes_refused = 64_B * 100;
  phase.bytes_read = 64_B * 6000;
  phase.bytes_written = 64_B * 300;
  phase.activity.bus.data = kPinClocks * 6 / 10;
  phase.activity.bus.lost[static_cast<std::size_t>(BusLoss::kRow)] = kPinClocks / 10;
  phase.activity.bus.lost[static_cast<std::size_t>(BusLoss::kIdle)] = 1;
  phase.activity.outcomes = {30, 8, 2};
  phase.activity.latency_ps.record(100, 99);
  phase.activity.latency_ps.record(200, 1);
  phase.activity.counts.add(DramCommand::kActivate);
  phase.energy = {
      .activate = Energy(1000), .read = Energy(2225), .write = {}, .io = {}, .refresh = {}, .background = {}};
  return phase;
}

RunResult result_of(const MemoryPhase& phase) {
  RunResult result;
  result.memory_phases.push_back(phase);
  return result;
}

double share(const MemoryPhaseMetrics& metrics, std::string_view name) {
  for (const LossShare& loss : metrics.lost)
    if (loss.name == name) return loss.share;
  return -1;
}

TEST(MemoryMetricsTest, SharesOfThePinsAddUpToOne) {
  const MemoryPhaseMetrics m = memory_metrics(plan_of_memory(), result_of(phase_of_a_microsecond())).measurement;
  EXPECT_DOUBLE_EQ(m.bandwidth, 64 * 6300 / 1e-6);
  EXPECT_DOUBLE_EQ(m.utilisation, 64 * 6300 / 819'200.0);
  EXPECT_NEAR(share(m, "partial_burst"), 0.6 - 64 * 6300 / 819'200.0, 1e-12);
  EXPECT_DOUBLE_EQ(share(m, "row"), 0.1);
  EXPECT_DOUBLE_EQ(share(m, "refresh"), 0);
  EXPECT_NEAR(share(m, "idle"), 0.3, 1e-12);  // what is left, whatever the memory itself calls idle
  EXPECT_DOUBLE_EQ(m.row_hit_rate, 0.75);
  EXPECT_EQ(m.latency.mean, 101_ps);
  EXPECT_EQ(m.latency.p50, 100_ps);
  EXPECT_EQ(m.latency.max, 200_ps);
  EXPECT_DOUBLE_EQ(m.energy_pj_per_bit, 3225.0 / (64 * 6300 * 8));
}

TEST(MemoryMetricsTest, OfNothingEverythingIsZero) {
  const MemoryMetrics metrics = memory_metrics(plan_of_memory(), RunResult());
  EXPECT_EQ(metrics.peak, 819'200 * 1_MBps);
  EXPECT_EQ(metrics.measurement.bandwidth, 0);
  EXPECT_EQ(metrics.measurement.energy_pj_per_bit, 0);
  for (const LossShare& loss : metrics.measurement.lost) EXPECT_EQ(loss.share, 0) << loss.name;
  EXPECT_TRUE(metrics.load_curve.empty());
}

TEST(MemoryMetricsTest, AFlatMemoryLosesNothingThatItKnowsOf) {
  Plan plan = plan_of_memory();
  plan.memory.front().dram.reset();
  plan.memory.front().flat = FlatMemoryParameters{.bandwidth = 1000_GBps, .latency = {}, .capacity = 1_GB};
  const MemoryPhaseMetrics m = memory_metrics(plan, result_of(phase_of_a_microsecond())).measurement;
  EXPECT_DOUBLE_EQ(m.utilisation, 0.4032);
  EXPECT_DOUBLE_EQ(share(m, "idle"), 1 - 0.4032);
}

// What self_check says of a phase; "" when nothing.
std::string complaint(const MemoryPhase& phase, bool interrupted = false) {
  RunResult result = result_of(phase);
  result.interrupted = interrupted;
  try {
    self_check(plan_of_memory(), result);
  } catch (const InternalError& error) {
    return error.what();
  }
  return "";
}

TEST(MemorySelfCheckTest, ASoundRunPasses) { EXPECT_EQ(complaint(phase_of_a_microsecond()), ""); }

TEST(MemorySelfCheckTest, LostBytesAreNoticed) {
  MemoryPhase phase = phase_of_a_microsecond();
  phase.bytes_read -= 1_B;
  EXPECT_THAT(complaint(phase), HasSubstr("asked for 409600 B but 403199 B were delivered and 6400 B refused"));
}

TEST(MemorySelfCheckTest, LostAccessesAreNoticedUnlessTheRunWasCutShort) {
  MemoryPhase phase = phase_of_a_microsecond();
  phase.accesses -= 1;
  EXPECT_THAT(complaint(phase), HasSubstr("6399 accesses were answered of 6400 asked for"));
  EXPECT_EQ(complaint(phase, true), "");
}

TEST(MemorySelfCheckTest, MoreThanThePeakIsNoticed) {
  MemoryPhase phase = phase_of_a_microsecond();
  phase.elapsed = 100_ns;
  EXPECT_THAT(complaint(phase), HasSubstr("faster than its peak of 819.2 GB/s"));
}

TEST(MemorySelfCheckTest, SharesBeyondTheWholeAreNoticed) {
  MemoryPhase phase = phase_of_a_microsecond();
  phase.activity.bus.lost[static_cast<std::size_t>(BusLoss::kRefresh)] = kPinClocks / 2;
  EXPECT_THAT(complaint(phase), HasSubstr("its pins' time adds up to 120.0"));
}

TEST(MemoryReportTest, ResultsHaveWhatTheMemoryDid) {
  const Plan plan = plan_of_memory();
  const auto root = nlohmann::json::parse(results_json(plan, result_of(phase_of_a_microsecond())));
  const auto& memory = root.at("memory").at(0);
  EXPECT_EQ(memory.at("name"), "hbm");
  EXPECT_EQ(memory.at("fidelity"), "command");
  EXPECT_EQ(memory.at("peak_bytes_per_s"), 819'200'000'000);
  EXPECT_EQ(memory.at("accesses"), 6300);
  EXPECT_EQ(memory.at("address_errors"), 100);
  EXPECT_EQ(memory.at("commands").at("ACT"), 1);
  EXPECT_EQ(memory.at("commands").at("REFpb"), 0);
  EXPECT_EQ(memory.at("latency_s").at("max"), 2e-10);
  EXPECT_EQ(memory.at("energy_j").at("total"), 3.225e-9);
  EXPECT_EQ(root.at("energy_j").at("total"), 3.225e-9);
  EXPECT_FALSE(memory.contains("load_curve"));
  EXPECT_FALSE(root.contains("decode"));
}

TEST(MemoryReportTest, TablesHaveARowABucketAndARowAPoint) {
  Plan plan = plan_of_memory();
  plan.workload.memory->load_points = 2;
  RunResult result = result_of(phase_of_a_microsecond());
  EXPECT_EQ(latency_csv(result),
            "first_s,last_s,count\n0.000000000100,0.000000000100,99\n0.000000000200,0.000000000200,1\n");
  MemoryPhase point = phase_of_a_microsecond();
  point.offered = 500_GBps;
  result.memory_phases.push_back(point);
  EXPECT_EQ(load_curve_csv(plan, result),
            "offered_bytes_per_s,bandwidth_bytes_per_s,utilisation,accesses,latency_mean_s,latency_p50_s,"
            "latency_p99_s\n500000000000,403200000000,0.492188,6300,0.000000000101,0.000000000100,0.000000000100\n");
}

TEST(MemoryReportTest, TheSummaryNamesEveryLoss) {
  const Plan plan = plan_of_memory();
  RunResult result = result_of(phase_of_a_microsecond());
  std::ostringstream out;
  print_summary(plan, result, out);
  for (const char* text :
       {"  hbm             403.2 of 819.2 GB/s, 49.2 % of peak\n", "address errors  100 accesses beyond the capacity",
        "    data             49.2 %  ####################\n", "    partial burst    10.8 %  ####\n",
        "    row              10.0 %  ####\n", "    idle             30.0 %  ############\n", "row hits        75.0 %"})
    EXPECT_THAT(out.str(), HasSubstr(text));
}

}  // namespace
}  // namespace decodesim
