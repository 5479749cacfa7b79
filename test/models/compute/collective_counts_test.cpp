// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "models/compute/queue_runner.hpp"

namespace decodesim {
namespace {

TEST(CollectiveCountsTest, EachGroupCountsItsOwn) {
  CollectiveCounts counts;
  const RankGroup all{0, 1, 8};
  const RankGroup forth{0, 4, 2};
  const RankGroup back{4, -4, 2};
  EXPECT_EQ(counts.next(all), 0U);
  EXPECT_EQ(counts.next(all), 1U);
  EXPECT_EQ(counts.next(forth), 0U);
  EXPECT_EQ(counts.next(back), 0U);
  EXPECT_EQ(counts.next(forth), 1U);
  EXPECT_EQ(counts.next(all), 2U);
}

}  // namespace
}  // namespace decodesim
