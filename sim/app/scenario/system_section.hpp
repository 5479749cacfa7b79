// SPDX-License-Identifier: Apache-2.0
// SystemSection: a scenario's `system:` -> the plan's parts. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/network_section.hpp"
#include "sim/app/scenario/system_tree.hpp"

namespace decodesim {

/// Keys of `accelerators` beside the part's parameters.
struct AcceleratorsKeys {
  std::string part;
  std::int64_t count = 1;
  static Schema<AcceleratorsKeys> schema();
};

enum class MemoryModel : std::uint8_t { kDram, kFlat, kHbf };

/// Keys of a memory tier beside the part's parameters.
struct MemoryKeys {
  std::string part;
  std::string name;
  std::int64_t stacks = 1;
  MemoryModel model = MemoryModel::kDram;
  Fidelity fidelity = Fidelity::kTrain;
  static Schema<MemoryKeys> schema();
};

/// The software profile as one mapping: part, kernels, collectives, all_reduce.
Schema<SoftwarePlan> software_schema();

/// What a scenario's workload needs of its system.
struct SystemNeeds {
  SystemExtent extent = SystemExtent::kAll;  ///< kMemory: a tier, and at most one accelerator in front of it
  bool commands = false;                     ///< single accesses, which only command fidelity serves
};

class SystemSection {
 public:
  explicit SystemSection(Reading& reading) : reading_(reading) {}

  /// Fills accelerators, memory, network and software of the plan.
  void read(const Node& system, const SystemNeeds& needs);
  /// Checks what several values say together; to be called when reading found no mistake.
  void check();
  /// Appends all values to the plan's resolved ones.
  void resolve();

  [[nodiscard]] bool has_accelerators() const { return tree_.accelerators.has_value(); }
  /// Whether the scenario says how many accelerators there are.
  [[nodiscard]] const Node* count() const;
  /// Names of the memory tiers.
  [[nodiscard]] std::vector<std::string> tier_names() const;
  /// Where the accelerators are described.
  [[nodiscard]] const SourcePosition& position() const { return position_; }

 private:
  void read_accelerators();
  void read_memory(const Node& node);
  void read_fidelity(const Node& node, MemoryKeys& keys);
  [[nodiscard]] std::string default_name(MemoryModel model) const;
  void read_parameters(const Node& node, const MemoryKeys& keys, MemoryPlan& memory);
  void check_memory(std::size_t tier);
  void check_commands(const MemoryPlan& memory, const Node& node);
  void check_network();

  Reading& reading_;
  SystemNeeds needs_;
  SystemTree tree_;
  SourcePosition position_;
  AcceleratorsKeys accelerators_;
  std::vector<MemoryKeys> memory_;
  NetworkSection network_{reading_, tree_};
};

}  // namespace decodesim
