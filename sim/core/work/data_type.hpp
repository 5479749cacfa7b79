// SPDX-License-Identifier: Apache-2.0
// Number formats that tensors come in. Shared vocabulary of models (rates by format) and workloads (tensor sizes).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/core/units/units.hpp"

namespace decodesim {

enum class DataType : std::uint8_t { kFp32, kBf16, kFp16, kFp8, kInt8, kFp4, kInt4 };

/// Bits of one element, scale factors not counted.
constexpr std::int64_t bits_of(DataType type) {
  switch (type) {
    case DataType::kFp32: return 32;
    case DataType::kBf16:
    case DataType::kFp16: return 16;
    case DataType::kFp8:
    case DataType::kInt8: return 8;
    case DataType::kFp4:
    case DataType::kInt4: return 4;
  }
  return 0;
}

/// Size of `elements` of `type`, rounded up to a byte.
constexpr Bytes size_of(DataType type, std::int64_t elements) {
  return Bytes(checked::multiply_divide_up(elements, bits_of(type), 8));
}

/// "fp32", "bf16", "fp16", "fp8", "int8", "fp4", "int4".
std::string_view name_of(DataType type);
std::optional<DataType> data_type_named(std::string_view name);

}  // namespace decodesim
