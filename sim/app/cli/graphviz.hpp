// SPDX-License-Identifier: Apache-2.0
// Graphviz, where it is installed: draws a DOT text as SVG.
#pragma once

#include <string>

namespace decodesim {

/// Writes `svg` with Graphviz's `dot` and returns true; false where there is no such program, or it fails.
bool draw_with_graphviz(const std::string& dot_text, const std::string& svg);

}  // namespace decodesim
