// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/network_limits.hpp"

#include <algorithm>

#include "workloads/collectives/library_programs.hpp"

namespace decodesim {
namespace {

// The first type that the workload would have reduced and `part` cannot add up.
std::optional<std::string> type_beyond(const Plan& plan, const SwitchParams& part) {
  const auto beyond = [&part](DataType type) { return part.reduction && !part.reduction_types.contains(type); };
  if (plan.workload.kind == WorkloadKind::kDecode) {
    const DataType type = plan.workload.decode.precision.activations;
    if (!reduces_in_network(plan.software) || !beyond(type)) return std::nullopt;
    return std::string(name_of(type));
  }
  if (!plan.workload.operators) return std::nullopt;
  for (const OperatorRow& row : plan.workload.operators->table.rows) {
    if (row.kind != RowKind::kAllReduce || !row.not_predicted.empty()) continue;
    const std::optional<DataType> type = data_type_named(row.dtype);
    if (type && beyond(*type) && reduces_in_network(plan.workload.operators->profiles.at(row.profile)))
      return row.dtype;
  }
  return std::nullopt;
}

void check_types(const Plan& plan) {
  const auto check = [&plan](const SwitchParams& part) {
    const std::optional<std::string> type = type_beyond(plan, part);
    if (type)
      throw ConfigError(plan.network->place, "the software reduces " + *type + " in the network, and a switch has " +
                                                 "reduction_types: '" + part.reduction_types.text() +
                                                 "'; expected a type of these, or another all-reduce");
  };
  check(plan.network->network_switch);
  for (const auto& part : plan.network->switches) check(part.part);
}

bool reduces_in_network(const Plan& plan) {
  if (plan.workload.kind == WorkloadKind::kCollective) {
    const OperatorRow& row = plan.workload.operators->table.rows.front();
    return row.kind == RowKind::kAllReduce && row.algorithm == CollectiveAlgorithm::kAuto &&
           reduces_in_network(plan.software);
  }
  if (plan.workload.kind != WorkloadKind::kOperators) return reduces_in_network(plan.software);
  const std::vector<SoftwarePlan>& profiles = plan.workload.operators->profiles;
  return std::any_of(profiles.begin(), profiles.end(), [](const auto& profile) { return reduces_in_network(profile); });
}

// The longest that travels as one.
Bytes packet_of(const Plan& plan) {
  if (plan.workload.traffic) return plan.workload.traffic->packet;
  return plan.network->nic.max_packet + plan.network->nic.packet_overhead;
}

void check_fabric_simulated(const Plan& plan) {
  const NetworkPlan& network = *plan.network;
  const std::string topology = "topology: '" + network.topology + "' ";
  if (network.fidelity == NetworkFidelity::kPacket && !plan.workload.traffic && reduces_in_network(plan))
    throw ConfigError(network.place,
                      topology + "cannot reduce in the network at packet fidelity, and the software does; expected " +
                          (plan.software.expert_exchange == TokenTravel::kInNetwork
                               ? "mapping.collectives.expert_exchange: plain or even"
                               : "mapping.collectives.all_reduce: ring or another without it, or "
                                 "software.all_reduce.in_network_limit: 0 B"));
  const bool flits = network.fidelity == NetworkFidelity::kPacket && !network.packets.flit.is_zero();
  const Bytes packet = flits ? std::min(network.packets.flit, packet_of(plan)) : packet_of(plan);
  const Bytes share = smallest_buffer_share(network);
  if (packet > share)
    throw ConfigError(network.place, topology + "has a router whose buffer holds " + to_text(share) + " for each of " +
                                         std::to_string(virtual_channels(network)) + " virtual channels, and a " +
                                         (flits ? "flit" : "packet") + " has " + to_text(packet) +
                                         "; expected larger buffers or smaller packets");
}

}  // namespace

bool reduces_in_network(const SoftwarePlan& software) {
  if (software.expert_exchange == TokenTravel::kInNetwork) return true;
  if (software.all_reduce == CollectiveAlgorithm::kInNetwork) return true;
  return software.all_reduce == CollectiveAlgorithm::kAuto && !software.selection.in_network_limit.is_zero();
}

bool reduces_in_network(const NetworkPlan& network) {
  return network.network_switch.reduction ||
         std::any_of(network.switches.begin(), network.switches.end(), [](const auto& s) { return s.part.reduction; });
}

std::string algorithm_problem(const NetworkPlan& network, CollectiveOp op, CollectiveAlgorithm algorithm,
                              std::int64_t ranks) {
  CollectiveTeam team;
  team.group.size = static_cast<std::int32_t>(ranks);
  if (network.topology == "multi_level") team.domain = static_cast<std::int32_t>(network.shape.domain);
  return library_problem(op, algorithm, team);
}

Bytes reduction_window(const NetworkPlan& network) {
  Bytes least = network.network_switch.reduction_window;
  for (const auto& part : network.switches)
    if (part.part.reduction) least = std::min(least, part.part.reduction_window);
  return least;
}

std::int32_t virtual_channels(const NetworkPlan& network) {
  if (network.shape.virtual_channels > 0) return static_cast<std::int32_t>(network.shape.virtual_channels);
  return network.fabric->routing(algorithm_of(network.shape, *network.fabric))->virtual_channels();
}

Bytes smallest_buffer_share(const NetworkPlan& network) {
  Bytes least = network.network_switch.buffer;
  for (const TopologyNode& node : network.fabric->topology().nodes)
    if (node.kind == TopologyNode::Kind::kSwitch)
      least = std::min(least, part_of(network.switches, node.level, network.network_switch).buffer);
  return Bytes(least.count() / (virtual_channels(network) + network.detour_channels));
}

bool on_switch(const Plan& plan) {
  const NetworkPlan& network = *plan.network;
  return network.topology == "star" && network.fidelity == NetworkFidelity::kTrain && !plan.workload.traffic;
}

bool has_router(const Topology& topology, std::int32_t node) {
  return topology.forwards(node) || item(topology.nodes, node).ports > 1;
}

LinkParams host_link(const NetworkPlan& network, const PortMap& ports, std::int32_t rank) {
  const Topology& topology = network.fabric->topology();
  LinkParams inner{Bandwidth(), Duration()};
  for (const PortMap::End& end : ports.ports(rank)) {
    if (end.node < 0) continue;
    const LinkParams& cable = part_of(network.links, item(topology.cables, end.cable).level, network.link);
    if (!has_router(topology, rank)) return cable;
    inner.bandwidth = inner.bandwidth + cable.bandwidth;
  }
  return inner;
}

void check_network_simulated(const Plan& plan) {
  if (!plan.network) return;
  check_types(plan);
  const NetworkPlan& network = *plan.network;
  if (!on_switch(plan)) return check_fabric_simulated(plan);
  if (!network.links.empty() || !network.switches.empty())
    throw ConfigError(network.place,
                      "topology: a star with parts for single classes of links or switches cannot be "
                      "simulated in this version; expected link and switch alone");
}

}  // namespace decodesim
