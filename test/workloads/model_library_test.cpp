// SPDX-License-Identifier: Apache-2.0
#include "workloads/model_library.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace decodesim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kFigures =
    "layers: 2\nhidden: 8\nq_heads: 4\nkv_heads: 2\nhead_dim: 2\nintermediate: 16\nvocabulary: 10\nmax_context: 64\n";

class ModelLibraryTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& file, const std::string& text) const { std::ofstream(folder_ + "/" + file) << text; }

  const std::string folder_ =
      ::testing::TempDir() + "model_library_" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ModelLibraryTest, ShippedModelsAreFoundByNameAndAlias) {
  Diagnostics diagnostics;
  const ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  ASSERT_NE(library.find("llama-3.1-405b"), nullptr);
  EXPECT_EQ(library.find("llama-3.1-405b"), library.find("llama-3-405b"));
  EXPECT_EQ(library.find("llama-4"), nullptr);
  EXPECT_THAT(library.names(), Contains("llama-3.1-8b"));
}

void expect_sources(const Node& mapping, const std::string& file) {
  for (const Node::Entry& figure : mapping.entries()) {
    if (figure.key == "name" || figure.key == "aliases") continue;
    if (figure.value.is_mapping())
      expect_sources(figure.value, file);
    else
      EXPECT_FALSE(figure.value.source().empty()) << file << ": " << figure.key;
  }
}

TEST_F(ModelLibraryTest, EveryShippedFigureHasASource) {
  Diagnostics diagnostics;
  const ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(library.entries().size(), 22U);
  for (const ModelEntry& model : library.entries()) expect_sources(model.node, model.file);
}

TEST_F(ModelLibraryTest, TwoModelsOfOneNameAreAMistake) {
  write("a.yaml", std::string("name: toy\n") + kFigures);
  write("b.yaml", std::string("name: other\naliases: [toy]\n") + kFigures);
  Diagnostics diagnostics;
  const ModelLibrary library(folder_, diagnostics);
  ASSERT_EQ(diagnostics.list().size(), 1U);
  EXPECT_THAT(diagnostics.list().front().text(), HasSubstr("b.yaml:1:1: 'toy' is already a model, in "));
  EXPECT_EQ(library.entries().size(), 1U);
}

TEST_F(ModelLibraryTest, FilesWithMistakesAreReportedAndLeftOut) {
  write("a.yaml", "name: [\n");
  write("b.yaml", std::string("name: toy\n") + kFigures);
  Diagnostics diagnostics;
  const ModelLibrary library(folder_, diagnostics);
  EXPECT_EQ(diagnostics.list().size(), 1U);
  EXPECT_NE(library.find("toy"), nullptr);
}

TEST_F(ModelLibraryTest, MissingFolderIsRefused) {
  Diagnostics diagnostics;
  EXPECT_THROW(ModelLibrary(folder_ + "/nowhere", diagnostics), ConfigError);
}

}  // namespace
}  // namespace decodesim
