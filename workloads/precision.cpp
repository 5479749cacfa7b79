// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision.hpp"

#include <array>

namespace decodesim {
namespace {

constexpr std::array kTypes{DataType::kFp32, DataType::kBf16, DataType::kFp16,
                            DataType::kFp8,  DataType::kInt8, DataType::kFp4};

}  // namespace

std::vector<Choice<DataType>> data_type_choices() {
  std::vector<Choice<DataType>> out;
  for (const DataType type : kTypes) out.push_back({name_of(type), type});
  return out;
}

std::vector<Choice<WeightFormat>> weight_format_choices() {
  std::vector<Choice<WeightFormat>> out;
  for (const WeightFormat& format : weight_formats()) out.push_back({format.name, format});
  out.push_back({name_of(DataType::kFp4), DataType::kFp4});
  return out;
}

Schema<Precision> Precision::schema() {
  std::vector<Choice<std::optional<WeightFormat>>> experts{{"as_weights", std::nullopt}};
  for (const Choice<WeightFormat>& choice : weight_format_choices()) experts.push_back({choice.name, choice.value});
  std::vector<Choice<std::optional<DataType>>> lm_head{{"as_activations", std::nullopt}};
  for (const DataType type : kTypes) lm_head.push_back({name_of(type), type});
  const Provenance published = assumed("models are published in bf16");
  return Schema<Precision>("precision", "Number formats by kind of tensor")
      .choice("weights", &Precision::weights, weight_format_choices(), "Linear layers", published)
      .choice("experts", &Precision::experts, experts, "Linear layers of routed and shared experts",
              assumed("most checkpoints quantise all linear layers alike"))
      .choice("kv_cache", &Precision::kv_cache, data_type_choices(), "Cached keys and values", published)
      .choice("activations", &Precision::activations, data_type_choices(), "Activations and norms", published)
      .choice("lm_head", &Precision::lm_head, lm_head, "Embedding table and output projection",
              assumed("quantised checkpoints of Llama leave both in the activations' format"));
}

}  // namespace decodesim
