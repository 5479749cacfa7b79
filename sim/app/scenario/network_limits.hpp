// SPDX-License-Identifier: Apache-2.0
// What of networks the models cannot simulate so far, and what their routers have.
#pragma once

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Virtual channels of every link between routers. `network` has a fabric.
std::int32_t virtual_channels(const NetworkPlan& network);

/// The least that a router's input holds for one virtual channel: no train is longer.
Bytes smallest_buffer_share(const NetworkPlan& network);

/// Throws ConfigError for what `check` accepts and no model can simulate: off a star reduction in the network and UGAL,
/// buffers whose share for a virtual channel does not hold a packet; parts of single classes on a star.
void check_network_simulated(const Plan& plan);

}  // namespace decodesim
