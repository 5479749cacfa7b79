// SPDX-License-Identifier: Apache-2.0
// Whole runs of divided models: folded and unfolded agree, pipelines take the time and the bytes that they should.
#include <gtest/gtest.h>

#include <sstream>

#include "sim/app/build/simulate.hpp"
#include "test/support/simulate_in_child.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;
using test::simulate_in_child;

Parallelism degrees(std::int64_t tensor, std::int64_t pipeline, std::int64_t expert, std::int64_t data,
                    std::int64_t context) {
  Parallelism p;
  p.tensor = tensor;
  p.pipeline = pipeline;
  p.expert = expert;
  p.data = data;
  p.context = context;
  return p;
}

Plan plan_of(const Parallelism& parallel) {
  Plan plan = test::toy_plan(parallel.ranks());
  plan.workload.decode.parallel = parallel;
  return plan;
}

Plan experts_plan(const Parallelism& parallel) {
  Plan plan = plan_of(parallel);
  MoeShape& moe = plan.workload.decode.architecture.moe;
  moe.experts = 8;
  moe.experts_per_token = 2;
  moe.intermediate = 128;
  moe.shared_experts = 1;
  moe.shared_intermediate = 128;
  plan.workload.batch = 8;
  return plan;
}

void expect_folded_as_unfolded(Plan plan) {
  const std::string whole = simulate_in_child(plan, false);
  plan.run.fold = true;
  EXPECT_EQ(simulate_in_child(plan, false), whole);
  EXPECT_FALSE(whole.empty());
}

TEST(SimulateShardingTest, FoldingHoldsWithReplicasAndExperts) {
  expect_folded_as_unfolded(experts_plan(degrees(1, 1, 4, 4, 1)));
}
TEST(SimulateShardingTest, FoldingHoldsWithExpertsDividedAmongReplicas) {
  expect_folded_as_unfolded(experts_plan(degrees(2, 1, 2, 2, 1)));
}
TEST(SimulateShardingTest, FoldingHoldsWithContextParallelism) {
  expect_folded_as_unfolded(experts_plan(degrees(2, 1, 4, 1, 2)));
}
TEST(SimulateShardingTest, FoldingHoldsUnderAPowerLaw) {
  Plan plan = experts_plan(degrees(1, 1, 4, 4, 1));
  plan.workload.decode.routing_alpha_ppm = 1'200'000;
  expect_folded_as_unfolded(plan);
}
TEST(SimulateShardingTest, FoldingHoldsWithLatentAttention) {
  Plan plan = plan_of(degrees(2, 1, 1, 2, 1));
  plan.workload.decode.architecture.mla = {64, 48, 16, 16, 32};
  expect_folded_as_unfolded(plan);
}

TEST(SimulateShardingTest, ReplicasThatDifferAreNotFolded) {
  Plan plan = experts_plan(degrees(1, 1, 4, 4, 1));
  plan.workload.batch = 9;
  plan.run.fold = true;
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  EXPECT_EQ(result.folded_ranks, 1);
  EXPECT_EQ(result.steps.front().sequences, 9);
}

// Latency of the last step, and bytes read over the whole run.
struct Outcome {
  Duration latency;
  Bytes read;
};

Outcome outcome_of(const Plan& plan) {
  std::istringstream text(simulate_in_child(plan, false));
  Outcome out;
  std::string line;
  while (std::getline(text, line)) {
    std::istringstream words(line);
    std::string first;
    std::int64_t second = 0;
    std::int64_t third = 0;
    words >> first >> second >> third;
    if (first == "hbm") {
      out.read = Bytes(second);
      break;
    }
    out.latency = Duration(third);
  }
  return out;
}

// A single sequence passes through both stages one after the other: the time of one rank with the whole model, and two
// messages. Each has a kernel start at both ends, 1 us, and less than 1.5 us of NICs, links, switch and flag.
TEST(SimulateShardingTest, OneSequenceTakesTheSumOfTheStagesAndTheirMessages) {
  Plan one = plan_of(1);
  one.workload.batch = 1;
  Plan two = plan_of(degrees(1, 2, 1, 1, 1));
  two.workload.batch = 1;
  const Duration more = outcome_of(two).latency - outcome_of(one).latency;
  EXPECT_GT(more, 2_us);
  EXPECT_LT(more, 2 * (2_us + 1500_ns));
}

// Two micro-batches keep both stages busy: each takes half of the model's time twice.
TEST(SimulateShardingTest, MicroBatchesKeepTheStagesBusy) {
  Plan one = plan_of(1);
  one.workload.batch = 2;
  one.workload.decode.architecture.layers = 16;
  one.software.kernels.host_time_per_step = 0_ps;
  Plan two = plan_of(degrees(1, 2, 1, 1, 1));
  two.workload.batch = 4;
  two.workload.steps = 4;
  two.workload.decode.architecture.layers = 16;
  two.software.kernels.host_time_per_step = 0_ps;
  const double half = static_cast<double>(outcome_of(one).latency.count());
  const double whole = static_cast<double>(outcome_of(two).latency.count());
  EXPECT_GT(whole / half, 1.0);
  EXPECT_LT(whole / half, 1.15);
}

// Weights once a micro-batch, the cache once: a step of one rank with each micro-batch by itself.
TEST(SimulateShardingTest, StagesReadTheirWeightsOnceAMicroBatch) {
  Plan one = plan_of(1);
  one.workload.batch = 2;
  Plan two = plan_of(degrees(1, 2, 1, 1, 1));
  two.workload.batch = 4;
  EXPECT_EQ(outcome_of(two).read, outcome_of(one).read * 2);
}

TEST(SimulateShardingTest, PipelinesOfReplicasRunTwiceTheSame) {
  Plan plan = experts_plan(degrees(2, 2, 4, 2, 1));
  plan.workload.batch = 7;
  EXPECT_EQ(simulate_in_child(plan, true), simulate_in_child(plan, true));
}

class StopAfterTwo : public ProgressListener {
 public:
  void step_finished(std::int64_t done, std::int64_t, Duration) override { done_ = done; }
  [[nodiscard]] bool interrupted() const override { return done_ >= 2; }

 private:
  std::int64_t done_ = 0;
};

// What the first stage has begun is finished everywhere: no message is left on its way.
TEST(SimulateShardingTest, AnInterruptedPipelineRunsEmpty) {
  Plan plan = plan_of(degrees(1, 2, 1, 1, 1));
  plan.workload.steps = 10;
  StopAfterTwo progress;
  const RunResult result = simulate(plan, progress);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.steps.size(), 3U);
}

TEST(SimulateShardingTest, BatchesThatShrinkAndGrowPassThroughAPipeline) {
  Plan plan = plan_of(degrees(1, 2, 1, 1, 1));
  DecodeTrace trace;
  const auto step = [&](std::vector<SequenceId> ids, std::vector<std::int64_t> contexts) {
    trace.add_step(ids, contexts);
  };
  step({0}, {10});
  step({0, 1, 2}, {11, 5, 5});
  step({2}, {6});
  step({3, 4}, {1, 1});
  plan.workload.trace = std::make_shared<const DecodeTrace>(trace);
  plan.workload.batch = trace.largest_batch();
  plan.workload.steps = trace.steps();
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  ASSERT_EQ(result.steps.size(), 4U);
  for (const StepRecord& record : result.steps) EXPECT_EQ(record.breakdown.total(), record.latency);
  EXPECT_EQ(result.steps[1].sequences, 3);
}

}  // namespace
}  // namespace decodesim
