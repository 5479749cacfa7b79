// SPDX-License-Identifier: Apache-2.0
// What the entries of a trace's address vectors mean, and the byte address that they come to. Columns count bursts, and
// channels count over all stacks.
#pragma once

#include <string>
#include <vector>

#include "models/memory/dram/address_map.hpp"
#include "workloads/memory_access/memory_trace.hpp"

namespace decodesim {

/// Names of `count` levels as Ramulator orders them for a part like `dram`; empty when there is no such order.
[[nodiscard]] std::vector<std::string> usual_levels(std::size_t count, const DramParameters& dram);

/// What is wrong with `names` for address vectors of `count` entries (0: the trace has byte addresses); empty when
/// sound.
[[nodiscard]] std::string levels_problem(const std::vector<std::string>& names, std::size_t count);

/// The address of an address vector with sound `names`. A place that `map` does not have comes out beyond any memory.
[[nodiscard]] AddressVectorMap address_vector_map(const std::vector<std::string>& names, const AddressMap& map);

}  // namespace decodesim
