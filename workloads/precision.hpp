// SPDX-License-Identifier: Apache-2.0
// Precision: which number format each kind of tensor of a run has.
#pragma once

#include <optional>
#include <vector>

#include "sim/core/config/schema.hpp"
#include "sim/core/work/data_type.hpp"

namespace decodesim {

/// Scale factors of quantised formats are not counted: under one percent for per-channel or per-block FP8.
struct Precision {
  DataType weights = DataType::kBf16;  ///< linear layers within the transformer layers
  DataType kv_cache = DataType::kBf16;
  DataType activations = DataType::kBf16;  ///< norms' weights too
  /// Embedding table and output projection. Unset: as activations, which is how FP8 checkpoints of Llama keep them.
  std::optional<DataType> lm_head;

  [[nodiscard]] DataType lm_head_type() const { return lm_head.value_or(activations); }

  static Schema<Precision> schema();
};

/// Every number format by its name, for schemas.
std::vector<Choice<DataType>> data_type_choices();

}  // namespace decodesim
