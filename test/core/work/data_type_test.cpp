// SPDX-License-Identifier: Apache-2.0
#include "sim/core/work/data_type.hpp"

#include <gtest/gtest.h>

#include <array>

#include "sim/core/work/traffic_class.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr std::array kAll{DataType::kFp32, DataType::kBf16, DataType::kFp16, DataType::kFp8,
                          DataType::kInt8, DataType::kFp4,  DataType::kInt4};

TEST(DataTypeTest, NamesReadBack) {
  for (const DataType type : kAll) EXPECT_EQ(data_type_named(name_of(type)), type) << name_of(type);
}

TEST(DataTypeTest, UnknownNamesAreNoType) {
  EXPECT_FALSE(data_type_named("fp7").has_value());
  EXPECT_FALSE(data_type_named("").has_value());
  EXPECT_FALSE(data_type_named("FP8").has_value());
}

TEST(DataTypeTest, SizesAreBitsRoundedUpToBytes) {
  EXPECT_EQ(size_of(DataType::kFp32, 3), 12_B);
  EXPECT_EQ(size_of(DataType::kBf16, 3), 6_B);
  EXPECT_EQ(size_of(DataType::kFp16, 3), 6_B);
  EXPECT_EQ(size_of(DataType::kFp8, 3), 3_B);
  EXPECT_EQ(size_of(DataType::kInt8, 3), 3_B);
  EXPECT_EQ(size_of(DataType::kFp4, 3), 2_B);
  EXPECT_EQ(size_of(DataType::kFp4, 0), 0_B);
}

TEST(DataTypeTest, ASizeBeyond64BitsThrows) {
  EXPECT_THROW(size_of(DataType::kFp32, std::numeric_limits<std::int64_t>::max()), OverflowError);
}

TEST(TrafficClassTest, EachHasItsName) {
  EXPECT_EQ(name_of(TrafficClass::kWeights), "weights");
  EXPECT_EQ(name_of(TrafficClass::kKvCache), "kv_cache");
  EXPECT_EQ(name_of(TrafficClass::kActivations), "activations");
  EXPECT_EQ(name_of(TrafficClass::kOther), "other");
}

}  // namespace
}  // namespace decodesim
