// SPDX-License-Identifier: Apache-2.0
// Rows of experts that a trace gives, instead of a distribution.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workloads/decode_step.hpp"

namespace decodesim {
namespace {
using ::testing::ElementsAre;

DecodeConfig four_experts(std::int64_t parts) {
  DecodeConfig config;
  Architecture& a = config.architecture;
  a.name = "toy-moe";
  a.layers = 1;
  a.hidden = 64;
  a.q_heads = 4;
  a.kv_heads = 4;
  a.head_dim = 16;
  a.intermediate = 128;
  a.vocabulary = 256;
  a.moe.experts = 4;
  a.moe.experts_per_token = 2;
  a.moe.intermediate = 32;
  config.parallel.tensor = parts;
  config.parallel.expert = parts;
  return config;
}

const Operator& gate_up(const StepProgram& step) {
  for (const Operator& op : step.operators)
    if (op.name == "experts_gate_up") return op;
  throw std::out_of_range("experts_gate_up");
}

TEST(TracedExpertsTest, AllExpertsWithRowsCountOnOneRank) {
  DecodeStepBuilder builder(four_experts(1));
  StepProgram step;
  const std::vector<std::int64_t> contexts{10, 20, 30};
  const std::vector<std::int64_t> rows{1, 0, 3, 2};
  builder.route(rows);
  builder.fill(contexts, step);
  EXPECT_THAT(gate_up(step).group_rows, ElementsAre(3, 2, 1));
  // Three matrices of 64 x 2 x 32 in bf16.
  EXPECT_EQ(gate_up(step).weight_bytes, Bytes(3 * 64 * 64 * 2));
  EXPECT_EQ(gate_up(step).flops, Flops(2 * 6 * 64 * 64));
}

TEST(TracedExpertsTest, TheBusiestBlockCountsAmongRanks) {
  DecodeStepBuilder builder(four_experts(2));
  StepProgram step;
  const std::vector<std::int64_t> contexts{10, 20, 30};
  const std::vector<std::int64_t> rows{1, 0, 3, 2};  // blocks of 1 and 5 rows
  builder.route(rows);
  builder.fill(contexts, step);
  EXPECT_THAT(gate_up(step).group_rows, ElementsAre(3, 2));
}

TEST(TracedExpertsTest, WithoutRowsTheConfiguredRoutingCounts) {
  DecodeStepBuilder builder(four_experts(1));
  StepProgram configured;
  StepProgram again;
  const std::vector<std::int64_t> contexts{10, 20, 30};
  builder.fill(contexts, configured);
  builder.route(std::vector<std::int64_t>{6, 0, 0, 0});
  builder.route({});
  builder.fill(contexts, again);
  EXPECT_EQ(gate_up(again).weight_bytes, gate_up(configured).weight_bytes);
  EXPECT_TRUE(gate_up(again).group_rows.empty());
}

}  // namespace
}  // namespace decodesim
