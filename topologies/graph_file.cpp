// SPDX-License-Identifier: Apache-2.0
#include "topologies/graph_file.hpp"

#include <fstream>
#include <iterator>

#include "sim/core/config/schema.hpp"
#include "sim/core/config/yaml_reader.hpp"
#include "topologies/fabric.hpp"
#include "topologies/graph_builder.hpp"

namespace decodesim {
namespace {

struct SwitchKeys {
  std::string of_class = "switch";
  std::int64_t ports = 0;
  static Schema<SwitchKeys> schema() {
    return std::move(
        Schema<SwitchKeys>("switch", "A switch of a graph")
            .field("class", &SwitchKeys::of_class, "Which switches are alike", assumed("one class"))
            .field("ports", &SwitchKeys::ports, {0, 65'536}, "How many it has", derived("as many as it has cables")));
  }
};

struct CableKeys {
  std::string of_class = "cable";
  std::int64_t count = 1;
  static Schema<CableKeys> schema() {
    return std::move(Schema<CableKeys>("cable", "A cable of a graph")
                         .field("class", &CableKeys::of_class, "Which cables are alike", assumed("one class"))
                         .field("count", &CableKeys::count, {1, 65'536}, "How many run side by side", assumed("one")));
  }
};

class GraphReader {
 public:
  explicit GraphReader(Diagnostics& diagnostics) : diagnostics_(diagnostics), make_(diagnostics) {}

  Topology read(const Node& root) {
    if (!root.is_mapping()) {
      diagnostics_.error(root.position(), "a graph is " + std::string(root.kind_text()) +
                                              "; expected a mapping with endpoints, switches and cables");
      return {};
    }
    schema_detail::report_unknown_keys(root, "graph", {"endpoints", "switches", "cables", "routers_in_endpoints"}, {},
                                       diagnostics_);
    read_endpoints(root);
    read_switches(root.find("switches"));
    read_cables(root);
    bool routers = false;
    if (const Node* given = root.find("routers_in_endpoints")) {
      const auto parsed = schema_detail::parse_bool(given->text());
      if (!parsed.value) diagnostics_.error(given->position(), "routers_in_endpoints: " + parsed.error);
      routers = parsed.value.value_or(false);
    }
    if (!diagnostics_.empty()) return {};
    return make_.built(routers, root.position());
  }

 private:
  void read_endpoints(const Node& root) {
    const Node* given = root.find("endpoints");
    if (given != nullptr && given->is_scalar()) {
      const auto count = parse_integer(given->text());
      if (!count.value || *count.value < 1 || *count.value > kMostEndpoints) {
        diagnostics_.error(given->position(), "endpoints: '" + given->text() +
                                                  "' is no number of endpoints; expected 1 to " +
                                                  std::to_string(kMostEndpoints) + ", or a list of names");
        return;
      }
      for (std::int64_t i = 0; i < *count.value; ++i) make_.endpoint("acc" + std::to_string(i), given->position());
    } else if (given != nullptr && given->is_sequence()) {
      for (const Node& name : given->items())
        if (schema_detail::expect_scalar(name, "endpoint", diagnostics_)) make_.endpoint(name.text(), name.position());
    } else {
      diagnostics_.error((given != nullptr ? *given : root).position(),
                         "a graph needs its endpoints; expected a number or a list of names");
    }
  }

  void read_switches(const Node* given) {
    if (given == nullptr) return;
    for (const Node& name : given->items())
      if (schema_detail::expect_scalar(name, "switch", diagnostics_))
        make_.network_switch(name.text(), "", 0, name.position());
    for (const Node::Entry& entry : given->entries()) {
      SwitchKeys keys;
      if (!entry.value.is_null()) SwitchKeys::schema().read(entry.value, keys, diagnostics_);
      make_.network_switch(entry.key, keys.of_class, keys.ports, entry.key_position);
    }
    if (given->is_scalar())
      diagnostics_.error(given->position(), "switches is a value; expected a list of names, or a mapping by name");
  }

  void read_cables(const Node& root) {
    const Node* given = root.find("cables");
    if (given == nullptr || !given->is_sequence()) {
      diagnostics_.error((given != nullptr ? *given : root).position(),
                         "a graph needs its cables; expected a list like [[acc0, s0], [acc1, s0]]");
      return;
    }
    for (const Node& cable : given->items()) {
      CableKeys keys;
      if (cable.is_mapping()) CableKeys::schema().read(cable, keys, diagnostics_, {"between"});
      const Node* ends = cable.is_mapping() ? cable.find("between") : &cable;
      if (ends == nullptr || ends->items().size() != 2 || !ends->items()[0].is_scalar() ||
          !ends->items()[1].is_scalar()) {
        diagnostics_.error(cable.position(), "a cable has two ends; expected [node, node] or {between: [node, node]}");
        continue;
      }
      make_.cable(ends->items()[0].text(), ends->items()[1].text(), keys.of_class, keys.count, ends->position());
    }
  }

  Diagnostics& diagnostics_;
  GraphBuilder make_;
};

}  // namespace

Topology graph_of(const Node& root, Diagnostics& diagnostics) { return GraphReader(diagnostics).read(root); }

Topology read_graph_file(const std::string& path) {
  if (path.ends_with(".graphml")) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad()) throw ConfigError(whole_file(path), "cannot be read; expected a GraphML file");
    return graph_of_graphml(text, path);
  }
  Diagnostics diagnostics;
  const Node root = read_yaml_file(path, diagnostics);
  Topology out = graph_of(root, diagnostics);
  diagnostics.throw_if_any();
  return out;
}

}  // namespace decodesim
