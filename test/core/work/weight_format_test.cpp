// SPDX-License-Identifier: Apache-2.0
#include "sim/core/work/weight_format.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {
using namespace literals;

Bytes bytes(std::string_view name, std::int64_t n, std::int64_t k) { return weight_format_named(name)->bytes(n, k); }

TEST(WeightFormatTest, AMatrixWithoutScalesIsItsElements) {
  EXPECT_EQ(bytes("bf16", 100, 30), 6000_B);
  EXPECT_EQ(bytes("fp8", 100, 30), 3000_B);
}

TEST(WeightFormatTest, ScaleFactorsCountWithTheirBlocks) {
  EXPECT_EQ(bytes("fp8_block", 256, 256), Bytes(256 * 256 + 4 * 4));
  EXPECT_EQ(bytes("fp8_block", 257, 128), Bytes(257 * 128 + 3 * 4));  // a block that is partly empty
  EXPECT_EQ(bytes("int8", 64, 512), Bytes(64 * 512 + 64 * 4));        // one a column
  EXPECT_EQ(bytes("int4_wo", 64, 512), Bytes(64 * 256 + 64 * 4 * 2));
  EXPECT_EQ(bytes("w4a16_mxfp4", 64, 512), Bytes(64 * 256 + 64 * 16));
  EXPECT_EQ(bytes("nvfp4", 64, 512), Bytes(64 * 256 + 64 * 32));
}

TEST(WeightFormatTest, WeightsAloneAreWidened) {
  EXPECT_EQ(weight_format_named("int4_wo")->multiplies_as, DataType::kBf16);
  EXPECT_EQ(weight_format_named("w4a16_mxfp4")->multiplies_as, DataType::kBf16);
  EXPECT_EQ(weight_format_named("fp8_block")->multiplies_as, DataType::kFp8);
  EXPECT_EQ(weight_format_named("fp9"), nullptr);
}

TEST(WeightFormatTest, WideProductsAreInTheActivationsFormat) {
  EXPECT_EQ(weight_format_named("bf16")->multiplied_in(DataType::kFp16), DataType::kFp16);
  EXPECT_EQ(weight_format_named("fp8_wo")->multiplied_in(DataType::kFp16), DataType::kFp16);
  EXPECT_EQ(weight_format_named("fp8")->multiplied_in(DataType::kBf16), DataType::kFp8);
  EXPECT_EQ(weight_format_named("w4a8_mxfp4_mxfp8")->multiplied_in(DataType::kBf16), DataType::kFp8);
}

TEST(WeightFormatTest, APlainTypeHasNoScalesAndIsWidenedBelowEightBits) {
  EXPECT_EQ(WeightFormat(DataType::kFp8), *weight_format_named("fp8"));
  EXPECT_EQ(WeightFormat(DataType::kInt8).bytes(64, 512), Bytes(64 * 512));
  EXPECT_EQ(WeightFormat(DataType::kFp4).bytes(64, 512), Bytes(64 * 256));
  EXPECT_EQ(WeightFormat(DataType::kFp4).multiplied_in(DataType::kBf16), DataType::kBf16);
}

}  // namespace
}  // namespace decodesim
