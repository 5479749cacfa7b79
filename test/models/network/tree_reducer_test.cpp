// SPDX-License-Identifier: Apache-2.0
// The laws of TreeReducer: at 1 GB/s one byte takes one nanosecond.
#include "models/network/tree_reducer.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/require.hpp"
#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::at;

constexpr RankGroup kFour{0, 1, 4};
constexpr RankGroup kPair{0, 1, 2};

// Group of four: router 10 is the root, with router 11 (ranks 2 and 3 below it) behind port 5 and ranks 0 and 1 behind
// ports 0 and 1. Group of two: ranks 0 and 1 on router 10 alone.
class TwoTrees : public TreeLookup {
 public:
  [[nodiscard]] const TreePlace* place(std::int32_t node, const RankGroup& group) const override {
    if (group == kPair) return node == 10 ? &pair_ : nullptr;
    return node == 10 ? &root_ : node == 11 ? &leaf_ : node == 12 ? &chain_ : nullptr;
  }

 private:
  TreePlace root_{{{0, 0, true, {0}}, {1, 1, true, {1}}, {11, 5, false, {2, 3}}}, -1, 4};
  TreePlace leaf_{{{2, 0, true, {2}}, {3, 1, true, {3}}}, 7, 2};
  TreePlace chain_{{{3, 4, false, {3}}}, 6, 1};
  TreePlace pair_{{{0, 0, true, {0}}, {1, 1, true, {1}}}, -1, 2};
};

PacketTrain contribution(std::int32_t source, const RankGroup& group, Duration head, std::int32_t ranks = 1) {
  PacketTrain train = test::train_of(static_cast<std::uint64_t>(source), 1000_B);
  train.source = train.destination = source;
  train.ranks = ranks;
  train.tag = {1, group, 0, 0};
  train.kind = MessageKind::kReduceInSwitch;
  train.head = at(head);
  train.tail = at(head + 1000_ns);
  return train;
}

class TreeReducerTest : public ::testing::Test {
 protected:
  const ReductionParams params{true, 50_ns, 1_GBps};
  TwoTrees trees;
  TreeReducer root{params, 10, trees, "root"};
  TreeReducer leaf{params, 11, trees, "leaf"};
  TreeReducer chain{params, 12, trees, "chain"};
};

TEST_F(TreeReducerTest, ASumClimbsOnceAllBelowHaveContributed) {
  EXPECT_TRUE(leaf.accept(contribution(2, kFour, 10_ns)).empty());
  EXPECT_EQ(leaf.open(), 1U);
  const auto up = leaf.accept(contribution(3, kFour, 30_ns));
  ASSERT_EQ(up.size(), 1U);
  EXPECT_EQ(up[0].port, 7);
  EXPECT_EQ(up[0].train.kind, MessageKind::kReduceInSwitch);
  EXPECT_EQ(up[0].train.source, 11);
  EXPECT_EQ(up[0].train.ranks, 2);
  EXPECT_EQ(up[0].train.payload, 1000_B);
  EXPECT_EQ(up[0].train.head, at(80_ns));
  EXPECT_EQ(up[0].train.tail, at(1080_ns));
  EXPECT_EQ(leaf.open(), 0U);
}

TEST_F(TreeReducerTest, TheRootTurnsTheSumOfAllRound) {
  EXPECT_TRUE(root.accept(contribution(11, kFour, 0_ns, 2)).empty());
  EXPECT_TRUE(root.accept(contribution(1, kFour, 0_ns)).empty());
  const auto down = root.accept(contribution(0, kFour, 100_ns));
  ASSERT_EQ(down.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(down[i].port, (std::vector{0, 1, 5})[i]);
    EXPECT_EQ(down[i].train.kind, i < 2 ? MessageKind::kData : MessageKind::kReduced);
    EXPECT_EQ(down[i].train.destination, (std::vector{0, 1, 11})[i]);
    EXPECT_EQ(down[i].train.ranks, 4);
    EXPECT_EQ(down[i].train.head, at(150_ns));
  }
}

TEST_F(TreeReducerTest, AResultGoesDownToEveryContributor) {
  PacketTrain result = contribution(10, kFour, 40_ns, 4);
  result.kind = MessageKind::kReduced;
  const auto down = leaf.accept(result);
  ASSERT_EQ(down.size(), 2U);
  EXPECT_EQ(down[0].train.destination, 2);
  EXPECT_EQ(down[1].train.destination, 3);
  EXPECT_EQ(down[1].port, 1);
  EXPECT_EQ(down[1].train.kind, MessageKind::kData);
  EXPECT_EQ(down[1].train.head, at(40_ns));
}

TEST_F(TreeReducerTest, ALoneContributorPassesThrough) {
  const auto up = chain.accept(contribution(3, kFour, 20_ns));
  ASSERT_EQ(up.size(), 1U);
  EXPECT_EQ(up[0].port, 6);
  EXPECT_EQ(up[0].train.head, at(20_ns));
  EXPECT_EQ(up[0].train.source, 12);
}

TEST_F(TreeReducerTest, GroupsDoNotDisturbEachOther) {
  EXPECT_TRUE(root.accept(contribution(0, kFour, 0_ns)).empty());
  EXPECT_TRUE(root.accept(contribution(0, kPair, 0_ns)).empty());
  EXPECT_EQ(root.open(), 2U);
  EXPECT_EQ(root.accept(contribution(1, kPair, 0_ns)).size(), 2U);
  EXPECT_EQ(root.open(), 1U);
}

PacketTrain for_set(MessageKind kind, std::int32_t source, std::int32_t destination,
                    std::span<const std::int32_t> set) {
  PacketTrain train = contribution(source, kFour, 0_ns);
  train.kind = kind;
  train.destination = destination;
  train.set = set;
  return train;
}

TEST_F(TreeReducerTest, AMulticastLeavesOnceByEveryPortThatLeadsToAReceiver) {
  const std::vector<std::int32_t> set{1, 2, 3};
  const auto down = root.accept(for_set(MessageKind::kMulticast, 0, 0, set));  // from rank 0
  ASSERT_EQ(down.size(), 2U);
  EXPECT_EQ(down[0].port, 1);
  EXPECT_EQ(down[0].train.kind, MessageKind::kData);
  EXPECT_EQ(down[0].train.source, 0);
  EXPECT_EQ(down[1].port, 5);
  EXPECT_EQ(down[1].train.kind, MessageKind::kMulticast);
  EXPECT_EQ(down[1].train.destination, 10);
  const auto to_ranks = leaf.accept(down[1].train);
  ASSERT_EQ(to_ranks.size(), 2U);
  EXPECT_EQ(to_ranks[0].train.destination, 2);
  EXPECT_EQ(to_ranks[1].train.destination, 3);
  const std::vector<std::int32_t> others{0, 3};
  const auto both = leaf.accept(for_set(MessageKind::kMulticast, 2, 2, others));  // from rank 2: sideways and up
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].train.destination, 3);
  EXPECT_EQ(both[1].port, 7);
}

TEST_F(TreeReducerTest, ContributionsToOneRankAreCombinedWhereTheyMeet) {
  const std::vector<std::int32_t> set{1, 2, 3};
  EXPECT_TRUE(leaf.accept(for_set(MessageKind::kCombine, 2, 0, set)).empty());
  const auto up = leaf.accept(for_set(MessageKind::kCombine, 3, 0, set));
  ASSERT_EQ(up.size(), 1U);
  EXPECT_EQ(up[0].port, 7);
  EXPECT_EQ(up[0].train.ranks, 2);
  EXPECT_EQ(up[0].train.source, 11);
  EXPECT_EQ(up[0].train.head, at(50_ns));
  PacketTrain sum = up[0].train;
  EXPECT_TRUE(root.accept(sum).empty());
  const auto to_rank = root.accept(for_set(MessageKind::kCombine, 1, 0, set));
  ASSERT_EQ(to_rank.size(), 1U);
  EXPECT_EQ(to_rank[0].port, 0);
  EXPECT_EQ(to_rank[0].train.kind, MessageKind::kData);
  EXPECT_EQ(to_rank[0].train.ranks, 3);
  EXPECT_EQ(to_rank[0].train.destination, 0);
}

TEST_F(TreeReducerTest, WhatDoesNotBelongToTheTreeIsAnInternalError) {
  EXPECT_THROW(root.accept(contribution(3, kFour, 0_ns)), InternalError);      // comes by router 11
  EXPECT_THROW(leaf.accept(contribution(2, kPair, 0_ns)), InternalError);      // no place in that tree
  EXPECT_THROW(chain.accept(contribution(3, kFour, 0_ns, 2)), InternalError);  // there is one rank below
}

}  // namespace
}  // namespace decodesim
