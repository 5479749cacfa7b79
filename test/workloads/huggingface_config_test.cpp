// SPDX-License-Identifier: Apache-2.0
// The same architecture from a config.json as from the shipped model file; and what the configuration classes add.
#include "workloads/huggingface_config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "workloads/model_library.hpp"

namespace decodesim {
namespace {

std::vector<std::string> config_files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(DECODESIM_SOURCE_DIR "/test/workloads/huggingface"))
    out.push_back(entry.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

Architecture read(std::string_view text) {
  Diagnostics diagnostics;
  Architecture out = read_architecture(read_huggingface_model(text, "config.json", "toy"), diagnostics);
  diagnostics.throw_if_any();
  return out;
}

// A config of `type` with small figures, and more keys.
Architecture toy(const std::string& type, const std::string& more = "") {
  return read(R"({"model_type": ")" + type +
              R"(", "num_hidden_layers": 6, "hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 96,
                  "vocab_size": 100, "max_position_embeddings": 512)" +
              more + "}");
}

class HuggingfaceFilesTest : public ::testing::TestWithParam<std::string> {};

TEST_P(HuggingfaceFilesTest, ConfigAndModelFileAgree) {
  Diagnostics diagnostics;
  const ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
  const ModelEntry* entry = library.find(GetParam());
  ASSERT_NE(entry, nullptr);
  Architecture from_config =
      read_huggingface_config(DECODESIM_SOURCE_DIR "/test/workloads/huggingface/" + GetParam() + ".json");
  EXPECT_EQ(from_config.name, "huggingface");  // of the folder
  from_config.name = entry->architecture.name;
  from_config.aliases = entry->architecture.aliases;
  EXPECT_EQ(from_config, entry->architecture);
}

INSTANTIATE_TEST_SUITE_P(Shipped, HuggingfaceFilesTest, ::testing::ValuesIn(config_files()), [](const auto& suite) {
  std::string name = suite.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

TEST(HuggingfaceConfigTest, EveryShippedModelHasAConfig) {
  Diagnostics diagnostics;
  const ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
  EXPECT_EQ(library.entries().size(), config_files().size());
}

TEST(HuggingfaceConfigTest, FiguresKnowTheirKeyAndPlace) {
  const Node model = read_huggingface_model(
      "{\"model_type\": \"llama\", \"_name_or_path\": \"meta/Toy-1B\",\n\"num_hidden_layers\": 6, \"hidden_size\": 64, "
      "\"num_attention_heads\": 4, \"intermediate_size\": 96, \"vocab_size\": 100}",
      "config.json", "folder");
  EXPECT_EQ(model.find("name")->text(), "Toy-1B");
  EXPECT_EQ(model.find("layers")->position().text(), "config.json:2:22");
  EXPECT_EQ(model.find("layers")->source(), "num_hidden_layers");
  EXPECT_EQ(model.find("head_dim")->source(), "hidden_size / num_attention_heads");
  EXPECT_EQ(model.find("max_context")->source(), "default of LlamaConfig in Hugging Face transformers");
  EXPECT_EQ(model.find("kv_heads")->text(), "4");
}

TEST(HuggingfaceConfigTest, ClassesDifferInWhatTheyAdd) {
  EXPECT_EQ(toy("llama").kv_heads, 4);
  EXPECT_EQ(toy("llama", R"(, "attention_bias": true, "mlp_bias": true)").biases,
            (BiasShape{AttentionBias::kAll, true, false, false}));
  EXPECT_EQ(toy("mistral", R"(, "num_key_value_heads": 2)").window, (WindowShape{4096, 0, 0}));
  EXPECT_FALSE(toy("mistral", R"(, "num_key_value_heads": 2, "sliding_window": null)").window.present());
  EXPECT_EQ(toy("mixtral", R"(, "num_key_value_heads": 2)").moe.experts, 8);
  EXPECT_EQ(toy("qwen3", R"(, "num_key_value_heads": 2)").head_dim, 128);
  EXPECT_TRUE(toy("gemma2").tied_embeddings);
  EXPECT_EQ(toy("gemma2").window, (WindowShape{4096, 0, 2}));
  EXPECT_EQ(toy("gemma3_text").window, (WindowShape{4096, 0, 6}));
  EXPECT_EQ(toy("gemma3_text", R"(, "sliding_window_pattern": 3)").window.period, 3);
  EXPECT_FALSE(toy("phi3").window.present());
}

TEST(HuggingfaceConfigTest, QwenWindowsAreOffUnlessAskedFor) {
  const std::string off = R"(, "num_key_value_heads": 2, "sliding_window": 32, "max_window_layers": 4)";
  EXPECT_FALSE(toy("qwen2", off).window.present());
  EXPECT_EQ(toy("qwen2", off + R"(, "use_sliding_window": true)").window, (WindowShape{32, 4, 0}));
}

TEST(HuggingfaceConfigTest, LayerTypesSayWhichLayersAreWindowed) {
  const auto types = [](const std::string& list) {
    return toy("gemma3_text", R"(, "sliding_window": 8, "layer_types": [)" + list + "]").window;
  };
  const std::string s = R"("sliding_attention")";
  const std::string f = R"("full_attention")";
  EXPECT_EQ(types(s + "," + s + "," + f + "," + s + "," + s + "," + f), (WindowShape{8, 0, 3}));
  EXPECT_EQ(types(f + "," + f + "," + s + "," + s + "," + s + "," + s), (WindowShape{8, 2, 0}));
  EXPECT_FALSE(types(f + "," + f + "," + f + "," + f + "," + f + "," + f).present());
}

TEST(HuggingfaceConfigTest, Qwen2MoeHasASharedExpertWithAGate) {
  const MoeShape moe = toy("qwen2_moe", R"(, "num_key_value_heads": 2, "num_experts": 6, "num_experts_per_tok": 2,
      "moe_intermediate_size": 16, "shared_expert_intermediate_size": 32, "mlp_only_layers": [0, 1])")
                           .moe;
  EXPECT_EQ(moe.shared_experts, 1);
  EXPECT_EQ(moe.shared_intermediate, 32);
  EXPECT_TRUE(moe.shared_gate);
  EXPECT_EQ(moe.first_dense_layers, 2);
}

TEST(HuggingfaceConfigTest, DeepseekV2MayProjectItsQueriesAtOnce) {
  const Architecture a = toy("deepseek_v2", R"(, "num_key_value_heads": 4, "q_lora_rank": null, "kv_lora_rank": 8,
      "qk_rope_head_dim": 2, "qk_nope_head_dim": 4, "v_head_dim": 4, "n_routed_experts": 6, "n_shared_experts": 2,
      "num_experts_per_tok": 2, "moe_intermediate_size": 16, "first_k_dense_replace": 1)");
  EXPECT_EQ(a.mla.q_rank, 0);
  EXPECT_EQ(a.head_dim, 6);
  EXPECT_EQ(a.moe.shared_experts, 2);
  EXPECT_FALSE(a.moe.router_bias);
}

// Phi-2 has 2.78 billion parameters (Hugging Face, microsoft/phi-2, size of the tensors).
TEST(HuggingfaceConfigTest, PhiIsAParallelBlockWithBiases) {
  const Architecture a = read(R"({"model_type": "phi", "num_hidden_layers": 32, "hidden_size": 2560,
      "num_attention_heads": 32, "intermediate_size": 10240, "vocab_size": 51200})");
  EXPECT_EQ(a.norms_per_layer, 1);
  EXPECT_FALSE(a.gated_mlp);
  EXPECT_EQ(a.parameter_count(), 2'779'683'840);
}

// Qwen1.5-MoE-A2.7B: 14.3 billion parameters, 2.7 billion active (its model card).
TEST(HuggingfaceConfigTest, Qwen2MoeIsOfThePublishedSize) {
  const Architecture a = read(R"({"model_type": "qwen2_moe", "num_hidden_layers": 24, "hidden_size": 2048,
      "num_attention_heads": 16, "num_key_value_heads": 16, "intermediate_size": 5632, "vocab_size": 151936,
      "max_position_embeddings": 8192, "num_experts": 60, "num_experts_per_tok": 4, "moe_intermediate_size": 1408,
      "shared_expert_intermediate_size": 5632})");
  EXPECT_EQ(a.parameter_count(), 14'315'784'192);
  EXPECT_EQ(a.active_parameter_count(), 2'689'173'504);
}

TEST(HuggingfaceConfigTest, Llama4LayersMayBeListed) {
  const std::string figures = R"(, "num_key_value_heads": 2, "intermediate_size_mlp": 128, "num_local_experts": 4)";
  const Architecture a =
      toy("llama4_text", figures + R"(, "no_rope_layers": [1, 1, 0, 1, 1, 0], "moe_layers": [1, 3, 5])");
  EXPECT_EQ(a.window, (WindowShape{8192, 0, 3}));
  EXPECT_EQ(a.moe.period, 2);
  EXPECT_EQ(a.intermediate, 128);
  EXPECT_EQ(a.moe.intermediate, 96);
}

}  // namespace
}  // namespace decodesim
