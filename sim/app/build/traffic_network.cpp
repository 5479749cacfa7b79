// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/traffic_network.hpp"

#include <string>

namespace decodesim {

TrafficNetwork::TrafficNetwork(const Plan& plan, Context& context,
                               const std::vector<std::unique_ptr<TrafficEndpoint>>& endpoints) {
  if (plan.network->fidelity == NetworkFidelity::kPacket) {
    packets_ = std::make_unique<PacketFabric>(plan, context);
    connect_packets(context, endpoints);
  } else {
    trains_ = std::make_unique<FabricNetwork>(plan, context);
    connect_trains(context, endpoints);
  }
}

void TrafficNetwork::connect_trains(Context& context, const Endpoints& endpoints) {
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto rank = static_cast<std::int32_t>(i);
    const LinkParams link = trains_->host_link(rank);
    const std::string name = "endpoint" + std::to_string(rank);
    up_.push_back(std::make_unique<Link>((name + "_up").c_str(), context, link));
    down_.push_back(std::make_unique<Link>((name + "_down").c_str(), context, link));
    endpoints[i]->out(*up_.back());
    down_.back()->out(*endpoints[i]);
    trains_->attach(rank, *up_.back(), *down_.back());
  }
}

void TrafficNetwork::connect_packets(Context& context, const Endpoints& endpoints) {
  for (std::size_t i = 0; i < endpoints.size(); ++i)
    packets_->attach(context, static_cast<std::int32_t>(i), endpoints[i]->out, *endpoints[i]);
}

std::vector<TrafficNetwork::LinkUse> TrafficNetwork::link_use() const {
  std::vector<LinkUse> out;
  const auto add = [&out](const auto& link) {
    out.push_back({Bytes(link->delivered_bytes.value()), link->bandwidth()});
  };
  if (packets_)
    for (const auto& link : packets_->links()) add(link);
  else
    for (const auto* links : {&trains_->links(), &up_, &down_})
      for (const auto& link : *links) add(link);
  return out;
}

void TrafficNetwork::check_quiet() const {
  const std::size_t waiting = packets_ ? packets_->waiting_packets() : trains_->waiting_trains();
  require(waiting == 0, "TrafficNetwork", "a packet is in the network at the end of the run");
}

}  // namespace decodesim
