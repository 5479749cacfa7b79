// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units/checked.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

TEST(CheckedTest, SumsAtTheEdgesAreExactAndOneFurtherThrows) {
  EXPECT_EQ(checked::add(kMax - 1, 1), kMax);
  EXPECT_EQ(checked::add(kMin + 1, -1), kMin);
  EXPECT_THROW(checked::add(kMax, 1), OverflowError);
  EXPECT_THROW(checked::add(kMin, -1), OverflowError);
}

TEST(CheckedTest, DifferencesAtTheEdgesAreExactAndOneFurtherThrows) {
  EXPECT_EQ(checked::subtract(kMin + 1, 1), kMin);
  EXPECT_EQ(checked::subtract(-1, kMin), kMax);
  EXPECT_THROW(checked::subtract(kMin, 1), OverflowError);
  EXPECT_THROW(checked::subtract(0, kMin), OverflowError);
}

TEST(CheckedTest, ProductsAtTheEdgesAreExactAndOneFurtherThrows) {
  EXPECT_EQ(checked::multiply(kMax / 2, 2), kMax - 1);
  EXPECT_EQ(checked::multiply(kMin / 2, 2), kMin);
  EXPECT_THROW(checked::multiply(kMax / 2 + 1, 2), OverflowError);
  EXPECT_THROW(checked::multiply(kMin, -1), OverflowError);
}

TEST(CheckedTest, QuotientsTruncateAndTheOneThatDoesNotFitThrows) {
  EXPECT_EQ(checked::divide(7, 2), 3);
  EXPECT_EQ(checked::divide(-7, 2), -3);
  EXPECT_EQ(checked::divide(kMax, -1), -kMax);
  EXPECT_THROW(checked::divide(1, 0), OverflowError);
  EXPECT_THROW(checked::divide(kMin, -1), OverflowError);
}

TEST(CheckedTest, NarrowingTakesTheWhole64BitRangeAndNothingBeyond) {
  EXPECT_EQ(checked::narrow(Int128{kMax}), kMax);
  EXPECT_EQ(checked::narrow(Int128{kMin}), kMin);
  EXPECT_THROW(checked::narrow(Int128{kMax} + 1), OverflowError);
  EXPECT_THROW(checked::narrow(Int128{kMin} - 1), OverflowError);
}

TEST(CheckedTest, MultiplyThenDivideKeepsA128BitIntermediate) {
  // kMax * kMax has 126 bits; divided by kMax it is kMax again.
  EXPECT_EQ(checked::multiply_divide(kMax, kMax, kMax), kMax);
  EXPECT_EQ(checked::multiply_divide_up(kMax, kMax, kMax), kMax);
  // 10^18 * 10^12 = 10^30 does not fit 64 bits; over 10^15 it is 10^15.
  EXPECT_EQ(checked::multiply_divide(1'000'000'000'000'000'000, 1'000'000'000'000, 1'000'000'000'000'000),
            1'000'000'000'000'000);
}

TEST(CheckedTest, MultiplyDivideRoundsDownAndItsTwinUp) {
  EXPECT_EQ(checked::multiply_divide(10, 1, 4), 2);
  EXPECT_EQ(checked::multiply_divide_up(10, 1, 4), 3);
  EXPECT_EQ(checked::multiply_divide_up(8, 1, 4), 2);
  EXPECT_EQ(checked::multiply_divide_up(0, 5, 4), 0);
}

TEST(CheckedTest, AQuotientTooLargeOrADivisorOfZeroThrows) {
  EXPECT_THROW(checked::multiply_divide(kMax, 2, 1), OverflowError);
  EXPECT_THROW(checked::multiply_divide_up(kMax, 2, 1), OverflowError);
  EXPECT_THROW(checked::multiply_divide(1, 1, 0), OverflowError);
  EXPECT_THROW(checked::multiply_divide_up(1, 1, 0), OverflowError);
  EXPECT_THROW(checked::divide_up(1, -1), OverflowError);
}

TEST(CheckedTest, EverythingIsUsableAtCompileTime) {
  static_assert(checked::add(2, 3) == 5);
  static_assert(checked::subtract(2, 3) == -1);
  static_assert(checked::multiply(2, 3) == 6);
  static_assert(checked::divide(7, 3) == 2);
  static_assert(checked::multiply_divide_up(7, 1, 3) == 3);
  static_assert(checked::multiply_divide(7, 1, 3) == 2);
}

}  // namespace
}  // namespace decodesim
