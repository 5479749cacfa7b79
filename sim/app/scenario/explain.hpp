// SPDX-License-Identifier: Apache-2.0
// The story of one value: what it is, what it means and where it comes from.
#pragma once

#include <string>
#include <string_view>

#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// For the value at `path` its story; for a path with values below it the list of those. Throws ConfigError when there
/// is nothing at `path`.
std::string explain(const Plan& plan, std::string_view path);

}  // namespace decodesim
