// SPDX-License-Identifier: Apache-2.0
// Sizes of known models as published, and what a model file must not say.
#include "workloads/architecture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/config/yaml_reader.hpp"
#include "workloads/model_library.hpp"
#include "workloads/precision.hpp"

namespace decodesim {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kToy =
    "name: toy\nlayers: 2\nhidden: 8\nq_heads: 4\nkv_heads: 2\nhead_dim: 2\nintermediate: 16\nvocabulary: 10\n"
    "max_context: 64\n";

Architecture read(std::string_view text) {
  Diagnostics diagnostics;
  const Node node = read_yaml_text(text, "toy.yaml", diagnostics);
  Architecture out = read_architecture(node, diagnostics);
  diagnostics.throw_if_any();
  return out;
}

std::string message_of(std::string_view text) {
  try {
    read(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kToy);
  return text.replace(text.find(from), from.size(), to);
}

Architecture shipped(const std::string& name) {
  Diagnostics diagnostics;
  const ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
  diagnostics.throw_if_any();
  const ModelEntry* entry = library.find(name);
  return entry != nullptr ? entry->architecture : Architecture();
}

TEST(ArchitectureTest, ToyModelCountsItsParametersByGroup) {
  const Architecture toy = read(kToy);
  EXPECT_EQ(toy.embedding_parameters(), 10 * 8);
  EXPECT_EQ(toy.attention_parameters_per_layer(), 8 * (4 + 2 + 2) * 2 + 4 * 2 * 8);
  EXPECT_EQ(toy.mlp_parameters_per_layer(), 3 * 8 * 16);
  EXPECT_EQ(toy.norm_parameters(), (2 * 2 + 1) * 8);
  EXPECT_EQ(toy.lm_head_parameters(), 10 * 8);
  EXPECT_EQ(toy.parameter_count(), 80 + 2 * (192 + 384) + 40 + 80);
}

TEST(ArchitectureTest, TiedEmbeddingsAreCountedOnce) {
  const Architecture toy = read(std::string(kToy) + "tied_embeddings: true\n");
  EXPECT_EQ(toy.lm_head_parameters(), 0);
  EXPECT_EQ(toy.parameter_count(), 80 + 2 * (192 + 384) + 40);
}

TEST(ArchitectureTest, ParameterCountsOfShippedModelsAreThosePublished) {
  const auto billions = [](const std::string& name) {
    return static_cast<double>(shipped(name).parameter_count()) / 1e9;
  };
  EXPECT_NEAR(billions("llama-3-8b"), 8.03, 0.005 * 8.03);
  EXPECT_NEAR(billions("llama-3-70b"), 70.55, 0.005 * 70.55);
  EXPECT_NEAR(billions("llama-3-405b"), 405.85, 0.005 * 405.85);
}

TEST(ArchitectureTest, KvBytesPerTokenAreLayersTimesKeysAndValues) {
  EXPECT_EQ(shipped("llama-3-405b").kv_bytes_per_token(DataType::kFp8), Bytes(126 * 2 * 8 * 128));
  EXPECT_EQ(shipped("llama-3-405b").kv_bytes_per_token(DataType::kFp8), Bytes(258'048));
  EXPECT_EQ(shipped("llama-3-70b").kv_bytes_per_token(DataType::kBf16), Bytes(327'680));
}

TEST(ArchitectureTest, AliasesAreRead) {
  EXPECT_EQ(read(std::string(kToy) + "aliases: [tiny, small]\n").aliases, (std::vector<std::string>{"tiny", "small"}));
}

TEST(ArchitectureTest, KvHeadsThatDoNotDivideQueryHeadsAreAMistake) {
  EXPECT_EQ(message_of(replaced("kv_heads: 2", "kv_heads: 3")),
            "toy.yaml:5:11: kv_heads: 3 does not divide 4 q_heads; expected the same number of query heads a kv head");
}

TEST(ArchitectureTest, OddHeadsAreAMistake) {
  EXPECT_THAT(message_of(replaced("head_dim: 2", "head_dim: 3")), HasSubstr("toy.yaml:6:11: head_dim: 3 is odd"));
}

TEST(ArchitectureTest, UnknownMissingAndAbsurdFiguresAreMistakes) {
  EXPECT_THAT(message_of(replaced("hidden: 8", "hiden: 8")), HasSubstr("did you mean 'hidden'?"));
  EXPECT_THAT(message_of(replaced("layers: 2\n", "")), HasSubstr("lacks 'layers'"));
  EXPECT_THAT(message_of(replaced("layers: 2", "layers: -2")), HasSubstr("toy.yaml:2:9"));
  EXPECT_THAT(message_of(std::string(kToy) + "aliases: tiny\n"), HasSubstr("expected a list of names"));
  EXPECT_THAT(message_of(std::string(kToy) + "aliases: [[a]]\n"), HasSubstr("expected a name"));
  EXPECT_THAT(message_of(replaced("name: toy", "name: ''")), HasSubstr("name is empty"));
}

TEST(PrecisionTest, OutputProjectionFollowsActivationsUnlessSaid) {
  Diagnostics diagnostics;
  Precision precision;
  Precision::schema().read(read_yaml_text("{weights: fp8, kv_cache: fp8}", "p", diagnostics), precision, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(precision.weights, DataType::kFp8);
  EXPECT_EQ(precision.lm_head_type(), DataType::kBf16);
  Precision::schema().read(read_yaml_text("{lm_head: fp8}", "p", diagnostics), precision, diagnostics);
  EXPECT_EQ(precision.lm_head_type(), DataType::kFp8);
  Precision::schema().read(read_yaml_text("{lm_head: as_activations}", "p", diagnostics), precision, diagnostics);
  EXPECT_EQ(precision.lm_head_type(), DataType::kBf16);
  EXPECT_TRUE(diagnostics.empty());
}

}  // namespace
}  // namespace decodesim
