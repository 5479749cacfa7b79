// SPDX-License-Identifier: Apache-2.0
// The plan's values as a scenario that runs by itself and gives the same results.
#pragma once

#include <string>
#include <string_view>

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// Every value of `plan` as a scenario that names no catalog part, each with its origin as a comment. Reading it gives
/// an equal plan. Files of traces are named by their absolute path.
std::string resolved_yaml(const Plan& plan);

/// A tree on one line: {use: h100-sxm, count: 8}.
std::string flow_yaml(const Node& node);

/// Whether the value at a path is the name of a file.
bool is_file_reference(std::string_view path);

}  // namespace decodesim
