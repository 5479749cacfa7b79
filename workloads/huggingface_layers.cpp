// SPDX-License-Identifier: Apache-2.0
#include "workloads/huggingface_layers.hpp"

#include <algorithm>

#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {

using Fields = HuggingfaceFields;

// The one way to state which layers are windowed, or nothing when there is none.
std::optional<WindowLayers> layers_of(const std::vector<bool>& windowed) {
  const auto first = std::find(windowed.begin(), windowed.end(), true) - windowed.begin();
  if (std::find(windowed.begin() + first, windowed.end(), false) == windowed.end()) return WindowLayers{first, 0};
  const auto full = std::find(windowed.begin(), windowed.end(), false) - windowed.begin();
  const std::int64_t period = full + 1;
  for (std::int64_t layer = 0; layer < std::ssize(windowed); ++layer)
    if (windowed[static_cast<std::size_t>(layer)] != ((layer + 1) % period != 0)) return std::nullopt;
  return WindowLayers{0, period};
}

void put_window(Fields& fields, std::string_view key, WindowLayers layers, const std::string& source) {
  fields.take("window.tokens", key);
  if (layers.first_layer != 0) fields.put("window.first_layer", std::to_string(layers.first_layer), source);
  if (layers.period != 0) fields.put("window.period", std::to_string(layers.period), source);
}

// The layers that the list says, one item a layer; `windowed_of` tells an item's kind, or nothing when it has none.
template <class Kind>
void put_listed_window(Fields& fields, std::string_view key, std::string_view list_key, Kind windowed_of) {
  std::vector<bool> windowed;
  for (const Node& item : fields.list(list_key)) {
    const std::optional<bool> kind = item.is_scalar() ? windowed_of(item.text()) : std::nullopt;
    if (!kind) {
      fields.refuse(list_key, "full_attention, sliding_attention or chunked_attention a layer");
      return;
    }
    windowed.push_back(*kind);
  }
  if (std::ssize(windowed) != fields.number("num_hidden_layers").value_or(std::ssize(windowed))) {
    fields.refuse(list_key, "one item a layer (num_hidden_layers)");
    return;
  }
  if (std::find(windowed.begin(), windowed.end(), true) == windowed.end()) return;
  const std::optional<WindowLayers> layers = layers_of(windowed);
  if (layers)
    put_window(fields, key, *layers, std::string(list_key));
  else
    fields.refuse(list_key, "windows from some layer on, or in all but the last layer of every period");
}

std::vector<std::int64_t> numbers(Fields& fields, std::string_view key) {
  std::vector<std::int64_t> out;
  for (const Node& item : fields.list(key)) out.push_back(parse_integer(item.text()).value.value_or(-1));
  return out;
}

}  // namespace

void take_window(Fields& fields, std::string_view key, WindowLayers layers) {
  if (fields.is_null(key) || (fields.find(key) == nullptr && !fields.number(key))) return;
  if (fields.find("layer_types") == nullptr) {
    put_window(fields, key, layers, fields.class_default());
    return;
  }
  put_listed_window(fields, key, "layer_types", [](const std::string& type) -> std::optional<bool> {
    if (type == "full_attention") return false;
    if (type == "sliding_attention" || type == "chunked_attention") return true;
    return std::nullopt;
  });
}

void take_chunks(Fields& fields) {
  if (fields.is_null("attention_chunk_size")) return;
  if (fields.list("no_rope_layers").empty()) {
    put_window(fields, "attention_chunk_size", {0, fields.number("no_rope_layer_interval").value_or(0)},
               "no_rope_layer_interval");
    return;
  }
  // Despite its name, the list has 1 for a layer with rotary positions.
  put_listed_window(fields, "attention_chunk_size", "no_rope_layers",
                    [](const std::string& rope) -> std::optional<bool> { return rope == "1"; });
}

void take_first_dense_layers(Fields& fields, std::string_view key) {
  const std::vector<std::int64_t> layers = numbers(fields, key);
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i] != static_cast<std::int64_t>(i)) {
      fields.refuse(key, "none or the first layers, in order: 0, 1, ...");
      return;
    }
  if (!layers.empty()) fields.put("moe.first_dense_layers", std::to_string(layers.size()), std::string(key));
}

void take_moe_layers(Fields& fields) {
  const std::vector<std::int64_t> layers = numbers(fields, "moe_layers");
  if (layers.empty()) {
    fields.take("moe.period", "interleave_moe_layer_step");
    return;
  }
  const std::int64_t period = layers.front() + 1;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i] != static_cast<std::int64_t>(i + 1) * period - 1) {
      fields.refuse("moe_layers", "the last layer of every period");
      return;
    }
  fields.put("moe.period", std::to_string(period), "moe_layers");
}

}  // namespace decodesim
