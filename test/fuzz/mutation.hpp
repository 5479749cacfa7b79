// SPDX-License-Identifier: Apache-2.0
// Seeded damage to a text: bytes flipped, dropped, doubled, replaced by characters that mean something to YAML and
// numbers, stretches copied elsewhere, the end cut off.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/component/random.hpp"

namespace decodesim::test {

inline std::string mutated(std::string text, RandomStream& random, std::uint64_t most_changes) {
  static constexpr std::string_view kSpice = "{}[]:,-#&*!|>'\"%@`?~<.+eE_0189 \n\t\r\\/kMGTPB";
  for (std::uint64_t changes = 1 + random.below(most_changes); changes > 0; --changes) {
    const std::uint64_t at = random.below(text.size() + 1);
    const char spice = kSpice[random.below(kSpice.size())];
    switch (random.below(7)) {
      case 0: text.insert(at, 1, spice); break;
      case 1: text.erase(at, 1 + random.below(4)); break;
      case 2: text.insert(at, 1, static_cast<char>(random.below(256))); break;
      case 3: text.insert(at, text.substr(random.below(text.size() + 1), random.below(40))); break;
      case 4: text.insert(at, 1 + random.below(8), spice); break;
      case 5: text.resize(random.below(8) == 0 ? at : text.size()); break;
      default:
        if (at < text.size()) text[at] = spice;
        break;
    }
  }
  return text;
}

}  // namespace decodesim::test
