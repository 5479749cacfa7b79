// SPDX-License-Identifier: Apache-2.0
// Decode steps beyond the Llama family: windows, biases, more norms and fewer, formats, and what is refused; and laws
// over all shipped models.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "sim/core/component/require.hpp"
#include "test/support/toy_step.hpp"
#include "workloads/model_library.hpp"

namespace decodesim {
namespace {

using test::Contexts;
using test::step_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Architecture toy() { return test::toy_architecture(2); }

std::vector<Operator> named(const StepProgram& program, std::string_view name) {
  std::vector<Operator> out;
  for (const Operator& op : program.operators)
    if (op.name == name) out.push_back(op);
  return out;
}

std::vector<std::string_view> names_in_layer(const StepProgram& program, std::int32_t layer) {
  std::vector<std::string_view> out;
  for (const Operator& op : program.operators)
    if (op.layer == layer) out.push_back(op.name);
  return out;
}

Bytes sum(const StepProgram& program, Bytes Operator::*member) {
  Bytes total;
  for (const Operator& op : program.operators) total += op.*member;
  return total;
}

Bytes need(const std::vector<MemoryNeed>& needs, std::string_view name) {
  for (const MemoryNeed& n : needs)
    if (n.name == name) return n.bytes;
  return Bytes(-1);
}

std::vector<Architecture> shipped() {
  Diagnostics diagnostics;
  const ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
  std::vector<Architecture> out;
  for (const ModelEntry& entry : library.entries()) out.push_back(entry.architecture);
  return out;
}

constexpr Precision kBf16Everywhere{};

TEST(DecodeStepModelsTest, WindowedLayersReadTheirWindowOnly) {
  Architecture a = toy();
  a.window = {4, 0, 2};  // layer 0 sees 4 tokens, layer 1 all
  const StepProgram program = step_of({a, kBf16Everywhere, 1, false}, {2, 9});
  const std::vector<Operator> attention = named(program, "attention");
  ASSERT_EQ(attention.size(), 2U);
  EXPECT_EQ(attention[0].kv_tokens, 3 + 4);
  EXPECT_EQ(attention[0].longest_context, 4);
  EXPECT_EQ(attention[1].kv_tokens, 3 + 10);
  EXPECT_EQ(attention[1].longest_context, 10);
  const std::int64_t token = 2 * 2 * 2 * 2;  // keys and values of 2 heads of 2 elements, 2 B each
  EXPECT_EQ(attention[0].kv_read, Bytes(7 * token));
  EXPECT_EQ(attention[1].kv_read, Bytes(13 * token));
  for (const Operator& append : named(program, "kv_append")) EXPECT_EQ(append.kv_written, Bytes(2 * token));
}

TEST(DecodeStepModelsTest, AWindowOfASplitCacheIsDealtOutLikeTheWhole) {
  Architecture a = toy();
  a.window = {5, 0, 0};
  const StepProgram program = step_of({a, kBf16Everywhere, 4, true}, {100});
  EXPECT_EQ(named(program, "attention").front().kv_tokens, 3);  // 5 tokens over the 2 ranks of a kv head
}

TEST(DecodeStepModelsTest, LayersOfBothKindsKeepTheirNumbersAndOrder) {
  Architecture a = toy();
  a.layers = 7;
  a.window = {4, 0, 3};
  const StepProgram program = step_of({a, kBf16Everywhere, 1, false}, {50});
  const std::vector<Operator> attention = named(program, "attention");
  ASSERT_EQ(attention.size(), 7U);
  for (std::int32_t layer = 0; layer < 7; ++layer) {
    const auto i = static_cast<std::size_t>(layer);
    EXPECT_EQ(attention[i].layer, layer);
    EXPECT_EQ(attention[i].kv_tokens, (layer + 1) % 3 == 0 ? 51 : 4);
  }
}

TEST(DecodeStepModelsTest, RefillingAWindowedModelAllocatesNothing) {
  Architecture a = toy();
  a.window = {4, 0, 2};
  a.norms_per_layer = 4;
  const DecodeStepBuilder builder({a, kBf16Everywhere, 4, true});
  StepProgram program;
  builder.fill(Contexts{1, 2}, program);
  const Operator* const data = program.operators.data();
  builder.fill(Contexts{7, 8, 9}, program);
  EXPECT_EQ(program.operators.data(), data);
}

TEST(DecodeStepModelsTest, FourNormsStandBeforeAndAfterAttentionAndMlp) {
  Architecture a = toy();
  a.norms_per_layer = 4;
  const StepProgram program = step_of({a, kBf16Everywhere, 2, false}, {3});
  EXPECT_THAT(names_in_layer(program, 1),
              ElementsAre("attention_norm", "qkv_proj", "rope", "kv_append", "attention", "o_proj",
                          "attention_all_reduce", "post_attention_norm", "mlp_norm", "gate_up_proj", "activation",
                          "down_proj", "mlp_all_reduce", "post_mlp_norm"));
  const Operator norm = named(program, "post_mlp_norm").front();
  EXPECT_EQ(norm.weight_bytes, Bytes(8 * 2));
  EXPECT_EQ(norm.input_bytes, Bytes(8 * 2));
  EXPECT_EQ(norm.output_bytes, Bytes(8 * 2));
  EXPECT_EQ(norm.flops, Flops(4 * 8));
}

TEST(DecodeStepModelsTest, BiasesComeWithTheirProjection) {
  Architecture a = toy();
  a.biases = {AttentionBias::kAll, true, false, false};
  const DecodeConfig config{a, {DataType::kFp8, DataType::kBf16, DataType::kBf16, {}}, 2, false};
  const StepProgram program = step_of(config, {3, 5});
  const Operator qkv = named(program, "qkv_proj").front();  // (2 + 2) x 2 columns a rank; biases stay in bf16
  EXPECT_EQ(qkv.weight_bytes, Bytes(8 * 8 + 8 * 2));
  EXPECT_EQ(qkv.flops, Flops(2 * 2 * 8 * 8 + 2 * 8));
  EXPECT_EQ(named(program, "o_proj").front().weight_bytes, Bytes(8 * 4 + 8 * 2));
  EXPECT_EQ(named(program, "gate_up_proj").front().weight_bytes, Bytes(16 * 8 + 16 * 2));
  EXPECT_EQ(named(program, "down_proj").front().weight_bytes, Bytes(8 * 8 + 8 * 2));
  EXPECT_EQ(named(program, "lm_head").front().weight_bytes, Bytes(5 * 8 * 2));
}

TEST(DecodeStepModelsTest, NormsOfHeadsArePartOfRope) {
  Architecture a = toy();
  const Operator plain = named(step_of({a, kBf16Everywhere, 1, false}, {3}), "rope").front();
  a.qk_norm = true;
  const Operator rope = named(step_of({a, kBf16Everywhere, 1, false}, {3}), "rope").front();
  EXPECT_EQ(rope.weight_bytes, Bytes(2 * 2 * 2));
  EXPECT_EQ(rope.flops - plain.flops, Flops(4 * (4 + 2) * 2));
}

TEST(DecodeStepModelsTest, WhatCannotBeDecodedIsRefusedByName) {
  EXPECT_THAT(model_problems(toy()), IsEmpty());
  Architecture a = toy();
  a.norms_per_layer = 3;
  EXPECT_THAT(model_problems(a), ElementsAre("the model toy has 3 norms a layer, which decode steps do not do yet; "
                                             "expected 1, 2 or 4"));
  EXPECT_THAT(problems({a, kBf16Everywhere, 1, false}), ElementsAre(model_problems(a).front()));
  EXPECT_THROW(DecodeStepBuilder({a, kBf16Everywhere, 1, false}), InternalError);
  a = toy();
  a.mla = {8, 4, 2, 2, 2};
  a.qk_norm = true;
  a.biases.attention = AttentionBias::kAll;
  EXPECT_THAT(
      model_problems(a),
      ElementsAre("the model toy has latent attention with biases, which decode steps do not do yet; expected a "
                  "model without them",
                  "the model toy has latent attention with norms of query and key heads, which decode steps do "
                  "not do yet; expected a model without them"));
}

TEST(DecodeStepModelsTest, EveryShippedModelCanBeDecoded) {
  for (const Architecture& a : shipped()) EXPECT_THAT(model_problems(a), IsEmpty()) << a.name;
}

// As in Phi-1 and 2: one LayerNorm that attention and an MLP without gate both read, and biases everywhere.
Architecture side_by_side() {
  Architecture a = toy();
  a.gated_mlp = false;
  a.norms_per_layer = 1;
  a.biases = {AttentionBias::kAll, true, true, true};
  return a;
}

TEST(DecodeStepModelsTest, AttentionAndMlpSideBySideReadOneNorm) {
  const StepProgram program = step_of({side_by_side(), kBf16Everywhere, 2, false}, {3, 5});
  EXPECT_THAT(names_in_layer(program, 1),
              ElementsAre("attention_norm", "qkv_proj", "rope", "kv_append", "attention", "o_proj",
                          "attention_all_reduce", "up_proj", "activation", "down_proj", "mlp_all_reduce"));
  const Operator norm = named(program, "attention_norm").front();  // 2 rows of 8; what two blocks gave is added
  EXPECT_EQ(norm.weight_bytes, Bytes(2 * 8 * 2));
  EXPECT_EQ(norm.input_bytes, Bytes(3 * 16 * 2));
  EXPECT_EQ(norm.output_bytes, Bytes(2 * 16 * 2));
  EXPECT_EQ(norm.flops, Flops((4 + 3 + 2) * 16));
  const Operator up = named(program, "up_proj").front();  // 16 / 2 columns
  EXPECT_EQ(up.n, 8);
  EXPECT_EQ(up.weight_bytes, Bytes(2 * (8 * 8 + 8)));
  const Operator activation = named(program, "activation").front();
  EXPECT_EQ(activation.input_bytes, Bytes(2 * 2 * 8));
  EXPECT_EQ(activation.flops, Flops(4 * 2 * 8));
  const Operator lm_head = named(program, "lm_head").front();
  EXPECT_EQ(lm_head.weight_bytes, Bytes(2 * (5 * 8 + 5)));
  EXPECT_EQ(lm_head.flops, Flops(2 * 2 * 5 * 8 + 2 * 5));
}

TEST(DecodeStepModelsTest, AModelSideBySideIsReadOnceAndFits) {
  const Architecture a = side_by_side();
  const StepProgram program = step_of({a, kBf16Everywhere, 1, false}, {3});
  EXPECT_EQ(sum(program, &Operator::weight_bytes), Bytes(2 * (a.parameter_count() - a.embedding_parameters())));
  Bytes weights;
  for (const MemoryNeed& n : DecodeStepBuilder({a, kBf16Everywhere, 1, false}).memory_needs(1, 4))
    if (n.traffic == TrafficClass::kWeights) weights += n.bytes;
  EXPECT_EQ(weights, Bytes(2 * a.parameter_count()));
}

TEST(DecodeStepModelsTest, ExpertsHaveAFormatOfTheirOwn) {
  Architecture a = toy();
  a.moe.experts = 4;
  a.moe.experts_per_token = 4;
  a.moe.intermediate = 32;
  Precision precision;
  precision.experts = *weight_format_named("w4a16_mxfp4");
  const StepProgram program = step_of({a, precision, 1, false}, {3});
  const Operator up = named(program, "experts_gate_up").front();  // 8 deep: a scale factor a column
  EXPECT_EQ(up.weight_bytes, Bytes(4 * (64 * 8 / 2 + 64)));
  EXPECT_EQ(up.multiplies_as, DataType::kBf16);
  const Operator down = named(program, "experts_down").front();
  EXPECT_EQ(down.weight_bytes, Bytes(4 * (8 * 32 / 2 + 8)));
  EXPECT_EQ(named(program, "qkv_proj").front().weight_bytes, Bytes(2 * 16 * 8));
  precision.weights = *weight_format_named("fp8_block");
  precision.experts.reset();
  const StepProgram blocks = step_of({a, precision, 1, false}, {3});
  EXPECT_EQ(named(blocks, "experts_down").front().weight_bytes, Bytes(4 * (8 * 32 + 4)));  // one block each
  EXPECT_EQ(named(blocks, "experts_down").front().multiplies_as, DataType::kFp8);
  EXPECT_EQ(named(blocks, "lm_head").front().weight_bytes, Bytes(2 * 10 * 8));
}

// A step of one token reads every parameter that it goes through once, but the embedding table; a tied one is read as
// the output projection.
TEST(DecodeStepModelsTest, AStepReadsTheActiveModelAndTheCacheOnce) {
  for (const Architecture& a : shipped()) {
    const std::int64_t context = 8'191;
    const StepProgram program = step_of({a, kBf16Everywhere, 1, false}, {context});
    const std::int64_t looked_up = a.tied_embeddings ? 0 : a.embedding_parameters();
    EXPECT_EQ(sum(program, &Operator::weight_bytes), Bytes(2 * (a.active_parameter_count() - looked_up))) << a.name;
    EXPECT_EQ(sum(program, &Operator::kv_read), a.kv_bytes(DataType::kBf16, context + 1)) << a.name;
    EXPECT_EQ(sum(program, &Operator::kv_written), a.kv_bytes_per_token(DataType::kBf16)) << a.name;
    Flops products;
    for (const Operator& op : program.operators)
      if (op.kind == OperatorKind::kGemm || op.kind == OperatorKind::kAttention ||
          op.kind == OperatorKind::kLatentAttention)
        products += op.flops;
    const auto expected = static_cast<double>(a.flops_per_token(context + 1).count());
    EXPECT_NEAR(static_cast<double>(products.count()), expected, 0.001 * expected) << a.name;  // and biases
  }
}

TEST(DecodeStepModelsTest, RanksShareTheActiveModel) {
  for (const Architecture& a : shipped()) {
    if (!problems({a, kBf16Everywhere, 2, false}).empty()) continue;
    const std::int64_t looked_up = a.tied_embeddings ? 0 : a.embedding_parameters();
    const auto both =
        static_cast<double>(2 * sum(step_of({a, kBf16Everywhere, 2, false}, {1}), &Operator::weight_bytes).count());
    // Projections to latents are on both.
    const std::int64_t latents = a.mla.present() ? a.mla.q_rank + a.mla.kv_rank + a.mla.rope_head_dim : 0;
    const auto expected =
        static_cast<double>(2 * (a.active_parameter_count() - looked_up + a.layers * a.hidden * latents));
    EXPECT_NEAR(both, expected, 0.005 * expected) << a.name;  // norms, routers and biases are on both
  }
}

TEST(DecodeStepModelsTest, MemoryHoldsTheWholeModelAndTheBoundedCache) {
  for (const Architecture& a : shipped()) {
    const auto needs = DecodeStepBuilder({a, kBf16Everywhere, 1, false}).memory_needs(3, 3 * 8'192);
    Bytes weights;
    for (const MemoryNeed& n : needs)
      if (n.traffic == TrafficClass::kWeights) weights += n.bytes;
    EXPECT_EQ(weights, Bytes(2 * a.parameter_count())) << a.name;
    EXPECT_EQ(need(needs, "kv cache"), a.kv_bytes(DataType::kBf16, 3 * 8'192, 3)) << a.name;
  }
}

}  // namespace
}  // namespace decodesim
