// SPDX-License-Identifier: Apache-2.0
#include "topologies/graph_builder.hpp"

#include <algorithm>

#include "topologies/fabric.hpp"

namespace decodesim {
namespace {

// Index of `name` in the list, added when it is new.
std::int32_t index_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) names.push_back(name);
  return to_int32(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace

void GraphBuilder::add(Named node) {
  if (!indices_.emplace(node.name, nodes_.size()).second) {
    diagnostics_.error(node.place, "two nodes are named '" + node.name + "'; expected a name of its own each");
    return;
  }
  nodes_.push_back(std::move(node));
}

void GraphBuilder::endpoint(const std::string& name, const SourcePosition& place) { add({name, "", 0, true, place}); }

void GraphBuilder::network_switch(const std::string& name, const std::string& of_class, std::int64_t ports,
                                  const SourcePosition& place) {
  add({name, of_class.empty() ? "switch" : of_class, ports, false, place});
}

const std::size_t* GraphBuilder::find(const std::string& name, const SourcePosition& place) {
  const auto found = indices_.find(name);
  if (found != indices_.end()) return &found->second;
  std::vector<std::string> known;
  for (const Named& node : nodes_) known.push_back(node.name);
  diagnostics_.error(place, "'" + name + "' is no endpoint and no switch" + suggestion(name, known));
  return nullptr;
}

void GraphBuilder::cable(const std::string& a, const std::string& b, const std::string& of_class, std::int64_t count,
                         const SourcePosition& place) {
  const std::size_t* from = find(a, place);
  const std::size_t* to = find(b, place);
  if (from == nullptr || to == nullptr) return;
  if (*from == *to) {
    diagnostics_.error(place, "a cable leads from '" + a + "' back to itself; expected two different nodes");
    return;
  }
  all_cables_ += count;
  if (all_cables_ > kMostCables && all_cables_ - count <= kMostCables)
    diagnostics_.error(place, "a graph of more than " + std::to_string(kMostCables) + " cables; expected fewer");
  cables_.push_back({*from, *to, of_class.empty() ? "cable" : of_class, count});
}

Topology GraphBuilder::built(bool routers_in_endpoints, const SourcePosition& place) {
  Topology out;
  out.endpoints_forward = routers_in_endpoints;
  out.link_classes.clear();
  out.switch_classes.clear();
  std::vector<std::int32_t> numbers(nodes_.size());
  for (const bool endpoints : {true, false})
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const Named& node = nodes_[i];
      if (node.endpoint != endpoints) continue;
      numbers[i] = static_cast<std::int32_t>(out.nodes.size());
      const auto kind = endpoints ? TopologyNode::Kind::kEndpoint : TopologyNode::Kind::kSwitch;
      out.nodes.push_back({kind, node.name, 0, endpoints ? numbers[i] : -1,
                           endpoints ? 0 : index_of(out.switch_classes, node.of_class)});
    }
  for (const Cable& cable : cables_)
    for (std::int64_t n = 0; n < cable.count; ++n) {
      TopologyNode& a = item(out.nodes, numbers[cable.a]);
      TopologyNode& b = item(out.nodes, numbers[cable.b]);
      out.cables.push_back(
          {numbers[cable.a], a.ports, numbers[cable.b], b.ports, index_of(out.link_classes, cable.of_class)});
      ++a.ports;
      ++b.ports;
    }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Named& node = nodes_[i];
    TopologyNode& made = item(out.nodes, numbers[i]);
    if (node.ports > 0 && made.ports > node.ports)
      diagnostics_.error(node.place, "'" + node.name + "' has " + std::to_string(made.ports) + " cables and " +
                                         std::to_string(node.ports) + " ports; expected at most one a port");
    if (node.ports > 0) made.ports = to_int32(node.ports);
  }
  if (!diagnostics_.empty()) return out;
  try {
    validate(out);
  } catch (const TopologyError& error) {
    diagnostics_.error(place, std::string(error.what()) + "; expected one connected network");
  }
  return out;
}

}  // namespace decodesim
