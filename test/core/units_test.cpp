// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units/units.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;

TEST(UnitsTest, BytesOverBandwidthIsADurationRoundedUp) {
  EXPECT_EQ(1000_B / 1_GBps, 1_us);
  EXPECT_EQ(1_B / Bandwidth(3), Duration(333'333'333'334));
}

}  // namespace
}  // namespace decodesim
