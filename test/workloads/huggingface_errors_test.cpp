// SPDX-License-Identifier: Apache-2.0
// Every mistake that a config.json can hold, with the exact text of the message.
#include <gtest/gtest.h>

#include "workloads/huggingface_config.hpp"

namespace decodesim {
namespace {

constexpr const char* kKnown =
    "llama, mistral, mixtral, qwen2, qwen2_moe, qwen3, qwen3_moe, deepseek_v2, deepseek_v3, gpt_oss, gemma2, gemma3, "
    "gemma3_text, phi, phi3, llama4, llama4_text";

std::string message_of(std::string_view text) {
  try {
    read_huggingface_model(text, "config.json", "toy");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

// One key a line: model_type is line 2, the others follow; `more` is line 8.
std::string toy(const std::string& type, const std::string& more = "", const std::string& layers = "6") {
  return "{\n\"model_type\": \"" + type + "\",\n\"num_hidden_layers\": " + layers +
         ",\n\"hidden_size\": 64,\n\"num_attention_heads\": 4,\n\"intermediate_size\": 96,\n\"vocab_size\": 100" +
         (more.empty() ? "" : ",\n" + more) + "}";
}

TEST(HuggingfaceErrorsTest, AnUnknownArchitectureIsNamedWithThoseKnown) {
  EXPECT_EQ(message_of("{\"model_type\": \"bert\"}"),
            std::string("config.json:1:16: model_type 'bert' is no architecture that can be read; expected one of ") +
                kKnown);
  EXPECT_EQ(message_of("{\"model_type\": [1]}"),
            std::string("config.json:1:16: model_type a list is no architecture that can be read; expected one of ") +
                kKnown);
  EXPECT_EQ(message_of("{}"), std::string("config.json:1:1: lacks 'model_type'; expected one of ") + kKnown);
}

TEST(HuggingfaceErrorsTest, MissingFieldsAreAllNamed) {
  EXPECT_EQ(message_of("{\"model_type\": \"llama\", \"num_hidden_layers\": 2, \"num_attention_heads\": 4}"),
            "config.json:1:1: lacks 'hidden_size', which model_type llama needs; expected a whole number\n"
            "config.json:1:1: lacks 'intermediate_size', which model_type llama needs; expected a whole number\n"
            "config.json:1:1: lacks 'vocab_size', which model_type llama needs; expected a whole number");
}

TEST(HuggingfaceErrorsTest, WrongTypesAreNamedOnce) {
  EXPECT_EQ(message_of(toy("llama", "", "\"6\"")),
            "config.json:3:22: num_hidden_layers is the text '6'; expected a whole number");
  EXPECT_EQ(message_of(toy("llama", "", "6.5")), "config.json:3:22: num_hidden_layers is 6.5; expected a whole number");
  EXPECT_EQ(message_of(toy("llama", "", "[6]")),
            "config.json:3:22: num_hidden_layers is a list; expected a whole number");
  EXPECT_EQ(message_of(toy("llama", "\"head_dim\": {}")),
            "config.json:8:13: head_dim is a mapping; expected a whole number");
  EXPECT_EQ(message_of(toy("llama", "\"tie_word_embeddings\": 1")),
            "config.json:8:24: tie_word_embeddings is 1; expected true or false");
  EXPECT_EQ(message_of(toy("gemma2", "\"layer_types\": 1")), "config.json:8:16: layer_types is 1; expected a list");
}

TEST(HuggingfaceErrorsTest, NegativeAndAbsurdSizesNameTheKeyAndTheRange) {
  EXPECT_EQ(message_of(toy("llama", "", "-6")),
            "config.json:3:22: num_hidden_layers, here layers: '-6' is out of range; expected 1 to 10000");
  EXPECT_EQ(message_of(toy("llama", "", "1000000000000")),
            "config.json:3:22: num_hidden_layers, here layers: '1000000000000' is out of range; expected 1 to 10000");
  EXPECT_EQ(
      message_of(toy("llama", "\"max_position_embeddings\": 0")),
      "config.json:8:28: max_position_embeddings, here max_context: '0' is out of range; expected 1 to 1000000000");
  EXPECT_EQ(
      message_of(toy("llama", "\"num_key_value_heads\": 3")),
      "config.json:8:24: num_key_value_heads, here kv_heads: 3 does not divide 4 q_heads; expected the same number "
      "of query heads a kv head");
}

TEST(HuggingfaceErrorsTest, HeadsThatDoNotDivideTheWidthNeedAHeadDim) {
  EXPECT_EQ(message_of("{\"model_type\": \"llama\", \"num_hidden_layers\": 2, \"hidden_size\": 63, "
                       "\"num_attention_heads\": 4, \"intermediate_size\": 9, \"vocab_size\": 9}"),
            "config.json:1:1: head_dim is absent, which this reader cannot state; expected one: hidden_size is no "
            "multiple of num_attention_heads");
}

TEST(HuggingfaceErrorsTest, NestedTypesNeedTheirTextConfig) {
  EXPECT_EQ(message_of("{\"model_type\": \"gemma3\"}"),
            "config.json:1:1: model_type gemma3 has no text_config; expected an object with the language model's keys");
  EXPECT_EQ(
      message_of("{\"model_type\": \"llama4\", \"text_config\": 3}"),
      "config.json:1:41: model_type llama4 has no text_config; expected an object with the language model's keys");
}

TEST(HuggingfaceErrorsTest, WhatCannotBeStatedIsRefused) {
  EXPECT_EQ(message_of(toy("phi", "\"qk_layernorm\": true")),
            "config.json:8:17: qk_layernorm is true, which this reader cannot state; expected false");
  const std::string experts =
      "\"num_key_value_heads\": 2, \"num_experts\": 4, \"num_experts_per_tok\": 2, \"moe_intermediate_size\": 8, "
      "\"max_position_embeddings\": 9,\n";
  EXPECT_EQ(message_of(toy("qwen3_moe", experts + "\"mlp_only_layers\": [3]")),
            "config.json:9:20: mlp_only_layers is a list, which this reader cannot state; expected none or the first "
            "layers, in order: 0, 1, ...");
  EXPECT_EQ(message_of(toy("qwen3_moe", experts + "\"use_sliding_window\": true")),
            "config.json:9:23: use_sliding_window is true, which this reader cannot state; expected false");
  EXPECT_EQ(message_of(toy("qwen3_moe", experts + "\"num_experts_per_tok\": 9")),
            "config.json:9:24: num_experts_per_tok, here experts_per_token: 9 of 4 experts; expected 1 to 4");
}

TEST(HuggingfaceErrorsTest, LayerListsMustBeAPeriodOrARun) {
  const auto types = [](const std::string& list) {
    return message_of(toy("gemma2", "\"layer_types\": [" + list + "]", "3"));
  };
  EXPECT_EQ(types("\"full_attention\", \"sliding_attention\""),
            "config.json:8:16: layer_types is a list, which this reader cannot state; expected one item a layer "
            "(num_hidden_layers)");
  EXPECT_EQ(
      types("\"full_attention\", \"sliding_attention\", \"full_attention\""),
      "config.json:8:16: layer_types is a list, which this reader cannot state; expected windows from some layer on, "
      "or in all but the last layer of every period");
  EXPECT_EQ(types("\"full_attention\", \"linear_attention\", \"full_attention\""),
            "config.json:8:16: layer_types is a list, which this reader cannot state; expected full_attention, "
            "sliding_attention or chunked_attention a layer");
  EXPECT_EQ(message_of(toy("llama4_text",
                           "\"num_key_value_heads\": 2, \"intermediate_size_mlp\": 8, \"num_local_experts\": 4, "
                           "\"max_position_embeddings\": 9,\n\"moe_layers\": [1, 2]")),
            "config.json:9:15: moe_layers is a list, which this reader cannot state; expected the last layer of every "
            "period");
}

TEST(HuggingfaceErrorsTest, LatentAttentionIsKnownInOneFormOnly) {
  const std::string figures =
      "\"kv_lora_rank\": 8, \"qk_rope_head_dim\": 2, \"qk_nope_head_dim\": 4, \"v_head_dim\": 4, \"n_routed_experts\": "
      "6, "
      "\"num_experts_per_tok\": 2, \"moe_intermediate_size\": 16, \"num_key_value_heads\": 4, "
      "\"max_position_embeddings\": 9,\n";
  EXPECT_EQ(message_of(toy("deepseek_v3", figures + "\"moe_layer_freq\": 2")),
            "config.json:9:19: moe_layer_freq is 2, which this reader cannot state; expected 1");
  EXPECT_EQ(message_of(toy("deepseek_v3", figures + "\"attention_bias\": true")),
            "config.json:9:19: attention_bias is true, which this reader cannot state; expected false");
}

TEST(HuggingfaceErrorsTest, MalformedTextHasItsPlace) {
  EXPECT_EQ(message_of("{\"model_type\": \"llama\",}"),
            "config.json:1:24: malformed JSON; expected a comma, a key and its value, or the object's end");
}

}  // namespace
}  // namespace decodesim
