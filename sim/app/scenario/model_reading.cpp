// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/model_reading.hpp"

#include <filesystem>

#include "sim/core/config/yaml_reader.hpp"
#include "workloads/huggingface_config.hpp"
#include "workloads/model_library.hpp"

namespace decodesim {

bool read_model(const Node& given, Reading& reading, ModelReference& reference) {
  Diagnostics& diagnostics = reading.diagnostics;
  const std::size_t before = diagnostics.list().size();
  try {
    if (given.is_mapping()) {
      reference.mapping = given;
    } else if (!given.is_scalar()) {
      diagnostics.error(given.position(),
                        "model is " + std::string(given.kind_text()) + "; expected the name of a model or a file");
      return false;
    } else if (is_path(given.text()) || given.text().ends_with(".json")) {
      const std::filesystem::path file = reading.catalog.resolve(given);
      std::error_code ignored;
      if (!std::filesystem::exists(file, ignored))
        throw ConfigError(given.position(), "model file '" + given.text() +
                                                "' does not exist; expected a YAML file "
                                                "or a config.json, relative to the file that names it");
      reference.mapping = given.text().ends_with(".json") ? read_huggingface_model(file.string())
                                                          : read_yaml_file(file.string(), diagnostics);
    } else {
      const ModelLibrary library(reading.catalog.models().string(), diagnostics);
      const ModelEntry* entry = library.find(given.text());
      if (entry == nullptr)
        throw ConfigError(given.position(),
                          "unknown model '" + given.text() + "'" + suggestion(given.text(), library.names()));
      const std::filesystem::path file = entry->file;
      reference.mapping = read_shipped_file(file, "models/" + file.filename().string(), diagnostics);
    }
  } catch (const ConfigError& error) {
    for (const Diagnostic& d : error.diagnostics()) diagnostics.error(d.position, d.message);
    return false;
  }
  reference.architecture = read_architecture(reference.mapping, diagnostics);
  if (diagnostics.list().size() == before)
    for (const std::string& problem : model_problems(reference.architecture))
      diagnostics.error(given.position(), problem);
  return diagnostics.list().size() == before;
}

}  // namespace decodesim
