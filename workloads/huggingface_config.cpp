// SPDX-License-Identifier: Apache-2.0
#include "workloads/huggingface_config.hpp"

#include <array>
#include <filesystem>

#include "workloads/huggingface_fields.hpp"
#include "workloads/huggingface_layers.hpp"
#include "workloads/json_reader.hpp"

namespace decodesim {
namespace {

using Fields = HuggingfaceFields;

// What a type has beyond the keys that all have. Facts that no key states come from the modelling code of the type in
// Hugging Face transformers (modeling_<type>.py).
void attention_bias(Fields& fields, bool fallback) {
  const bool biased = fields.flag("attention_bias", fallback);
  fields.put("biases.attention", biased ? "all" : "none", "attention_bias");
}

void llama(Fields& fields) {
  attention_bias(fields, false);
  fields.take_flag("biases.mlp", "mlp_bias", false);
}

void mistral(Fields& fields) { take_window(fields, "sliding_window", {}); }

void mixtral(Fields& fields) {
  take_window(fields, "sliding_window", {});
  fields.take("moe.experts", "num_local_experts");
  fields.take("moe.experts_per_token", "num_experts_per_tok");
  fields.take("moe.intermediate", "intermediate_size");
}

// Windows from max_window_layers on, and only when asked for.
void qwen_window(Fields& fields) {
  if (!fields.flag("use_sliding_window", false)) return;
  take_window(fields, "sliding_window", {fields.number("max_window_layers").value_or(0), 0});
}

void qwen2(Fields& fields) {
  fields.put("biases.attention", "qkv", "Qwen2Attention always has them");
  qwen_window(fields);
}

void qwen3(Fields& fields) {
  attention_bias(fields, false);
  fields.put("qk_norm", "true", "Qwen3Attention always has them");
  qwen_window(fields);
}

void qwen_experts(Fields& fields) {
  if (fields.flag("use_sliding_window", false)) fields.refuse("use_sliding_window", "false");
  fields.take("moe.experts", "num_experts");
  fields.take("moe.experts_per_token", "num_experts_per_tok");
  fields.take("moe.intermediate", "moe_intermediate_size");
  fields.take("moe.period", "decoder_sparse_step");
  take_first_dense_layers(fields, "mlp_only_layers");
}

void qwen2_moe(Fields& fields) {
  fields.put("biases.attention", fields.flag("qkv_bias", true) ? "qkv" : "none", "qkv_bias");
  qwen_experts(fields);
  fields.put("moe.shared_experts", "1", "Qwen2MoeSparseMoeBlock always has one");
  fields.put("moe.shared_gate", "true", "Qwen2MoeSparseMoeBlock always has it");
  fields.take("moe.shared_intermediate", "shared_expert_intermediate_size");
}

void qwen3_moe(Fields& fields) {
  attention_bias(fields, false);
  fields.put("qk_norm", "true", "Qwen3MoeAttention always has them");
  qwen_experts(fields);
}

// Latent attention: the keys and values of all heads come of one latent, so that kv heads are query heads.
void deepseek(Fields& fields) {
  if (fields.flag("attention_bias", false)) fields.refuse("attention_bias", "false");
  if (fields.number("moe_layer_freq").value_or(1) != 1) fields.refuse("moe_layer_freq", "1");
  fields.take("mla.kv_rank", "kv_lora_rank");
  if (!fields.is_null("q_lora_rank")) fields.take("mla.q_rank", "q_lora_rank");
  fields.take("mla.rope_head_dim", "qk_rope_head_dim");
  fields.take("mla.nope_head_dim", "qk_nope_head_dim");
  fields.take("mla.value_head_dim", "v_head_dim");
  fields.take("moe.experts", "n_routed_experts");
  fields.take("moe.experts_per_token", "num_experts_per_tok");
  fields.take("moe.intermediate", "moe_intermediate_size");
  fields.take("moe.first_dense_layers", "first_k_dense_replace");
  if (fields.number("n_shared_experts").value_or(0) > 0) {
    fields.take("moe.shared_experts", "n_shared_experts");
    fields.take("moe.shared_intermediate", "moe_intermediate_size");
  }
}

void deepseek_v3(Fields& fields) {
  deepseek(fields);
  fields.put("moe.router_bias", "true", "DeepseekV3TopkRouter always has e_score_correction_bias");
  if (fields.find("num_nextn_predict_layers") != nullptr) fields.take("mtp_modules", "num_nextn_predict_layers");
}

void gpt_oss(Fields& fields) {
  attention_bias(fields, true);
  fields.put("biases.mlp", "true", "GptOssExperts always has them");
  fields.put("attention_sinks", "true", "GptOssAttention always has them");
  take_window(fields, "sliding_window", {0, 2});
  fields.take("moe.experts", "num_local_experts");
  fields.take("moe.experts_per_token", "num_experts_per_tok");
  fields.take("moe.intermediate", "intermediate_size");
  fields.put("moe.router_bias", "true", "GptOssTopKRouter always has it");
}

void gemma2(Fields& fields) {
  attention_bias(fields, false);
  fields.put("norms_per_layer", "4", "Gemma2DecoderLayer");
  take_window(fields, "sliding_window", {0, 2});
}

void gemma3(Fields& fields) {
  attention_bias(fields, false);
  fields.put("norms_per_layer", "4", "Gemma3DecoderLayer");
  fields.put("qk_norm", "true", "Gemma3Attention always has them");
  take_window(fields, "sliding_window", {0, fields.number("sliding_window_pattern").value_or(6)});
}

// One norm, with attention and an MLP without gate side by side; biases everywhere.
void phi(Fields& fields) {
  if (fields.flag("qk_layernorm", false)) fields.refuse("qk_layernorm", "false");
  fields.put("gated_mlp", "false", "PhiMLP");
  fields.put("norms_per_layer", "1", "PhiDecoderLayer");
  fields.put("biases.attention", "all", "PhiAttention always has them");
  for (const char* ours : {"biases.mlp", "biases.norms", "biases.lm_head"})
    fields.put(ours, "true", "modeling_phi.py: always there");
}

void llama4(Fields& fields) {
  attention_bias(fields, false);
  take_chunks(fields);
  fields.take("moe.experts", "num_local_experts");
  fields.take("moe.experts_per_token", "num_experts_per_tok");
  fields.take("moe.intermediate", "intermediate_size");
  fields.put("moe.shared_experts", "1", "Llama4TextMoe always has one");
  fields.take("moe.shared_intermediate", "intermediate_size");
  take_moe_layers(fields);
}

// Defaults of the configuration classes (configuration_<type>.py of Hugging Face transformers, 2025), for keys that
// published files leave out. Sizes that every file states have none here: a file without them is a broken one.
constexpr std::int64_t kAsQueryHeads = -1;
using Default = HuggingfaceDefault;
constexpr std::array kLlama{Default{"num_key_value_heads", kAsQueryHeads}, Default{"max_position_embeddings", 2048}};
constexpr std::array kMistral{Default{"num_key_value_heads", 8}, Default{"sliding_window", 4096}};
constexpr std::array kMixtral{Default{"num_key_value_heads", 8}, Default{"num_local_experts", 8},
                              Default{"num_experts_per_tok", 2}};
constexpr std::array kQwen2{Default{"num_key_value_heads", 32}, Default{"sliding_window", 4096},
                            Default{"max_window_layers", 28}};
constexpr std::array kQwen3{Default{"num_key_value_heads", 32}, Default{"head_dim", 128},
                            Default{"sliding_window", 4096}, Default{"max_window_layers", 28}};
constexpr std::array kQwen2Moe{Default{"num_key_value_heads", 16}, Default{"decoder_sparse_step", 1}};
constexpr std::array kQwen3Moe{Default{"num_key_value_heads", 4}, Default{"decoder_sparse_step", 1}};
constexpr std::array kDeepseekV2{Default{"first_k_dense_replace", 0}, Default{"q_lora_rank", 1536},
                                 Default{"n_shared_experts", 2}};
constexpr std::array kDeepseekV3{Default{"first_k_dense_replace", 3}, Default{"q_lora_rank", 1536},
                                 Default{"n_shared_experts", 1}};
constexpr std::array kGptOss{Default{"num_key_value_heads", 8}, Default{"head_dim", 64}, Default{"sliding_window", 128},
                             Default{"max_position_embeddings", 131072}};
constexpr std::array kGemma2{Default{"num_key_value_heads", 4}, Default{"head_dim", 256},
                             Default{"sliding_window", 4096}, Default{"max_position_embeddings", 8192}};
constexpr std::array kGemma3{
    Default{"num_attention_heads", 8}, Default{"num_key_value_heads", 4},          Default{"head_dim", 256},
    Default{"vocab_size", 262208},     Default{"max_position_embeddings", 131072}, Default{"sliding_window", 4096}};
constexpr std::array kPhi{Default{"num_key_value_heads", kAsQueryHeads}, Default{"max_position_embeddings", 2048}};
constexpr std::array kPhi3{Default{"num_key_value_heads", kAsQueryHeads}, Default{"max_position_embeddings", 4096}};
constexpr std::array kLlama4{Default{"head_dim", 128}, Default{"attention_chunk_size", 8192},
                             Default{"no_rope_layer_interval", 4}, Default{"interleave_moe_layer_step", 1},
                             Default{"num_experts_per_tok", 1}};

struct Family {
  std::string_view model_type;
  std::string_view config_class;
  std::span<const Default> defaults;
  void (*take)(Fields&);
  std::string_view dense_width = "intermediate_size";  ///< key of the width inside the MLP of layers without experts
  bool tied = false;                                   ///< default of tie_word_embeddings
  bool nested = false;                                 ///< whether the keys are below text_config
};

constexpr std::array kFamilies{
    Family{"llama", "LlamaConfig", kLlama, llama},
    Family{"mistral", "MistralConfig", kMistral, mistral},
    Family{"mixtral", "MixtralConfig", kMixtral, mixtral},
    Family{"qwen2", "Qwen2Config", kQwen2, qwen2},
    Family{"qwen2_moe", "Qwen2MoeConfig", kQwen2Moe, qwen2_moe},
    Family{"qwen3", "Qwen3Config", kQwen3, qwen3},
    Family{"qwen3_moe", "Qwen3MoeConfig", kQwen3Moe, qwen3_moe},
    Family{"deepseek_v2", "DeepseekV2Config", kDeepseekV2, deepseek},
    Family{"deepseek_v3", "DeepseekV3Config", kDeepseekV3, deepseek_v3},
    Family{"gpt_oss", "GptOssConfig", kGptOss, gpt_oss},
    Family{"gemma2", "Gemma2Config", kGemma2, gemma2, "intermediate_size", true},
    Family{"gemma3", "Gemma3TextConfig", kGemma3, gemma3, "intermediate_size", true, true},
    Family{"gemma3_text", "Gemma3TextConfig", kGemma3, gemma3, "intermediate_size", true},
    Family{"phi", "PhiConfig", kPhi, phi},
    Family{"phi3", "Phi3Config", kPhi3, mistral},
    Family{"llama4", "Llama4TextConfig", kLlama4, llama4, "intermediate_size_mlp", false, true},
    Family{"llama4_text", "Llama4TextConfig", kLlama4, llama4, "intermediate_size_mlp"},
};

const Family& family_of(const Node& root) {
  std::string known;
  for (const Family& family : kFamilies) known += (known.empty() ? "" : ", ") + std::string(family.model_type);
  const Node* type = root.find("model_type");
  if (type == nullptr) throw ConfigError({root.position().file, 1, 1}, "lacks 'model_type'; expected one of " + known);
  for (const Family& family : kFamilies)
    if (type->is_scalar() && family.model_type == type->text()) return family;
  throw ConfigError(type->position(),
                    "model_type " + (type->is_scalar() ? "'" + type->text() + "'" : std::string(type->kind_text())) +
                        " is no architecture that can be read; expected one of " + known);
}

void take_kv_heads(Fields& fields) {
  const std::optional<std::int64_t> value = fields.number("num_key_value_heads");
  if (value && *value == kAsQueryHeads && fields.find("num_key_value_heads") == nullptr)
    fields.put("kv_heads", std::to_string(fields.number("num_attention_heads").value_or(1)),
               fields.class_default() + ": as num_attention_heads");
  else
    fields.take("kv_heads", "num_key_value_heads");
}

void take_head_dim(Fields& fields) {
  if (const Node* mla = fields.taken().find("mla")) {
    const std::int64_t sum =
        fields.number("qk_nope_head_dim").value_or(0) + fields.number("qk_rope_head_dim").value_or(0);
    if (mla->find("nope_head_dim") != nullptr && mla->find("rope_head_dim") != nullptr)
      fields.put("head_dim", std::to_string(sum), "qk_nope_head_dim + qk_rope_head_dim");
    return;
  }
  if (fields.number("head_dim")) {
    fields.take("head_dim", "head_dim");
    return;
  }
  const std::int64_t hidden = fields.number("hidden_size").value_or(0);
  const std::int64_t heads = fields.number("num_attention_heads").value_or(0);
  if (fields.find("head_dim") != nullptr || hidden < 1 || heads < 1) return;  // a mistake that is reported elsewhere
  if (hidden % heads != 0)
    fields.refuse("head_dim", "one: hidden_size is no multiple of num_attention_heads");
  else
    fields.put("head_dim", std::to_string(hidden / heads), "hidden_size / num_attention_heads");
}

void take_all(Fields& fields, const Family& family) {
  fields.take("layers", "num_hidden_layers");
  fields.take("hidden", "hidden_size");
  fields.take("q_heads", "num_attention_heads");
  fields.take("intermediate", family.dense_width);
  fields.take("vocabulary", "vocab_size");
  fields.take("max_context", "max_position_embeddings");
  fields.take_flag("tied_embeddings", "tie_word_embeddings", family.tied);
  family.take(fields);
  take_head_dim(fields);
  take_kv_heads(fields);
}

// Checks the figures as a model file's are checked; messages then name the key that stands in the config.json.
void check(const Fields& fields, Diagnostics& diagnostics) {
  Diagnostics found;
  static_cast<void>(read_architecture(fields.taken(), found));
  for (const Diagnostic& d : found.list()) {
    const std::string key = fields.key_at(d.position);
    diagnostics.error(d.position, key.empty() ? d.message : key + ", here " + d.message);
  }
}

const Node& keys_of(const Node& root, const Family& family) {
  if (!family.nested) return root;
  const Node* text = root.find("text_config");
  if (text == nullptr || !text->is_mapping())
    throw ConfigError(text == nullptr ? SourcePosition{root.position().file, 1, 1} : text->position(),
                      "model_type " + std::string(family.model_type) +
                          " has no text_config; expected an object with the language model's keys");
  return *text;
}

Node model_of(const Node& root, const std::string& name) {
  const Family& family = family_of(root);
  Diagnostics diagnostics;
  Fields fields(keys_of(root, family), family.model_type, family.config_class, family.defaults, diagnostics);
  const Node* given = root.find("_name_or_path");
  const bool named = given != nullptr && given->is_scalar() && !given->text().empty();
  fields.put("name", named ? std::filesystem::path(given->text()).filename().string() : name, "the file");
  take_all(fields, family);
  diagnostics.throw_if_any();
  check(fields, diagnostics);
  diagnostics.throw_if_any();
  return fields.taken();
}

}  // namespace

Node read_huggingface_model(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::absolute(path, ignored).parent_path().filename();
  return model_of(read_json_file(path), folder.empty() ? "model" : folder.string());
}

Node read_huggingface_model(std::string_view text, const std::string& file, const std::string& name) {
  return model_of(read_json_text(text, file), name);
}

Architecture read_huggingface_config(const std::string& path) {
  Diagnostics diagnostics;
  Architecture out = read_architecture(read_huggingface_model(path), diagnostics);
  diagnostics.throw_if_any();
  return out;
}

}  // namespace decodesim
