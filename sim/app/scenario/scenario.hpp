// SPDX-License-Identifier: Apache-2.0
// Scenario: a YAML file -> a checked, resolved plan. Every mistake is found before simulated time starts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/app/scenario/catalog.hpp"
#include "sim/app/scenario/plan.hpp"

namespace decodesim {

/// One --set of the command line.
struct Assignment {
  std::string path;
  std::string value;
};

/// "path.to.key=value". Throws ConfigError.
Assignment parse_assignment(std::string_view text);

/// Reads a scenario file with `assignments` applied in order, and checks all of it. Throws ConfigError with every
/// mistake and its place, CapacityError (capacity.hpp) for a scenario that is sound but does not fit.
Plan read_scenario(const std::string& file, const Catalog& catalog, const std::vector<Assignment>& assignments = {});

/// The same for a text; `name` stands for the file in messages, and its folder is what paths are relative to.
Plan read_scenario_text(std::string_view text, const std::string& name, const Catalog& catalog,
                        const std::vector<Assignment>& assignments = {});

/// Throws ConfigError for what `check` accepts and no model can simulate so far (network_limits.hpp).
void check_simulated(const Plan& plan);

}  // namespace decodesim
