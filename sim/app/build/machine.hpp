// SPDX-License-Identifier: Apache-2.0
// Machine: the modules of a plan, constructed and connected. With folding there is one rank in it, which stands for
// all.
//
//   rank0.core --TLM--> rank0.hbm, ...
//   rank0.collectives <-> rank0.nic --up--> switch, or the routers of a fabric --down--> rank0.nic
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/compute/accelerator.hpp"
#include "models/memory/memory_module.hpp"
#include "models/memory/memory_timing.hpp"
#include "models/network/collective_engine.hpp"
#include "models/network/link.hpp"
#include "models/network/nic.hpp"
#include "models/network/switch.hpp"
#include "sim/app/build/fabric_network.hpp"
#include "sim/app/build/packet_fabric.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// The timing of one memory tier of a plan at train fidelity. `way`: what the initiator adds to its latency.
std::unique_ptr<MemoryTiming> make_memory_timing(const MemoryPlan& plan, Duration way);

/// One memory tier of a plan at the plan's fidelity. `initiator_latency`: the way between it and who uses it.
std::unique_ptr<MemoryModule> make_memory(const sc_core::sc_module_name& name, Context& context, const MemoryPlan& plan,
                                          Duration initiator_latency);

/// Whether the plan's ranks may share one representative where they do the same: it is so asked for, and the network
/// looks the same from every rank, is crossed in the same way, and has room for the reductions of all groups or none.
bool may_fold(const Plan& plan);

/// What a rank's side of the network is made of.
struct RankSide {
  NicParams nic;
  std::optional<LinkParams> link;  ///< up and down; absent at packet fidelity, whose links are the network's
};

/// One accelerator with its memory and its side of the network.
class Rank : public sc_core::sc_module {
 public:
  /// `side`: absent without a network.
  Rank(const sc_core::sc_module_name& name, Context& context, const Plan& plan, std::int32_t rank,
       const std::optional<RankSide>& side);

  Accelerator core;
  std::vector<std::unique_ptr<MemoryModule>> memory;
  // Absent without a network; links at packet fidelity too.
  std::unique_ptr<CollectiveEngine> collectives;
  std::unique_ptr<Nic> nic;
  std::unique_ptr<Link> up;    ///< towards the network
  std::unique_ptr<Link> down;  ///< from the network
};

class Machine {
 public:
  /// `simulated_ranks`: all of the plan's, or 1 to fold them.
  Machine(const Plan& plan, Context& context, std::int64_t simulated_ranks);

  [[nodiscard]] std::vector<std::unique_ptr<Rank>>& ranks() { return ranks_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Rank>>& ranks() const { return ranks_; }
  /// Null without a network, on a star and at packet fidelity.
  [[nodiscard]] const FabricNetwork* network() const { return network_.get(); }
  [[nodiscard]] FabricNetwork* network() { return network_.get(); }
  /// Null but at packet fidelity.
  [[nodiscard]] const PacketFabric* packets() const { return packets_.get(); }
  /// Null where nothing reduces in the network.
  [[nodiscard]] Reductions* reductions() const { return network_ ? network_->reductions() : star_reductions_.get(); }

  /// Throws InternalError when something is still on its way: at the end of a run nothing may be.
  void check_quiet() const;

 private:
  [[nodiscard]] std::optional<RankSide> side_of(const Plan& plan, std::int32_t rank) const;
  void connect_star(const Plan& plan, Context& context);

  std::vector<std::unique_ptr<Rank>> ranks_;
  std::unique_ptr<Switch> switch_;  // of a star
  std::unique_ptr<Reductions> star_reductions_;
  std::unique_ptr<FabricNetwork> network_;  // of any other topology
  std::unique_ptr<PacketFabric> packets_;   // of any topology, at packet fidelity
};

}  // namespace decodesim
