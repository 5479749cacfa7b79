// SPDX-License-Identifier: Apache-2.0
// WeightFormat: how a weight matrix is stored: the format of its elements, the scale factors that go with blocks of
// them, and in what format it is multiplied.
#pragma once

#include <span>
#include <string_view>

#include "sim/core/work/data_type.hpp"

namespace decodesim {

struct WeightFormat {
  constexpr WeightFormat() = default;
  /// No scale factors. 8-bit elements multiply as they are, narrower ones are widened.
  WeightFormat(DataType plain);  // NOLINT(google-explicit-constructor): a plain type is a format
  constexpr WeightFormat(std::string_view its_name, DataType its_element, DataType multiplied, std::int64_t scale,
                         std::int64_t n, std::int64_t k)
      : name(its_name), element(its_element), multiplies_as(multiplied), scale_bytes(scale), block_n(n), block_k(k) {}

  std::string_view name = "bf16";
  DataType element = DataType::kBf16;
  DataType multiplies_as = DataType::kBf16;  ///< wider than the element: weights are widened, activations stay
  std::int64_t scale_bytes = 0;              ///< of one scale factor; zero: none, or one for the whole matrix
  std::int64_t block_n = 1;                  ///< columns and depth of the block that shares a scale factor
  std::int64_t block_k = 1;

  /// Of a matrix with `n` columns and depth `k`, scale factors included.
  [[nodiscard]] Bytes bytes(std::int64_t n, std::int64_t k) const;
  /// In what format a product with activations of `activations` is computed: activations are quantised to match narrow
  /// weights, and anything of 16 bits or more is the activations' affair.
  [[nodiscard]] constexpr DataType multiplied_in(DataType activations) const {
    return bits_of(multiplies_as) >= 16 ? activations : multiplies_as;
  }
  friend bool operator==(const WeightFormat&, const WeightFormat&) = default;
};

/// Every format, by the names that inference engines give them.
std::span<const WeightFormat> weight_formats();
/// Null: there is none of that name.
const WeightFormat* weight_format_named(std::string_view name);

}  // namespace decodesim
