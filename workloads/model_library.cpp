// SPDX-License-Identifier: Apache-2.0
#include "workloads/model_library.hpp"

#include <algorithm>
#include <filesystem>

#include "sim/core/config/yaml_reader.hpp"

namespace decodesim {

ModelLibrary::ModelLibrary(const std::string& directory, Diagnostics& diagnostics) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  if (error) throw ConfigError(whole_file(directory), "cannot be listed; expected a folder of model files");
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) add(file, diagnostics);
}

void ModelLibrary::add(const std::string& file, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.list().size();
  ModelEntry entry;
  entry.file = file;
  try {
    entry.node = read_yaml_file(file, diagnostics);
  } catch (const ConfigError& error) {
    for (const Diagnostic& d : error.diagnostics()) diagnostics.error(d.position, d.message);
    return;
  }
  entry.architecture = read_architecture(entry.node, diagnostics);
  if (diagnostics.list().size() != before) return;
  std::vector<std::string> own = entry.architecture.aliases;
  own.push_back(entry.architecture.name);
  for (const std::string& name : own) {
    if (const ModelEntry* other = find(name)) {
      diagnostics.error(entry.node.position(),
                        "'" + name + "' is already a model, in " + other->file + "; expected a name of its own");
      return;
    }
  }
  entries_.push_back(std::move(entry));
}

const ModelEntry* ModelLibrary::find(std::string_view name) const {
  for (const ModelEntry& entry : entries_) {
    const Architecture& a = entry.architecture;
    if (a.name == name || std::find(a.aliases.begin(), a.aliases.end(), name) != a.aliases.end()) return &entry;
  }
  return nullptr;
}

std::vector<std::string> ModelLibrary::names() const {
  std::vector<std::string> out;
  for (const ModelEntry& entry : entries_) {
    out.push_back(entry.architecture.name);
    out.insert(out.end(), entry.architecture.aliases.begin(), entry.architecture.aliases.end());
  }
  return out;
}

}  // namespace decodesim
