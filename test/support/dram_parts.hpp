// SPDX-License-Identifier: Apache-2.0
// The shipped DRAM parts in tests, read from the catalog's files with the schema that scenarios use.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "models/memory/dram_parameters.hpp"
#include "sim/core/config/yaml_reader.hpp"

namespace decodesim::test {

inline std::filesystem::path memory_catalog() {
  return std::filesystem::path(DECODESIM_SOURCE_DIR) / "models" / "catalog" / "memory";
}

inline DramParameters dram_part(const std::string& name) {
  Diagnostics diagnostics;
  DramParameters p;
  const Node node = read_yaml_file(memory_catalog() / (name + ".yaml"), diagnostics);
  DramParameters::schema().read(node, p, diagnostics, {"part", "kind", "summary", "model"});
  for (const Diagnostic& mistake : diagnostics.list()) ADD_FAILURE() << mistake.text();
  return p;
}

/// Names of all shipped DRAM parts, sorted.
inline std::vector<std::string> dram_part_names() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(memory_catalog())) {
    Diagnostics diagnostics;
    const Node node = read_yaml_file(entry.path(), diagnostics);
    if (const Node* model = node.find("model"); model != nullptr && model->text() == "dram")
      out.push_back(entry.path().stem().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The part cut down to one of its pseudo-channels.
inline DramParameters one_pseudo_channel(DramParameters p) {
  p.capacity = p.capacity / p.units();
  p.channels = 1;
  p.pseudo_channels = 1;
  return p;
}

/// "hbm3_6400": a part's name as the name of a test.
inline std::string test_name(std::string part) {
  std::replace(part.begin(), part.end(), '-', '_');
  return part;
}

}  // namespace decodesim::test
