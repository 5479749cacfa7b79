// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/config/yaml_reader.hpp"

namespace decodesim {
namespace {

Node yaml(std::string_view text, const std::string& name = "s.yaml") {
  Diagnostics diagnostics;
  Node node = read_yaml_text(text, name, diagnostics);
  diagnostics.throw_if_any();
  return node;
}

std::string text_at(const Node& root, std::string_view path) {
  const Node* node = find_path(root, path);
  return node == nullptr ? "(nothing)" : node->text();
}

std::string assign_error(std::string_view document, std::string_view path, std::string_view value = "1") {
  Node root = yaml(document);
  try {
    assign_path(root, path, value);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "(no error)";
}

TEST(NodeTest, KindsHaveNames) {
  EXPECT_EQ(Node().kind_text(), "nothing");
  EXPECT_EQ(Node::scalar("1", {}).kind_text(), "a value");
  EXPECT_EQ(Node::sequence({}).kind_text(), "a list");
  EXPECT_EQ(Node::mapping({}).kind_text(), "a mapping");
  EXPECT_TRUE(Node::null({}).is_null());
}

TEST(NodeTest, SetReplacesInPlaceAndEraseRemoves) {
  Node map = Node::mapping({});
  map.set("a", {}, Node::scalar("1", {}));
  map.set("b", {}, Node::scalar("2", {}));
  map.set("a", {}, Node::scalar("3", {}));
  EXPECT_THAT(map.keys(), testing::ElementsAre("a", "b"));
  EXPECT_EQ(map.find("a")->text(), "3");
  map.erase("a");
  map.erase("absent");
  EXPECT_THAT(map.keys(), testing::ElementsAre("b"));
  EXPECT_EQ(map.find("a"), nullptr);
}

TEST(NodeTest, SetMakesNothingAMappingThatKeepsItsPlace) {
  Node node = Node::null(whole_file("s.yaml"));
  node.set("a", {}, Node::scalar("1", {}));
  EXPECT_TRUE(node.is_mapping());
  EXPECT_EQ(node.position().text(), "s.yaml");
}

TEST(NodeTest, FindOnWhatIsNoMappingIsNull) {
  EXPECT_EQ(Node().find("a"), nullptr);
  EXPECT_EQ(Node::scalar("a", {}).find("a"), nullptr);
}

TEST(MergeTest, MappingsMergeKeyByKeyAndTheRestIsReplaced) {
  const Node merged_node = merged(yaml("{a: 1, m: {x: 1, y: 2}, list: [1, 2], s: 1}"),
                                  yaml("{m: {y: 3, z: 4}, list: [9], s: {k: v}, new: 5}"));
  EXPECT_THAT(merged_node.keys(), testing::ElementsAre("a", "m", "list", "s", "new"));
  EXPECT_EQ(text_at(merged_node, "a"), "1");
  EXPECT_EQ(text_at(merged_node, "m.x"), "1");
  EXPECT_EQ(text_at(merged_node, "m.y"), "3");
  EXPECT_EQ(text_at(merged_node, "m.z"), "4");
  EXPECT_EQ(find_path(merged_node, "list")->items().size(), 1U);
  EXPECT_EQ(text_at(merged_node, "s.k"), "v");
  EXPECT_EQ(text_at(merged_node, "new"), "5");
}

TEST(MergeTest, EachValueKeepsTheFileItCameFrom) {
  const Node merged_node = merged(yaml("a: 1\nb: 2", "base.yaml"), yaml("b: 3", "over.yaml"));
  EXPECT_EQ(find_path(merged_node, "a")->position().text(), "base.yaml:1:4");
  EXPECT_EQ(find_path(merged_node, "b")->position().text(), "over.yaml:1:4");
}

TEST(MergeTest, WithAMappingOnOneSideOnlyTheUpperWins) {
  EXPECT_TRUE(merged(yaml("{a: 1}"), yaml("[1]")).is_sequence());
  EXPECT_TRUE(merged(yaml("[1]"), yaml("{a: 1}")).is_mapping());
}

TEST(FindPathTest, WalksKeysAndIndices) {
  const Node root = yaml("memory: [{stacks: 5}, {stacks: 6}]");
  EXPECT_EQ(text_at(root, "memory.1.stacks"), "6");
  for (const char* path : {"", ".", "memory.", "memory.2", "memory.-1", "memory.x", "memory.0.stacks.deeper", "absent",
                           "memory.99999999999999999999999"})
    EXPECT_EQ(find_path(root, path), nullptr) << path;
}

TEST(AssignPathTest, ReplacesAValueAndSaysWhereFrom) {
  Node root = yaml("run: {seed: 1}");
  assign_path(root, "run.seed", "7");
  EXPECT_EQ(text_at(root, "run.seed"), "7");
  EXPECT_EQ(find_path(root, "run.seed")->position().text(), "--set run.seed");
}

TEST(AssignPathTest, MakesWhatIsMissingOnTheWay) {
  Node root = yaml("a: 1");
  assign_path(root, "system.accelerators.count", "8");
  EXPECT_EQ(text_at(root, "system.accelerators.count"), "8");
  EXPECT_EQ(find_path(root, "system")->position().text(), "--set system.accelerators.count");
}

TEST(AssignPathTest, GoesThroughAnEmptyKeyAndIntoAnEmptyTree) {
  Node root = yaml("run:");
  assign_path(root, "run.seed", "7");
  EXPECT_EQ(text_at(root, "run.seed"), "7");
  Node nothing;
  assign_path(nothing, "a.b", "1");
  EXPECT_EQ(text_at(nothing, "a.b"), "1");
}

TEST(AssignPathTest, ListItemsGoByIndex) {
  Node root = yaml("memory: [{stacks: 5}, {stacks: 6}]");
  assign_path(root, "memory.1.stacks", "4");
  EXPECT_EQ(text_at(root, "memory.0.stacks"), "5");
  EXPECT_EQ(text_at(root, "memory.1.stacks"), "4");
}

TEST(AssignPathTest, TheValueIsYaml) {
  Node root = yaml("a: 1");
  assign_path(root, "a", "{use: h100, count: 8}");
  EXPECT_EQ(text_at(root, "a.count"), "8");
  EXPECT_EQ(find_path(root, "a.count")->position().text(), "--set a");
  assign_path(root, "a", "[1, 2]");
  EXPECT_EQ(text_at(root, "a.1"), "2");
  assign_path(root, "a", "3.35 TB/s");
  EXPECT_EQ(text_at(root, "a"), "3.35 TB/s");
  assign_path(root, "a", "'8'");
  EXPECT_TRUE(find_path(root, "a")->quoted());
}

TEST(AssignPathTest, AnEmptyPartIsRefused) {
  EXPECT_EQ(assign_error("a: 1", ""), "--set : empty part in the path; expected path.to.key=value");
  EXPECT_EQ(assign_error("a: {}", "a..b"), "--set a..b: empty part in the path; expected path.to.key=value");
  EXPECT_EQ(assign_error("a: {}", "a."), "--set a.: empty part in the path; expected path.to.key=value");
}

TEST(AssignPathTest, APathThroughAValueIsRefused) {
  EXPECT_EQ(assign_error("a: 1", "a.b"),
            "--set a.b: 'b' lies below the value '1', which has no keys; expected the path of a value");
}

TEST(AssignPathTest, AnIndexThatDoesNotExistIsRefused) {
  EXPECT_EQ(assign_error("m: [1, 2]", "m.2"), "--set m.2: '2' is not an item of a list of 2; expected an index from 0");
  EXPECT_EQ(assign_error("m: [1, 2]", "m.first"),
            "--set m.first: 'first' is not an item of a list of 2; expected an index from 0");
  EXPECT_EQ(assign_error("m: []", "m.0"), "--set m.0: '0' is not an item of a list of 0; expected an index from 0");
}

TEST(AssignPathTest, AValueThatIsNoYamlIsRefused) {
  EXPECT_EQ(assign_error("a: 1", "a", ""), "--set a: no value; expected path.to.key=value");
  EXPECT_EQ(assign_error("a: 1", "a", "~"), "--set a: the value is empty; expected YAML");
  EXPECT_EQ(assign_error("a: 1", "a", "[1").substr(0, 24), "--set a: malformed YAML:");
  EXPECT_EQ(assign_error("a: 1", "a", "{b: 1, b: 2}"), "--set a: duplicate key 'b'; expected each key once");
}

}  // namespace
}  // namespace decodesim
