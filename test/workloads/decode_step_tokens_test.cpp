// SPDX-License-Identifier: Apache-2.0
// Steps in which sequences have several new tokens, or none that needs logits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sim/core/component/require.hpp"
#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

using Sequences = std::vector<SequenceStep>;

DecodeConfig toy_of(std::int64_t layers, std::int64_t ranks = 1) {
  return {test::toy_architecture(layers), {DataType::kBf16, DataType::kFp8, DataType::kBf16, {}}, ranks, false};
}

StepProgram step_of(const DecodeConfig& config, const Sequences& sequences) {
  StepProgram program;
  DecodeStepBuilder(config).fill(sequences, program);
  return program;
}

const Operator* find(const StepProgram& program, std::string_view name) {
  const auto& list = program.operators;
  const auto found = std::find_if(list.begin(), list.end(), [&](const Operator& op) { return op.name == name; });
  return found == list.end() ? nullptr : &*found;
}

const Operator& named(const StepProgram& program, std::string_view name) {
  const Operator* found = find(program, name);
  require(found != nullptr, "test", "an operator of that name");
  return *found;
}

Bytes need_of(const DecodeStepBuilder& builder, const StepPeak& peak, std::string_view name) {
  for (const MemoryNeed& need : builder.memory_needs(peak))
    if (need.name == name) return need.bytes;
  throw InternalError("test", "no memory need of that name");
}

template <class Member>
std::int64_t sum(const StepProgram& program, Member member) {
  std::int64_t total = 0;
  for (const Operator& op : program.operators) total += (op.*member).count();
  return total;
}

// A sequence that decodes at 5 cached tokens, a chunk of 4 after 2 tokens of a prompt, and 3 tokens to verify after 1.
// Rows: 1 + 4 + 3 = 8. Read: 6 + 6 + 4 = 16. Pairs: 6, then 3 + 4 + 5 + 6 = 18, then 2 + 3 + 4 = 9: 33.
TEST(DecodeStepTokensTest, EverySequenceHasItsOwnNumberOfNewTokens) {
  const StepProgram program = step_of(toy_of(1), {{5}, {2, 4, 0}, {1, 3, 3}});
  const Operator& attention = named(program, "attention");
  EXPECT_EQ(attention.sequences, 3);
  EXPECT_EQ(attention.query_tokens, 8);
  EXPECT_EQ(attention.most_queries, 4);
  EXPECT_EQ(attention.kv_tokens, 16);
  EXPECT_EQ(attention.attended, 33);
  EXPECT_EQ(attention.longest_context, 6);
  EXPECT_EQ(attention.flops, Flops(4 * 33 * 4 * 2));       // 4 query heads of 2
  EXPECT_EQ(attention.kv_read, Bytes(16 * 2 * 2 * 2));     // keys and values of 2 heads of 2 in fp8
  EXPECT_EQ(attention.input_bytes, Bytes(8 * 4 * 2 * 2));  // a query row in bf16
  EXPECT_EQ(named(program, "kv_append").kv_written, Bytes(8 * 2 * 2 * 2));
  for (const char* gemm : {"qkv_proj", "o_proj", "gate_up_proj", "down_proj"}) EXPECT_EQ(named(program, gemm).m, 8);
  EXPECT_EQ(named(program, "lm_head").m, 1 + 0 + 3);
  EXPECT_EQ(named(program, "sampling").output_bytes, Bytes(4 * 4));
  EXPECT_EQ(named(program, "final_norm").sequences, 8);
}

// Keys and values of 2 heads of 2 in fp8: 8 B a token. A window of 4 keeps 4 of a prompt's 20 tokens.
TEST(DecodeStepTokensTest, PromptsFromElsewhereAreWrittenBesideTheNewTokens) {
  DecodeConfig config = toy_of(2);
  config.architecture.window = {4, 0, 2};  // layer 0
  DecodeStepBuilder builder(config);
  StepProgram program;
  const Sequences sequences{{5}, {6}};
  builder.fill(sequences, program);
  EXPECT_EQ(sum(program, &Operator::kv_arriving), 0);
  builder.arrive(10, 20);
  builder.fill(sequences, program);
  std::vector<Bytes> arriving;
  for (const Operator& op : program.operators)
    if (op.kind == OperatorKind::kKvAppend) arriving.push_back(op.kv_arriving);
  EXPECT_THAT(arriving, ::testing::ElementsAre(Bytes(10 * 4 / 20 * 8), Bytes(10 * 8)));
  EXPECT_EQ(sum(program, &Operator::kv_written), 2 * 2 * 8);
}

TEST(DecodeStepTokensTest, EachReplicaTakesItsShareOfArrivingPrompts) {
  DecodeConfig config = toy_of(1, 1);
  config.parallel.data = 2;
  DecodeStepBuilder builder(config);
  builder.arrive(10, 20);
  StepProgram program;
  builder.fill(Sequences{{5}, {6}}, program);
  EXPECT_EQ(named(program, "kv_append").kv_arriving, Bytes(5 * 8));
}

TEST(DecodeStepTokensTest, WithoutLogitsAStepEndsWithTheFinalNorm) {
  const StepProgram program = step_of(toy_of(2, 2), {{0, 4, 0}});
  EXPECT_EQ(program.operators.back().name, "final_norm");
  EXPECT_EQ(find(program, "lm_head"), nullptr);
  EXPECT_EQ(find(program, "logits_all_gather"), nullptr);
  EXPECT_EQ(find(program, "sampling"), nullptr);
}

// The operators before lm_head are the same ones in every step of a model: what lies where does not depend on the step.
TEST(DecodeStepTokensTest, WeightsAreReadInTheSameOrderByEveryStep) {
  const StepProgram decode = step_of(toy_of(2, 2), {{7}, {3}});
  const StepProgram chunk = step_of(toy_of(2, 2), {{0, 5, 0}});
  ASSERT_LT(chunk.operators.size(), decode.operators.size());
  for (std::size_t i = 0; i < chunk.operators.size(); ++i) {
    EXPECT_EQ(chunk.operators[i].name, decode.operators[i].name);
    EXPECT_EQ(chunk.operators[i].weight_bytes, decode.operators[i].weight_bytes);
  }
}

TEST(DecodeStepTokensTest, ContextsAreSequencesWithOneNewTokenEach) {
  const StepProgram contexts = test::step_of(toy_of(2), {3, 5});
  const StepProgram sequences = step_of(toy_of(2), {{3, 1, 1}, {5, 1, 1}});
  ASSERT_EQ(contexts.operators.size(), sequences.operators.size());
  for (std::size_t i = 0; i < contexts.operators.size(); ++i) {
    EXPECT_EQ(contexts.operators[i].flops, sequences.operators[i].flops);
    EXPECT_EQ(contexts.operators[i].kv_read, sequences.operators[i].kv_read);
  }
}

// Chunks compute what the whole prompt does, but for its single row of logits; they read the cache again for each.
TEST(DecodeStepTokensTest, FlopsOfChunksAddUpToThoseOfTheWholePrompt) {
  DecodeConfig config = toy_of(3);
  config.architecture.window = {.tokens = 10, .first_layer = 0, .period = 3};
  const std::int64_t whole = sum(step_of(config, {{0, 48, 1}}), &Operator::flops);
  for (const std::int64_t chunk : {1, 5, 16, 48}) {
    std::int64_t flops = 0;
    std::int64_t written = 0;
    for (std::int64_t done = 0; done < 48; done += chunk) {
      const std::int64_t tokens = std::min(chunk, 48 - done);
      const StepProgram program = step_of(config, {{done, tokens, done + tokens == 48 ? 1 : 0}});
      flops += sum(program, &Operator::flops);
      written += sum(program, &Operator::kv_written);
    }
    EXPECT_EQ(flops, whole) << chunk;
    EXPECT_EQ(written, 48 * config.architecture.kv_bytes_per_token(DataType::kFp8).count()) << chunk;
  }
}

// The first token after a prompt of n reads the n that the prompt wrote, and itself.
TEST(DecodeStepTokensTest, DecodingReadsWhatThePromptWrote) {
  const DecodeConfig config = toy_of(2);
  const std::int64_t written = sum(step_of(config, {{0, 17, 1}}), &Operator::kv_written);
  const StepProgram decode = step_of(config, {{17}});
  EXPECT_EQ(sum(decode, &Operator::kv_read), written + sum(decode, &Operator::kv_written));
}

// A window of 4: the queries after 6 cached tokens see 4 each, and together the last 3 + 5 tokens.
TEST(DecodeStepTokensTest, WindowsApplyToEachQuery) {
  DecodeConfig config = toy_of(1);
  config.architecture.window = {.tokens = 4, .first_layer = 0, .period = 0};
  const Operator attention = named(step_of(config, {{6, 5, 1}}), "attention");
  EXPECT_EQ(attention.attended, 5 * 4);
  EXPECT_EQ(attention.kv_tokens, 3 + 5);
}

// 4 positions after 3 cached tokens, each of which sees all 7.
TEST(DecodeStepTokensTest, ABlockWithoutCausalitySeesAllOfItself) {
  const Operator attention = named(step_of(toy_of(1), {{3, 4, 4, false}}), "attention");
  EXPECT_EQ(attention.attended, 4 * 7);
  EXPECT_EQ(attention.kv_tokens, 7);
}

// One layer in bf16 and fp8: 12 B a token in residual row and projections, see DecodeStepTest; here what scales by
// what.
TEST(DecodeStepTokensTest, MemoryGrowsWithTheNewTokensOfAStep) {
  const DecodeStepBuilder builder(toy_of(1));
  const auto need = [&](const StepPeak& peak, std::string_view name) { return need_of(builder, peak, name).count(); };
  const StepPeak decode{2, 20, 2, 2};
  const StepPeak prefill{2, 20, 10, 2};
  EXPECT_EQ(need(prefill, "activations"), 5 * need(decode, "activations"));
  EXPECT_EQ(need(prefill, "logits"), need(decode, "logits"));
  EXPECT_EQ(need(prefill, "kv cache"), need(decode, "kv cache"));
  EXPECT_EQ(need({2, 20, 10, 0}, "logits"), 0);
}

// Two sequences with 10 new tokens in all keep 2 x (4 - 1) before them and these 10 in a window of 4.
TEST(DecodeStepTokensTest, AWindowedCacheHoldsWhatTheNewTokensSee) {
  DecodeConfig config = toy_of(1);
  config.architecture.window = {.tokens = 4, .first_layer = 0, .period = 0};
  const DecodeStepBuilder builder(config);
  EXPECT_EQ(need_of(builder, {2, 100, 10, 2}, "kv cache"), Bytes((2 * 3 + 10) * 8));
}

TEST(DecodeStepTokensTest, StepsThatCannotBeAreInternalErrors) {
  const DecodeStepBuilder builder(toy_of(1));
  StepProgram program;
  EXPECT_THROW(builder.fill(Sequences{}, program), InternalError);
  EXPECT_THROW(builder.fill(Sequences{{-1}}, program), InternalError);
  EXPECT_THROW(builder.fill(Sequences{{0, 0, 0}}, program), InternalError);
  EXPECT_THROW(builder.fill(Sequences{{0, 2, 3}}, program), InternalError);
}

}  // namespace
}  // namespace decodesim
