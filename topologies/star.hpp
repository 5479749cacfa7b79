// SPDX-License-Identifier: Apache-2.0
// Star: every endpoint on one switch; endpoint i on its port i.
#pragma once

#include <cstdint>

#include "topologies/topology.hpp"

namespace decodesim {

/// `endpoints` on a switch with `switch_ports` ports. Throws TopologyError when a count is below 1 or when the switch
/// has too few ports.
Topology star(std::int64_t endpoints, std::int64_t switch_ports);

}  // namespace decodesim
