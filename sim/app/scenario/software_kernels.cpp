// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/software_kernels.hpp"

#include <array>

namespace decodesim {
namespace {

struct Group {
  const char* key;
  PartKind kind;
};
constexpr std::array kGroups{Group{"gemm", PartKind::kMatrixKernel}, Group{"experts", PartKind::kMatrixKernel},
                             Group{"attention", PartKind::kAttentionKernel}};

constexpr int kDeepest = 8;

// Without `use:` it is spelled out, or leaves what costs nothing.
Node expanded(const Node& given, PartKind kind, const Catalog& catalog, int depth) {
  const Node* use = given.is_mapping() ? given.find("use") : nullptr;
  if (use == nullptr) return given;
  if (depth == kDeepest)
    throw ConfigError(use->position(), "parts that use each other without end; expected one that uses none");
  Node over = given;
  over.erase("use");
  return merged(expanded(catalog.load(kind, *use).node, kind, catalog, depth + 1), over);
}

}  // namespace

Node with_kernel_below(const Node& kernel, PartKind kind, const Catalog& catalog) {
  return expanded(kernel, kind, catalog, 0);
}

Node with_kernels(Node software, const Catalog& catalog, Diagnostics& diagnostics) {
  if (!software.is_mapping()) return software;
  for (const Group& group : kGroups) {
    const Node* given = software.find(group.key);
    if (given == nullptr || !given->is_mapping()) continue;
    Node kernels = *given;
    for (const Node::Entry& entry : given->entries()) {
      try {
        kernels.set(entry.key, entry.key_position, with_kernel_below(entry.value, group.kind, catalog));
      } catch (const ConfigError& error) {
        for (const Diagnostic& d : error.diagnostics()) diagnostics.error(d.position, d.message);
        kernels.erase(entry.key);
      }
    }
    software.set(group.key, given->position(), kernels);
  }
  if (const Node* given = software.find("library"); given != nullptr) {
    try {
      software.set("library", given->position(), with_kernel_below(*given, PartKind::kCollectiveLibrary, catalog));
    } catch (const ConfigError& error) {
      for (const Diagnostic& d : error.diagnostics()) diagnostics.error(d.position, d.message);
      software.erase("library");
    }
  }
  return software;
}

}  // namespace decodesim
