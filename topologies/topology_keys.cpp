// SPDX-License-Identifier: Apache-2.0
#include "topologies/topology_keys.hpp"

#include <algorithm>
#include <array>

#include "topologies/complete.hpp"
#include "topologies/cube.hpp"
#include "topologies/dragonfly.hpp"
#include "topologies/dragonfly_plus.hpp"
#include "topologies/graph_fabric.hpp"
#include "topologies/graph_file.hpp"
#include "topologies/multi_level.hpp"

namespace decodesim {
namespace {

constexpr std::array kKinds{
    TopologyKind{"star", "every endpoint on one switch"},
    TopologyKind{"fully_connected", "a cable between every two routers"},
    TopologyKind{"ring", "a closed line"},
    TopologyKind{"mesh", "a grid of any number of dimensions"},
    TopologyKind{"torus", "a grid whose dimensions are closed to rings"},
    TopologyKind{"hypercube", "a grid of extents 2"},
    TopologyKind{"tree", "levels of switches, one parent each"},
    TopologyKind{"fat_tree", "levels of switches with as many ports up as down, or oversubscribed, or by rails"},
    TopologyKind{"dragonfly", "fully connected groups of routers, cables between every two groups"},
    TopologyKind{"dragonfly_plus", "groups of leaves and spines, cables between every two groups"},
    TopologyKind{"multi_level", "domains behind a switch of their own, and a fat tree outside"},
    TopologyKind{"graph", "any graph, from a YAML list of cables or GraphML"}};

std::vector<Choice<std::string>> routing_choices() {
  std::vector<Choice<std::string>> out{{"default", "default"}};
  for (const RoutingName& entry : kRoutingNames) out.push_back({entry.name, std::string(entry.name)});
  return out;
}

void add_fat_tree(Schema<TopologyKeys>& schema) {
  schema.field("radix", &TopologyKeys::radix, {2, 65'536}, "Ports of a switch", required())
      .field("levels", &TopologyKeys::levels, {1, 8}, "Levels of switches", assumed("two: leaf and spine"))
      .field("oversubscription", &TopologyKeys::oversubscription, {1, 1024},
             "Ports down for each port up at a leaf switch", assumed("none: a full bisection"))
      .field("rails", &TopologyKeys::rails, {1, 1024},
             "Accelerators of a server, each on a leaf switch of its own; 1: a server's accelerators share a leaf",
             assumed("no rails"));
}

void add_cube(Schema<TopologyKeys>& schema) {
  schema.field("concentration", &TopologyKeys::concentration, {0, 65'536},
               "Endpoints a router; 0: the endpoint is the router", assumed("routers in the endpoints"));
}

void add_groups(Schema<TopologyKeys>& schema, const char* of) {
  schema
      .field("global_links", &TopologyKeys::global_links, {1, 65'536}, std::string("Global links of ") + of, required())
      .field("groups", &TopologyKeys::groups, {0, kMostEndpoints}, "Groups; 0: as many as the global links can join",
             derived("global links of a group + 1"));
}

void add_own_keys(Schema<TopologyKeys>& schema, std::string_view kind, SizeFrom size) {
  const Range<std::int64_t> some{1, 65'536};
  if (kind == "star" || kind == "ring" || kind == "fully_connected") {
    const bool machine = size == SizeFrom::kMachine;
    schema.field("endpoints", &TopologyKeys::endpoints, {machine ? 0 : 1, kMostEndpoints},
                 machine ? "How many; 0: as many as accelerators" : "How many",
                 machine ? derived("the number of accelerators") : required());
  }
  if (kind == "ring" || kind == "mesh" || kind == "torus" || kind == "hypercube" || kind == "fully_connected")
    add_cube(schema);
  if (kind == "mesh" || kind == "torus")
    schema.field("dims", &TopologyKeys::dims, "Routers in each dimension: [8, 8]", required());
  if (kind == "hypercube") schema.field("dimensions", &TopologyKeys::dimensions, {1, 19}, "Dimensions", required());
  if (kind == "tree")
    schema.field("arity", &TopologyKeys::arity, "Children of a switch, from the lowest level up: [8, 4]", required());
  if (kind == "multi_level")
    schema.field("domain", &TopologyKeys::domain, some, "Endpoints behind one inner switch", required());
  if (kind == "fat_tree" || kind == "multi_level") add_fat_tree(schema);
  if (kind == "dragonfly") {
    schema.field("endpoints_per_router", &TopologyKeys::endpoints_per_router, some, "Endpoints of a router", required())
        .field("routers", &TopologyKeys::routers, some, "Routers of a group", required());
    add_groups(schema, "a router");
  }
  if (kind == "dragonfly_plus") {
    schema.field("endpoints_per_leaf", &TopologyKeys::endpoints_per_leaf, some, "Endpoints of a leaf", required())
        .field("leaves", &TopologyKeys::leaves, some, "Leaves of a group", required())
        .field("spines", &TopologyKeys::spines, some, "Spines of a group", required());
    add_groups(schema, "a spine");
  }
  if (kind == "graph")
    schema.field("file", &TopologyKeys::file, "A YAML list of cables, or GraphML (.graphml)", required());
}

// "8x8" -> {8, 8}
std::vector<std::int32_t> numbers_of(const std::string& key, const std::string& text) {
  std::vector<std::int32_t> out;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find('x', at), text.size());
    const auto number = parse_integer(text.substr(at, end - at));
    if (!number.value || *number.value < 1 || *number.value > kMostEndpoints)
      throw TopologyError(key + ": '" + text + "' is no list of sizes; expected numbers from 1 like [8, 8] or 8x8");
    out.push_back(to_int32(*number.value));
    at = end + 1;
  }
  return out;
}

TreeShape fat_tree_of(const TopologyKeys& keys) {
  return TreeShape::fat_tree(to_int32(keys.radix), to_int32(keys.levels), to_int32(keys.oversubscription),
                             to_int32(keys.rails));
}

// Routers of a ring or a complete graph of `endpoints`.
std::int32_t routers_of(const TopologyKeys& keys) {
  const std::int64_t each = std::max<std::int64_t>(keys.concentration, 1);
  if (keys.endpoints % each != 0)
    throw TopologyError("endpoints: " + std::to_string(keys.endpoints) + " do not fill routers of " +
                        std::to_string(each) + "; expected a multiple of " + std::to_string(each));
  return to_int32(keys.endpoints / each);
}

std::unique_ptr<Fabric> make_cube(const TopologyKeys& keys) {
  const std::int32_t concentration = to_int32(keys.concentration);
  const auto cube = [](CubeShape shape) { return std::make_unique<CubeFabric>(std::move(shape)); };
  if (keys.topology == "ring") return cube(CubeShape::ring(routers_of(keys), concentration));
  if (keys.topology == "mesh") return cube(CubeShape::mesh(numbers_of("dims", keys.dims), concentration));
  if (keys.topology == "torus") return cube(CubeShape::torus(numbers_of("dims", keys.dims), concentration));
  return cube(CubeShape::hypercube(to_int32(keys.dimensions), concentration));
}

}  // namespace

std::span<const TopologyKind> topology_kinds() { return kKinds; }

Schema<TopologyKeys> TopologyKeys::schema(std::string_view kind, SizeFrom size) {
  std::vector<Choice<std::string>> kinds;
  for (const TopologyKind& known : kKinds) kinds.push_back({known.name, std::string(known.name)});
  Schema<TopologyKeys> out("network", "What connects the accelerators");
  out.choice<std::string>("topology", &TopologyKeys::topology, kinds, "How accelerators and switches are wired",
                          assumed("one switch"));
  if (kind == "star" && size == SizeFrom::kMachine) return out;
  add_own_keys(out, kind, size);
  out.choice<std::string>("routing", &TopologyKeys::routing, routing_choices(), "How ways are chosen",
                          derived("minimal; dimension order on meshes and tori"))
      .field("virtual_channels", &TopologyKeys::virtual_channels, {0, 64},
             "Classes of virtual channels on every link; 0: as many as the routing needs",
             derived("the least without circular dependencies"));
  return out;
}

std::string kind_of_topology(const Node& network, Diagnostics& diagnostics) {
  const Node* given = network.find("topology");
  if (given == nullptr) return "star";
  if (!schema_detail::expect_scalar(*given, "topology", diagnostics)) return "";
  std::vector<std::string> known;
  for (const TopologyKind& kind : kKinds) known.emplace_back(kind.name);
  if (std::find(known.begin(), known.end(), given->text()) != known.end()) return given->text();
  diagnostics.error(given->position(),
                    "topology: '" + given->text() + "' is not one of the choices" + suggestion(given->text(), known));
  return "";
}

Node flattened(const Node& mapping) {
  Node out = Node::mapping(mapping.position());
  for (const Node::Entry& entry : mapping.entries()) {
    const std::vector<Node>& items = entry.value.items();
    const bool list = !items.empty() && std::all_of(items.begin(), items.end(), [](auto& n) { return n.is_scalar(); });
    std::string text;
    for (const Node& number : items) text += (text.empty() ? "" : "x") + number.text();
    out.set(entry.key, entry.key_position, list ? Node::scalar(text, entry.value.position()) : entry.value);
  }
  return out;
}

std::unique_ptr<Fabric> make_fabric(const TopologyKeys& keys) {
  const std::string& kind = keys.topology;
  if (kind == "star") {
    check_count("a star", keys.endpoints, 1, kMostEndpoints, "endpoints");
    return std::make_unique<TreeFabric>(TreeShape::star(to_int32(keys.endpoints)));
  }
  if (kind == "tree") return std::make_unique<TreeFabric>(TreeShape::tree(numbers_of("arity", keys.arity)));
  if (kind == "fat_tree") return std::make_unique<TreeFabric>(fat_tree_of(keys));
  if (kind == "fully_connected") return std::make_unique<CompleteFabric>(routers_of(keys), keys.concentration);
  if (kind == "dragonfly")
    return std::make_unique<DragonflyFabric>(
        DragonflyShape{keys.endpoints_per_router, keys.routers, keys.global_links, keys.groups});
  if (kind == "dragonfly_plus")
    return std::make_unique<DragonflyPlusFabric>(
        DragonflyPlusShape{keys.endpoints_per_leaf, keys.leaves, keys.spines, keys.global_links, keys.groups});
  if (kind == "multi_level")
    return std::make_unique<MultiLevelFabric>(MultiLevelShape{to_int32(keys.domain), fat_tree_of(keys)});
  if (kind == "graph") return std::make_unique<GraphFabric>("graph " + keys.file, read_graph_file(keys.file));
  return make_cube(keys);
}

RoutingAlgorithm algorithm_of(const TopologyKeys& keys, const Fabric& fabric) {
  if (keys.routing == "default") return fabric.algorithms().front();
  for (const RoutingName& entry : kRoutingNames)
    if (entry.name == keys.routing) {
      static_cast<void>(fabric.routing(entry.algorithm));
      return entry.algorithm;
    }
  throw TopologyError("'" + keys.routing + "' is no routing");
}

DeadlockReport check_routing(const TopologyKeys& keys, const Fabric& fabric) {
  const auto routing = fabric.routing(algorithm_of(keys, fabric));
  const std::int32_t needed = routing->virtual_channels();
  const PortMap ports(fabric.topology());
  const std::int32_t there = keys.virtual_channels == 0 ? needed : to_int32(keys.virtual_channels);
  // Enough to follow every pair of a few hundred endpoints; beyond that the structure's proof has to do.
  DeadlockReport report =
      check_deadlock(fabric.topology(), ports, FewerChannels(*routing, there), std::int64_t{50'000});
  if (!report.cycle.empty())
    throw TopologyError("virtual_channels: " + std::to_string(there) + " cannot keep the routes on a " +
                        fabric.title() + " from deadlock: " + text_of(fabric.topology(), ports, report.cycle) +
                        " wait for each other; expected " + std::to_string(needed) + " or more");
  if (!report.complete && there < needed)
    throw TopologyError("virtual_channels: " + std::to_string(there) + " on a " + fabric.title() +
                        ", whose routes need " + std::to_string(needed) + "; expected " + std::to_string(needed) +
                        " or more");
  return report;
}

}  // namespace decodesim
