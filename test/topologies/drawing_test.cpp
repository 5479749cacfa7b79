// SPDX-License-Identifier: Apache-2.0
#include "topologies/drawing.hpp"

#include <gmock/gmock.h>

#include "test/topologies/fabric_checks.hpp"
#include "topologies/cube.hpp"
#include "topologies/tree.hpp"

namespace decodesim {
namespace {

using testing::HasSubstr;

int occurrences(const std::string& text, const std::string& what) {
  int count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(DrawingTest, Dot) {
  EXPECT_EQ(to_dot(TreeFabric(TreeShape::star(2)).topology(), "two"),
            "graph \"two\" {\n  label=\"two\";\n  node [fontsize=9];\n"
            "  \"acc0\" [shape=circle];\n  \"acc1\" [shape=circle];\n"
            "  \"switch0\" [shape=box, style=filled, fillcolor=\"#4e79a7\"];\n"
            "  \"acc0\" -- \"switch0\" [color=\"#4e79a7\"];\n  \"acc1\" -- \"switch0\" [color=\"#4e79a7\"];\n}\n");
}

TEST(DrawingTest, SvgHasEveryNodeAndCable) {
  const std::string ring = to_svg(CubeFabric(CubeShape::ring(8)).topology(), "a < b");
  EXPECT_THAT(ring, HasSubstr("<title>a &lt; b</title>"));
  EXPECT_EQ(occurrences(ring, "<circle"), 8);
  EXPECT_EQ(occurrences(ring, "<line"), 8);
  const std::string tree = to_svg(TreeFabric(TreeShape::fat_tree(4, 3)).topology(), "fat tree");
  EXPECT_EQ(occurrences(tree, "<circle"), 16);
  EXPECT_EQ(occurrences(tree, "<rect"), 20);
  EXPECT_EQ(occurrences(tree, "<line"), 48);
}

TEST(DrawingTest, WhatNobodyCanReadIsRefused) {
  const TreeFabric large(TreeShape::star(2000));
  EXPECT_EQ(test::refusal([&] { to_svg(large.topology(), ""); }), "a drawing of 2001 nodes; expected at most 2000");
}

}  // namespace
}  // namespace decodesim
