// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/number_text.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

using namespace literals;

TEST(NumberText, SecondsAreExactToThePicosecond) {
  EXPECT_EQ(exact_seconds(0_ps), "0.000000000000");
  EXPECT_EQ(exact_seconds(1_ps), "0.000000000001");
  EXPECT_EQ(exact_seconds(9'201'234'567_ps), "0.009201234567");
  EXPECT_EQ(exact_seconds(3_s + 40_ns), "3.000000040000");
  EXPECT_EQ(exact_seconds(Duration(-1'500'000'000'000)), "-1.500000000000");
  EXPECT_EQ(exact_seconds(Duration(std::numeric_limits<std::int64_t>::max())), "9223372.036854775807");
  EXPECT_EQ(exact_seconds(Duration(std::numeric_limits<std::int64_t>::min())), "-9223372.036854775808");
}

TEST(NumberText, SignificantDigitsComeWithoutAnExponent) {
  EXPECT_EQ(significant_text(1'739.13, 4), "1739");
  EXPECT_EQ(significant_text(108.66, 4), "108.7");
  EXPECT_EQ(significant_text(0.012341, 3), "0.0123");
  EXPECT_EQ(significant_text(1e9, 3), "1000000000");
  EXPECT_EQ(significant_text(-2.5, 3), "-2.50");
  EXPECT_EQ(significant_text(0, 3), "0");
}

TEST(NumberText, DigitsGroupByThree) {
  EXPECT_EQ(grouped_text(0), "0");
  EXPECT_EQ(grouped_text(999), "999");
  EXPECT_EQ(grouped_text(1'000), "1,000");
  EXPECT_EQ(grouped_text(-123'456), "-123,456");
  EXPECT_EQ(grouped_text(1'234'567), "1,234,567");
}

TEST(NumberText, CountsAgreeWithTheirNoun) {
  EXPECT_EQ(counted(1, "step"), "1 step");
  EXPECT_EQ(counted(2'000, "step"), "2,000 steps");
}

TEST(NumberText, AColumnOfTimesHasOneUnit) {
  const TimeColumn column(9'201_us);
  EXPECT_EQ(column.text(9'201_us), "9.201 ms");
  EXPECT_EQ(column.text(400_ns), "0.000 ms");
  EXPECT_EQ(TimeColumn(2_s).text(40_ms), "0.040 s");
  EXPECT_EQ(TimeColumn(0_ps).text(0_ps), "0.000 ns");
}

}  // namespace
}  // namespace decodesim
