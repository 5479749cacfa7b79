// SPDX-License-Identifier: Apache-2.0
// A scenario's model: a name of the library, the path of a file, or the architecture itself. Internal to
// sim/app/scenario.
#pragma once

#include "sim/app/scenario/reading.hpp"

namespace decodesim {

/// What a scenario says in place of a model, and what it turned out to be.
struct ModelReference {
  Node mapping;  ///< of the architecture
  Architecture architecture;
};

/// Reads what `given` names. Mistakes, among them a model that decode steps cannot do yet, go to the diagnostics;
/// whether there were none.
bool read_model(const Node& given, Reading& reading, ModelReference& reference);

}  // namespace decodesim
