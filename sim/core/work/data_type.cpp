// SPDX-License-Identifier: Apache-2.0
#include "sim/core/work/data_type.hpp"

#include <array>

namespace decodesim {
namespace {
constexpr std::array<std::string_view, 7> kNames{"fp32", "bf16", "fp16", "fp8", "int8", "fp4", "int4"};
}

std::string_view name_of(DataType type) { return kNames.at(static_cast<std::size_t>(type)); }

std::optional<DataType> data_type_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<DataType>(i);
  return std::nullopt;
}

}  // namespace decodesim
