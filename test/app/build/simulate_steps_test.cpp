// SPDX-License-Identifier: Apache-2.0
// Steps beyond plain decoding on a toy model: what they read and write, and that folding and seeds hold.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "sim/app/metrics/step_metrics.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;

// Keys and values of a token: 8 heads of 32 in bf16, two layers.
constexpr std::int64_t kTokenBytes = 2 * 8 * 32 * 2 * 2;

RunResult run(const Plan& plan) {
  ProgressListener quiet;
  RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  return result;
}

// What must not differ between two runs, from a child: SystemC allows one simulation a process.
std::string run_in_child(const Plan& plan, bool with_fingerprint) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const RunResult result = run(plan);
    std::ostringstream out;
    for (const StepRecord& s : result.steps)
      out << s.latency.count() << ' ' << s.tokens << ' ' << s.drafting.count() << ' ' << s.breakdown.network.count()
          << '\n';
    out << result.memory[0].bytes_read.count() << ' ' << static_cast<std::int64_t>(result.flops) << ' '
        << static_cast<std::int64_t>(result.drafting_bytes) << '\n';
    if (with_fingerprint) out << result.fingerprint;
    const std::string text = out.str();
    _exit(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return text;
}

Plan prefill_plan(std::int64_t prompt, std::int64_t chunk, std::int64_t output) {
  Plan plan = test::toy_plan(1);
  plan.workload.batch = 2;
  plan.workload.context = 0;
  plan.workload.kinds.prefill = Prefill{prompt, chunk, output};
  plan.workload.steps = *steps_of(plan.workload.kinds);
  return plan;
}

Plan speculative_plan(std::int64_t ranks, DraftMethod method, Ratio acceptance) {
  Plan plan = test::toy_plan(ranks);
  plan.workload.steps = 6;
  plan.workload.kinds.speculation = Speculation{method, 3, acceptance};
  plan.workload.decode.architecture.mtp_modules = 1;
  plan.workload.draft = plan.workload.decode;
  if (method == DraftMethod::kMtp)
    plan.workload.draft = mtp_module_of(plan.workload.decode);
  else
    plan.workload.draft->architecture.layers = 1;
  return plan;
}

// Two prompts of 100 tokens in chunks of 40, 40 and 20, then two decode steps. The chunks write all tokens and read
// those of the ones before and their own; decoding reads 101 and 102.
TEST(SimulateStepsTest, PromptsAreWrittenOnceAndReadByTheStepsAfter) {
  const Plan plan = prefill_plan(100, 40, 3);
  const RunResult result = run(plan);
  ASSERT_EQ(result.steps.size(), 5U);
  EXPECT_EQ(result.memory[0].bytes_written, Bytes(2 * 102 * kTokenBytes));
  const std::int64_t layer = 256 * 768 + 256 * 256 + 256 * 1024 + 512 * 256 + 2 * 256;
  const std::int64_t weights = 5 * 2 * (2 * layer + 256) + 3 * 2 * 256 * 1024;  // lm_head: the last chunk and two steps
  const std::int64_t embedding = 2 * 2 * 102 * 256;
  const std::int64_t kv = 2 * (40 + 80 + 100 + 101 + 102) * kTokenBytes;
  EXPECT_EQ(result.memory[0].bytes_read, Bytes(weights + embedding + kv));
  std::vector<std::int64_t> tokens;
  for (const StepRecord& step : result.steps) tokens.push_back(step.tokens);
  EXPECT_EQ(tokens, (std::vector<std::int64_t>{0, 0, 2, 2, 2}));
  const auto metrics = prefill_metrics(plan, result);
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->time_to_first, (result.steps[2].begin + result.steps[2].latency).since_start());
  EXPECT_EQ(metrics->tokens, 200);
}

TEST(SimulateStepsTest, FlopsOfChunksAreThoseOfTheWholePrompt) {
  const auto flops = [](std::int64_t chunk) {
    std::istringstream text(run_in_child(prefill_plan(100, chunk, 1), false));
    std::string line;
    std::string last;
    while (std::getline(text, line)) last = line;
    std::istringstream numbers(last);
    std::int64_t bytes = 0;
    std::int64_t out = 0;
    numbers >> bytes >> out;
    return out;
  };
  EXPECT_EQ(flops(40), flops(100));
  EXPECT_EQ(flops(7), flops(100));
}

// Four sequences at 100 tokens: three passes of one position and one of four.
TEST(SimulateStepsTest, ADraftModelReadsItsOwnWeightsAndCache) {
  Plan plan = speculative_plan(1, DraftMethod::kDraft, 0_percent);
  plan.workload.steps = 1;
  const RunResult result = run(plan);
  ASSERT_EQ(result.steps.size(), 1U);
  EXPECT_EQ(result.steps[0].tokens, 4);
  EXPECT_EQ(result.steps[0].new_tokens, 16);
  EXPECT_GT(result.steps[0].drafting, 0_ps);
  EXPECT_LT(result.steps[0].drafting, result.steps[0].latency);
  const std::int64_t layer = 256 * 768 + 256 * 256 + 256 * 1024 + 512 * 256 + 2 * 256;
  const std::int64_t ends = 256 + 256 * 1024;
  const std::int64_t weights = 2 * (3 * (layer + ends) + 2 * layer + ends);
  const std::int64_t embedding = 2 * 256 * (3 * 4 + 16);
  const std::int64_t kv = 4 * ((101 + 102 + 103) * kTokenBytes / 2 + 104 * kTokenBytes);
  EXPECT_EQ(result.memory[0].bytes_read, Bytes(weights + embedding + kv));
  EXPECT_EQ(result.memory[0].bytes_written, Bytes(4 * (3 * kTokenBytes / 2 + 4 * kTokenBytes)));
  // What MBU counts of it: the weights of three passes, and the tokens cached before each.
  EXPECT_EQ(result.drafting_bytes, 3 * 2 * (layer + ends) + 4 * (100 + 101 + 102) * kTokenBytes / 2);
}

TEST(SimulateStepsTest, TokensFollowTheAcceptance) {
  const RunResult all = run(speculative_plan(1, DraftMethod::kMtp, 100_percent));
  for (const StepRecord& step : all.steps) EXPECT_EQ(step.tokens, 4 * 4);
  const auto metrics = speculation_metrics(speculative_plan(1, DraftMethod::kMtp, 100_percent), all);
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->drafted, 6 * 4 * 3);
  EXPECT_EQ(metrics->accepted, metrics->drafted);
  EXPECT_EQ(metrics->tokens_per_step, 4);
}

TEST(SimulateStepsTest, TheSameSeedGivesTheSameRunAndFoldingHolds) {
  for (const DraftMethod method : {DraftMethod::kMtp, DraftMethod::kDraft}) {
    const Plan all = speculative_plan(4, method, 60_percent);
    EXPECT_EQ(run_in_child(all, true), run_in_child(all, true));
    Plan folded = all;
    folded.run.fold = true;
    EXPECT_EQ(run_in_child(all, false), run_in_child(folded, false));
    Plan other = all;
    other.run.seed = 2;
    EXPECT_NE(run_in_child(all, true), run_in_child(other, true));
  }
}

// Model and module fill a memory that holds what both ask for: addresses beyond it would be refused.
TEST(SimulateStepsTest, AModuleIsPlacedBehindItsModelAndSharesItsEnds) {
  Plan plan = speculative_plan(1, DraftMethod::kMtp, 100_percent);
  Bytes needed;
  for (const auto& [config, of] :
       {std::pair(plan.workload.decode, PassOf::kModel), std::pair(*plan.workload.draft, PassOf::kDraft)})
    for (const MemoryNeed& need : DecodeStepBuilder(config).memory_needs(peak_of(plan.workload.schedule(1), of)))
      if (need.traffic != TrafficClass::kActivations) needed += need.bytes;
  plan.memory[0].dram.reset();
  plan.memory[0].flat = FlatMemoryParameters{1_TBps, 0_ps, needed};
  EXPECT_EQ(run(plan).steps.size(), 6U);
}

TEST(SimulateStepsTest, BlocksAreRefinedAgainstTheirContextAndProducedAtTheirEnd) {
  Plan plan = test::toy_plan(1);
  plan.workload.batch = 2;
  plan.workload.kinds.diffusion = BlockDiffusion{16, 3, true, 2};
  plan.workload.steps = *steps_of(plan.workload.kinds);
  const RunResult result = run(plan);
  ASSERT_EQ(result.steps.size(), 8U);
  std::int64_t tokens = 0;
  for (const StepRecord& step : result.steps) {
    EXPECT_EQ(step.kv_tokens, 2 * (step.step < 4 ? 100 : 116));
    EXPECT_EQ(step.new_tokens, 2 * 16);
    EXPECT_EQ(step.tokens, step.step % 4 == 3 ? 2 * 16 : 0);
    tokens += step.tokens;
  }
  const auto metrics = diffusion_metrics(plan, result);
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->blocks, 4);
  EXPECT_EQ(tokens, 2 * 2 * 16);
  EXPECT_EQ(metrics->tokens_per_step, 4);
}

TEST(SimulateStepsTest, APieceOfAPromptMakesTheStepLonger) {
  Plan plan = test::toy_plan(1);
  plan.workload.steps = 1;
  Plan mixed = plan;
  mixed.workload.kinds.chunk = PrefillChunk{2'000, 100};
  const auto latency = [](const Plan& p) {
    std::istringstream text(run_in_child(p, false));
    std::int64_t out = 0;
    text >> out;
    return out;
  };
  EXPECT_GT(latency(mixed), latency(plan));
  const RunResult result = run(mixed);
  EXPECT_EQ(result.steps[0].tokens, 4);
  EXPECT_EQ(result.steps[0].sequences, 4);
  EXPECT_EQ(result.steps[0].kv_tokens, 4 * 100 + 100);
  EXPECT_EQ(result.steps[0].new_tokens, 4 + 2'000);
}

}  // namespace
}  // namespace decodesim
