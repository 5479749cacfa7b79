// SPDX-License-Identifier: Apache-2.0
// NetworkSection: a scenario's `system.network:` -> the plan's network: its shape, its parts, and parts of single
// classes of links and switches (`links: {global: {use: ..}}`). Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"
#include "sim/app/scenario/system_tree.hpp"

namespace decodesim {

/// Keys of a link, a switch or a NIC beside the part's parameters.
struct PartKeys {
  std::string part;
  static Schema<PartKeys> schema();
};

/// Keys of the network beside its shape and its parts.
struct FidelityKeys {
  NetworkFidelity fidelity = NetworkFidelity::kTrain;
  static Schema<FidelityKeys> schema();
};

class NetworkSection {
 public:
  NetworkSection(Reading& reading, const SystemTree& tree) : reading_(reading), tree_(tree) {}

  /// Fills the plan's network, if the tree has one.
  void read();
  /// Builds the topology and checks it against its parts and the number of accelerators, which stands at `count`; a
  /// network without accelerators gives the plan as many as it has endpoints.
  void check(const SourcePosition& count);
  /// Appends all values to the plan's resolved ones.
  void resolve();

 private:
  void read_topology(NetworkPlan& network);
  void read_fidelity(NetworkPlan& network);
  void resolve_fidelity();
  void check_crossings();
  void check_star(const SourcePosition& count);
  void check_fabric(const SourcePosition& count);
  void check_packets();
  void report(const std::string& problem);
  /// Whether the topology's keys alone say how many endpoints there are.
  [[nodiscard]] SizeFrom size_from() const { return tree_.accelerators ? SizeFrom::kMachine : SizeFrom::kKeys; }
  template <class P>
  void read_classes(const std::vector<ClassTree>& trees, std::vector<ClassPart<P>>& out, std::vector<PartKeys>& keys);
  template <class P>
  void check_classes(const std::vector<ClassTree>& trees, const std::vector<std::string>& known,
                     std::vector<ClassPart<P>>& parts);
  template <class P>
  void resolve_classes(const std::vector<ClassTree>& trees, const std::vector<ClassPart<P>>& parts,
                       const std::vector<PartKeys>& keys, const std::string& path);

  Reading& reading_;
  const SystemTree& tree_;
  std::string kind_ = "star";
  PartKeys link_;
  PartKeys switch_;
  PartKeys nic_;
  std::vector<PartKeys> link_keys_;  // of the plan's classes
  std::vector<PartKeys> switch_keys_;
};

}  // namespace decodesim
