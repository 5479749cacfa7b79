// SPDX-License-Identifier: Apache-2.0
// FabricNetwork: the routers and links of a fabric, constructed and connected: any topology but the star, whose switch
// is the machine's (it folds). Routers reduce where the parts say so.
//
//   an accelerator below a switch            nic --up--> switch ... switch --down--> nic
//   an accelerator with a router, or with    nic --up--> router --> links ... links --> router --down--> nic
//   several ports
//
// The way between an accelerator and its own router is as fast as all links of the router together and takes no time
// of its own.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/network/link.hpp"
#include "models/network/nic.hpp"
#include "models/network/router.hpp"
#include "sim/app/build/detours.hpp"
#include "sim/app/build/fabric_routes.hpp"
#include "sim/app/build/reductions.hpp"

namespace decodesim {

class FabricNetwork {
 public:
  /// The network of `plan`, whose fabric may have more endpoints than there are accelerators.
  FabricNetwork(const Plan& plan, Context& context);

  /// The links between rank `rank` and its switch or router.
  [[nodiscard]] LinkParams host_link(std::int32_t rank) const;
  /// The plan's NIC with trains that fit the buffers on the way.
  [[nodiscard]] const NicParams& nic() const { return nic_; }
  /// Binds what leads from and to the NIC of `rank`.
  void attach(std::int32_t rank, Link& up, Link& down);

  // Failures, where the plan has any. What failed several times is repaired as often.
  /// Cables between two routers: those that may fail at a rate.
  [[nodiscard]] std::vector<std::int32_t> cables_between_routers() const;
  /// The channels of a cable, or those into a switch.
  struct Channel {
    std::int32_t node = 0;  ///< that sends
    std::int32_t port = 0;  ///< by which it does
  };
  [[nodiscard]] std::vector<Channel> channels_of(std::int32_t cable) const;
  [[nodiscard]] std::vector<Channel> channels_into(std::int32_t node) const;
  /// They take nothing in any more.
  void fail(const std::vector<Channel>& channels);
  /// That is known: messages go other ways, those too that wait for them.
  void avoid(const std::vector<Channel>& channels);
  /// They work again, and may be used where they were avoided.
  void repair(const std::vector<Channel>& channels, bool avoided);

  /// Trains that wait in routers: 0 at the end of a run.
  [[nodiscard]] std::size_t waiting_trains() const;
  /// Trains that went another way because a link had failed that they waited for.
  [[nodiscard]] std::int64_t rerouted_trains() const;
  /// Reductions that still wait for a contribution: 0 at the end of a run.
  [[nodiscard]] std::size_t open_reductions() const;
  /// Null where no router reduces.
  [[nodiscard]] Reductions* reductions() const { return reductions_.get(); }
  /// By node; null where there is none.
  [[nodiscard]] const std::vector<std::unique_ptr<Router>>& routers() const { return routers_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Link>>& links() const { return links_; }

 private:
  [[nodiscard]] bool present(std::int32_t node) const;  // it has a router here, or a rank
  [[nodiscard]] const SwitchParams& part(std::int32_t node) const;
  [[nodiscard]] RouterParams router_params(std::int32_t node) const;
  [[nodiscard]] std::vector<std::int32_t> port_channels(std::int32_t node) const;

  const NetworkPlan& network_;
  const Topology& topology_;
  const std::int64_t ranks_;
  FabricRoutes routes_;
  std::optional<Detours> detours_;  // when cables may fail
  NicParams nic_;
  std::unique_ptr<Reductions> reductions_;
  std::vector<std::unique_ptr<Router>> routers_;  // by node; null where there is none
  std::vector<std::unique_ptr<Link>> links_;      // between routers
  void add_link(Context& context, std::int32_t from, std::int32_t port, std::int32_t to, std::int32_t level);
  [[nodiscard]] Link* link_of(const Channel& channel) const;
  std::vector<Link*> by_channel_;  // PortMap::channel; null where nothing is connected
};

}  // namespace decodesim
