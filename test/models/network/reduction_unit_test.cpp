// SPDX-License-Identifier: Apache-2.0
#include "models/network/reduction_unit.hpp"

#include <gtest/gtest.h>

#include "sim/core/component/require.hpp"
#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::at;

PacketTrain contribution(std::int32_t source, Duration head, Duration tail, std::int32_t part = 0) {
  PacketTrain train = test::train_of(static_cast<std::uint64_t>(source), 1000_B);
  train.source = source;
  train.part = part;
  train.tag = {1, {0, 1, 3}, 0, 0};
  train.kind = MessageKind::kReduceInSwitch;
  train.head = at(head);
  train.tail = at(tail);
  return train;
}

// Of three ranks of a group, each by itself.
ReductionShare share(std::int32_t contributor) { return {contributor, 3, 3}; }

class ReductionUnitTest : public ::testing::Test {
 protected:
  ReductionUnit unit{{true, 50_ns, 1_GBps}, "switch0"};
};

/// The result of contributions at 10, 30 and 20 ns whose last tail is there at 5000 ns.
PacketTrain result_of_three(ReductionUnit& unit, std::int32_t part = 0) {
  EXPECT_FALSE(unit.contribute(contribution(0, 10_ns, 5000_ns, part), share(0)));
  EXPECT_FALSE(unit.contribute(contribution(2, 30_ns, 1030_ns, part), share(2)));
  EXPECT_EQ(unit.open(), 1U);
  const auto result = unit.contribute(contribution(1, 20_ns, 1020_ns, part), share(1));
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(unit.open(), 0U);
  return result.value_or(PacketTrain());
}

TEST_F(ReductionUnitTest, ResultStreamsOutLatencyAfterTheLastContribution) {
  const PacketTrain result = result_of_three(unit);
  EXPECT_EQ(result.head, at(80_ns));
  EXPECT_EQ(result.tail, at(5050_ns));
  EXPECT_EQ(result.payload, 1000_B);
  EXPECT_EQ(result.ranks, 3);
  EXPECT_EQ(result.kind, MessageKind::kReduced);
}

TEST_F(ReductionUnitTest, SetUpIsPaidByTheFirstTrainOfAStream) {
  ReductionUnit slow{{true, 50_ns, 1'000'000 * 1_TBps, 8, 0_B, 400_ns}, "switch0"};
  EXPECT_EQ(result_of_three(slow, 0).head, at(30_ns + 50_ns + 400_ns));
  EXPECT_EQ(result_of_three(slow, 1).head, at(480_ns + 1_ps));  // ready at 80 ns, behind the first, which takes 1 ps
}

TEST_F(ReductionUnitTest, AShortMessageIsStoredWholeAndSetsUpNoStream) {
  ReductionUnit brief{{true, 50_ns, 1_GBps, 8, 1001_B, 400_ns}, "switch0"};
  const PacketTrain result = result_of_three(brief);
  EXPECT_EQ(result.head, at(5000_ns + 50_ns));
  EXPECT_EQ(result.tail, result.head);
  ReductionUnit longer{{true, 50_ns, 1_GBps, 8, 1000_B, 400_ns}, "switch0"};  // 1000 B is not below the limit
  EXPECT_EQ(result_of_three(longer).head, at(480_ns));
}

TEST_F(ReductionUnitTest, ResultsOfAGroupFollowEachOtherAtTheRate) {
  PacketTrain all = contribution(0, 0_ns, 0_ns, 0);
  all.ranks = 3;
  EXPECT_EQ(unit.contribute(all, share(0))->head, at(50_ns));
  all.part = 1;
  const auto second = unit.contribute(all, share(0));
  EXPECT_EQ(second->head, at(1050_ns));
  EXPECT_EQ(second->tail, at(2050_ns));
}

// Three contributions on adders of two operands: two passes, half the rate.
TEST_F(ReductionUnitTest, MoreContributionsThanOperandsTakeSeveralPasses) {
  ReductionUnit narrow{{true, 50_ns, 1_GBps, 2}, "switch0"};
  EXPECT_EQ(result_of_three(narrow, 0).head, at(80_ns));
  EXPECT_EQ(result_of_three(narrow, 1).head, at(80_ns + 2000_ns));
}

TEST_F(ReductionUnitTest, SumsOfSwitchesCountTheirRanks) {
  PacketTrain sum = contribution(0, 0_ns, 0_ns);
  sum.tag.group.size = 5;
  sum.ranks = 3;
  EXPECT_FALSE(unit.contribute(sum, {0, 2, 5}));
  sum.ranks = 2;
  EXPECT_EQ(unit.contribute(sum, {1, 2, 5})->ranks, 5);
}

TEST_F(ReductionUnitTest, ContributionTwiceOrOfAnotherSizeIsAnInternalError) {
  unit.contribute(contribution(0, 0_ns, 0_ns), share(0));
  EXPECT_THROW(unit.contribute(contribution(0, 0_ns, 0_ns), share(0)), InternalError);
  PacketTrain odd = contribution(1, 0_ns, 0_ns);
  odd.payload = 999_B;
  EXPECT_THROW(unit.contribute(odd, share(1)), InternalError);
  PacketTrain many = contribution(1, 0_ns, 0_ns);
  many.ranks = 3;
  EXPECT_THROW(unit.contribute(many, share(1)), InternalError);
}

TEST_F(ReductionUnitTest, SwitchWithoutOneRefuses) {
  ReductionUnit none{{false, 0_ns, 1_GBps}, "switch0"};
  EXPECT_THROW(none.contribute(contribution(0, 0_ns, 0_ns), share(0)), InternalError);
}

}  // namespace
}  // namespace decodesim
