// SPDX-License-Identifier: Apache-2.0
// Reading scenarios in tests: a small sound scenario, and what is said of a broken one.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "sim/app/scenario/capacity.hpp"
#include "sim/app/scenario/scenario.hpp"

namespace decodesim::test {

/// The shipped parts, models and traces, from the source tree.
inline Catalog catalog() {
  const std::filesystem::path source = DECODESIM_SOURCE_DIR;
  return Catalog({source / "models" / "catalog", source / "workloads" / "models", source / "workloads" / "traces"});
}

/// The smallest sound scenario.
inline constexpr std::string_view kMinimal = R"(system:
  accelerators: {use: h100-sxm, count: 8}
workload:
  kind: decode
  model: llama-3-70b
  precision: {weights: fp8, kv_cache: fp8}
  batch: 16
  context: 2048
mapping:
  parallel: {tensor: 8}
)";

inline std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string out(text);
  const std::size_t at = out.find(what);
  if (at == std::string::npos) return "NOT FOUND: " + std::string(what);
  return out.replace(at, what.size(), by);
}

inline Plan read(std::string_view text, const std::vector<Assignment>& assignments = {}) {
  return read_scenario_text(text, "test.yaml", catalog(), assignments);
}

/// Every line that is said of a broken scenario; "" when it is sound.
inline std::string mistakes(std::string_view text, const std::vector<Assignment>& assignments = {}) {
  try {
    read(text, assignments);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

/// The resolved value at `path`.
inline ResolvedValue at(const Plan& plan, std::string_view path) {
  for (const ResolvedValue& value : plan.resolved)
    if (value.path == path) return value;
  return {std::string(path), "no such path", "", ""};
}

inline std::string file_content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace decodesim::test
