// SPDX-License-Identifier: Apache-2.0
#include "sim/core/work/data_type_set.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

TEST(DataTypeSetTest, TextReadsBackInItsOrderAndOnce) {
  const auto read = DataTypeSet::from_text("  fp8 bf16  fp8 ");
  ASSERT_TRUE(read.value.has_value());
  EXPECT_EQ(read.value->text(), "fp8 bf16");
  EXPECT_TRUE(read.value->contains(DataType::kBf16));
  EXPECT_FALSE(read.value->contains(DataType::kFp32));
}

TEST(DataTypeSetTest, NothingIsTheEmptySet) { EXPECT_EQ(DataTypeSet::from_text("").value->text(), ""); }

TEST(DataTypeSetTest, AnUnknownTypeIsNamed) {
  const auto read = DataTypeSet::from_text("bf16 fp7");
  EXPECT_FALSE(read.value.has_value());
  EXPECT_EQ(read.error,
            "'fp7' is no data type; expected fp32, bf16, fp16, fp8, int8, fp4 or int4, separated by blanks");
}

}  // namespace
}  // namespace decodesim
