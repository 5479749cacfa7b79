// SPDX-License-Identifier: Apache-2.0
// ModelLibrary: the architectures in a folder of YAML files, found by name or alias ("llama-3-70b", "llama-3.1-70b").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workloads/architecture.hpp"

namespace decodesim {

/// One model file: what it says, and the tree that it was read from (for `explain`).
struct ModelEntry {
  std::string file;
  Node node;
  Architecture architecture;
};

class ModelLibrary {
 public:
  /// Reads every *.yaml of `directory`, in order of file name. Mistakes, two models of one name among them, go to
  /// `diagnostics`; a file with a mistake is left out. Throws ConfigError when the folder cannot be read.
  ModelLibrary(const std::string& directory, Diagnostics& diagnostics);

  /// The model of that name or alias, or null.
  [[nodiscard]] const ModelEntry* find(std::string_view name) const;
  /// All names and aliases, for messages.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] const std::vector<ModelEntry>& entries() const { return entries_; }

 private:
  void add(const std::string& file, Diagnostics& diagnostics);

  std::vector<ModelEntry> entries_;
};

}  // namespace decodesim
