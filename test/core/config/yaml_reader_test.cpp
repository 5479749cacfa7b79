// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/yaml_reader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace decodesim {
namespace {

struct Outcome {
  Node node;
  std::string errors;  ///< one a line
};

template <class Read>
Outcome attempt(const Read& read) {
  Outcome out;
  try {
    Diagnostics diagnostics;
    out.node = read(diagnostics);
    diagnostics.throw_if_any();
  } catch (const ConfigError& error) {
    out.errors = error.what();
  }
  return out;
}

Outcome read(std::string_view text) {
  return attempt([&](Diagnostics& diagnostics) { return read_yaml_text(text, "s.yaml", diagnostics); });
}

class YamlFileTest : public ::testing::Test {
 protected:
  YamlFileTest() { std::filesystem::create_directories(folder_); }
  ~YamlFileTest() override { std::filesystem::remove_all(folder_); }
  YamlFileTest(const YamlFileTest&) = delete;
  YamlFileTest& operator=(const YamlFileTest&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] static Outcome read_file(const std::string& path) {
    return attempt([&](Diagnostics& diagnostics) { return read_yaml_file(path, diagnostics); });
  }
  void write(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) /
      ("decodesim_yaml_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST(YamlReaderTest, ValuesKeepTheirKindTextAndPlace) {
  const Node root = read("a: 3.35 TB/s\nlist:\n  - x\n  - 'y'\nmap: {k: v}\n").node;
  EXPECT_EQ(root.position().text(), "s.yaml:1:1");
  EXPECT_EQ(root.find("a")->text(), "3.35 TB/s");
  EXPECT_EQ(root.find("a")->position().text(), "s.yaml:1:4");
  EXPECT_FALSE(root.find("a")->quoted());
  EXPECT_TRUE(root.find("list")->is_sequence());
  EXPECT_EQ(root.find("list")->items()[1].text(), "y");
  EXPECT_TRUE(root.find("list")->items()[1].quoted());
  EXPECT_EQ(root.find("list")->items()[1].position().text(), "s.yaml:4:5");
  EXPECT_EQ(find_path(root, "map.k")->position().text(), "s.yaml:5:10");
  EXPECT_EQ(root.entries()[2].key_position.text(), "s.yaml:5:1");
}

TEST(YamlReaderTest, AnEmptyValueStandsWhereItsKeyDoes) {
  const Node root = read("a: 1\nmemory:\nb: ~\n").node;
  EXPECT_TRUE(root.find("memory")->is_null());
  EXPECT_EQ(root.find("memory")->position().text(), "s.yaml:2:1");
  EXPECT_EQ(root.find("b")->position().text(), "s.yaml:3:1");
}

TEST(YamlReaderTest, TextWithNothingInItIsRefused) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "~", "null"})
    EXPECT_EQ(read(text).errors, "s.yaml:1:1: the file is empty; expected YAML") << text;
}

TEST(YamlReaderTest, MalformedTextIsRefusedWithItsPlace) {
  EXPECT_EQ(read("a: 1\nb: [1, 2\n").errors,
            "s.yaml:3:1: malformed YAML: end of sequence flow not found; expected valid YAML");
  EXPECT_EQ(read("a: 1\n\tb: 2\n").errors.substr(0, 28), "s.yaml:2:1: malformed YAML: ");
  EXPECT_EQ(read("a: 1\nb: c: d\n").errors.substr(0, 28), "s.yaml:2:5: malformed YAML: ");
  EXPECT_EQ(read("a: *nowhere\n").errors.substr(0, 28), "s.yaml:1:4: malformed YAML: ");
}

TEST(YamlReaderTest, AQuoteThatIsNeverClosedIsRefusedWhereItOpens) {
  for (const char* text : {"a: 'never closed\n", "a: \"never closed\n\n", "a: 'it''s\n", "a: \"x\\\"\n"})
    EXPECT_EQ(read(text).errors, "s.yaml:1:4: malformed YAML: a quote that is never closed; expected its end") << text;
  EXPECT_NE(read("a: &x !!str 'never closed\n").errors, "");
  EXPECT_NE(read("a: 'never closed").errors, "");
  for (const char* text :
       {"a: 'it''s'\n", "a: \"x\\\"\"\n", "a: |\n  it's\n", "a: it's\n", "a: &x 'y'\n", "'a': \"\"\n"})
    EXPECT_EQ(read(text).errors, "") << text;
}

TEST(YamlReaderTest, TextAfterTheEndIsRefused) {
  EXPECT_EQ(read("[1]\nx\n").errors, "s.yaml:2:1: malformed YAML: text after the end; expected one document");
  EXPECT_NE(read("{a: 1}}\n").errors, "");
  EXPECT_NE(read("a: 1\n}\n").errors, "");
}

TEST(YamlReaderTest, ADuplicateKeyIsAMistakeAndTheFirstStays) {
  EXPECT_EQ(read("a: 1\nb: 2\na: 3\n").errors, "s.yaml:3:1: duplicate key 'a'; expected each key once");
  Diagnostics diagnostics;
  const Node root = read_yaml_text("a: 1\na: 3\n", "s.yaml", diagnostics);
  EXPECT_EQ(root.find("a")->text(), "1");
  EXPECT_EQ(diagnostics.list().size(), 1U);
}

TEST(YamlReaderTest, AllMistakesOfAFileAreNamedAtOnce) {
  EXPECT_EQ(read("a: 1\na: 2\nm: {k: 1, k: 2}\n").errors,
            "s.yaml:2:1: duplicate key 'a'; expected each key once\n"
            "s.yaml:3:11: duplicate key 'k'; expected each key once");
}

TEST(YamlReaderTest, MergeKeysAreRefused) {
  EXPECT_EQ(read("base: &b {x: 1}\nm:\n  <<: *b\n").errors,
            "s.yaml:3:3: merge keys ('<<') are not supported; expected the keys written out");
}

TEST(YamlReaderTest, AliasesAreCopies) {
  const Node root = read("a: &x {k: v}\nb: *x\n").node;
  EXPECT_EQ(find_path(root, "b.k")->text(), "v");
}

TEST(YamlReaderTest, AKeyThatIsNoWordIsRefused) {
  EXPECT_EQ(read("[1, 2]: x\n").errors, "s.yaml:1:1: a key must be a plain word; expected 'key: value'");
  EXPECT_EQ(read("~: x\n").errors, "s.yaml:1:1: a key must be a plain word; expected 'key: value'");
}

TEST(YamlReaderTest, ASecondDocumentIsRefused) {
  EXPECT_EQ(read("a: 1\n---\nb: 2\n").errors, "s.yaml:2:1: a second document starts; expected one a file");
}

TEST(YamlReaderTest, AnAliasWithinItsOwnAnchorIsRefused) {
  EXPECT_EQ(read("a: &x [1, *x]\n").errors, "s.yaml:1:11: an alias within its own anchor; expected a finite tree");
  EXPECT_NE(read("&x {k: *x}\n").errors, "");
}

TEST(YamlReaderTest, AliasesThatMultiplyWithoutEndAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) text += (j == 0 ? "*a" : ", *a") + std::to_string(i - 1);
    text += "]\n";
  }
  EXPECT_NE(read(text).errors.find("too many values; expected at most 1000000 in one file"), std::string::npos);
}

TEST(YamlReaderTest, NestingIsBounded) {
  EXPECT_EQ(read(std::string(90, '[') + std::string(90, ']')).errors, "");
  EXPECT_EQ(read(std::string(101, '[') + std::string(101, ']')).errors,
            "s.yaml:1:101: nested too deeply; expected at most 100 levels");
  EXPECT_NE(read(std::string(100'000, '[')).errors, "");
  EXPECT_NE(read(std::string(100'000, '{')).errors, "");
}

TEST(YamlReaderTest, NestingThroughAliasesIsBounded) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 150; ++i)
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  EXPECT_NE(read(text).errors.find("nested too deeply; expected at most 100 levels"), std::string::npos);
}

TEST(YamlReaderTest, AValueMayCarryItsSource) {
  const Node root = read("bandwidth: {value: 25 GB/s, source: \"H100 datasheet\"}\n").node;
  const Node* bandwidth = root.find("bandwidth");
  EXPECT_TRUE(bandwidth->is_scalar());
  EXPECT_EQ(bandwidth->text(), "25 GB/s");
  EXPECT_EQ(bandwidth->source(), "H100 datasheet");
  EXPECT_EQ(bandwidth->position().text(), "s.yaml:1:20");
}

TEST(YamlReaderTest, OtherMappingsWithSuchKeysStayMappings) {
  EXPECT_TRUE(read("b: {value: 1}").node.find("b")->is_mapping());
  EXPECT_TRUE(read("b: {source: 1}").node.find("b")->is_mapping());
  EXPECT_TRUE(read("b: {value: 1, source: x, because: y}").node.find("b")->is_mapping());
  EXPECT_TRUE(read("b: {value: 1, source: [x]}").node.find("b")->is_mapping());
}

TEST(YamlReaderTest, LineEndingsAndAByteOrderMarkDoNotMatter) {
  EXPECT_EQ(find_path(read("a: 1\r\nb: 2\r\n").node, "b")->text(), "2");
  EXPECT_EQ(find_path(read("\xef\xbb\xbf"
                           "a: 1\n")
                          .node,
                      "a")
                ->text(),
            "1");
}

TEST_F(YamlFileTest, AFileReadsLikeItsText) {
  write("good.yaml", "a: 1\n");
  const Outcome outcome = read_file(path("good.yaml"));
  EXPECT_EQ(outcome.errors, "");
  EXPECT_EQ(outcome.node.find("a")->position().text(), path("good.yaml") + ":1:4");
}

TEST_F(YamlFileTest, AMissingFileIsNamed) {
  EXPECT_EQ(read_file(path("absent.yaml")).errors, path("absent.yaml") + ": no such file; expected a YAML file");
  EXPECT_EQ(read_file("").errors, ": no such file; expected a YAML file");
}

TEST_F(YamlFileTest, ANameThatNoFileCanHaveIsRefused) {
  const std::string absurd(5000, 'x');
  EXPECT_EQ(read_file(absurd).errors, absurd + ": no such file; expected a YAML file");
}

TEST_F(YamlFileTest, AFolderIsRefused) {
  EXPECT_EQ(read_file(path("")).errors, path("") + ": not a regular file; expected a YAML file");
}

TEST_F(YamlFileTest, AnEmptyFileIsRefused) {
  write("empty.yaml", "");
  EXPECT_EQ(read_file(path("empty.yaml")).errors, path("empty.yaml") + ":1:1: the file is empty; expected YAML");
}

TEST(YamlValueTest, EveryNodeGetsTheOrigin) {
  const Node value = read_yaml_value("{a: [1, ~, {b: 2}], c: {value: 3, source: here}}", whole_file("--set x"));
  for (const char* at : {"a", "a.0", "a.1", "a.2", "a.2.b", "c"})
    EXPECT_EQ(find_path(value, at)->position().text(), "--set x") << at;
  EXPECT_EQ(find_path(value, "c")->source(), "here");
}

}  // namespace
}  // namespace decodesim
