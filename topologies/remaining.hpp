// SPDX-License-Identifier: Apache-2.0
// What is left of a topology when some of it is gone.
#pragma once

#include <cstdint>
#include <vector>

#include "topologies/topology.hpp"

namespace decodesim {

/// `topology` without `cables`, and without all cables of `nodes`. Ports keep their numbers.
Topology without(Topology topology, const std::vector<std::int32_t>& cables, const std::vector<std::int32_t>& nodes);

/// The first endpoint that has no way to endpoint 0; -1: all have one.
std::int32_t endpoint_cut_off(const Topology& topology);

}  // namespace decodesim
