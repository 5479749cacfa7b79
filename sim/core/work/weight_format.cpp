// SPDX-License-Identifier: Apache-2.0
#include "sim/core/work/weight_format.hpp"

#include <algorithm>
#include <array>

namespace decodesim {
namespace {

using enum DataType;

// fp8_wo: what engines do with fp8 checkpoints on parts without fp8 units (vLLM's Marlin kernels on Ampere).
// Blocks: DeepSeek-V3 (arXiv 2412.19437) one fp32 a 128 x 128 of fp8; GPTQ and AWQ checkpoints one bf16 a group of 128
// int4; OCP Microscaling Formats v1.0 one byte a 32; NVIDIA's NVFP4 one byte a 16.
constexpr std::array kFormats{WeightFormat{"fp32", kFp32, kFp32, 0, 1, 1},
                              WeightFormat{"bf16", kBf16, kBf16, 0, 1, 1},
                              WeightFormat{"fp16", kFp16, kFp16, 0, 1, 1},
                              WeightFormat{"fp8", kFp8, kFp8, 0, 1, 1},
                              WeightFormat{"fp8_wo", kFp8, kBf16, 2, 1, std::int64_t{1} << 40},
                              WeightFormat{"fp8_block", kFp8, kFp8, 4, 128, 128},
                              WeightFormat{"int8", kInt8, kInt8, 4, 1, std::int64_t{1} << 40},
                              WeightFormat{"int8_wo", kInt8, kBf16, 2, 1, std::int64_t{1} << 40},
                              WeightFormat{"int4_wo", kInt4, kBf16, 2, 1, 128},
                              WeightFormat{"w4a16_mxfp4", kFp4, kBf16, 1, 1, 32},
                              WeightFormat{"w4a8_mxfp4_mxfp8", kFp4, kFp8, 1, 1, 32},
                              WeightFormat{"nvfp4", kFp4, kFp4, 1, 1, 16}};

}  // namespace

WeightFormat::WeightFormat(DataType plain)
    : name(name_of(plain)), element(plain), multiplies_as(bits_of(plain) < 8 ? kBf16 : plain) {}

Bytes WeightFormat::bytes(std::int64_t n, std::int64_t k) const {
  const Bytes elements = size_of(element, checked::multiply(n, k));
  if (scale_bytes == 0) return elements;
  const std::int64_t blocks = checked::multiply(checked::narrow(checked::divide_up(n, block_n)),
                                                checked::narrow(checked::divide_up(k, block_k)));
  return elements + Bytes(checked::multiply(blocks, scale_bytes));
}

std::span<const WeightFormat> weight_formats() { return kFormats; }

const WeightFormat* weight_format_named(std::string_view name) {
  const auto it = std::find_if(kFormats.begin(), kFormats.end(), [&](const WeightFormat& f) { return f.name == name; });
  return it == kFormats.end() ? nullptr : &*it;
}

}  // namespace decodesim
