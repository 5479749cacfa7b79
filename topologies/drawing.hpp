// SPDX-License-Identifier: Apache-2.0
// Drawings of a network: Graphviz DOT, and SVG with a plain layout of our own (a circle for networks without switches,
// rows by distance from the endpoints for the others), for machines without Graphviz.
#pragma once

#include <string>

#include "topologies/topology.hpp"

namespace decodesim {

/// Beyond so many nodes a drawing shows nothing: they are refused with a TopologyError.
inline constexpr std::size_t kMostDrawn = 2000;

std::string to_dot(const Topology& topology, const std::string& title);
std::string to_svg(const Topology& topology, const std::string& title);

}  // namespace decodesim
