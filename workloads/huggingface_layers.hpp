// SPDX-License-Identifier: Apache-2.0
// Which layers of a config.json have windows or experts: lists and periods of several spellings. Internal to the
// reader.
#pragma once

#include "workloads/huggingface_fields.hpp"

namespace decodesim {

/// Which layers are windowed, as WindowShape says it.
struct WindowLayers {
  std::int64_t first_layer = 0;
  std::int64_t period = 0;
};

/// A window of the tokens of `key`; none when it is null, or absent without a default. Its layers are those of the list
/// `layer_types`, or else `layers`.
void take_window(HuggingfaceFields& fields, std::string_view key, WindowLayers layers);

/// Llama 4: a chunk of tokens in layers with rotary positions.
void take_chunks(HuggingfaceFields& fields);

/// Layers without experts, as a list: it must be the first ones.
void take_first_dense_layers(HuggingfaceFields& fields, std::string_view key);

/// Llama 4: layers with experts, as a list or a step.
void take_moe_layers(HuggingfaceFields& fields);

}  // namespace decodesim
