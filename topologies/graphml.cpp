// SPDX-License-Identifier: Apache-2.0
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphml.hpp>
#include <boost/make_shared.hpp>
#include <map>
#include <sstream>

#include "sim/core/units/text.hpp"
#include "topologies/fabric.hpp"
#include "topologies/graph_builder.hpp"
#include "topologies/graph_file.hpp"

namespace decodesim {
namespace {

// Edges have a property so that two between the same nodes differ.
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                    boost::property<boost::edge_index_t, std::size_t>>;
using Vertex = boost::graph_traits<Graph>::vertex_descriptor;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

template <class V>
bool print_if(const boost::any& value, std::string& out) {
  const V* held = boost::any_cast<V>(&value);
  if (held == nullptr) return false;
  if constexpr (std::is_same_v<V, std::string>)
    out = *held;
  else
    out = std::to_string(*held);
  return true;
}

// One kind of data, whatever type the file declares it with, as text.
template <class Key>
class TextData : public boost::dynamic_property_map {
 public:
  std::map<Key, std::string> values;

  [[nodiscard]] std::string of(const Key& key) const {
    const auto found = values.find(key);
    return found == values.end() ? "" : found->second;
  }
  boost::any get(const boost::any& key) override { return of(boost::any_cast<Key>(key)); }
  std::string get_string(const boost::any& key) override { return of(boost::any_cast<Key>(key)); }
  void put(const boost::any& key, const boost::any& value) override {
    std::string& text = values[boost::any_cast<Key>(key)];
    if (print_if<std::string>(value, text) || print_if<int>(value, text) || print_if<long>(value, text)) return;
    text = "a number that is not whole";
  }
  [[nodiscard]] const std::type_info& key() const override { return typeid(Key); }
  [[nodiscard]] const std::type_info& value() const override { return typeid(std::string); }
};

struct File {
  Graph graph;
  boost::shared_ptr<TextData<Vertex>> name = boost::make_shared<TextData<Vertex>>();
  boost::shared_ptr<TextData<Vertex>> kind = boost::make_shared<TextData<Vertex>>();
  boost::shared_ptr<TextData<Vertex>> ports = boost::make_shared<TextData<Vertex>>();
  boost::shared_ptr<TextData<Vertex>> node_class = boost::make_shared<TextData<Vertex>>();
  boost::shared_ptr<TextData<Edge>> edge_class = boost::make_shared<TextData<Edge>>();
  boost::shared_ptr<TextData<Edge>> count = boost::make_shared<TextData<Edge>>();
};

File parsed(const std::string& text, const std::string& file) {
  File out;
  boost::dynamic_properties properties(boost::ignore_other_properties);
  properties.insert("name", out.name);
  properties.insert("kind", out.kind);
  properties.insert("ports", out.ports);
  properties.insert("class", out.node_class);
  properties.insert("class", out.edge_class);
  properties.insert("count", out.count);
  std::istringstream in(text);
  try {
    boost::read_graphml(in, out.graph, properties);
  } catch (const std::exception& error) {
    throw ConfigError(whole_file(file), std::string("is no GraphML (") + error.what() + "); expected a <graphml> file");
  }
  return out;
}

std::int64_t number(const std::string& text, std::int64_t otherwise, const std::string& what,
                    const SourcePosition& place, Diagnostics& diagnostics) {
  if (text.empty()) return otherwise;
  const auto value = parse_integer(text);
  if (value.value && *value.value >= 1 && *value.value <= 65'536) return *value.value;
  diagnostics.error(place, what + " '" + text + "' is out of range; expected 1 to 65536");
  return otherwise;
}

}  // namespace

Topology graph_of_graphml(const std::string& text, const std::string& file) {
  const File read = parsed(text, file);
  const Graph& graph = read.graph;
  const SourcePosition place = whole_file(file);
  Diagnostics diagnostics;
  GraphBuilder make(diagnostics);
  const auto name_of = [&](Vertex v) {
    const std::string name = read.name->of(v);
    return name.empty() ? "n" + std::to_string(v) : name;
  };
  for (Vertex v = 0; v < num_vertices(graph); ++v) {
    const std::string kind = read.kind->of(v);
    if (kind == "switch")
      make.network_switch(name_of(v), read.node_class->of(v),
                          number(read.ports->of(v), 0, "ports of '" + name_of(v) + "'", place, diagnostics), place);
    else if (kind.empty() || kind == "endpoint")
      make.endpoint(name_of(v), place);
    else
      diagnostics.error(place, "'" + name_of(v) + "' is of kind '" + kind + "'; expected endpoint or switch");
  }
  diagnostics.throw_if_any();
  const auto [begin, end] = edges(graph);
  for (auto edge = begin; edge != end; ++edge)
    make.cable(name_of(source(*edge, graph)), name_of(target(*edge, graph)), read.edge_class->of(*edge),
               number(read.count->of(*edge), 1, "count of a cable", place, diagnostics), place);
  diagnostics.throw_if_any();
  Topology out = make.built(false, place);
  diagnostics.throw_if_any();
  return out;
}

}  // namespace decodesim
