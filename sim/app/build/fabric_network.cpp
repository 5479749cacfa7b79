// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/fabric_network.hpp"

#include <algorithm>

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {

namespace {

Unreliable unreliable_parts(const FaultPlan& faults) {
  Unreliable out;
  for (const FaultEvent& event : faults.events) {
    if (event.kind == FaultKind::kLink) out.cables.push_back(event.cable);
    if (event.kind == FaultKind::kSwitch && event.length.is_zero()) out.switches.push_back(event.node);
  }
  return out;
}

}  // namespace

FabricNetwork::FabricNetwork(const Plan& plan, Context& context)
    : network_(*plan.network),
      topology_(network_.fabric->topology()),
      ranks_(plan.accelerators),
      routes_(network_),
      nic_(network_.nic),
      routers_(topology_.nodes.size()),
      by_channel_(static_cast<std::size_t>(routes_.ports().channels())) {
  if (plan.faults.of_network())
    detours_.emplace(routes_, topology_, unreliable_parts(plan.faults), virtual_channels(network_));
  const RouteLookup& lookup = detours_ ? static_cast<const RouteLookup&>(*detours_) : routes_;
  nic_.smallest_buffer = smallest_buffer_share(network_);
  if (reduces_in_network(network_))
    reductions_ = std::make_unique<Reductions>("reductions", context, network_, &routes_);
  for (std::int32_t node = 0; node < to_int32(static_cast<std::int64_t>(topology_.nodes.size())); ++node) {
    if (!routes_.has_router(node) || !present(node)) continue;
    const std::string name = item(topology_.nodes, node).name + (node < topology_.endpoints() ? "_router" : "");
    item(routers_, node) =
        std::make_unique<Router>(name.c_str(), context, router_params(node), node, port_channels(node), lookup);
    if (reductions_) item(routers_, node)->serve_reductions(part(node).reduction_unit(), *reductions_);
  }
  for (const TopologyCable& cable : topology_.cables) {
    add_link(context, cable.a, cable.port_a, cable.b, cable.level);
    add_link(context, cable.b, cable.port_b, cable.a, cable.level);
  }
}

bool FabricNetwork::present(std::int32_t node) const { return topology_.forwards(node) || node < ranks_; }

const SwitchParams& FabricNetwork::part(std::int32_t node) const {
  const TopologyNode& described = item(topology_.nodes, node);
  return described.kind == TopologyNode::Kind::kSwitch
             ? part_of(network_.switches, described.level, network_.network_switch)
             : network_.network_switch;
}

// A NIC that chooses among its ports does so at once.
RouterParams FabricNetwork::router_params(std::int32_t node) const {
  if (!topology_.forwards(node)) return {Duration(), network_.nic.buffer};
  return {part(node).crossing, part(node).buffer};
}

// By port; behind the last the accelerator's, where one is.
std::vector<std::int32_t> FabricNetwork::port_channels(std::int32_t node) const {
  std::vector<std::int32_t> out;
  for (const PortMap::End& end : routes_.ports().ports(node))
    out.push_back(end.node >= 0 && present(end.node) ? routes_.channels(node, end.node) : 0);
  out.push_back(node < ranks_ && node < topology_.endpoints() ? 1 : 0);
  return out;
}

// Those of an accelerator without a router are the rank's own.
void FabricNetwork::add_link(Context& context, std::int32_t from, std::int32_t port, std::int32_t to,
                             std::int32_t level) {
  const auto& sender = item(routers_, from);
  const auto& receiver = item(routers_, to);
  if (!sender || !receiver) return;
  const std::string name = item(topology_.nodes, from).name + "_link" + std::to_string(port);
  const LinkParams& params = part_of(network_.links, level, network_.link);
  links_.push_back(std::make_unique<Link>(name.c_str(), context, params, routes_.channels(from, to)));
  sender->output(port)(*links_.back());
  links_.back()->out(receiver->input());
  item(by_channel_, routes_.ports().channel(from, port)) = links_.back().get();
}

Link* FabricNetwork::link_of(const Channel& channel) const {
  return item(by_channel_, routes_.ports().channel(channel.node, channel.port));
}

std::vector<std::int32_t> FabricNetwork::cables_between_routers() const {
  std::vector<std::int32_t> out;
  for (std::size_t i = 0; i < topology_.cables.size(); ++i) {
    const TopologyCable& cable = topology_.cables[i];
    if (topology_.forwards(cable.a) && topology_.forwards(cable.b) && link_of({cable.a, cable.port_a}) != nullptr)
      out.push_back(to_int32(static_cast<std::int64_t>(i)));
  }
  return out;
}

std::vector<FabricNetwork::Channel> FabricNetwork::channels_of(std::int32_t cable) const {
  const TopologyCable& of = item(topology_.cables, cable);
  return {{of.a, of.port_a}, {of.b, of.port_b}};
}

std::vector<FabricNetwork::Channel> FabricNetwork::channels_into(std::int32_t node) const {
  std::vector<Channel> out;
  for (const PortMap::End& end : routes_.ports().ports(node))
    if (end.node >= 0 && present(end.node)) out.push_back({end.node, end.port});
  return out;
}

void FabricNetwork::fail(const std::vector<Channel>& channels) {
  for (const Channel& channel : channels)
    if (Link* link = link_of(channel)) link->fail();
}

// Accelerators below a single switch have no other way: their messages wait.
void FabricNetwork::avoid(const std::vector<Channel>& channels) {
  for (const Channel& channel : channels) detours_->avoid(channel.node, channel.port);
  for (const Channel& channel : channels)
    if (const auto& router = item(routers_, channel.node)) router->reroute(channel.port);
}

void FabricNetwork::repair(const std::vector<Channel>& channels, bool avoided) {
  for (const Channel& channel : channels) {
    if (avoided) detours_->use_again(channel.node, channel.port);
    if (Link* link = link_of(channel)) link->repair();
  }
}

LinkParams FabricNetwork::host_link(std::int32_t rank) const {
  return decodesim::host_link(network_, routes_.ports(), rank);
}

void FabricNetwork::attach(std::int32_t rank, Link& up, Link& down) {
  const bool own = routes_.has_router(rank);
  const PortMap::End end = own ? PortMap::End{} : routes_.ports().far_end(rank, 0);
  Router& router = *item(routers_, own ? rank : end.node);
  up.out(router.input());
  router.output(own ? item(topology_.nodes, rank).ports : end.port)(down);
  if (own) return;
  item(by_channel_, routes_.ports().channel(rank, 0)) = &up;
  item(by_channel_, routes_.ports().channel(end.node, end.port)) = &down;
}

std::size_t FabricNetwork::waiting_trains() const {
  std::size_t count = 0;
  for (const auto& router : routers_)
    if (router) count += router->waiting_trains();
  return count;
}

std::size_t FabricNetwork::open_reductions() const {
  std::size_t count = 0;
  for (const auto& router : routers_)
    if (router) count += router->open_reductions();
  return count;
}

std::int64_t FabricNetwork::rerouted_trains() const {
  std::int64_t count = 0;
  for (const auto& router : routers_)
    if (router) count += router->rerouted.value();
  return count;
}

}  // namespace decodesim
