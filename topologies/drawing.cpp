// SPDX-License-Identifier: Apache-2.0
#include "topologies/drawing.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include "topologies/indexing.hpp"

namespace decodesim {
namespace {

constexpr std::array<std::string_view, 6> kColours{"#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1", "#76b7b2"};
constexpr std::int64_t kStep = 60;  // between nodes, in pixels

std::string_view colour_of(std::int32_t level) { return item(kColours, level % 6); }

void check_size(const Topology& topology) {
  if (topology.nodes.size() > kMostDrawn)
    throw TopologyError("a drawing of " + std::to_string(topology.nodes.size()) + " nodes; expected at most " +
                        std::to_string(kMostDrawn));
}

// Characters that XML gives a meaning.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

struct Point {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

std::vector<Point> on_a_circle(std::size_t count) {
  const double radius =
      std::max(static_cast<double>(count) * static_cast<double>(kStep) / (2 * std::numbers::pi), 40.0);
  std::vector<Point> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count);
    out.push_back({static_cast<std::int64_t>(std::lround(radius * (1 + std::sin(angle)))) + kStep,
                   static_cast<std::int64_t>(std::lround(radius * (1 - std::cos(angle)))) + kStep});
  }
  return out;
}

// Endpoints at the bottom, each class of switches in a row above.
std::vector<Point> in_rows(const Topology& topology) {
  const auto row_of = [](const TopologyNode& node) {
    return node.kind == TopologyNode::Kind::kEndpoint ? 0 : 1 + node.level;
  };
  const std::int64_t rows = 1 + static_cast<std::int64_t>(topology.switch_classes.size());
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(rows));
  for (const TopologyNode& node : topology.nodes) ++item(sizes, row_of(node));
  const std::int64_t width = *std::max_element(sizes.begin(), sizes.end()) * kStep;
  std::vector<std::int64_t> placed(sizes.size());
  std::vector<Point> out;
  for (const TopologyNode& node : topology.nodes) {
    const std::int64_t row = row_of(node);
    const std::int64_t index = item(placed, row)++;
    out.push_back({(2 * index + 1) * width / (2 * item(sizes, row)), (rows - row) * 3 * kStep - kStep});
  }
  return out;
}

std::string line(const Point& a, const Point& b, std::string_view colour) {
  return "<line x1=\"" + std::to_string(a.x) + "\" y1=\"" + std::to_string(a.y) + "\" x2=\"" + std::to_string(b.x) +
         "\" y2=\"" + std::to_string(b.y) + "\" stroke=\"" + std::string(colour) + "\"/>\n";
}

std::string mark(const Point& at, const TopologyNode& node) {
  const bool endpoint = node.kind == TopologyNode::Kind::kEndpoint;
  const std::string place = std::to_string(at.x) + "\" ";
  std::string out = endpoint ? "<circle cx=\"" + place + "cy=\"" + std::to_string(at.y) + "\" r=\"8\" fill=\"#ffffff\""
                             : "<rect x=\"" + std::to_string(at.x - 10) + "\" y=\"" + std::to_string(at.y - 8) +
                                   "\" width=\"20\" height=\"16\" fill=\"" + std::string(colour_of(node.level)) + "\"";
  out += " stroke=\"#333333\"/>\n";
  return out + "<text x=\"" + place + "y=\"" + std::to_string(at.y + 20) +
         "\" font-size=\"9\" font-family=\"sans-serif\" text-anchor=\"middle\">" + escaped(node.name) + "</text>\n";
}

}  // namespace

std::string to_dot(const Topology& topology, const std::string& title) {
  check_size(topology);
  std::string out = "graph " + quoted(title) + " {\n  label=" + quoted(title) + ";\n  node [fontsize=9];\n";
  for (const TopologyNode& node : topology.nodes) {
    const bool endpoint = node.kind == TopologyNode::Kind::kEndpoint;
    out += "  " + quoted(node.name) +
           (endpoint ? " [shape=circle];\n"
                     : " [shape=box, style=filled, fillcolor=" + quoted(colour_of(node.level)) + "];\n");
  }
  for (const TopologyCable& cable : topology.cables)
    out += "  " + quoted(item(topology.nodes, cable.a).name) + " -- " + quoted(item(topology.nodes, cable.b).name) +
           " [color=" + quoted(colour_of(cable.level)) + "];\n";
  return out + "}\n";
}

std::string to_svg(const Topology& topology, const std::string& title) {
  check_size(topology);
  const bool direct = topology.nodes.size() == static_cast<std::size_t>(topology.endpoints());
  const std::vector<Point> points = direct ? on_a_circle(topology.nodes.size()) : in_rows(topology);
  Point corner;
  for (const Point& p : points) corner = {std::max(corner.x, p.x), std::max(corner.y, p.y)};
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(corner.x + kStep) +
                    "\" height=\"" + std::to_string(corner.y + kStep) + "\">\n<title>" + escaped(title) + "</title>\n";
  for (const TopologyCable& cable : topology.cables)
    out += line(item(points, cable.a), item(points, cable.b), colour_of(cable.level));
  for (std::size_t i = 0; i < points.size(); ++i) out += mark(points[i], topology.nodes[i]);
  return out + "</svg>\n";
}

}  // namespace decodesim
