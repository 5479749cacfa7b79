// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/catalog.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "sim/core/config/yaml_reader.hpp"

namespace decodesim {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kShipped = "catalog:";

constexpr std::array kKinds{
    PartKindInfo{PartKind::kAccelerator, "accelerator", "accelerators", "chips: cores, on-chip memory, path to memory"},
    PartKindInfo{PartKind::kMemory, "memory", "memory", "memory stacks and modules"},
    PartKindInfo{PartKind::kLink, "link", "links", "links between an accelerator and a switch"},
    PartKindInfo{PartKind::kSwitch, "switch", "switches", "switches, with or without reduction in the network"},
    PartKindInfo{PartKind::kNic, "nic", "nics", "network interfaces of an accelerator"},
    PartKindInfo{PartKind::kSoftware, "software", "software", "software profiles: kernels, collectives, host time"},
    PartKindInfo{PartKind::kMatrixKernel, "matrix_kernel", "matrix_kernels", "matrix kernels of libraries"},
    PartKindInfo{PartKind::kAttentionKernel, "attention_kernel", "attention_kernels", "attention kernels of libraries"},
    PartKindInfo{PartKind::kCollectiveLibrary, "collective_library", "collective_libraries",
                 "collective libraries: protocols, algorithms, what they cost"}};

std::vector<std::string> yaml_stems(const fs::path& folder) {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".yaml") out.push_back(entry.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

// Takes the descriptive keys out of a part's tree.
Part part_of(PartKind kind, Node node, const std::string& name) {
  if (!node.is_mapping())
    throw ConfigError(node.position(),
                      "a part file holds " + std::string(node.kind_text()) + "; expected a mapping of parameters");
  const std::string expected(info_of(kind).name);
  const Node* given = node.find("kind");
  if (given == nullptr) throw ConfigError(node.position(), "the part lacks 'kind'; expected kind: " + expected);
  if (given->text() != expected)
    throw ConfigError(given->position(), "the part '" + name + "' is of kind '" + given->text() +
                                             "'; expected a part of kind " + expected);
  Part part;
  part.name = name;
  if (const Node* own = node.find("part"); own != nullptr && own->is_scalar()) part.name = own->text();
  if (const Node* summary = node.find("summary"); summary != nullptr && summary->is_scalar())
    part.summary = summary->text();
  for (const char* key : {"part", "kind", "summary"}) node.erase(key);
  part.node = std::move(node);
  return part;
}

}  // namespace

std::span<const PartKindInfo> part_kinds() { return kKinds; }

const PartKindInfo& info_of(PartKind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [kind](const PartKindInfo& info) { return info.kind == kind; });
}

DataFolders find_data_folders() {
  std::error_code ignored;
  const fs::path executable = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path installed = executable.parent_path().parent_path() / "share" / "decodesim";
  if (fs::is_directory(installed / "catalog", ignored))
    return {installed / "catalog", installed / "models", installed / "traces"};
  const fs::path source = DECODESIM_SOURCE_TREE;
  return {source / "models" / "catalog", source / "workloads" / "models", source / "workloads" / "traces"};
}

bool is_path(std::string_view reference) {
  return reference.find('/') != std::string_view::npos || reference.ends_with(".yaml");
}

Node read_shipped_file(const fs::path& file, const std::string& name, Diagnostics& diagnostics) {
  std::ifstream in(file, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad())
    throw ConfigError(whole_file(file.string()), "cannot be read; expected a readable YAML file");
  return read_yaml_text(content, std::string(kShipped) + name, diagnostics);
}

std::vector<std::string> Catalog::names(PartKind kind) const {
  return yaml_stems(folders_.parts / info_of(kind).folder);
}

fs::path Catalog::resolve(const Node& text) const {
  const fs::path path = text.text();
  if (path.is_absolute() || !text.position().file) return path;
  const std::string& file = *text.position().file;
  if (file.starts_with("--set")) return path;
  if (file.starts_with(kShipped)) return (folders_.parts / file.substr(kShipped.size())).parent_path() / path;
  return fs::path(file).parent_path() / path;
}

fs::path Catalog::trace_file(const Node& text) const {
  fs::path path = resolve(text);
  std::error_code ignored;
  if (!fs::exists(path, ignored) && text.text().find('/') == std::string::npos &&
      fs::is_regular_file(folders_.traces / text.text(), ignored))
    return folders_.traces / text.text();
  return path;
}

fs::path Catalog::shipped_file(PartKind kind, const Node& use) const {
  const std::vector<std::string> known = names(kind);
  const PartKindInfo& info = info_of(kind);
  if (std::find(known.begin(), known.end(), use.text()) == known.end())
    throw ConfigError(use.position(), "'" + use.text() + "' is no part of kind " + std::string(info.name) +
                                          suggestion(use.text(), known));
  return folders_.parts / info.folder / (use.text() + ".yaml");
}

Part Catalog::load(PartKind kind, const Node& use) const {
  if (!use.is_scalar())
    throw ConfigError(use.position(),
                      "use is " + std::string(use.kind_text()) + "; expected the name or the file of a part");
  Diagnostics diagnostics;
  Node node;
  std::string name = use.text();
  if (is_path(name)) {
    const fs::path file = resolve(use);
    std::error_code ignored;
    if (!fs::exists(file, ignored))
      throw ConfigError(use.position(), "part file '" + name +
                                            "' does not exist; expected a YAML file, relative to "
                                            "the file that names it");
    name = file.stem().string();
    node = read_yaml_file(file.string(), diagnostics);
  } else {
    const fs::path file = shipped_file(kind, use);
    node = read_shipped_file(file, std::string(info_of(kind).folder) + "/" + name + ".yaml", diagnostics);
  }
  diagnostics.throw_if_any();
  return part_of(kind, std::move(node), name);
}

}  // namespace decodesim
