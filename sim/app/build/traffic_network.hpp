// SPDX-License-Identifier: Apache-2.0
// TrafficNetwork: a plan's network with traffic endpoints where its accelerators would be.
#pragma once

#include <memory>
#include <vector>

#include "sim/app/build/fabric_network.hpp"
#include "sim/app/build/packet_fabric.hpp"
#include "sim/app/build/traffic_endpoint.hpp"

namespace decodesim {

class TrafficNetwork {
 public:
  /// One endpoint for each of the plan's accelerators, in order of rank.
  TrafficNetwork(const Plan& plan, Context& context, const std::vector<std::unique_ptr<TrafficEndpoint>>& endpoints);

  struct LinkUse {
    Bytes sent;
    Bandwidth bandwidth;
  };
  /// Every link's so far, in bytes delivered.
  [[nodiscard]] std::vector<LinkUse> link_use() const;
  /// Throws InternalError when something is still on its way.
  void check_quiet() const;

 private:
  using Endpoints = std::vector<std::unique_ptr<TrafficEndpoint>>;
  void connect_trains(Context& context, const Endpoints& endpoints);
  void connect_packets(Context& context, const Endpoints& endpoints);

  std::unique_ptr<FabricNetwork> trains_;  // one of these two, by fidelity
  std::unique_ptr<PacketFabric> packets_;
  std::vector<std::unique_ptr<Link>> up_;  // of trains
  std::vector<std::unique_ptr<Link>> down_;
};

}  // namespace decodesim
