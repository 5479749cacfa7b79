// SPDX-License-Identifier: Apache-2.0
// The keys of prefill, speculative decoding, block diffusion and vision tokens: what they become, and what is said of
// each mistake, word for word.
#include <gtest/gtest.h>

#include "sim/app/scenario/explain.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::at;
using test::kMinimal;
using test::mistakes;
using test::read;
using test::replaced;

constexpr const char* kFixed = "batch: 16\n  context: 2048";

// The minimal scenario with other steps.
std::string with(const std::string& steps) { return replaced(kMinimal, kFixed, steps); }

Bytes asked(const Plan& plan, std::string_view name) {
  const std::vector<TierCapacity> table = capacity_table(plan);
  for (const CapacityEntry& entry : table[0].entries)
    if (entry.name == name) return entry.bytes;
  return Bytes(-1);
}

// A small model with a multi-token prediction module, and room for it.
constexpr const char* kMtpModel =
    "{name: toy, layers: 4, hidden: 1024, q_heads: 8, kv_heads: 8, head_dim: 128, intermediate: 2048, vocabulary: "
    "1024, "
    "max_context: 4096, mtp_modules: 1}";

TEST(StepsSectionTest, APrefillHasTheStepsOfItsChunksAndItsOutput) {
  const Plan plan = read(with("phase: prefill\n  batch: 2\n  prompt: 5000\n  chunk: 2048\n  output: 4"));
  EXPECT_EQ(plan.workload.batch, 2);
  EXPECT_EQ(plan.workload.steps, 3 + 3);
  ASSERT_TRUE(plan.workload.kinds.prefill);
  EXPECT_EQ(plan.workload.kinds.prefill->prompt, 5000);
  EXPECT_EQ(at(plan, "workload.chunk").value, "2048");
  EXPECT_EQ(at(plan, "workload.phase").value, "prefill");
  // 5,003 tokens of each at the end; 80 layers x 2 x 128 B of this rank's kv head.
  EXPECT_EQ(asked(plan, "kv cache"), Bytes(2LL * 5003 * 80 * 2 * 128));
}

TEST(StepsSectionTest, AChunkIsThePromptUnlessGiven) {
  const Plan plan = read(with("phase: prefill\n  batch: 1\n  prompt: 100\n  vision_tokens: 28"));
  EXPECT_EQ(plan.workload.steps, 1);
  EXPECT_EQ(at(plan, "workload.chunk").value, "128");
  EXPECT_EQ(at(plan, "workload.chunk").origin, "default (derived: the whole prompt)");
  EXPECT_EQ(at(plan, "workload.vision_tokens").value, "28");
}

TEST(StepsSectionTest, VisionTokensTakeCache) {
  const Plan plan = read(with("batch: 16\n  context: 2048\n  vision_tokens: 576"));
  EXPECT_EQ(asked(plan, "kv cache"), Bytes(16LL * (2048 + 576 + 1) * 80 * 2 * 128));
}

TEST(StepsSectionTest, APieceOfAPromptTakesCacheAndActivations) {
  const Plan without = read(kMinimal);
  const Plan plan = read(with("batch: 16\n  context: 2048\n  prefill_chunk: {tokens: 512, cached: 1000}"));
  EXPECT_EQ(asked(plan, "kv cache"), Bytes((16LL * 2049 + 1512) * 80 * 2 * 128));
  EXPECT_EQ(asked(plan, "activations").count(), asked(without, "activations").count() * (16 + 512) / 16);
  EXPECT_EQ(asked(plan, "logits"), asked(without, "logits"));
}

TEST(StepsSectionTest, PromptsMayArriveFromElsewhere) {
  const Plan plan = read(with("batch: 16\n  context: 2048\n  arrivals: {prompt: 1024, output: 256}"));
  ASSERT_TRUE(plan.workload.kinds.arrivals);
  EXPECT_EQ(plan.workload.kinds.arrivals->tokens(16, 0), 64);
  EXPECT_EQ(at(plan, "workload.arrivals.output").value, "256");
  EXPECT_EQ(asked(plan, "kv cache"), asked(read(kMinimal), "kv cache"));  // they take the place of others
}

TEST(StepsSectionTest, ADraftModelNeedsMemoryOfItsOwn) {
  const Plan plan =
      read(with(std::string(kFixed) +
                "\n  speculative: {method: draft, draft_tokens: 3, acceptance: 0.8, draft_model: llama-3-8b}"));
  ASSERT_TRUE(plan.workload.draft);
  EXPECT_EQ(plan.workload.draft->architecture.name, "llama-3-8b");
  EXPECT_EQ(plan.workload.draft->parallel.tensor, 8);
  EXPECT_EQ(plan.workload.kinds.speculation->acceptance, 80_percent);
  // fp8, one of 8 ranks: 32 layers of (4096 + 2 x 1024) x 4096 and 4096 x 4096.
  EXPECT_EQ(asked(plan, "draft attention weights"), Bytes(32LL * (6144 * 4096 + 4096 * 4096) / 8));
  // 16 sequences of 2,048 cached tokens and 4 positions; 32 layers, one kv head of 128.
  EXPECT_EQ(asked(plan, "draft kv cache"), Bytes(16LL * 2052 * 32 * 2 * 128));
  EXPECT_EQ(asked(plan, "kv cache"), Bytes(16LL * 2052 * 80 * 2 * 128));
  EXPECT_EQ(at(plan, "workload.speculative.draft_model.layers").value, "32");
  EXPECT_NE(explain(plan, "workload.speculative.acceptance").find("Probability that a drafted token is accepted"),
            std::string::npos);
}

TEST(StepsSectionTest, AModuleComesWithItsModel) {
  const Plan plan = read(replaced(with(std::string(kFixed) + "\n  speculative: {method: mtp, draft_tokens: 1, "
                                                             "acceptance: 85 %}"),
                                  "llama-3-70b", kMtpModel));
  ASSERT_TRUE(plan.workload.draft);
  EXPECT_TRUE(plan.workload.draft->mtp_module);
  EXPECT_EQ(asked(plan, "draft mtp_proj weights"), Bytes(2 * 1024 * 1024 * 2));
  EXPECT_EQ(asked(plan, "draft embedding table"), Bytes(-1));
  EXPECT_EQ(asked(plan, "draft lm_head weights"), Bytes(-1));
}

TEST(StepsSectionTest, DiffusionHasTheStepsOfItsBlocks) {
  const Plan plan = read(with(std::string(kFixed) + "\n  diffusion: {block: 32, refinements: 8, blocks: 3}"));
  EXPECT_EQ(plan.workload.steps, 3 * 9);
  EXPECT_EQ(asked(plan, "kv cache"), Bytes(16LL * (2048 + 3 * 32) * 80 * 2 * 128));
  const Plan two = read(with(std::string(kFixed) + "\n  diffusion: {block: 32, refinements: 8, commit_step: false}"));
  EXPECT_EQ(two.workload.steps, 8);
}

struct Mistake {
  const char* steps;
  const char* said;
};

TEST(StepsSectionTest, MistakesHaveTheirPlaceAndWhatWasExpected) {
  const std::vector<Mistake> kMistakes{
      {"phase: prefil\n  batch: 1\n  context: 1",
       "test.yaml:7:10: phase: 'prefil' is not one of the choices; did you mean 'prefill'?"},
      {"phase: prefill\n  batch: 1\n  context: 100",
       "test.yaml:9:3: 'context' is given with phase: prefill; expected batch, prompt, and if wanted chunk and output\n"
       "test.yaml:4:3: workload lacks 'prompt'; expected integer (Tokens of each sequence's prompt)"},
      {"phase: prefill\n  batch: 1\n  prompt: 100\n  chunk: 0",
       "test.yaml:10:10: chunk: '0' is out of range; expected 1 to 2147483647"},
      {"phase: prefill\n  batch: 1\n  prompt: 100\n  diffusion: {block: 4, refinements: 2}",
       "test.yaml:10:3: 'diffusion' is given with phase: prefill; expected phase: decode"},
      {"batch: 16\n  context: 2048\n  prompt: 7",
       "test.yaml:9:3: 'prompt' is given without phase: prefill; expected phase: prefill, or context"},
      {"batch: 16\n  context: 2048\n  prefill_chunk: 512",
       "test.yaml:9:18: prefill_chunk is a value; expected a mapping of its parameters"},
      {"batch: 16\n  context: 2048\n  prefill_chunk: {token: 512}",
       "test.yaml:9:18: prefill_chunk lacks 'tokens'; expected integer (Tokens of the piece)\n"
       "test.yaml:9:19: unknown key 'token' in prefill_chunk; did you mean 'tokens'?"},
      {"batch: 16\n  context: 2048\n  speculative: {method: mtp, draft_tokens: 1, acceptance: 0.8}",
       "test.yaml:9:25: method: mtp, but the model llama-3-70b has no multi-token prediction module; expected method: "
       "draft, or a model with mtp_modules"},
      {"batch: 16\n  context: 2048\n  speculative: {method: draft, draft_tokens: 1, acceptance: 0.8}",
       "test.yaml:9:16: speculative lacks 'draft_model'; expected the name of a model or a file"},
      {"batch: 16\n  context: 2048\n  speculative: {method: draft, draft_tokens: 1, acceptance: 0.8, draft_model: "
       "llama-3-9b}",
       "test.yaml:9:79: unknown model 'llama-3-9b'; did you mean 'llama-3-8b'?"},
      {"batch: 16\n  context: 2048\n  speculative: {method: draft, draft_tokens: 0, acceptance: 1.8, draft_model: "
       "llama-3-8b}",
       "test.yaml:9:46: draft_tokens: '0' is out of range; expected 1 to 1024\n"
       "test.yaml:9:61: acceptance: '1.8' is out of range; expected 0 to 1"},
      {"batch: 16\n  context: 2048\n  speculative: {method: mtp, draft_tokens: 1, acceptance: 0.8, draft_model: "
       "llama-3-8b}",
       "test.yaml:9:77: draft_model is given with method: mtp, whose module comes with the model; expected method: "
       "draft"},
      {"requests: {generator: azure_conversation_2023, count: 3}\n  concurrency: 2\n  speculative: {method: draft, "
       "draft_tokens: 1, acceptance: 0.8, draft_model: llama-3-8b}",
       "test.yaml:7:3: 'requests' is given with speculative; expected batch and context: how far a sequence gets in a "
       "step is drawn\n"
       "test.yaml:8:3: 'concurrency' is given with speculative; expected batch and context: how far a sequence gets in "
       "a step is drawn"},
      {"batch: 16\n  context: 2048\n  steps: 5\n  diffusion: {block: 4, refinements: 2}",
       "test.yaml:9:3: 'steps' is given with diffusion; expected diffusion.blocks: the steps are those of its blocks"},
      {"batch: 16\n  context: 2048\n  prefill_chunk: {tokens: 1}\n  diffusion: {block: 4, refinements: 2}",
       "test.yaml:9:3: 'prefill_chunk' is given with diffusion; expected one of them"},
      {"batch: 16\n  context: 2048\n  arrivals: {prompt: 100}",
       "test.yaml:9:13: arrivals lacks 'output'; expected integer (Tokens that a sequence makes before the next one "
       "takes its place)"},
      {"requests: {generator: azure_conversation_2023, count: 3}\n  concurrency: 2\n  arrivals: {prompt: 1, output: 1}",
       "test.yaml:7:3: 'requests' is given with arrivals; expected batch and context: sequences come at a steady rate\n"
       "test.yaml:8:3: 'concurrency' is given with arrivals; expected batch and context: sequences come at a steady "
       "rate"},
      {"batch: 16\n  context: 2048\n  prefill_chunk: {tokens: 1}\n  arrivals: {prompt: 1, output: 1}",
       "test.yaml:9:3: 'prefill_chunk' is given with arrivals; expected one of them"},
      {"batch: 16\n  context: 2048\n  vision_tokens: -1",
       "test.yaml:9:18: vision_tokens: '-1' is out of range; expected 0 to 2147483647"},
  };
  for (const Mistake& mistake : kMistakes) EXPECT_EQ(mistakes(with(mistake.steps)), mistake.said) << mistake.steps;
}

// Its 14 query heads do not divide by 8: said at the draft model, and not of the model.
TEST(StepsSectionTest, ADraftModelHasToBeDividedToo) {
  const std::string draft =
      "{name: small, layers: 2, hidden: 896, q_heads: 14, kv_heads: 2, head_dim: 64, intermediate: 4864, vocabulary: "
      "1024, max_context: 4096}";
  const std::string said =
      mistakes(with(std::string(kFixed) +
                    "\n  speculative: {method: draft, draft_tokens: 1, acceptance: 1, draft_model: " + draft + "}"));
  EXPECT_EQ(
      said,
      "test.yaml:9:77: tensor parallelism 8 does not divide the 14 query heads of small; expected a divisor of 14");
}

TEST(StepsSectionTest, DraftingNeedsOneStage) {
  const std::string said = mistakes(
      replaced(with(std::string(kFixed) +
                    "\n  speculative: {method: draft, draft_tokens: 1, acceptance: 1, draft_model: llama-3-8b}"),
               "tensor: 8", "tensor: 4, pipeline: 2"));
  EXPECT_EQ(
      said,
      "test.yaml:9:16: speculative decoding over 2 pipeline stages is not available; expected pipeline parallelism "
      "1");
}

TEST(StepsSectionTest, APromptThatCannotBeCountedIsRefused) {
  EXPECT_EQ(mistakes(with("phase: prefill\n  batch: 1000000\n  prompt: 2000000000")).rfind("test.yaml", 0), 0U);
}

}  // namespace
}  // namespace decodesim
