// SPDX-License-Identifier: Apache-2.0
// PartListing: one catalog part with every parameter, read and checked by the schema of its kind.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/app/scenario/catalog.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

struct PartListing {
  Part part;
  std::vector<ResolvedValue> values;
  std::vector<FieldInfo> fields;                            ///< of each value
  std::vector<std::pair<std::string, std::string>> brings;  ///< an accelerator's other parts: "memory", "[{use: ..}]"
};

/// Reads and checks a part as a scenario would. `use` names it as in Catalog::load. Throws ConfigError.
PartListing list_part(const Catalog& catalog, PartKind kind, const Node& use);

}  // namespace decodesim
