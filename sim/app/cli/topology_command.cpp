// SPDX-License-Identifier: Apache-2.0
// `catalog topology`: kinds, keys, measures and drawings of topologies.
#include <array>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "sim/app/cli/commands.hpp"
#include "sim/app/cli/exit_status.hpp"
#include "sim/app/cli/graphviz.hpp"
#include "sim/app/report/number_text.hpp"
#include "topologies/deadlock.hpp"
#include "topologies/drawing.hpp"
#include "topologies/measures.hpp"
#include "topologies/topology_keys.hpp"

namespace decodesim {
namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

// What every link and every switch costs and draws.
struct PriceKeys {
  Money link_cost;
  Power link_power;
  Money switch_cost;
  Power switch_power;

  static Schema<PriceKeys> schema() {
    const Money most(1'000'000'000'000);
    const Power strongest(1'000'000'000'000);
    const Provenance free = assumed("not counted unless given");
    return std::move(Schema<PriceKeys>("topology", "Prices of parts")
                         .field("link_cost", &PriceKeys::link_cost, {Money(0), most}, "Of a cable, both ends", free)
                         .field("link_power", &PriceKeys::link_power, {Power(0), strongest}, "Of a cable", free)
                         .field("switch_cost", &PriceKeys::switch_cost, {Money(0), most}, "Of a switch", free)
                         .field("switch_power", &PriceKeys::switch_power, {Power(0), strongest}, "Of a switch", free));
  }
};

std::vector<std::string> names_of(const std::vector<FieldInfo>& fields) {
  std::vector<std::string> out;
  for (const FieldInfo& field : fields) out.push_back(field.name);
  return out;
}

void list_kinds(std::ostream& out) {
  for (const TopologyKind& kind : topology_kinds()) out << padded(std::string(kind.name), 18) << kind.summary << '\n';
}

void list_keys(const std::string& kind, std::ostream& out) {
  for (const FieldInfo& field : TopologyKeys::schema(kind, SizeFrom::kKeys).describe()) {
    if (field.name == "topology") continue;
    out << padded(field.name, 22) << field.meaning << '\n' << "    " << field.type;
    if (!field.range.empty()) out << ", " << field.range;
    out << "; " << field.provenance.describe() << '\n';
  }
}

Node mapping_of(const CatalogOptions& options) {
  Node root = Node::mapping(whole_file("catalog"));
  for (const std::string& text : options.settings) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw ConfigError(whole_file("catalog"), "'" + text + "' is no setting; expected key=value");
    assign_path(root, text.substr(0, equals), text.substr(equals + 1));
  }
  root.set("topology", whole_file("catalog"), Node::scalar(options.name, whole_file("catalog")));
  return root;
}

std::string figure(const Bisection& bisection) {
  if (bisection.exact()) return std::to_string(bisection.at_least) + " cables";
  if (!bisection.at_most) return "unknown";
  if (bisection.at_least <= 1) return "at most " + std::to_string(*bisection.at_most) + " cables";
  return std::to_string(bisection.at_least) + " to " + std::to_string(*bisection.at_most) + " cables";
}

void print_line(std::ostream& out, const std::string& name, const std::string& value, const std::string& note = "") {
  const std::string text = note.empty() ? value : padded(value, 22) + "# " + note;
  out << padded(name + ":", 18) << text << '\n';
}

std::string ports_text(std::int64_t ports) { return std::to_string(ports) + (ports == 1 ? " port" : " ports"); }

void print_measures(const NetworkMeasures& m, std::ostream& out) {
  print_line(out, "endpoints", std::to_string(m.endpoints));
  print_line(out, "switches", std::to_string(m.switches));
  for (const ClassCount& c : m.switch_classes)
    if (c.count > 0) print_line(out, "  " + c.name, std::to_string(c.count), ports_text(c.radix) + " used");
  print_line(out, "cables", std::to_string(m.cables));
  for (const ClassCount& c : m.link_classes)
    if (c.count > 0) print_line(out, "  " + c.name, std::to_string(c.count));
  print_line(out, "radix used", std::to_string(m.radix));
  print_line(out, "diameter", std::to_string(m.diameter.value) + " cables", m.diameter.method);
  print_line(out, "average hops", fixed_text(m.average_hops(), 4), m.total_hops.method);
  print_line(out, "bisection", figure(m.bisection), m.bisection.method);
  if (m.cost.count() > 0) print_line(out, "cost", to_text(m.cost));
  if (m.power.count() > 0) print_line(out, "power", to_text(m.power));
}

void print_routing(const TopologyKeys& keys, const Fabric& fabric, std::ostream& out) {
  for (const RoutingAlgorithm algorithm : fabric.algorithms()) {
    const bool chosen = algorithm == algorithm_of(keys, fabric);
    const std::int32_t channels = fabric.routing(algorithm)->virtual_channels();
    print_line(out, "routing", std::string(name_of(algorithm)),
               std::to_string(channels) + (channels == 1 ? " virtual channel" : " virtual channels") +
                   (chosen ? ", chosen" : ""));
  }
}

// What was looked at is said: of a large network nothing is proven by a few ways.
void print_deadlock(const DeadlockReport& report, std::ostream& out) {
  const std::string pairs = grouped_text(report.pairs);
  if (report.complete)
    print_line(out, "deadlock", "none", "every way of " + pairs + " pairs followed");
  else
    print_line(out, "deadlock", "none found",
               "ways drawn from " + pairs + " of " + grouped_text(report.all_pairs) + " pairs");
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  if (!file) throw ConfigError(whole_file(path), "cannot be written; expected a path in a writable folder");
}

}  // namespace

int topology_command(const CatalogOptions& options, std::ostream& out) {
  if (options.name.empty()) {
    list_kinds(out);
    return kDone;
  }
  Diagnostics diagnostics;
  const Node root = mapping_of(options);
  const std::string kind = kind_of_topology(root, diagnostics);
  diagnostics.throw_if_any();
  if (options.settings.empty() && options.dot.empty() && options.svg.empty()) {
    list_keys(kind, out);
    return kDone;
  }
  TopologyKeys keys;
  PriceKeys prices;
  const Node given = flattened(root);
  const Schema<TopologyKeys> schema = TopologyKeys::schema(kind, SizeFrom::kKeys);
  schema.read(given, keys, diagnostics, names_of(PriceKeys::schema().describe()));
  PriceKeys::schema().read(given, prices, diagnostics, names_of(schema.describe()));
  diagnostics.throw_if_any();
  try {
    const std::unique_ptr<Fabric> fabric = make_fabric(keys);
    const Topology& topology = fabric->topology();
    const DeadlockReport report = check_routing(keys, *fabric);
    out << fabric->title() << "\n\n";
    print_measures(measure(*fabric, {{topology.link_classes.size(), {prices.link_cost, prices.link_power}},
                                     {topology.switch_classes.size(), {prices.switch_cost, prices.switch_power}}}),
                   out);
    print_routing(keys, *fabric, out);
    print_deadlock(report, out);
    if (!options.dot.empty()) write_file(options.dot, to_dot(topology, fabric->title()));
    if (!options.svg.empty() && !draw_with_graphviz(to_dot(topology, fabric->title()), options.svg))
      write_file(options.svg, to_svg(topology, fabric->title()));
  } catch (const TopologyError& error) {
    throw ConfigError(whole_file("catalog"), error.what());
  }
  return kDone;
}

}  // namespace decodesim
