// SPDX-License-Identifier: Apache-2.0
// PacketFabric: the routers and links of a fabric at packet fidelity, constructed and connected: any topology, the star
// too.
//
//   an accelerator below a switch     injector --link--> switch ... switch --link--> ejector
//   an accelerator with a router      injector --link--> router --> links ... links --> router --link--> ejector
//
// Parameters are those of FabricNetwork.
#pragma once

#include <memory>
#include <vector>

#include "models/network/packet_port.hpp"
#include "models/network/packet_router.hpp"
#include "sim/app/build/fabric_routes.hpp"

namespace decodesim {

class PacketFabric {
 public:
  /// The network of `plan`, whose fabric may have more endpoints than there are accelerators.
  PacketFabric(const Plan& plan, Context& context);

  /// The plan's NIC with trains of one packet.
  [[nodiscard]] const NicParams& nic() const { return nic_; }
  /// Connects what sends and receives as rank `rank`.
  void attach(Context& context, std::int32_t rank, sc_core::sc_port<PacketSink>& out, PacketReceiver& in);

  /// Packets in the network: 0 at the end of a run.
  [[nodiscard]] std::size_t waiting_packets() const { return store_.size(); }
  [[nodiscard]] const std::vector<std::unique_ptr<FlitLink>>& links() const { return links_; }
  [[nodiscard]] const std::vector<std::unique_ptr<PacketRouter>>& routers() const { return routers_; }

 private:
  [[nodiscard]] bool present(std::int32_t node) const { return topology_.forwards(node) || node < ranks_; }
  [[nodiscard]] RouterParams router_params(std::int32_t node) const;
  void add_routers(Context& context);
  void add_link(Context& context, std::int32_t from, std::int32_t port, std::int32_t to, std::int32_t to_port,
                std::int32_t level);
  FlitLink& new_link(Context& context, const std::string& name, const LinkParams& params);

  const NetworkPlan& network_;
  const Topology& topology_;
  const std::int64_t ranks_;
  FabricRoutes routes_;
  const std::int32_t channels_;
  NicParams nic_;
  PacketStore store_;
  std::vector<std::unique_ptr<PacketRouter>> routers_;  // by node; null where there is none
  std::vector<std::unique_ptr<FlitLink>> links_;
  std::vector<std::unique_ptr<PacketInjector>> injectors_;
  std::vector<std::unique_ptr<PacketEjector>> ejectors_;
};

}  // namespace decodesim
