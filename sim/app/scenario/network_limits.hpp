// SPDX-License-Identifier: Apache-2.0
// What of networks the models cannot simulate so far, and what their routers have.
#pragma once

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Virtual channels of every link between routers. `network` has a fabric.
std::int32_t virtual_channels(const NetworkPlan& network);

/// The least that a router's input holds for one virtual channel: no train is longer.
Bytes smallest_buffer_share(const NetworkPlan& network);

/// Whether a switch of `network` can reduce.
bool reduces_in_network(const NetworkPlan& network);
/// Whether a decode step's collectives would be reduced in the network.
bool reduces_in_network(const SoftwarePlan& software);
/// Why a group of `ranks` has no such collective on `network`; empty: it has.
std::string algorithm_problem(const NetworkPlan& network, CollectiveOp op, CollectiveAlgorithm algorithm,
                              std::int64_t ranks);
/// The least window of the switches that reduce.
Bytes reduction_window(const NetworkPlan& network);

/// Whether the network is a star's one switch, which folds and reduces; else it is built of routers.
bool on_switch(const Plan& plan);

/// The link between endpoint `rank` and its switch; where it has a router of its own, the way to that: as fast as all
/// its links together, and without latency. `ports` is of the network's topology.
LinkParams host_link(const NetworkPlan& network, const PortMap& ports, std::int32_t rank);

/// Whether packets are forwarded at `node`: a switch, a router in an accelerator, or an accelerator with several ports.
bool has_router(const Topology& topology, std::int32_t node);

/// Throws ConfigError for what `check` accepts and no model can simulate: reduction in the network at packet fidelity,
/// and buffers whose share for a virtual channel does not hold a packet; parts of single classes on a star; reductions
/// of a data type that a switch which reduces does not add up.
void check_network_simulated(const Plan& plan);

}  // namespace decodesim
