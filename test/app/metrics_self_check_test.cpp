// SPDX-License-Identifier: Apache-2.0
#include "sim/app/metrics/self_check.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/require.hpp"
#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

using namespace literals;

/// The made-up run with one law broken at a time.
class SelfCheckTest : public ::testing::Test {
 protected:
  void set(const std::string& component, const std::string& statistic, std::int64_t value) {
    for (ComponentRecord& record : result_.components)
      if (record.component == component && record.statistic == statistic) record.value = value;
  }
  /// What the check says; nothing when all is well.
  [[nodiscard]] std::string complaint() const {
    try {
      self_check(plan_, result_);
    } catch (const InternalError& error) {
      return error.what();
    }
    return "";
  }

  Plan plan_ = made_up_plan();
  RunResult result_ = made_up_result();
};

TEST_F(SelfCheckTest, AcceptsASoundRun) { EXPECT_EQ(complaint(), ""); }

TEST_F(SelfCheckTest, FindsBytesThatATierDidNotDeliver) {
  set("rank0.hbm", "bytes_read", 37'999'999'999);
  EXPECT_EQ(complaint(), "rank0.hbm: asked 38005000000 B but delivered 38004999999 B");
}

TEST_F(SelfCheckTest, FindsBytesThatADmaEngineDidNotGet) {
  set("rank0.core.dma", "bytes_delivered", 1);
  EXPECT_EQ(complaint(), "rank0.core.dma: asked 38005000000 B but delivered 1 B");
}

TEST_F(SelfCheckTest, FindsBytesLostOnTheWayToTheTiers) {
  set("rank0.core.dma", "bytes_asked", 38'005'000'001);
  set("rank0.core.dma", "bytes_delivered", 38'005'000'001);
  EXPECT_EQ(complaint(), "memory: DMA engines asked for 38005000001 B but tiers were asked for 38005000000 B");
}

TEST_F(SelfCheckTest, FindsBytesThatALinkLost) {
  set("rank0.down", "delivered_bytes", 44'999'999);
  EXPECT_EQ(complaint(), "rank0.down: taken in 45000000 B but delivered 44999999 B");
}

TEST_F(SelfCheckTest, FindsBytesThatASwitchMadeUp) {
  set("switch", "payload_in", 40'000'001);
  EXPECT_EQ(complaint(), "network: NICs sent 40000000 B but switches received 40000001 B");
  set("switch", "payload_in", 30'000'000);
  set("switch", "contributed", 10'000'000);
  EXPECT_EQ(complaint(), "network: switches sent 30000000 B but NICs received 40000000 B");
  set("switch", "multicast", 10'000'000);
  EXPECT_EQ(complaint(), "");
}

TEST_F(SelfCheckTest, FindsBytesLostBetweenNicsWithoutASwitch) {
  std::erase_if(result_.components, [](const ComponentRecord& record) { return record.component == "switch"; });
  EXPECT_EQ(complaint(), "");
  set("rank0.nic", "payload_received", 39'999'999);
  EXPECT_EQ(complaint(), "network: NICs sent 40000000 B but NICs received 39999999 B");
}

TEST_F(SelfCheckTest, FindsATierThatBeatsItsPins) {
  // 38,005 MB at 3.35 TB/s take 11,344,776,120 ps; each of the 100 trains may be a picosecond off.
  set("rank0.hbm", "busy_ps", 11'344'776'020);
  EXPECT_EQ(complaint(), "");
  set("rank0.hbm", "busy_ps", 11'344'776'019);
  EXPECT_EQ(complaint(), "rank0.hbm: moved 38005000000 B in 11.344776019 ms, faster than its peak of 3.35 TB/s");
}

TEST_F(SelfCheckTest, FindsALinkThatBeatsItsWire) {
  set("rank0.up", "busy", 99'999'999);
  EXPECT_EQ(complaint(), "rank0.up: moved 45000000 B in 99.999999 us, faster than its peak of 450 GB/s");
}

// Into its own router an accelerator sends as fast as all four links of a torus together, 1.8 TB/s.
TEST_F(SelfCheckTest, FindsAWayToARouterThatBeatsAllItsLinks) {
  plan_.network->topology = plan_.network->shape.topology = "torus";
  plan_.network->shape.dims = "4x4";
  plan_.network->fabric = make_fabric(plan_.network->shape);
  set("rank0.up", "busy", 25'000'000);
  EXPECT_EQ(complaint(), "");
  set("rank0.up", "busy", 24'999'999);
  EXPECT_EQ(complaint(), "rank0.up: moved 45000000 B in 24.999999 us, faster than its peak of 1.8 TB/s");
}

TEST_F(SelfCheckTest, FindsAnAverageAboveThePeak) {
  result_.simulated = 11_ms;
  EXPECT_EQ(complaint(), "memory hbm: moved 304040000000 B in 11 ms, faster than its peak of 26.8 TB/s");
}

TEST_F(SelfCheckTest, FindsReportedBytesThatNobodyMoved) {
  result_.memory.front().bytes_read += 1_B;
  EXPECT_EQ(complaint(), "memory: all ranks moved 304040000000 B but reported 304040000001 B");
}

TEST_F(SelfCheckTest, FindsBytesAskedForBeyondTheCapacity) {
  set("rank0.hbm", "address_errors", 1);
  EXPECT_EQ(complaint(), "rank0.hbm: it was asked for bytes beyond its capacity");
}

TEST_F(SelfCheckTest, FindsTokensThatNobodyAskedFor) {
  result_.steps[2].tokens = 17;
  EXPECT_EQ(complaint(), "step 2: produced 17 tokens but the workload asks for 16");
}

TEST_F(SelfCheckTest, TakesTheTokensFromATrace) {
  const std::vector<SequenceId> ids{0, 1};
  auto trace = std::make_shared<DecodeTrace>();
  for (std::int64_t step = 0; step < 4; ++step) {
    const std::vector<std::int64_t> contexts{100 + step, 200 + step};
    trace->add_step(ids, contexts);
  }
  plan_.workload.trace = trace;
  EXPECT_EQ(complaint(), "step 0: produced 16 tokens but the workload asks for 2");
  for (StepRecord& step : result_.steps) step.sequences = step.tokens = 2;
  EXPECT_EQ(complaint(), "");
}

TEST_F(SelfCheckTest, FindsMissingStepsUnlessInterrupted) {
  result_.steps.pop_back();
  EXPECT_EQ(complaint(), "workload: finished 3 steps of 4");
  result_.interrupted = true;
  EXPECT_EQ(complaint(), "");
  result_.steps.erase(result_.steps.begin());
  EXPECT_EQ(complaint(), "workload: steps are missing, repeated or too many");
}

TEST_F(SelfCheckTest, FindsMoreStepsThanAsked) {
  plan_.workload.steps = 3;
  EXPECT_EQ(complaint(), "workload: steps are missing, repeated or too many");
}

TEST_F(SelfCheckTest, FindsABreakdownThatDoesNotAddUp) {
  result_.steps[1].breakdown.network += 1_ps;
  EXPECT_EQ(complaint(), "step 1: its breakdown adds up to 4.500000001 ms but its latency is 4.5 ms");
}

TEST_F(SelfCheckTest, FindsStepsThatOverlap) {
  result_.steps[3].begin = TimePoint(1_ms);
  EXPECT_EQ(complaint(), "step 3: it began before its predecessor ended");
}

TEST_F(SelfCheckTest, FindsAStepThatTookNoTime) {
  result_.steps[3].breakdown = {};
  result_.steps[3].latency = {};
  EXPECT_EQ(complaint(), "step 3: it took no time");
}

TEST_F(SelfCheckTest, HasNothingToSayOfAMachineWithoutNetwork) {
  plan_.network.reset();
  std::erase_if(result_.components,
                [](const ComponentRecord& r) { return r.component.find("hbm") == std::string::npos; });
  EXPECT_EQ(complaint(), "");
}

}  // namespace
}  // namespace decodesim
