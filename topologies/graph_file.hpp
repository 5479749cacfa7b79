// SPDX-License-Identifier: Apache-2.0
// Any graph from a file: a YAML list of cables, or GraphML.
//
//   endpoints: [gpu0, gpu1]                # names, or how many
//   switches: {s0: {class: leaf, ports: 4}, s1: {}}
//   cables:
//     - [gpu0, s0]
//     - {between: [s0, s1], class: trunk, count: 2}
//   routers_in_endpoints: false            # whether endpoints pass on what is for others
//
// In GraphML a node has the data `name`, `kind` (endpoint, switch), `class` and `ports`, an edge `class` and `count`;
// all may be left out but `kind` of a switch. Ports are taken in the order of the cables.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/config/node.hpp"
#include "topologies/topology.hpp"

namespace decodesim {

/// A graph from the YAML form. Mistakes go to `diagnostics` with their place; then the result is not to be used.
Topology graph_of(const Node& root, Diagnostics& diagnostics);

/// A graph from GraphML text; `file` is its name for messages. Throws ConfigError.
Topology graph_of_graphml(const std::string& text, const std::string& file);

/// Reads a file: GraphML when its name ends in ".graphml", else YAML. Throws ConfigError for every mistake in it.
Topology read_graph_file(const std::string& path);

}  // namespace decodesim
