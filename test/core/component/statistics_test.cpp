// SPDX-License-Identifier: Apache-2.0
#include "sim/core/component/statistics.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace decodesim {
namespace {

using Pairs = std::vector<std::pair<std::string, std::int64_t>>;

Pairs pairs_of(const Statistic& statistic) {
  Pairs out;
  for (const Statistic::Value& value : statistic.values()) out.emplace_back(value.name, value.value);
  return out;
}

TEST(StatisticsTest, ACounterAddsUp) {
  StatisticsGroup group("node.hbm");
  Counter bytes{group, "bytes_read", "B", "Bytes delivered to readers"};
  EXPECT_EQ(bytes.value(), 0);
  bytes.add(3);
  bytes.add(4);
  EXPECT_EQ(bytes.value(), 7);
  EXPECT_EQ(pairs_of(bytes), (Pairs{{"bytes_read", 7}}));
}

TEST(StatisticsTest, ACounterThatOverflowsThrows) {
  StatisticsGroup group("node");
  Counter bytes{group, "bytes", "B", "Bytes"};
  bytes.add(std::numeric_limits<std::int64_t>::max());
  EXPECT_THROW(bytes.add(1), OverflowError);
}

TEST(StatisticsTest, ASampleKnowsCountSumMeanAndExtremes) {
  StatisticsGroup group("node.link");
  Sample transit{group, "transit", "ps", "Push to delivery"};
  for (const std::int64_t value : {30, 10, 25}) transit.record(value);
  EXPECT_EQ(transit.count(), 3);
  EXPECT_EQ(transit.sum(), 65);
  EXPECT_EQ(pairs_of(transit),
            (Pairs{{"transit.count", 3}, {"transit.mean", 21}, {"transit.min", 10}, {"transit.max", 30}}));
}

TEST(StatisticsTest, ASampleOfNothingIsZero) {
  StatisticsGroup group("node.link");
  const Sample transit{group, "transit", "ps", "Push to delivery"};
  EXPECT_EQ(pairs_of(transit),
            (Pairs{{"transit.count", 0}, {"transit.mean", 0}, {"transit.min", 0}, {"transit.max", 0}}));
}

TEST(StatisticsTest, ASampleTakesNegativeValues) {
  StatisticsGroup group("node.link");
  Sample slack{group, "slack", "ps", "Deadline minus arrival"};
  slack.record(-5);
  slack.record(-1);
  EXPECT_EQ(slack.min(), -5);
  EXPECT_EQ(slack.max(), -1);
  EXPECT_EQ(slack.mean(), -3);
}

TEST(StatisticsTest, AGroupListsItsStatisticsInOrderOfDeclaration) {
  StatisticsGroup group("node.acc0.hbm");
  const Counter reads{group, "reads", "1", "Reads"};
  const Sample waits{group, "waits", "ps", "Waiting time"};
  ASSERT_EQ(group.all().size(), 2U);
  EXPECT_EQ(group.path(), "node.acc0.hbm");
  EXPECT_EQ(group.all()[0]->name(), "reads");
  EXPECT_EQ(group.all()[0]->unit(), "1");
  EXPECT_EQ(group.all()[0]->meaning(), "Reads");
  EXPECT_EQ(group.all()[1]->name(), "waits");
}

}  // namespace
}  // namespace decodesim
