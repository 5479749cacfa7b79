// SPDX-License-Identifier: Apache-2.0
#include "sim/app/scenario/network_limits.hpp"

#include <algorithm>

namespace decodesim {
namespace {

bool reduces_in_network(const SoftwarePlan& software) {
  if (software.all_reduce == AllReduceAlgorithm::kInNetwork) return true;
  return software.all_reduce == AllReduceAlgorithm::kAuto && !software.selection.in_network_limit.is_zero();
}

// The first type that the workload would have reduced and `part` cannot add up.
std::optional<std::string> type_beyond(const Plan& plan, const SwitchParams& part) {
  const auto beyond = [&part](DataType type) { return part.reduction && !part.reduction_types.contains(type); };
  if (plan.workload.kind != WorkloadKind::kOperators) {
    const DataType type = plan.workload.decode.precision.activations;
    if (!reduces_in_network(plan.software) || !beyond(type)) return std::nullopt;
    return std::string(name_of(type));
  }
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

void check_fabric_simulated(const Plan& plan) {
  const NetworkPlan& network = *plan.network;
  const std::string topology = "topology: '" + network.topology + "' ";
  if (algorithm_of(network.shape, *network.fabric) == RoutingAlgorithm::kUgal)
    throw ConfigError(network.place, topology +
                                         "cannot be simulated with routing ugal in this version; expected a routing "
                                         "that does not choose by queues");
  const Bytes packet = network.nic.max_packet + network.nic.packet_overhead;
  const Bytes share = smallest_buffer_share(network);
  if (packet > share)
    throw ConfigError(network.place, topology + "has a router whose buffer holds " + to_text(share) + " for each of " +
                                         std::to_string(virtual_channels(network)) +
                                         " virtual channels, and a packet has " + to_text(packet) +
                                         "; expected larger buffers or smaller packets");
}

}  // namespace

bool reduces_in_network(const NetworkPlan& network) {
  return network.network_switch.reduction ||
         std::any_of(network.switches.begin(), network.switches.end(), [](const auto& s) { return s.part.reduction; });
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
  return Bytes(least.count() / virtual_channels(network));
}

void check_network_simulated(const Plan& plan) {
  if (!plan.network) return;
  check_types(plan);
  const NetworkPlan& network = *plan.network;
  if (network.topology != "star") return check_fabric_simulated(plan);
  if (!network.links.empty() || !network.switches.empty())
    throw ConfigError(network.place,
                      "topology: a star with parts for single classes of links or switches cannot be "
                      "simulated in this version; expected link and switch alone");
}

}  // namespace decodesim
