// SPDX-License-Identifier: Apache-2.0
// The pass of a multi-token prediction module, and what it has to keep.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

using ::testing::ElementsAre;

std::vector<std::string_view> names(const StepProgram& program) {
  std::vector<std::string_view> out;
  for (const Operator& op : program.operators) out.push_back(op.name);
  return out;
}

const Operator& named(const StepProgram& program, std::string_view name) {
  return *std::find_if(program.operators.begin(), program.operators.end(),
                       [&](const Operator& op) { return op.name == name; });
}

DecodeConfig toy_with_modules(std::int64_t modules) {
  DecodeConfig config;
  config.architecture = test::toy_architecture(4);
  config.architecture.mtp_modules = modules;
  return config;
}

TEST(DecodeStepMtpTest, AModuleIsOneLayerBehindAProjectionOfTwoStates) {
  StepProgram program;
  const std::array<SequenceStep, 2> sequences{SequenceStep{6, 3, 1}, SequenceStep{9, 1, 1}};
  DecodeStepBuilder(mtp_module_of(toy_with_modules(1))).fill(sequences, program);
  EXPECT_THAT(names(program),
              ElementsAre("embedding", "mtp_embedding_norm", "mtp_hidden_norm", "mtp_proj", "attention_norm",
                          "qkv_proj", "rope", "kv_append", "attention", "o_proj", "mlp_norm", "gate_up_proj",
                          "activation", "down_proj", "final_norm", "lm_head", "sampling"));
  const Operator& projection = named(program, "mtp_proj");
  EXPECT_EQ(projection.m, 4);
  EXPECT_EQ(projection.k, 16);
  EXPECT_EQ(projection.n, 8);
  EXPECT_EQ(projection.weight_bytes, Bytes(16 * 8 * 2));
  EXPECT_EQ(named(program, "lm_head").m, 2);
}

// What a module reads beside embedding table and output projection is what it has in parameters: bf16, one rank.
TEST(DecodeStepMtpTest, WeightsAreTheParametersOfAModule) {
  DecodeConfig config = toy_with_modules(1);
  config.architecture.qk_norm = true;
  config.architecture.moe = {.experts = 4, .experts_per_token = 4, .intermediate = 6, .first_dense_layers = 1};
  StepProgram program;
  DecodeStepBuilder(mtp_module_of(config)).fill(test::Contexts{5}, program);
  std::int64_t bytes = 0;
  for (const Operator& op : program.operators)
    if (op.name != "lm_head") bytes += op.weight_bytes.count();
  EXPECT_EQ(bytes, 2 * config.architecture.mtp_parameter_count());
}

TEST(DecodeStepMtpTest, MemoryIsTheModulesWeightsAndCache) {
  for (const std::int64_t modules : {1, 3}) {
    const DecodeConfig config = toy_with_modules(modules);
    Bytes weights;
    Bytes cache;
    for (const MemoryNeed& need : DecodeStepBuilder(mtp_module_of(config)).memory_needs(2, 20)) {
      if (need.traffic == TrafficClass::kWeights) weights += need.bytes;
      if (need.traffic == TrafficClass::kKvCache) cache += need.bytes;
    }
    EXPECT_EQ(weights.count(), 2 * config.architecture.mtp_parameter_count());
    EXPECT_EQ(cache.count(), modules * 20 * 2 * 2 * 2 * 2);  // keys and values, 2 heads of 2 in bf16
  }
}

// A module is a layer of the last kind: here without a window and with experts, though most layers have neither so.
TEST(DecodeStepMtpTest, TheLayerIsOfTheLastKind) {
  DecodeConfig config = toy_with_modules(1);
  config.architecture.window = {.tokens = 4, .first_layer = 0, .period = 4};
  config.architecture.moe = {
      .experts = 4, .experts_per_token = 1, .intermediate = 6, .first_dense_layers = 3, .period = 1};
  StepProgram program;
  DecodeStepBuilder(mtp_module_of(config)).fill(test::Contexts{30}, program);
  EXPECT_EQ(named(program, "attention").kv_tokens, 31);
  EXPECT_EQ(named(program, "router").n, 4);
  config.architecture.window.period = 0;
  config.architecture.moe.period = 3;
  DecodeStepBuilder(mtp_module_of(config)).fill(test::Contexts{30}, program);
  EXPECT_EQ(named(program, "attention").kv_tokens, 4);
  EXPECT_EQ(named(program, "down_proj").n, 8);
}

}  // namespace
}  // namespace decodesim
