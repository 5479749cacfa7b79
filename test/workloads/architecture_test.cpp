// SPDX-License-Identifier: Apache-2.0
// Sizes of known models as published, and what a model file must not say.
#include "workloads/architecture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/config/yaml_reader.hpp"
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

// Attention of hidden 8: q 8 x 8, k and v 8 x 4 each, output 8 x 8: 192 a layer, as above.
constexpr std::string_view kExperts =
    "moe:\n  experts: 4\n  experts_per_token: 2\n  intermediate: 6\n  shared_experts: 1\n  shared_intermediate: 5\n"
    "  first_dense_layers: 1\n";

TEST(ArchitectureTest, ExpertsReplaceTheMlpAndATokenGoesThroughAFewOfThem) {
  const Architecture toy = read(std::string(kToy) + std::string(kExperts));
  EXPECT_EQ(toy.moe_layers(), 1);
  const std::int64_t expert = 3 * 8 * 6;
  const std::int64_t shared = 3 * 8 * 5;
  const std::int64_t router = 8 * 4;
  EXPECT_EQ(toy.moe_parameters_per_layer(4), 4 * expert + shared + router);
  const std::int64_t beside = 80 + 80 + 40 + 2 * 192 + 384;  // one dense layer with its MLP
  EXPECT_EQ(toy.parameter_count(), beside + 4 * expert + shared + router);
  EXPECT_EQ(toy.active_parameter_count(), beside + 2 * expert + shared + router);
}

TEST(ArchitectureTest, LatentAttentionCachesTheLatentAndOneRotaryKey) {
  const Architecture toy = read(replaced("kv_heads: 2\nhead_dim: 2", "kv_heads: 4\nhead_dim: 6") +
                                "mla:\n  kv_rank: 5\n  q_rank: 3\n  rope_head_dim: 2\n  nope_head_dim: 4\n"
                                "  value_head_dim: 7\n");
  EXPECT_EQ(toy.attention_parameters_per_layer(),
            8 * 3 + 3 * 4 * 6      // queries: down, up to 4 heads of 4 + 2
                + 8 * (5 + 2)      // latent and rotary key
                + 5 * 4 * (4 + 7)  // keys and values of 4 heads
                + 4 * 7 * 8);      // output
  EXPECT_EQ(toy.norm_parameters(), (2 * 2 + 1) * 8 + 2 * (3 + 5));
  EXPECT_EQ(toy.kv_bytes_per_token(DataType::kBf16), Bytes(2 * (5 + 2) * 2));
  // A head's scores over latent and rotary key, its sum over latents: 5 + 2 + 5 products a token.
  EXPECT_EQ(toy.flops_per_token(10) - toy.flops_per_token(9), Flops(2 * 2 * 4 * 12));
}

TEST(ArchitectureTest, WindowsBoundTheCacheAndTheFlopsOfTheirLayers) {
  const Architecture toy = read(std::string(kToy) + "window: {tokens: 16, period: 2}\n");
  EXPECT_TRUE(toy.window.in_layer(0));
  EXPECT_FALSE(toy.window.in_layer(1));
  const Bytes token = Bytes(2 * 2 * 2 * 2);  // of one layer: keys and values of 2 heads of 2 elements, 2 bytes each
  EXPECT_EQ(toy.kv_bytes_per_token(DataType::kBf16), token * 2);
  EXPECT_EQ(toy.kv_bytes(DataType::kBf16, 10), token * 20);
  EXPECT_EQ(toy.kv_bytes(DataType::kBf16, 40), token * (40 + 16));
  EXPECT_EQ(toy.kv_bytes(DataType::kBf16, 3 * 40, 3), token * 3 * (40 + 16));
  EXPECT_EQ(toy.flops_per_token(41) - toy.flops_per_token(40), Flops(4 * 4 * 2));  // one layer sees one token more
}

TEST(ArchitectureTest, WindowsMayStartAtALaterLayer) {
  const Architecture toy = read(std::string(kToy) + "window: {tokens: 16, first_layer: 1}\n");
  EXPECT_FALSE(toy.window.in_layer(0));
  EXPECT_TRUE(toy.window.in_layer(1));
  EXPECT_EQ(toy.window_layers(), 1);
}

TEST(ArchitectureTest, FlopsAreTwiceTheProjectionsAndFourAHeadElementAndToken) {
  const Architecture toy = read(kToy);
  EXPECT_EQ(toy.flops_per_token(0), Flops(2 * (2 * (192 + 384) + 80)));  // tied or not, lm_head is multiplied
  EXPECT_EQ(toy.flops_per_token(7), toy.flops_per_token(0) + Flops(4 * 4 * 2 * 7 * 2));
}

TEST(ArchitectureTest, BiasesNormsAndSinksAreCounted) {
  const Architecture toy = read(std::string(kToy) +
                                "qk_norm: true\nattention_sinks: true\nnorms_per_layer: 4\n"
                                "biases: {attention: all, mlp: true, norms: true, lm_head: true}\n");
  EXPECT_EQ(toy.norm_parameters(), 2 * (4 * 8 * 2 + 2 * 2) + 8 * 2);
  EXPECT_EQ(toy.bias_parameters(0), 2 * (16 + 8 + 4) + 2 * (2 * 16 + 8) + 10);
  EXPECT_EQ(read(std::string(kToy) + "biases: {attention: qkv}\n").bias_parameters(0), 2 * 16);
  EXPECT_EQ(read(std::string(kToy) + "gated_mlp: false\n").mlp_parameters_per_layer(), 2 * 8 * 16);
}

TEST(ArchitectureTest, AnMtpModuleIsALayerAProjectionAndThreeNorms) {
  const Architecture toy = read(std::string(kToy) + "mtp_modules: 2\n");
  EXPECT_EQ(toy.mtp_parameter_count(), 2 * (192 + 384 + 2 * 8 + 2 * 8 * 8 + 3 * 8));
  EXPECT_EQ(toy.parameter_count(), read(kToy).parameter_count());
}

TEST(ArchitectureTest, PartsMayBeWrittenOutAsAbsent) {
  EXPECT_EQ(read(std::string(kToy) + "moe: {experts: 0, period: 1}\nmla: {kv_rank: 0}\nwindow: {tokens: 0}\n"),
            read(kToy));
}

TEST(ArchitectureTest, PartsThatContradictThemselvesAreMistakes) {
  const auto with = [](std::string_view more) { return message_of(std::string(kToy) + std::string(more)); };
  EXPECT_EQ(with("moe: {period: 2}\n"), "toy.yaml:10:6: moe has no experts; expected at least 1, or no moe");
  EXPECT_EQ(with("moe: {experts: 4, experts_per_token: 5, intermediate: 2}\n"),
            "toy.yaml:10:38: experts_per_token: 5 of 4 experts; expected 1 to 4");
  EXPECT_EQ(with("moe: {experts: 4, experts_per_token: 1}\n"),
            "toy.yaml:1:1: moe has experts without width; expected an intermediate of at least 1");
  EXPECT_EQ(with("moe: {experts: 4, experts_per_token: 1, intermediate: 2, shared_experts: 1}\n"),
            "toy.yaml:10:74: moe has 1 shared experts of width 0; expected both or neither");
  EXPECT_EQ(with("moe: {experts: 4, experts_per_token: 1, intermediate: 2, first_dense_layers: 2}\n"),
            "toy.yaml:10:6: moe is in none of the 2 layers; expected fewer first_dense_layers or a smaller period");
  EXPECT_EQ(with("window: {period: 2}\n"), "toy.yaml:10:9: window has no tokens; expected at least 1, or no window");
  EXPECT_EQ(
      with("window: {tokens: 4, period: 1}\n"),
      "toy.yaml:10:9: window is in none of the 2 layers; expected an earlier first_layer or a period other than 1");
  EXPECT_EQ(with("mla: {q_rank: 2}\n"), "toy.yaml:10:6: mla has no kv_rank; expected at least 1, or no mla");
  EXPECT_EQ(
      with("mla: {kv_rank: 2}\n"),
      "toy.yaml:10:6: mla lacks a head's elements; expected nope_head_dim and value_head_dim of at least 1 and an "
      "even rope_head_dim of at least 2\n"
      "toy.yaml:5:11: kv_heads: 2 with mla, whose latent all query heads share; expected 4, as q_heads");
  EXPECT_THAT(
      with("mla: {kv_rank: 2, rope_head_dim: 2, nope_head_dim: 1, value_head_dim: 1}\n"),
      HasSubstr("toy.yaml:6:11: head_dim: 2 is not a query head of mla; expected nope_head_dim + rope_head_dim = "
                "3"));
  EXPECT_EQ(with("biases: {attention: some}\n"),
            "toy.yaml:10:21: attention: 'some' is not one of the choices; expected one of none, qkv, all");
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
