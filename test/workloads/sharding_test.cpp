// SPDX-License-Identifier: Apache-2.0
#include "workloads/sharding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

Architecture toy() {
  Architecture a = test::toy_architecture(6);
  a.moe.experts = 8;
  a.moe.experts_per_token = 2;
  a.moe.intermediate = 12;
  a.moe.first_dense_layers = 1;
  return a;
}

std::vector<std::string> messages(const Architecture& a, const Parallelism& p, bool by_sequence = false) {
  std::vector<std::string> out;
  for (const ShardingProblem& problem : sharding_problems(a, p, by_sequence))
    out.push_back(std::string(problem.key) + ": " + problem.message);
  return out;
}

TEST(ShardingTest, RanksAreTheProductOfAllDegreesButExperts) {
  const Parallelism p = degrees(2, 3, 4, 5, 7);
  EXPECT_EQ(p.replica_ranks(), 14);
  EXPECT_EQ(p.stage_ranks(), 70);
  EXPECT_EQ(p.ranks(), 210);
}

TEST(ShardingTest, StagesAreAsEqualAsTheyCanBeAndCoverTheModel) {
  for (const std::int64_t layers : {1, 6, 61})
    for (std::int64_t stages = 1; stages <= layers; ++stages) {
      std::int64_t next = 0;
      for (std::int64_t stage = 0; stage < stages; ++stage) {
        const StageLayers part = layers_of(layers, stages, stage);
        EXPECT_EQ(part.first, next);
        EXPECT_GE(part.count, layers / stages);
        EXPECT_LE(part.count, layers / stages + 1);
        next += part.count;
      }
      EXPECT_EQ(next, layers);
    }
  EXPECT_EQ(layers_of(61, 2, 0).count, 31);
}

// Four query heads and two kv heads of 2 elements.
TEST(ShardingTest, ContextDividesWeightsAndTheCacheButNotTheHeadsInAttention) {
  const RankShape shape = shape_of(toy(), degrees(2, 1, 1, 1, 2), false);
  EXPECT_EQ(shape.kv_splits, 2);
  EXPECT_EQ(shape.kv_heads, 1);
  EXPECT_EQ(shape.own_q_heads, 1);
  EXPECT_EQ(shape.q_heads, 2);
  EXPECT_EQ(shape.qkv_columns, 4);  // (2 + 2 x 1) x 2 elements over the 2 ranks of a cache
  EXPECT_EQ(shape.o_rows, 2);
  EXPECT_EQ(shape.intermediate, 4);
  EXPECT_EQ(shape.vocabulary, 3);
  // The same as splitting by sequence among as many tensor ranks.
  const RankShape split = shape_of(toy(), 4, true);
  EXPECT_EQ(split.kv_splits, shape.kv_splits);
  EXPECT_EQ(split.q_heads, shape.q_heads);
  EXPECT_EQ(split.qkv_columns, shape.qkv_columns);
}

TEST(ShardingTest, ExpertsAreDealtToPartsOfAStageAndDividedWithinThem) {
  const auto expert_share = [](std::int64_t expert) {
    const RankShape shape = shape_of(toy(), degrees(2, 1, expert, 2, 1), false);
    return std::pair(shape.experts, shape.expert);
  };
  EXPECT_EQ(expert_share(1), std::pair(std::int64_t{8}, std::int64_t{3}));
  EXPECT_EQ(expert_share(2), std::pair(std::int64_t{4}, std::int64_t{6}));
  EXPECT_EQ(expert_share(4), std::pair(std::int64_t{2}, std::int64_t{12}));
}

TEST(ShardingTest, WhatDoesNotDivideIsNamedWithItsDegree) {
  EXPECT_THAT(messages(toy(), degrees(2, 6, 4, 2, 1)), IsEmpty());
  EXPECT_THAT(messages(toy(), degrees(1, 1, 0, 1, 1)),
              ElementsAre("expert: expert parallelism 0 is not positive; expected at least 1"));
  EXPECT_THAT(messages(toy(), degrees(1, 7, 1, 1, 1)),
              ElementsAre("pipeline: pipeline parallelism 7 is more than the 6 layers of toy; expected at most 6"));
  EXPECT_THAT(
      messages(toy(), degrees(1, 1, 3, 3, 1)),
      ElementsAre("expert: expert parallelism 3 does not divide the 8 experts of toy; expected a divisor of 8"));
  EXPECT_THAT(
      messages(toy(), degrees(1, 1, 16, 16, 1)),
      ElementsAre("expert: expert parallelism 16 does not divide the 8 experts of toy; expected a divisor of 8"));
  EXPECT_THAT(messages(toy(), degrees(1, 1, 4, 2, 1)),
              ElementsAre("expert: expert parallelism 4 does not divide the 2 ranks of a stage (tensor x context x "
                          "data); expected a divisor of 2"));
  EXPECT_THAT(
      messages(toy(), degrees(1, 1, 1, 8, 1)),
      ElementsAre("expert: expert parallelism 1 leaves 8 ranks to divide an expert's width 12 of toy; expected a "
                  "number that divides it"));
  EXPECT_THAT(messages(toy(), degrees(1, 1, 1, 1, 8)),
              ElementsAre("tensor: tensor x context parallelism 1 x 8 does not divide the 4 query heads of toy; "
                          "expected a divisor of 4",
                          "tensor: tensor x context parallelism 1 x 8 does not divide the expert width 12 of toy; "
                          "expected a divisor of 12"));
  EXPECT_THAT(messages(test::toy_architecture(2), degrees(1, 1, 2, 2, 1)),
              ElementsAre("expert: expert parallelism 2, but toy has no experts; expected 1"));
}

}  // namespace
}  // namespace decodesim
