// SPDX-License-Identifier: Apache-2.0
// Which program this is.
#pragma once

#include <string>

namespace decodesim {

struct BuildInfo {
  std::string version;  ///< "0.1.0"
  std::string git;      ///< commit, with "-dirty" when the sources differ from it; "unknown" outside a clone
};

/// Of this program.
[[nodiscard]] BuildInfo build_info();

}  // namespace decodesim
