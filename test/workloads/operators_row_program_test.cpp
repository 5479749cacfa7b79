// SPDX-License-Identifier: Apache-2.0
// What one rank executes for a row of a table of operators.
#include "workloads/operators/row_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;
using ::testing::ElementsAre;

class RowProgramTest : public ::testing::Test {
 protected:
  const std::vector<Operator>& operators(const OperatorRow& row) {
    programs.fill(row, step);
    return step.operators;
  }

  RowPrograms programs;
  StepProgram step;
};

TEST_F(RowProgramTest, AGemmReadsItsWeightsWithTheirScales) {
  OperatorRow row;
  row.weights = *weight_format_named("int4_wo");
  row.m = 4;
  row.n = 256;
  row.k = 512;
  row.buffers = 3;
  const Operator& op = operators(row).at(0);
  EXPECT_EQ(op.kind, OperatorKind::kGemm);
  EXPECT_EQ(op.weight_bytes, Bytes(256 * 512 / 2 + 256 * 4 * 2));
  EXPECT_EQ(op.input_bytes, Bytes(4 * 512 * 2));
  EXPECT_EQ(op.output_bytes, Bytes(4 * 256 * 2));
  EXPECT_EQ(op.flops, Flops(2 * 4 * 256 * 512));
  EXPECT_EQ(op.multiplies_as, DataType::kBf16);
  EXPECT_EQ(op.buffers, 3);
}

TEST_F(RowProgramTest, AttentionAppendsThenReadsTheWholeCache) {
  OperatorRow row;
  row.kind = RowKind::kAttention;
  row.kv_type = DataType::kFp8;
  row.batch = 3;
  row.q_heads = 8;
  row.kv_heads = 2;
  row.head_dim = 64;
  row.kv_len = 100;
  const auto& ops = operators(row);
  ASSERT_EQ(ops.size(), 2U);
  EXPECT_EQ(ops[0].kind, OperatorKind::kKvAppend);
  EXPECT_EQ(ops[0].kv_written, Bytes(3 * 2 * 2 * 64));
  EXPECT_EQ(ops[1].kind, OperatorKind::kAttention);
  EXPECT_EQ(ops[1].kv_tokens, 300);
  EXPECT_EQ(ops[1].kv_read, Bytes(300 * 2 * 2 * 64));
  EXPECT_EQ(ops[1].flops, Flops(4 * 300 * 8 * 64));
  EXPECT_EQ(cache_bytes(step), ops[1].kv_read);
}

TEST_F(RowProgramTest, LatentAttentionHasOneHeadOfLatentAndRotaryKey) {
  OperatorRow row;
  row.kind = RowKind::kMla;
  row.batch = 2;
  row.q_heads = 16;
  row.kv_len = 10;
  const auto& ops = operators(row);
  EXPECT_EQ(ops.at(0).kv_written, Bytes(2 * 576 * 2));
  EXPECT_EQ(ops.at(1).kind, OperatorKind::kLatentAttention);
  EXPECT_EQ(ops.at(1).kv_heads, 1);
  EXPECT_EQ(ops.at(1).kv_read, Bytes(20 * 576 * 2));
  EXPECT_EQ(ops.at(1).flops, Flops(2 * 20 * 16 * (576 + 512)));
  EXPECT_EQ(ops.at(1).value_dim, 512);
}

TEST_F(RowProgramTest, ExpertsReadTheWeightsOfThoseThatHaveRows) {
  OperatorRow row;
  row.kind = RowKind::kMoe;
  row.hidden = 64;
  row.intermediate = 32;
  row.tp = 2;
  row.experts = {4, 2, 16, 2, 0};  // 8 rows over 16 experts, 8 of them here
  const auto& ops = operators(row);
  std::vector<std::string_view> names;
  for (const Operator& op : ops) names.push_back(op.name);
  EXPECT_THAT(names, ElementsAre("routing", "experts_permute", "experts_gate_up", "experts_activation", "experts_down",
                                 "experts_combine"));
  EXPECT_THAT(ops[2].group_rows, ElementsAre(1, 1, 1, 1));
  EXPECT_EQ(ops[2].groups, 4);
  EXPECT_EQ(ops[2].n, 2 * 16);
  EXPECT_EQ(ops[2].weight_bytes, Bytes(4 * 32 * 64 * 2));
  EXPECT_EQ(ops[4].weight_bytes, Bytes(4 * 64 * 16 * 2));
  EXPECT_EQ(ops[4].flops, Flops(2 * 4 * 64 * 16));
}

TEST_F(RowProgramTest, AnAllReduceIsOfAllRanks) {
  OperatorRow row;
  row.kind = RowKind::kAllReduce;
  row.ranks = 4;
  row.bytes = 1_KiB;
  EXPECT_EQ(operators(row).at(0).group, 4);
  EXPECT_EQ(operators(row).at(0).message_bytes, 1_KiB);
}

TEST_F(RowProgramTest, SizesThatNobodyCanMeanOverflow) {
  OperatorRow row;
  row.m = row.n = row.k = 100'000'000;
  EXPECT_THROW(operators(row), OverflowError);
}

}  // namespace
}  // namespace decodesim
