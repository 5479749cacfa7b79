// SPDX-License-Identifier: Apache-2.0
// Precision: which number format each kind of tensor of a run has.
#pragma once

#include <optional>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "sim/core/work/weight_format.hpp"

namespace decodesim {

struct Precision {
  WeightFormat weights;  ///< linear layers within the transformer layers
  DataType kv_cache = DataType::kBf16;
  DataType activations = DataType::kBf16;  ///< norms' weights too
  /// Embedding table and output projection. Unset: as activations, which is how FP8 checkpoints of Llama keep them.
  std::optional<DataType> lm_head = std::nullopt;
  /// Routed and shared experts. Unset: as weights.
  std::optional<WeightFormat> experts = std::nullopt;

  [[nodiscard]] DataType lm_head_type() const { return lm_head.value_or(activations); }

  [[nodiscard]] WeightFormat experts_format() const { return experts.value_or(weights); }

  static Schema<Precision> schema();
};

/// Every format of weights by its name, for schemas: weight_formats(), and plain fp4, which is widened.
std::vector<Choice<WeightFormat>> weight_format_choices();
/// Every number format by its name, for schemas.
std::vector<Choice<DataType>> data_type_choices();

}  // namespace decodesim
