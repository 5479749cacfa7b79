// SPDX-License-Identifier: Apache-2.0
#include "workloads/traffic/injection.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

TEST(BernoulliGapsTest, EverySlotWithProbabilityOne) {
  const BernoulliGaps gaps(3, 3);
  RandomStream random(1, "test", "gaps");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(gaps.draw(random), 1);
}

// 1/p slots on average, and (1 - p)^g of the gaps are longer than g.
TEST(BernoulliGapsTest, GapsAreGeometric) {
  for (const int parts : {2, 13, 1000}) {
    const BernoulliGaps gaps(1, parts);
    RandomStream random(1, "test", "gaps");
    constexpr int kDraws = 200'000;
    double sum = 0;
    int longer = 0;
    for (int i = 0; i < kDraws; ++i) {
      const std::int64_t gap = gaps.draw(random);
      ASSERT_GE(gap, 1);
      sum += static_cast<double>(gap);
      longer += gap > parts ? 1 : 0;
    }
    EXPECT_NEAR(sum / kDraws, parts, 0.01 * parts);  // sigma: 1/p / sqrt(200,000) = 0.22 percent
    EXPECT_NEAR(longer / static_cast<double>(kDraws), std::pow(1 - 1.0 / parts, parts), 0.005);
  }
}

TEST(BernoulliGapsTest, TheSameOnEveryMachine) {
  const BernoulliGaps gaps(3, 40);
  RandomStream random(7, "rank0", "gaps");
  std::vector<std::int64_t> got;
  for (int i = 0; i < 8; ++i) got.push_back(gaps.draw(random));
  EXPECT_EQ(got, (std::vector<std::int64_t>{15, 4, 1, 4, 23, 25, 9, 1}));
}

TEST(BernoulliGapsTest, RefusesWhatIsNoProbability) {
  EXPECT_THROW(BernoulliGaps(0, 1), InternalError);
  EXPECT_THROW(BernoulliGaps(2, 1), InternalError);
}

}  // namespace
}  // namespace decodesim
