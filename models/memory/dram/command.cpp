// SPDX-License-Identifier: Apache-2.0
#include "models/memory/dram/command.hpp"

#include <array>

namespace decodesim {

std::string_view name_of(DramCommand command) {
  static constexpr std::array<std::string_view, kCommands> kNames{"ACT", "PRE", "PREA",  "RD",   "RDA",
                                                                  "WR",  "WRA", "REFab", "REFpb"};
  return kNames[static_cast<std::size_t>(command)];
}

}  // namespace decodesim
