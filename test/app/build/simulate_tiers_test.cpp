// SPDX-License-Identifier: Apache-2.0
// Tensors that lie in two tiers, on a toy model: each byte is read from the tier that has it.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <sstream>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "test/support/in_child.hpp"
#include "test/support/simulate_in_child.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;

MemoryPlan ideal(const char* name, Bandwidth bandwidth) {
  MemoryPlan memory;
  memory.name = memory.part = name;
  memory.flat.emplace();
  memory.flat->bandwidth = bandwidth;
  memory.flat->capacity = 16_GiB;
  return memory;
}

// Eight experts of 3 x 256 x 1,024 in bf16 in each of two layers, two a token; four sequences.
Plan experts_plan(std::int64_t hot_ppm) {
  Plan plan = test::toy_plan(1);
  Architecture& a = plan.workload.decode.architecture;
  a.moe.experts = 8;
  a.moe.experts_per_token = 2;
  a.moe.intermediate = 1024;
  plan.memory = {ideal("fast", 1_TBps), ideal("slow", 10_GBps)};
  plan.placement.experts = 1;
  plan.placement.hot_experts = HotExperts{0, Ratio(hot_ppm)};
  plan.workload.decode.hot_experts = Ratio(hot_ppm);
  plan.workload.decode.routing_alpha_ppm = 1'200'000;
  plan.workload.steps = 2;
  return plan;
}

constexpr std::int64_t kExpert = 3 * 256 * 1024 * 2;

struct Outcome {
  std::int64_t fast = 0;  // bytes read
  std::int64_t slow = 0;
  std::int64_t slow_written = 0;
  std::int64_t latency = 0;
  std::int64_t reads = 0;
  std::int64_t hot_reads = 0;
};

Outcome outcome_of(const Plan& plan) {
  return test::in_child([&plan] {
    ProgressListener quiet;
    const RunResult result = simulate(plan, quiet);
    self_check(plan, result);
    return Outcome{result.memory[0].bytes_read.count(),      result.memory[1].bytes_read.count(),
                   result.memory[1].bytes_written.count(),   result.steps.back().latency.count(),
                   checked::narrow(result.expert_reads.all), checked::narrow(result.expert_reads.hot)};
  });
}

// Experts that a step reads in each layer.
std::int64_t experts_read(const Plan& plan) {
  DecodeStepBuilder builder(plan.workload.decode);
  StepProgram step;
  builder.fill(std::vector<std::int64_t>(4, 100), step);
  for (const Operator& op : step.operators)
    if (op.routed) return op.groups;
  return 0;
}

TEST(SimulateTiersTest, EachExpertIsReadFromTheTierThatHasIt) {
  const std::int64_t read = experts_read(experts_plan(0));
  ASSERT_GT(read, 3);
  const Outcome none = outcome_of(experts_plan(0));
  Outcome before = none;
  EXPECT_EQ(none.slow, 2 * 2 * read * kExpert);  // two steps of two layers
  EXPECT_EQ(none.hot_reads, 0);
  for (const std::int64_t hot : {2, 3, 8}) {
    const Outcome now = outcome_of(experts_plan(hot * 125'000));
    const std::int64_t found = std::min(hot, read);
    EXPECT_EQ(now.slow, 2 * 2 * (read - found) * kExpert) << hot;
    EXPECT_EQ(now.fast + now.slow, none.fast + none.slow) << hot;
    EXPECT_EQ(now.reads, 2 * 2 * 2 * read) << hot;  // up and down are a matrix each
    EXPECT_EQ(now.hot_reads, 2 * 2 * 2 * found) << hot;
    EXPECT_LT(now.latency, before.latency) << hot;
    before = now;
  }
}

// The slow tier is what is waited for: an expert less there takes its time off each layer, at 10 GB/s 157 us.
TEST(SimulateTiersTest, AStepIsShorterByWhatTheSlowTierReadsLess) {
  const Outcome two = outcome_of(experts_plan(250'000));
  const Outcome three = outcome_of(experts_plan(375'000));
  const double saved = static_cast<double>(2 * kExpert) / 10e9 * 1e12;
  EXPECT_NEAR(static_cast<double>(two.latency - three.latency), saved, 0.01 * saved);
}

TEST(SimulateTiersTest, ATraceSaysWhichExpertsAreRead) {
  Plan plan = experts_plan(250'000);  // two hot ones: 0 and 7
  plan.workload.decode.routing_alpha_ppm = 0;
  auto trace = std::make_shared<DecodeTrace>();
  const std::vector<SequenceId> ids{0, 1, 2, 3};
  const std::vector<std::vector<std::int64_t>> rows{
      {4, 2, 0, 0, 0, 0, 0, 2}, {3, 0, 1, 0, 0, 0, 0, 4}, {0, 0, 0, 4, 2, 0, 0, 2}, {4, 2, 2, 0, 0, 0, 0, 0}};
  for (std::size_t i = 0; i < rows.size(); ++i)
    trace->add_step(ids, std::vector<std::int64_t>(4, 100 + static_cast<std::int64_t>(i)), rows[i]);
  plan.workload.trace = trace;
  plan.workload.steps = 4;
  const Outcome now = outcome_of(plan);
  // Read: 3 + 3 + 3 + 3 experts, hot ones among them 2 + 2 + 1 + 1.
  EXPECT_EQ(now.reads, 2 * 2 * 12);
  EXPECT_EQ(now.hot_reads, 2 * 2 * 6);
  EXPECT_EQ(now.slow, 2 * 6 * kExpert);
}

// Sequences that grow from 90 to 150 tokens, the last `recent` of them apart, in blocks of 8. A token takes 2 x 8 heads
// of 32 in bf16 in each of two layers.
Plan cache_plan(std::int64_t recent, std::size_t sequences = 1) {
  Plan plan = test::toy_plan(1);
  plan.memory = {ideal("fast", 1_TBps), ideal("slow", 100_GBps)};
  plan.placement.kv_cache = 1;
  if (recent > 0) {
    plan.placement.recent_kv = 0;
    plan.workload.decode.kv_ages = {recent, 8};
  }
  std::vector<SequenceId> ids(sequences);
  std::iota(ids.begin(), ids.end(), SequenceId{0});
  auto trace = std::make_shared<DecodeTrace>();
  for (std::int64_t context = 90; context < 150; ++context)
    trace->add_step(ids, std::vector<std::int64_t>(sequences, context));
  plan.workload.trace = trace;
  plan.workload.batch = static_cast<std::int64_t>(sequences);
  plan.workload.steps = 60;
  return plan;
}

constexpr std::int64_t kToken = 2 * 2 * 8 * 32 * 2;

TEST(SimulateTiersTest, EachTokenIsReadFromTheTierThatHasItAndMovedOnce) {
  const Plan plan = cache_plan(64);
  const KvAges& ages = plan.workload.decode.kv_ages;
  std::int64_t old = 0;
  for (std::int64_t context = 90; context < 150; ++context) old += ages.old(context);
  const std::int64_t moved = ages.old(150) - ages.old(90);
  ASSERT_EQ(moved, 56);
  const Outcome all_slow = outcome_of(cache_plan(0));
  const Outcome aged = outcome_of(plan);
  EXPECT_EQ(aged.slow, old * kToken);
  EXPECT_EQ(aged.slow_written, moved * kToken);
  EXPECT_EQ(all_slow.slow_written, 60 * kToken);
  // What is moved is read once more than attention reads it.
  EXPECT_EQ(aged.fast + aged.slow, all_slow.fast + all_slow.slow + moved * kToken);
}

TEST(SimulateTiersTest, AMoveTakesBothMemoriesTime) {
  Plan plan = cache_plan(64);
  plan.memory[1].flat->bandwidth = 1_GBps;
  const std::string steps = test::simulate_in_child(plan, false);
  std::istringstream lines(steps);
  std::vector<std::int64_t> latency;
  for (std::string line; std::getline(lines, line) && latency.size() < 60;) {
    std::istringstream words(line);
    std::int64_t step = 0;
    std::int64_t begin = 0;
    words >> step >> begin >> latency.emplace_back();
  }
  // Step 5 has 95 tokens cached and makes the 96th: 32 are older than 64, a block more than 24. The step after it reads
  // the block's 8 tokens at 1 GB/s, too, as does every step until the next move.
  const std::int64_t block_at_slow = 8 * kToken * 1000;  // ps
  const auto near = [](std::int64_t a, std::int64_t b) {
    EXPECT_NEAR(static_cast<double>(a), static_cast<double>(b), 0.03 * static_cast<double>(b));
  };
  EXPECT_EQ(latency[4], latency[3]);
  EXPECT_GT(latency[5] - latency[4], block_at_slow);
  near(latency[5] - latency[4], block_at_slow + 1'000'000);  // and the start of a kernel
  near(latency[6] - latency[4], block_at_slow);
}

// What is moved is what flash is written: 16 sequences x 56 tokens are 448 pages, of which a stripe of 400 is
// programmed.
TEST(SimulateTiersTest, FlashIsProgrammedWithWhatIsMoved) {
  Plan plan = cache_plan(64, 16);
  plan.memory[1].flat.reset();
  plan.memory[1].hbf.emplace();
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  ASSERT_TRUE(result.memory[1].flash.has_value());
  EXPECT_EQ(result.memory[1].bytes_written, Bytes(16 * 56 * kToken));
  EXPECT_EQ(result.memory[1].flash->activity.programs, 400);
  EXPECT_EQ(static_cast<std::int64_t>(result.cache_traffic.moved), 16 * 56 * kToken);
}

// Steps that are all alike: their sequences slide, so that as much comes of age as is made.
TEST(SimulateTiersTest, ABatchAtAContextMovesATokenASequenceAndStep) {
  Plan plan = cache_plan(64);
  plan.workload.trace.reset();
  plan.workload.batch = 4;
  plan.workload.context = 100;
  plan.workload.steps = 16;
  const Outcome now = outcome_of(plan);
  EXPECT_EQ(now.slow_written, 16 * 4 * kToken);
}

TEST(SimulateTiersTest, FoldingCountsEveryRank) {
  Plan all = experts_plan(250'000);
  all.accelerators = 2;
  all.network = NetworkPlan{};
  all.workload.decode.parallel.tensor = all.workload.decode.parallel.expert = 2;
  Plan folded = all;
  folded.run.fold = true;
  const Outcome a = outcome_of(all);
  const Outcome b = outcome_of(folded);
  EXPECT_EQ(a.reads, b.reads);
  EXPECT_EQ(a.hot_reads, b.hot_reads);
  EXPECT_EQ(a.slow, b.slow);
  EXPECT_EQ(a.latency, b.latency);
}

}  // namespace
}  // namespace decodesim
