// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/packet_fabric.hpp"

#include <string>

#include "sim/app/scenario/network_limits.hpp"

namespace decodesim {

PacketFabric::PacketFabric(const Plan& plan, Context& context)
    : network_(*plan.network),
      topology_(network_.fabric->topology()),
      ranks_(plan.accelerators),
      routes_(network_),
      channels_(virtual_channels(network_)),
      nic_(network_.nic),
      routers_(topology_.nodes.size()) {
  nic_.max_train = nic_.max_packet;
  add_routers(context);
  for (const TopologyCable& cable : topology_.cables) {
    add_link(context, cable.a, cable.port_a, cable.b, cable.port_b, cable.level);
    add_link(context, cable.b, cable.port_b, cable.a, cable.port_a, cable.level);
  }
}

// Behind the last port of a node is its accelerator, where the router is in it.
void PacketFabric::add_routers(Context& context) {
  for (std::int32_t node = 0; node < to_int32(static_cast<std::int64_t>(topology_.nodes.size())); ++node) {
    if (!routes_.has_router(node) || !present(node)) continue;
    const std::string name = item(topology_.nodes, node).name + (node < topology_.endpoints() ? "_router" : "");
    item(routers_, node) =
        std::make_unique<PacketRouter>(name.c_str(), context, router_params(node), network_.packets, node,
                                       item(topology_.nodes, node).ports + 1, channels_, store_, routes_);
  }
}

// A NIC that chooses among its ports does so at once.
RouterParams PacketFabric::router_params(std::int32_t node) const {
  if (!topology_.forwards(node)) return {Duration(), network_.nic.buffer};
  const TopologyNode& described = item(topology_.nodes, node);
  const SwitchParams& part = described.kind == TopologyNode::Kind::kSwitch
                                 ? part_of(network_.switches, described.level, network_.network_switch)
                                 : network_.network_switch;
  return {part.crossing, part.buffer};
}

FlitLink& PacketFabric::new_link(Context& context, const std::string& name, const LinkParams& params) {
  links_.push_back(std::make_unique<FlitLink>(name.c_str(), context, params));
  return *links_.back();
}

// Those of an accelerator without a router are the rank's own.
void PacketFabric::add_link(Context& context, std::int32_t from, std::int32_t port, std::int32_t to,
                            std::int32_t to_port, std::int32_t level) {
  const auto& sender = item(routers_, from);
  const auto& receiver = item(routers_, to);
  if (!sender || !receiver) return;
  FlitLink& link = new_link(context, item(topology_.nodes, from).name + "_link" + std::to_string(port),
                            part_of(network_.links, level, network_.link));
  link.connect(*sender, port, *receiver, to_port);
  const std::int32_t channels = routes_.channels(from, to);
  receiver->connect_input(to_port, link, channels);
  sender->connect(port, link, channels);
}

void PacketFabric::attach(Context& context, std::int32_t rank, sc_core::sc_port<PacketSink>& out, PacketReceiver& in) {
  const bool own = routes_.has_router(rank);
  const PortMap::End end = own ? PortMap::End{} : routes_.ports().far_end(rank, 0);
  const std::int32_t port = own ? item(topology_.nodes, rank).ports : end.port;
  PacketRouter& router = *item(routers_, own ? rank : end.node);
  const std::int32_t channels = routes_.host_channels();
  const LinkParams params = host_link(network_, routes_.ports(), rank);
  const std::string name = item(topology_.nodes, rank).name;

  FlitLink& up = new_link(context, name + "_up", params);
  injectors_.push_back(std::make_unique<PacketInjector>((name + "_injector").c_str(), context, network_.packets.flit,
                                                        channels, up, store_));
  up.connect(*injectors_.back(), 0, router, port);
  router.connect_input(port, up, channels);
  injectors_.back()->fill_credits();
  out(*injectors_.back());

  FlitLink& down = new_link(context, name + "_down", params);
  ejectors_.push_back(std::make_unique<PacketEjector>(channels, down, store_, in));
  down.connect(router, port, *ejectors_.back(), 0);
  router.connect(port, down, channels);
}

}  // namespace decodesim
