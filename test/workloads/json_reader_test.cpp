// SPDX-License-Identifier: Apache-2.0
#include "workloads/json_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace decodesim {
namespace {

using ::testing::HasSubstr;

std::string message_of(const std::string& text) {
  try {
    read_json_text(text, "c.json");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

std::string place_of(const Node& root, std::string_view path) { return find_path(root, path)->position().text(); }

TEST(JsonReaderTest, EveryValueKnowsItsPlace) {
  const Node root =
      read_json_text("{\"a\": 1,\n  \"b\" :\t[ 2 , \"x\",null],\n  \"c\": {\"d\":\n -3.5e2, \"e\": true}}", "c.json");
  EXPECT_EQ(place_of(root, "a"), "c.json:1:7");
  EXPECT_EQ(place_of(root, "b"), "c.json:2:9");
  EXPECT_EQ(place_of(root, "b.0"), "c.json:2:11");
  EXPECT_EQ(place_of(root, "b.1"), "c.json:2:15");
  EXPECT_EQ(place_of(root, "b.2"), "c.json:2:19");
  EXPECT_EQ(place_of(root, "c"), "c.json:3:8");
  EXPECT_EQ(place_of(root, "c.d"), "c.json:4:2");
  EXPECT_EQ(place_of(root, "c.e"), "c.json:4:15");
}

TEST(JsonReaderTest, ValuesKeepTheirKinds) {
  const Node root = read_json_text(R"({"n": 12, "t": "12", "f": 1.5, "b": false, "z": null, "u": "\u00e9"})", "c.json");
  EXPECT_EQ(root.find("n")->text(), "12");
  EXPECT_FALSE(root.find("n")->quoted());
  EXPECT_TRUE(root.find("t")->quoted());
  EXPECT_EQ(root.find("f")->text(), "1.5");
  EXPECT_EQ(root.find("b")->text(), "false");
  EXPECT_TRUE(root.find("z")->is_null());
  EXPECT_EQ(root.find("u")->text(), "\xc3\xa9");
}

TEST(JsonReaderTest, OfAKeyGivenTwiceTheLastCounts) {
  EXPECT_EQ(read_json_text(R"({"a": 1, "a": 2})", "c.json").find("a")->text(), "2");
}

TEST(JsonReaderTest, MalformedTextIsAMistakeWithItsPlace) {
  const std::string member = "expected a comma, a key and its value, or the object's end";
  EXPECT_EQ(message_of("{\"a\": 1,\n \"b\" 2}"), "c.json:2:6: malformed JSON; " + member);
  EXPECT_EQ(message_of("{\"a\": 1"), "c.json:1:8: malformed JSON; " + member);
  EXPECT_EQ(message_of("{\"a\": [1 2]}"),
            "c.json:1:10: malformed JSON; expected a comma and a value, or the list's end");
  EXPECT_EQ(message_of(""), "c.json:1:1: malformed JSON; expected one object");
  EXPECT_EQ(message_of("{} {}"), "c.json:1:4: malformed JSON; expected one object");
  EXPECT_THAT(message_of("{\"a\": nul}"), HasSubstr("c.json:1:"));
}

TEST(JsonReaderTest, WhatIsNoObjectIsAMistake) {
  EXPECT_EQ(message_of("[1]"), "c.json:1:1: the file is a list; expected one object");
  EXPECT_EQ(message_of("3"), "c.json:1:1: the file is a value; expected one object");
}

TEST(JsonReaderTest, AbsurdNestingIsAMistake) {
  EXPECT_EQ(message_of("{\"a\": " + std::string(100'000, '[')),
            "c.json:1:70: nested deeper than 64 levels; expected a model's config.json");
}

TEST(JsonReaderTest, FilesAreRead) {
  const std::string path = ::testing::TempDir() + "json_reader_test.json";
  std::ofstream(path) << "{\"a\": 1}";
  EXPECT_EQ(read_json_file(path).find("a")->position().text(), path + ":1:7");
  std::filesystem::remove(path);
  try {
    read_json_file(path);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), path + ": cannot be read; expected a model's config.json");
  }
}

}  // namespace
}  // namespace decodesim
