// SPDX-License-Identifier: Apache-2.0
// The whole path from a plan to its results, on a toy model.
#include "sim/app/build/simulate.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "test/support/simulate_in_child.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;
using test::simulate_in_child;

TEST(SimulateTest, EveryStepProducesItsTokensAndItsBreakdownAddsUp) {
  const Plan plan = test::toy_plan(4);
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  ASSERT_EQ(result.steps.size(), 3U);
  for (const StepRecord& step : result.steps) {
    EXPECT_EQ(step.sequences, 4);
    EXPECT_EQ(step.tokens, 4);
    EXPECT_EQ(step.kv_tokens, 400);
    EXPECT_EQ(step.breakdown.total(), step.latency);
    EXPECT_GT(step.breakdown.network, 0_ps);
  }
}

TEST(SimulateTest, BytesReadAreTheModelsWeightsAndCache) {
  Plan plan = test::toy_plan(1);
  plan.workload.steps = 1;
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  // bf16. A layer: qkv 256 x 768, o 256 x 256, gate and up 256 x 1024, down 512 x 256, two norms of 256; then the final
  // norm and lm_head 256 x 1024; four rows of the embedding table.
  const std::int64_t layer = 256 * 768 + 256 * 256 + 256 * 1024 + 512 * 256 + 2 * 256;
  const std::int64_t weights = 2 * (2 * layer + 256 + 256 * 1024);
  const std::int64_t embedding = 2 * 4 * 256;
  // Four sequences of 100 + 1 tokens, K and V, 8 heads of 32, two layers.
  const std::int64_t kv = 4 * 101 * 2 * 8 * 32 * 2 * 2;
  EXPECT_EQ(result.memory[0].bytes_read, Bytes(weights + embedding + kv));
  EXPECT_EQ(result.memory[0].bytes_written, Bytes(4 * 2 * 8 * 32 * 2 * 2));
  EXPECT_EQ(result.weights_per_step, Bytes(weights));
}

TEST(SimulateTest, TiedEmbeddingTableIsPlacedOnce) {
  Plan plan = test::toy_plan(1);
  plan.workload.decode.architecture.tied_embeddings = true;
  Bytes needed;
  for (const MemoryNeed& need : DecodeStepBuilder(plan.workload.decode).memory_needs(4, 4 * 101)) needed += need.bytes;
  // A memory that just fits: addresses beyond it would be refused.
  plan.memory[0].dram.reset();
  plan.memory[0].flat = FlatMemoryParameters{1_TBps, 0_ps, needed};
  ProgressListener quiet;
  EXPECT_EQ(simulate(plan, quiet).steps.size(), 3U);
}

TEST(SimulateTest, TwoRunsAreIdentical) {
  const Plan plan = test::toy_plan(4);
  EXPECT_EQ(simulate_in_child(plan, true), simulate_in_child(plan, true));
}

class FoldingTest : public ::testing::TestWithParam<CollectiveAlgorithm> {};

TEST_P(FoldingTest, OneRepresentativeGivesTheSameResultsAsAllRanks) {
  Plan all = test::toy_plan(4);
  all.software.all_reduce = GetParam();
  Plan folded = all;
  folded.run.fold = true;
  EXPECT_EQ(simulate_in_child(all, false), simulate_in_child(folded, false));
}

INSTANTIATE_TEST_SUITE_P(AllReduce, FoldingTest,
                         ::testing::Values(CollectiveAlgorithm::kOneShot, CollectiveAlgorithm::kTwoShot,
                                           CollectiveAlgorithm::kRing, CollectiveAlgorithm::kInNetwork));

TEST(SimulateTest, FoldingHoldsWithASplitCache) {
  Plan all = test::toy_plan(4);
  all.workload.decode.architecture.kv_heads = 2;
  all.workload.decode.kv_split_by_sequence = true;
  Plan folded = all;
  folded.run.fold = true;
  EXPECT_EQ(simulate_in_child(all, false), simulate_in_child(folded, false));
}

TEST(SimulateTest, LatencyFollowsTheContextOfATrace) {
  Plan plan = test::toy_plan(1);
  DecodeTrace trace;
  const std::vector<SequenceId> ids{0};
  for (const std::int64_t context : {1000, 1001, 1002}) trace.add_step(ids, std::vector<std::int64_t>{context});
  for (const std::int64_t context : {900'000, 900'001})
    trace.add_step(std::vector<SequenceId>{1}, std::vector<std::int64_t>{context});
  plan.workload.trace = std::make_shared<const DecodeTrace>(trace);
  plan.workload.steps = trace.steps();
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  ASSERT_EQ(result.steps.size(), 5U);
  EXPECT_GT(result.steps[3].latency, result.steps[0].latency * 2);
  EXPECT_GE(result.steps[1].latency, result.steps[0].latency);
}

class StopAfterTwo : public ProgressListener {
 public:
  void step_finished(std::int64_t done, std::int64_t, Duration) override { done_ = done; }
  [[nodiscard]] bool interrupted() const override { return done_ >= 2; }

 private:
  std::int64_t done_ = 0;
};

TEST(SimulateTest, InterruptedRunKeepsTheFinishedSteps) {
  const Plan plan = test::toy_plan(2);
  StopAfterTwo progress;
  const RunResult result = simulate(plan, progress);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.steps.size(), 2U);
}

TEST(SimulateTest, CommandFidelityMovesTheSameBytes) {
  const Plan train = test::toy_plan(1);
  Plan command = train;
  command.memory.front().fidelity = Fidelity::kCommand;
  const auto bytes = [](const Plan& plan) {
    const std::string text = simulate_in_child(plan, false);
    return text.substr(text.find("hbm "));
  };
  EXPECT_EQ(bytes(command), bytes(train));
  EXPECT_NE(simulate_in_child(command, true), simulate_in_child(train, true));
  EXPECT_EQ(simulate_in_child(command, true), simulate_in_child(command, true));
}

TEST(SimulateTest, SerialTermIsChargedOnceALayer) {
  const Plan without = test::toy_plan(1);
  Plan with = without;
  with.software.kernels.serial_per_layer = 5_us;
  const auto first_latency = [](const Plan& plan) {
    std::istringstream text(simulate_in_child(plan, false));
    std::int64_t step = 0;
    std::int64_t begin = 0;
    std::int64_t latency = 0;
    text >> step >> begin >> latency;
    return Duration(latency);
  };
  EXPECT_EQ(first_latency(with) - first_latency(without), 5_us * 2);
}

}  // namespace
}  // namespace decodesim
