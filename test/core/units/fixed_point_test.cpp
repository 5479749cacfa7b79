// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units/fixed_point.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace decodesim {
namespace {

double real(Int128 x) { return static_cast<double>(x) / static_cast<double>(fixed_point::kOne); }

TEST(FixedPointTest, AgreesWithTheStandardLibrary) {
  for (const double x : {0.01, 0.5, 1.0, 1.5, 3.0, 1000.0, 500'000.0}) {
    const auto fixed = static_cast<Int128>(x * static_cast<double>(fixed_point::kOne));
    EXPECT_NEAR(real(fixed_point::log2(fixed)), std::log2(x), 1e-9) << x;
    EXPECT_NEAR(real(fixed_point::exp2(fixed_point::log2(fixed))) / x, 1, 1e-9) << x;
  }
  EXPECT_NEAR(real(fixed_point::exp2(-fixed_point::kOne * 5 / 2)), std::exp2(-2.5), 1e-12);
}

}  // namespace
}  // namespace decodesim
