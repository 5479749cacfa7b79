// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/machine.hpp"

#include <string>

#include "models/memory/dram/command_memory.hpp"
#include "models/memory/dram_timing.hpp"
#include "models/memory/hbf/hbf_memory.hpp"
#include "models/memory/memory_tier.hpp"
#include "sim/app/build/collective_chooser.hpp"
#include "sim/app/scenario/network_limits.hpp"
#include "topologies/star.hpp"

namespace decodesim {
namespace {

std::int32_t hub_of(const Topology& topology) {
  for (std::size_t i = 0; i < topology.nodes.size(); ++i)
    if (topology.nodes[i].kind == TopologyNode::Kind::kSwitch) return static_cast<std::int32_t>(i);
  throw InternalError("Machine", "a star without a switch");
}

// Whether the collectives that the scenario names are the same on all ranks but for a rotation.
bool looks_the_same(const SoftwarePlan& software) {
  const auto symmetric = [](CollectiveOp op, CollectiveAlgorithm named) {
    return named == CollectiveAlgorithm::kAuto || is_symmetric(op, named);
  };
  return symmetric(CollectiveOp::kAllReduce, software.all_reduce) &&
         symmetric(CollectiveOp::kAllGather, software.all_gather) && software.expert_exchange == TokenTravel::kEven;
}

}  // namespace

bool may_fold(const Plan& plan) {
  if (!plan.run.fold || plan.faults.any()) return false;
  if (!plan.network) return true;
  if (!looks_the_same(plan.software)) return false;
  const SwitchParams& hub = plan.network->network_switch;
  return on_switch(plan) && (!hub.reduction || hub.reduction_table >= plan.accelerators);
}

std::unique_ptr<MemoryTiming> make_memory_timing(const MemoryPlan& plan, Duration way) {
  require(plan.dram.has_value() != plan.flat.has_value(), "Machine", "a memory tier is either DRAM or flat");
  if (plan.dram) return std::make_unique<DramTiming>(*plan.dram, plan.stacks, way);
  return std::make_unique<FlatMemory>(*plan.flat, plan.stacks, way);
}

std::unique_ptr<MemoryModule> make_memory(const sc_core::sc_module_name& name, Context& context, const MemoryPlan& plan,
                                          Duration initiator_latency) {
  if (plan.hbf) {
    const auto fidelity = plan.fidelity == Fidelity::kPage ? HbfMemory::Fidelity::kPage : HbfMemory::Fidelity::kTrain;
    return std::make_unique<HbfMemory>(name, context, *plan.hbf, plan.stacks, fidelity, initiator_latency);
  }
  if (plan.fidelity == Fidelity::kTrain)
    return std::make_unique<MemoryTier>(name, context, make_memory_timing(plan, initiator_latency));
  require(plan.dram.has_value(), "Machine", "only DRAM has commands");
  return std::make_unique<CommandMemory>(name, context, *plan.dram, plan.stacks, initiator_latency);
}

Rank::Rank(const sc_core::sc_module_name& name, Context& context, const Plan& plan, std::int32_t rank,
           const std::optional<RankSide>& side)
    : sc_core::sc_module(name), core("core", context, plan.accelerator, plan.memory.size(), rank) {
  for (std::size_t i = 0; i < plan.memory.size(); ++i) {
    memory.push_back(
        make_memory(plan.memory[i].name.c_str(), context, plan.memory[i], plan.accelerator.memory_path_latency));
    core.memory_socket(i).bind(memory.back()->socket);
  }
  if (!side) return;
  collectives = std::make_unique<CollectiveEngine>("collectives", context, plan.software.collectives);
  collectives->set_time_out(plan.faults.time_out);
  nic = std::make_unique<Nic>("nic", context, side->nic, rank);
  collectives->nic(*nic);
  nic->receiver(*collectives);
  if (side->link) {
    up = std::make_unique<Link>("up", context, *side->link);
    down = std::make_unique<Link>("down", context, *side->link);
    nic->out(*up);
    down->out(*nic);
  }
  core.set_network(*collectives);
}

Machine::Machine(const Plan& plan, Context& context, std::int64_t simulated_ranks) {
  const bool fabric = plan.network && !on_switch(plan);
  if (fabric) {
    require(simulated_ranks == plan.accelerators, "Machine", "only a star is folded");
    if (plan.network->fidelity == NetworkFidelity::kPacket)
      packets_ = std::make_unique<PacketFabric>(plan, context);
    else
      network_ = std::make_unique<FabricNetwork>(plan, context);
  }
  for (std::int32_t r = 0; r < simulated_ranks; ++r) {
    ranks_.push_back(std::make_unique<Rank>(("rank" + std::to_string(r)).c_str(), context, plan, r, side_of(plan, r)));
    if (network_) network_->attach(r, *ranks_.back()->up, *ranks_.back()->down);
    if (packets_) packets_->attach(context, r, ranks_.back()->nic->out, *ranks_.back()->nic);
  }
  if (plan.network && !fabric) connect_star(plan, context);
  if (!reductions()) return;
  for (const auto& rank : ranks_) rank->nic->set_reduction_window(reduction_window(*plan.network));
}

std::optional<RankSide> Machine::side_of(const Plan& plan, std::int32_t rank) const {
  if (!plan.network) return std::nullopt;
  if (packets_) return RankSide{packets_->nic(), std::nullopt};
  if (network_) return RankSide{network_->nic(), network_->host_link(rank)};
  return RankSide{plan.network->nic, plan.network->link};
}

// Cables between the topology's endpoints and its switch. A folded machine has rank 0's only.
void Machine::connect_star(const Plan& plan, Context& context) {
  const Topology topology = star(plan.accelerators, plan.network->network_switch.ports);
  const bool folded = static_cast<std::int64_t>(ranks_.size()) != plan.accelerators;
  const std::int32_t hub = hub_of(topology);
  const SwitchWiring wiring =
      folded ? SwitchWiring::folded_star()
             : SwitchWiring{.ports = plan.accelerators, .output = output_ports(topology, hub), .folded = false};
  if (plan.network->network_switch.reduction)
    star_reductions_ = std::make_unique<Reductions>("reductions", context, *plan.network, nullptr);
  switch_ = std::make_unique<Switch>("switch", context, plan.network->network_switch, wiring);
  for (const TopologyCable& cable : topology.cables) {
    const bool hub_first = cable.a == hub;
    const auto rank =
        static_cast<std::size_t>(topology.nodes[static_cast<std::size_t>(hub_first ? cable.b : cable.a)].rank);
    if (rank >= ranks_.size()) continue;
    const std::int32_t port = hub_first ? cable.port_a : cable.port_b;
    ranks_[rank]->up->out(switch_->input(port));
    switch_->output(port)(*ranks_[rank]->down);
  }
}

void Machine::check_quiet() const {
  for (const auto& rank : ranks_) {
    require(rank->core.dma().idle(), rank->core.dma().name(), "a transfer is still outstanding at the end of the run");
    if (rank->collectives)
      require(rank->collectives->open() == 0, rank->collectives->name(), "a collective is open at the end of the run");
  }
  if (network_) {
    require(network_->waiting_trains() == 0, "Machine", "a train waits in a router at the end of the run");
    require(network_->open_reductions() == 0, "Machine", "a reduction waits for a contribution at the end");
  }
  if (packets_)
    require(packets_->waiting_packets() == 0, "Machine", "a packet is in the network at the end of the run");
  if (switch_)
    require(switch_->open_reductions() == 0, switch_->name(), "a reduction waits for a contribution at the end");
}

}  // namespace decodesim
