// SPDX-License-Identifier: Apache-2.0
// Rows of each expert.
#include "workloads/operators/expert_load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace decodesim {
namespace {
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::int64_t sum(const std::vector<std::int64_t>& rows) {
  return std::accumulate(rows.begin(), rows.end(), std::int64_t{0});
}

TEST(ExpertLoadTest, BalancedRowsLieEvenlyOverAllExperts) {
  EXPECT_THAT(rows_per_expert({256, 8, 128, 1, 0}), AllOf(SizeIs(128), Each(16)));
  EXPECT_THAT(rows_per_expert({1, 8, 128, 1, 0}), AllOf(SizeIs(8), Each(1)));
  EXPECT_THAT(rows_per_expert({1, 8, 128, 64, 0}), ElementsAre(1));  // the rank that has one
  EXPECT_THAT(rows_per_expert({3, 1, 2, 1, 0}), ElementsAre(2, 1));
}

TEST(ExpertLoadTest, APowerLawLosesNoRowAndGivesNoExpertATokenTwice) {
  for (const std::int64_t tokens : {1, 4, 16, 256})
    for (const std::int64_t alpha : {10'000, 1'000'000, 1'010'000, 1'200'000, 3'000'000}) {
      const auto rows = rows_per_expert({tokens, 8, 128, 1, alpha});
      EXPECT_EQ(sum(rows), tokens * 8) << tokens << ' ' << alpha;
      EXPECT_LE(rows.front(), tokens);
      EXPECT_GT(rows.back(), 0);
    }
}

TEST(ExpertLoadTest, ALargerExponentIsMoreUneven) {
  const auto mild = rows_per_expert({256, 8, 128, 1, 500'000});
  const auto steep = rows_per_expert({256, 8, 128, 1, 1'200'000});
  EXPECT_GT(steep.front(), mild.front());
  EXPECT_GT(mild.front(), 16);
}

TEST(ExpertLoadTest, TheBusiestRankHasAtLeastItsShare) {
  const auto rows = rows_per_expert({256, 8, 128, 8, 1'200'000});
  EXPECT_GE(sum(rows), 256 * 8 / 8);
  EXPECT_LE(rows.size(), 16U);
  EXPECT_EQ(rows, rows_per_expert({256, 8, 128, 8, 1'200'000}));
}

// However many rows there are, they are given out in a few rounds: 6.5 x 10^12 here.
TEST(ExpertLoadTest, AHugeBatchFillsEveryExpertWithoutCountingRows) {
  const auto rows = rows_per_expert({100'000'000, 65'536, 65'536, 1, 3'000'000});
  EXPECT_THAT(rows, AllOf(SizeIs(65'536), Each(100'000'000)));
}

TEST(ExpertLoadTest, OneExpertTakesEverything) {
  EXPECT_THAT(rows_per_expert({7, 1, 1, 1, 1'010'000}), ElementsAre(7));
}

}  // namespace
}  // namespace decodesim
