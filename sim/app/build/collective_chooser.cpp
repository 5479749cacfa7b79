// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/collective_chooser.hpp"

#include <algorithm>

#include "topologies/collective_order.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kWorthTrying = 150;  // percent of the best estimate

// Links and switches between two ranks of a fabric, and the slowest of the links.
void add_way(const NetworkPlan& network, std::int32_t from, std::int32_t to, CrossingCost& out) {
  const Topology& topology = network.fabric->topology();
  const PortMap ports(topology);
  const auto routing = network.fabric->routing(RoutingAlgorithm::kMinimal);
  for (const RouteHop& hop : walk(ports, *routing, from, routing->start(from, to, 0))) {
    const std::int32_t cable = ports.far_end(hop.node, hop.port).cable;
    const LinkParams& link =
        part_of(network.links, topology.cables[static_cast<std::size_t>(cable)].level, network.link);
    out.latency += link.latency;
    out.bandwidth = std::min(out.bandwidth, link.bandwidth);
    const TopologyNode& node = topology.nodes[static_cast<std::size_t>(hop.node)];
    if (node.kind == TopologyNode::Kind::kSwitch)
      out.latency += part_of(network.switches, node.level, network.network_switch).crossing;
    else if (topology.endpoints_forward)
      out.latency += network.network_switch.crossing;
  }
  if (topology.endpoints_forward) out.latency += network.network_switch.crossing;  // the last one's own
}

}  // namespace

bool is_star(const NetworkPlan& network) { return network.topology == "star"; }

std::string CollectiveChoice::text() const {
  return request.protocol == CollectiveProtocol::kAuto ? std::string(name_of(request.algorithm)) : request.text();
}

CrossingCost crossing_cost(const NetworkPlan& network, std::int32_t from, std::int32_t to) {
  CrossingCost out{network.nic.send_overhead + network.nic.receive_overhead};
  if (is_star(network)) {
    out.latency += network.link.latency * 2 + network.network_switch.crossing;
    out.bandwidth = network.link.bandwidth;
  } else {
    add_way(network, from, to, out);
  }
  const std::int64_t packet = network.nic.max_packet.count();
  out.bandwidth =
      Bandwidth(checked::multiply_divide(out.bandwidth.count(), packet, packet + network.nic.packet_overhead.count()));
  return out;
}

// Libraries reduce in the network of one switch by themselves, in others where they are told to.
bool CollectiveChooser::reduces(const CollectiveRequest& asked) const {
  return plan_.network->network_switch.reduction &&
         (is_star(*plan_.network) || asked.algorithm == CollectiveAlgorithm::kInNetwork);
}

// Domains are consecutive ranks: their order is that of the numbers.
CollectiveTeam CollectiveChooser::team(CollectiveAlgorithm algorithm, const RankGroup& group, std::int32_t rank) const {
  const NetworkPlan& network = *plan_.network;
  CollectiveTeam out{group, rank, {}, 0};
  if (is_star(network)) return out;
  if (network.topology == "multi_level") {
    out.domain = static_cast<std::int32_t>(network.shape.domain);
    return out;
  }
  std::vector<std::int32_t> ranks;
  for (std::int32_t i = 0; i < group.size; ++i) ranks.push_back(group.rank_at(i));
  const bool halving = algorithm == CollectiveAlgorithm::kHalvingDoubling || algorithm == CollectiveAlgorithm::kTree;
  out.order = halving ? halving_order(*network.fabric, ranks) : ring_order(*network.fabric, ranks);
  return out;
}

// Rings go to neighbours, others half way through the group and less.
const MachineCosts& CollectiveChooser::costs(const CollectiveTeam& team, CollectiveAlgorithm algorithm) {
  const std::int32_t way = algorithm == CollectiveAlgorithm::kRing ? 1 : std::max(1, team.domain_size() / 2);
  const std::array<std::int32_t, 3> ends{team.rank_at(0), team.rank_at(way), team.rank_at(team.size() - 1)};
  const auto found = costs_.find(ends);
  if (found != costs_.end()) return found->second;
  MachineCosts& out = costs_[ends];
  if (team.size() == 1) return out;
  out.inside = out.between = crossing_cost(*plan_.network, ends[0], ends[1]);
  if (!team.one_domain()) out.between = crossing_cost(*plan_.network, ends[0], ends[2]);
  return out;
}

std::vector<CollectiveChoice> CollectiveChooser::choices(const CollectiveRequest& asked, std::int32_t ranks) {
  const SoftwarePlan& software = plan_.software;
  const bool all_reduce = asked.op == CollectiveOp::kAllReduce;
  const RankGroup group{0, 1, ranks};
  const auto own = [&asked](CollectiveAlgorithm kernel) {
    return std::vector<CollectiveChoice>{
        {{asked.op, kernel, CollectiveProtocol::kAuto, asked.bytes}, Duration(), true}};
  };
  if (all_reduce &&
      (asked.algorithm == CollectiveAlgorithm::kOneShot || asked.algorithm == CollectiveAlgorithm::kOneShotPush ||
       asked.algorithm == CollectiveAlgorithm::kTwoShot))
    return own(asked.algorithm);
  if (all_reduce && asked.algorithm == CollectiveAlgorithm::kInNetwork && !software.library.in_network)
    return own(asked.algorithm);
  CollectiveRequest library = asked;
  if (all_reduce && asked.algorithm == CollectiveAlgorithm::kAuto && asked.protocol == CollectiveProtocol::kAuto) {
    CollectiveAlgorithm kernel = software.all_reduce;
    if (kernel == CollectiveAlgorithm::kAuto) kernel = software.selection.choose(ranks, asked.bytes);
    if (is_runtime_all_reduce(kernel)) return own(kernel);
    if (kernel != CollectiveAlgorithm::kLibrary) library.algorithm = kernel;
  }
  if (asked.op == CollectiveOp::kAllGather && asked.algorithm == CollectiveAlgorithm::kAuto)
    library.algorithm = software.all_gather;
  std::vector<CollectiveChoice> out;
  for (const CollectiveRequest& request :
       library_candidates(library, team(library.algorithm, group, 0), software.library, reduces(asked))) {
    const CollectiveTeam members = team(request.algorithm, group, 0);
    const LibraryProgram program =
        library_program(request, members, software.library, costs(members, request.algorithm));
    out.push_back({request, program.estimate, program.program.symmetric});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.estimate < b.estimate; });
  while (out.size() > 1 && out.back().estimate * 100 > out.front().estimate * kWorthTrying) out.pop_back();
  return out;
}

MessageProgram CollectiveChooser::program(const CollectiveRequest& request, const RankGroup& group, std::int32_t rank) {
  const SoftwarePlan& software = plan_.software;
  if (request.protocol == CollectiveProtocol::kAuto)
    return all_reduce_program(request.algorithm, software.selection, {group, rank, request.bytes});
  const CollectiveTeam members = team(request.algorithm, group, rank);
  return library_program(request, members, software.library, costs(members, request.algorithm)).program;
}

}  // namespace decodesim
