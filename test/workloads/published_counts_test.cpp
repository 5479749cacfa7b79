// SPDX-License-Identifier: Apache-2.0
// Every shipped architecture against the sizes that its publisher states.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "workloads/model_library.hpp"

namespace decodesim {
namespace {

struct Published {
  const char* model;
  double total;               // billions of parameters
  double active;              // of one token; 0 where none is published, as of dense models
  bool active_has_embedding;  // whether the publisher counts the embedding table among them
  const char* source;
};

constexpr Published kPublished[] = {
    {"llama-2-7b", 6.74, 0, true, "Hugging Face, meta-llama/Llama-2-7b-hf, size of the tensors"},
    {"llama-2-70b", 68.98, 0, true, "Hugging Face, meta-llama/Llama-2-70b-hf, size of the tensors"},
    {"llama-3-8b", 8.03, 0, true, "Hugging Face, meta-llama/Llama-3.1-8B, size of the tensors"},
    {"llama-3-70b", 70.55, 0, true, "Hugging Face, meta-llama/Llama-3.1-70B, size of the tensors"},
    {"llama-3-405b", 405.85, 0, true, "Hugging Face, meta-llama/Llama-3.1-405B, size of the tensors"},
    {"llama-4-maverick", 400, 17, true, "Llama 4 model card, without the vision encoder"},
    {"mistral-7b", 7.24, 0, true, "Hugging Face, mistralai/Mistral-7B-v0.1, size of the tensors"},
    {"mixtral-8x7b", 46.7, 12.9, true, "Mistral AI, Mixtral of experts, December 2023"},
    {"qwen2.5-7b", 7.61, 0, true, "Qwen2.5-7B model card"},
    {"qwen2.5-32b", 32.76, 0, true, "Hugging Face, Qwen/Qwen2.5-32B, size of the tensors; the card says 32.5"},
    {"qwen2.5-72b", 72.7, 0, true, "Qwen2.5-72B model card"},
    {"qwen3-8b", 8.2, 0, true, "Qwen3-8B model card"},
    {"qwen3-32b", 32.8, 0, true, "Qwen3-32B model card"},
    {"qwen3-30b-a3b", 30.5, 3.3, true, "Qwen3-30B-A3B model card"},
    {"qwen3-235b-a22b", 235, 22, true, "Qwen3-235B-A22B model card"},
    {"deepseek-v3", 671, 37, true, "DeepSeek-V3, arXiv 2412.19437, abstract"},
    {"gpt-oss-20b", 20.91, 3.61, false, "gpt-oss model card, arXiv 2508.10925, table 1"},
    {"gpt-oss-120b", 116.83, 5.13, false, "gpt-oss model card, arXiv 2508.10925, table 1"},
    {"gemma-2-27b", 1.180 + 26.047, 0, true, "Gemma 2, arXiv 2408.00118, table 2"},
    {"gemma-3-27b", 1.416 + 25.600, 0, true, "Gemma 3, arXiv 2503.19786, table 1, without the vision encoder"},
    {"phi-3-mini", 3.82, 0, true, "Hugging Face, microsoft/Phi-3-mini-4k-instruct, size of the tensors"},
    {"phi-4", 14.66, 0, true, "Hugging Face, microsoft/phi-4, size of the tensors; the card says 14"},
};

class PublishedCountsTest : public ::testing::Test {
 protected:
  static ModelLibrary shipped() {
    Diagnostics diagnostics;
    ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
    diagnostics.throw_if_any();
    return library;
  }

  [[nodiscard]] const Architecture& model(const char* name) const { return library_.find(name)->architecture; }

  const ModelLibrary library_ = shipped();
};

TEST_F(PublishedCountsTest, EveryShippedModelHasAPublishedSize) {
  std::set<std::string> published;
  for (const Published& row : kPublished) published.insert(row.model);
  std::set<std::string> names;
  for (const ModelEntry& entry : library_.entries()) names.insert(entry.architecture.name);
  EXPECT_EQ(names, published);
}

TEST_F(PublishedCountsTest, TotalsAreWithinHalfAPercent) {
  for (const Published& row : kPublished)
    EXPECT_NEAR(static_cast<double>(model(row.model).parameter_count()) / 1e9, row.total, 0.005 * row.total)
        << row.model << ": " << row.source;
}

// Publishers round to two digits, and differ in what they count: three percent.
TEST_F(PublishedCountsTest, ActiveParametersAreWithinThreePercent) {
  for (const Published& row : kPublished) {
    const Architecture& a = model(row.model);
    EXPECT_EQ(row.active > 0, a.moe.present()) << row.model;
    if (row.active == 0) {
      EXPECT_EQ(a.active_parameter_count(), a.parameter_count()) << row.model;
      continue;
    }
    const std::int64_t left_out = row.active_has_embedding ? 0 : a.embedding_parameters();
    EXPECT_NEAR(static_cast<double>(a.active_parameter_count() - left_out) / 1e9, row.active, 0.03 * row.active)
        << row.model << ": " << row.source;
  }
}

// gpt-oss model card, table 1: 3.61 and 5.13 billion to the last digit.
TEST_F(PublishedCountsTest, GptOssIsExactToThePublishedDigits) {
  const auto billions = [](std::int64_t n) { return static_cast<double>(n) / 1e9; };
  const Architecture& small = model("gpt-oss-20b");
  const Architecture& large = model("gpt-oss-120b");
  EXPECT_NEAR(billions(small.parameter_count()), 20.91, 0.006);
  EXPECT_NEAR(billions(large.parameter_count()), 116.83, 0.006);
  EXPECT_NEAR(billions(small.active_parameter_count() - small.embedding_parameters()), 3.61, 0.006);
  EXPECT_NEAR(billions(large.active_parameter_count() - large.embedding_parameters()), 5.13, 0.006);
}

// DeepSeek-V3 repository, README_WEIGHTS.md: 11.5 billion parameters of the MTP module's own.
TEST_F(PublishedCountsTest, TheMtpModuleIsCountedApart) {
  EXPECT_NEAR(static_cast<double>(model("deepseek-v3").mtp_parameter_count()) / 1e9, 11.5, 0.015 * 11.5);
  EXPECT_EQ(model("llama-3-8b").mtp_parameter_count(), 0);
}

TEST_F(PublishedCountsTest, KvBytesPerToken) {
  EXPECT_EQ(model("llama-3-405b").kv_bytes_per_token(DataType::kFp8), Bytes(126 * 2 * 8 * 128));
  EXPECT_EQ(model("llama-3-405b").kv_bytes_per_token(DataType::kFp8), Bytes(258'048));
  EXPECT_EQ(model("llama-3-70b").kv_bytes_per_token(DataType::kBf16), Bytes(327'680));
  EXPECT_EQ(model("llama-2-7b").kv_bytes_per_token(DataType::kBf16), Bytes(524'288));  // 32 x 2 x 4096 x 2
  EXPECT_EQ(model("deepseek-v3").kv_bytes_per_token(DataType::kBf16), Bytes(61 * (512 + 64) * 2));
  EXPECT_EQ(model("deepseek-v3").kv_bytes_per_token(DataType::kBf16), Bytes(70'272));
  EXPECT_EQ(model("qwen3-235b-a22b").kv_bytes_per_token(DataType::kBf16), Bytes(94 * 2 * 4 * 128 * 2));
}

// Layers x elements that a token leaves in each, keys and values, as the publishers' config.json files have them.
TEST_F(PublishedCountsTest, KvBytesPerTokenOfEveryModel) {
  const std::map<std::string, std::int64_t> elements{
      {"deepseek-v3", 61 * (512 + 64)},      {"gemma-2-27b", 46 * 2 * 16 * 128},     {"gemma-3-27b", 62 * 2 * 16 * 128},
      {"gpt-oss-120b", 36 * 2 * 8 * 64},     {"gpt-oss-20b", 24 * 2 * 8 * 64},       {"llama-2-70b", 80 * 2 * 8 * 128},
      {"llama-2-7b", 32 * 2 * 32 * 128},     {"llama-3-405b", 126 * 2 * 8 * 128},    {"llama-3-70b", 80 * 2 * 8 * 128},
      {"llama-3-8b", 32 * 2 * 8 * 128},      {"llama-4-maverick", 48 * 2 * 8 * 128}, {"mistral-7b", 32 * 2 * 8 * 128},
      {"mixtral-8x7b", 32 * 2 * 8 * 128},    {"phi-3-mini", 32 * 2 * 32 * 96},       {"phi-4", 40 * 2 * 10 * 128},
      {"qwen2.5-32b", 64 * 2 * 8 * 128},     {"qwen2.5-72b", 80 * 2 * 8 * 128},      {"qwen2.5-7b", 28 * 2 * 4 * 128},
      {"qwen3-235b-a22b", 94 * 2 * 4 * 128}, {"qwen3-30b-a3b", 48 * 2 * 4 * 128},    {"qwen3-32b", 64 * 2 * 8 * 128},
      {"qwen3-8b", 36 * 2 * 8 * 128}};
  for (const Published& row : kPublished) {
    ASSERT_TRUE(elements.contains(row.model)) << row.model;
    EXPECT_EQ(model(row.model).kv_bytes_per_token(DataType::kBf16), Bytes(2 * elements.at(row.model))) << row.model;
  }
}

TEST_F(PublishedCountsTest, WindowsBoundTheCacheOfALongContext) {
  const std::int64_t layer_token = std::int64_t{2} * 8 * 64 * 2;  // gpt-oss: 8 kv heads of 64, bf16
  EXPECT_EQ(model("gpt-oss-120b").kv_bytes(DataType::kBf16, 131'072), Bytes(layer_token * 18 * (131'072 + 128)));
  const std::int64_t gemma = std::int64_t{2} * 16 * 128 * 2;  // of 62 layers every 6th sees everything: 10
  EXPECT_EQ(model("gemma-3-27b").kv_bytes(DataType::kBf16, 32'768), Bytes(gemma * (10 * 32'768 + 52 * 1'024)));
  EXPECT_EQ(model("mistral-7b").kv_bytes(DataType::kBf16, 32'768), Bytes(32 * 2 * 8 * 128 * 2 * std::int64_t{4'096}));
  EXPECT_EQ(model("llama-4-maverick").window_layers(), 36);
  EXPECT_EQ(model("llama-3-8b").kv_bytes(DataType::kBf16, 1'000),
            model("llama-3-8b").kv_bytes_per_token(DataType::kBf16) * 1'000);
}

// Two a parameter that a token goes through: all but the embedding table, norms and biases are multiplied.
TEST_F(PublishedCountsTest, FlopsAreAboutTwiceTheActiveParameters) {
  for (const Published& row : kPublished) {
    const Architecture& a = model(row.model);
    const std::int64_t table = a.tied_embeddings ? 0 : a.embedding_parameters();
    const auto twice = static_cast<double>(2 * (a.active_parameter_count() - table));
    EXPECT_NEAR(static_cast<double>(a.flops_per_token(0).count()), twice, 0.001 * twice) << row.model;
  }
  // Attention: 80 layers x 64 heads x 128 elements x 4 a token.
  const Architecture& llama = model("llama-3-70b");
  EXPECT_EQ(llama.flops_per_token(4'096) - llama.flops_per_token(0), Flops(std::int64_t{80} * 64 * 128 * 4 * 4'096));
}

}  // namespace
}  // namespace decodesim
