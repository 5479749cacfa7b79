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
/// The least window of the switches that reduce.
Bytes reduction_window(const NetworkPlan& network);

/// Throws ConfigError for what `check` accepts and no model can simulate: off a star UGAL, and buffers whose share for
/// a virtual channel does not hold a packet; parts of single classes on a star; reductions of a data type that a switch
/// which reduces does not add up.
void check_network_simulated(const Plan& plan);

}  // namespace decodesim
