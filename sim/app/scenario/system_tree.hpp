// SPDX-License-Identifier: Apache-2.0
// SystemTree: a scenario's `system:` with every `use:` replaced by the part's own values, what the accelerator part
// brings with it (memory, network, software) laid below, and the scenario's keys laid on top. Each value keeps the
// place that it was written at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/app/scenario/catalog.hpp"

namespace decodesim {

/// The part of one class of links or switches.
struct ClassTree {
  std::string name;
  SourcePosition place;
  Node node;
};

/// Absent: not given, or not to be read because its part could not be loaded (a mistake was reported).
struct SystemTree {
  std::optional<Node> accelerators;
  std::vector<Node> memory;  ///< each with a `name` once read
  std::optional<Node> network;
  std::optional<Node> link;
  std::optional<Node> network_switch;
  std::optional<Node> nic;
  std::vector<ClassTree> links;
  std::vector<ClassTree> switches;
  std::optional<Node> software;
};

/// What a workload needs: accelerators and all that they bring; or memory or network alone, where there need not be an
/// accelerator, and nothing else is taken even of what one brings.
enum class SystemExtent : std::uint8_t { kAll, kMemory, kNetwork };

/// Mistakes go to `diagnostics`.
SystemTree expand_system(const Node& system, SystemExtent extent, const Catalog& catalog, Diagnostics& diagnostics);

}  // namespace decodesim
