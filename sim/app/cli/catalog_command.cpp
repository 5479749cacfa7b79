// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ostream>

#include "sim/app/cli/commands.hpp"
#include "sim/app/cli/exit_status.hpp"
#include "sim/app/scenario/part_listing.hpp"
#include "workloads/model_library.hpp"

namespace decodesim {
namespace {

constexpr std::string_view kModel = "model";
constexpr std::string_view kTopology = "topology";

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

// What a command line names has no place in a file.
Node named(const std::string& text) { return Node::scalar(text, whole_file("catalog")); }

void list_kinds(std::ostream& out) {
  for (const PartKindInfo& info : part_kinds()) out << padded(std::string(info.name), 14) << info.summary << '\n';
  out << padded(std::string(kModel), 14) << "architectures of language models\n";
  out << padded(std::string(kTopology), 14) << "shapes of networks: counts, distances, bisection, routings\n";
}

void list_parts(const Catalog& catalog, PartKind kind, std::ostream& out) {
  for (const std::string& name : catalog.names(kind))
    out << padded(name, 20) << catalog.load(kind, named(name)).summary << '\n';
}

void print_values(const std::vector<ResolvedValue>& values, std::ostream& out) {
  for (const ResolvedValue& value : values)
    out << padded(value.path + ": " + value.value, 40) << value.meaning << '\n' << "    " << value.origin << '\n';
}

void print_part(const Catalog& catalog, PartKind kind, const std::string& name, std::ostream& out) {
  const PartListing listing = list_part(catalog, kind, named(name));
  out << listing.part.name << ": " << listing.part.summary << "\n\n";
  print_values(listing.values, out);
  for (const auto& [key, value] : listing.brings) out << "brings " << key << ": " << value << '\n';
}

void models(const Catalog& catalog, const std::string& name, std::ostream& out) {
  Diagnostics diagnostics;
  const ModelLibrary library(catalog.models().string(), diagnostics);
  diagnostics.throw_if_any();
  if (name.empty()) {
    for (const ModelEntry& entry : library.entries())
      out << padded(entry.architecture.name, 20) << entry.architecture.parameter_count() / 100'000'000 / 10 << '.'
          << entry.architecture.parameter_count() / 100'000'000 % 10 << " billion parameters\n";
    return;
  }
  const ModelEntry* entry = library.find(name);
  if (entry == nullptr)
    throw ConfigError(whole_file("catalog"), "unknown model '" + name + "'" + suggestion(name, library.names()));
  std::vector<ResolvedValue> values;
  Architecture::schema().resolve(&entry->node, entry->architecture, "", values);
  print_values(values, out);
}

}  // namespace

int catalog_command(const CatalogOptions& options, std::ostream& out) {
  const Catalog catalog(find_data_folders());
  if (options.kind.empty()) {
    list_kinds(out);
    return kDone;
  }
  if (options.kind == kTopology) return topology_command(options, out);
  if (!options.settings.empty() || !options.dot.empty() || !options.svg.empty())
    throw ConfigError(whole_file("catalog"), "settings and drawings are of topologies; expected kind 'topology'");
  if (options.kind == kModel) {
    models(catalog, options.name, out);
    return kDone;
  }
  std::vector<std::string> known{std::string(kModel), std::string(kTopology)};
  for (const PartKindInfo& info : part_kinds()) {
    known.emplace_back(info.name);
    if (info.name != options.kind) continue;
    if (options.name.empty())
      list_parts(catalog, info.kind, out);
    else
      print_part(catalog, info.kind, options.name, out);
    return kDone;
  }
  throw ConfigError(whole_file("catalog"),
                    "'" + options.kind + "' is no kind of part" + suggestion(options.kind, known));
}

}  // namespace decodesim
