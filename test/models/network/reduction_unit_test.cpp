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

class ReductionUnitTest : public ::testing::Test {
 protected:
  ReductionUnit unit{{true, 50_ns, 1_GBps}, "switch0"};
};

TEST_F(ReductionUnitTest, ResultStreamsOutLatencyAfterTheLastContribution) {
  EXPECT_FALSE(unit.contribute(contribution(0, 10_ns, 5000_ns), 1));
  EXPECT_FALSE(unit.contribute(contribution(2, 30_ns, 1030_ns), 1));
  EXPECT_EQ(unit.open(), 1U);
  const auto result = unit.contribute(contribution(1, 20_ns, 1020_ns), 1);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->head, at(80_ns));
  EXPECT_EQ(result->tail, at(5050_ns));
  EXPECT_EQ(result->payload, 1000_B);
  EXPECT_EQ(result->kind, MessageKind::kData);
  EXPECT_EQ(unit.open(), 0U);
}

TEST_F(ReductionUnitTest, ResultsOfAGroupFollowEachOtherAtTheRate) {
  EXPECT_EQ(unit.contribute(contribution(0, 0_ns, 0_ns, 0), 3)->head, at(50_ns));
  const auto second = unit.contribute(contribution(0, 0_ns, 0_ns, 1), 3);
  EXPECT_EQ(second->head, at(1050_ns));
  EXPECT_EQ(second->tail, at(2050_ns));
}

TEST_F(ReductionUnitTest, ContributionTwiceOrOfAnotherSizeIsAnInternalError) {
  unit.contribute(contribution(0, 0_ns, 0_ns), 1);
  EXPECT_THROW(unit.contribute(contribution(0, 0_ns, 0_ns), 1), InternalError);
  PacketTrain odd = contribution(1, 0_ns, 0_ns);
  odd.payload = 999_B;
  EXPECT_THROW(unit.contribute(odd, 1), InternalError);
}

TEST_F(ReductionUnitTest, SwitchWithoutOneRefuses) {
  ReductionUnit none{{false, 0_ns, 1_GBps}, "switch0"};
  EXPECT_THROW(none.contribute(contribution(0, 0_ns, 0_ns), 1), InternalError);
}

}  // namespace
}  // namespace decodesim
