// SPDX-License-Identifier: Apache-2.0
// The faults of a scenario that are of its network: which cables and switches they mean, and whether the run can go on
// without them. Internal to sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

/// Finds the cables and switches of the plan's faults and checks them; `events` and `rates` are their nodes in the
/// scenario, and so is `section`.
void check_network_faults(Reading& reading, const Node& section, const std::vector<Node>& events,
                          const std::vector<Node>& rates);

}  // namespace decodesim
