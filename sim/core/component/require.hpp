// SPDX-License-Identifier: Apache-2.0
// Internal invariants, checked in release builds too.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace decodesim {

/// Our bug, never the user's mistake. Names the component that found it.
class InternalError : public std::logic_error {
 public:
  InternalError(std::string_view component, std::string_view what)
      : std::logic_error(std::string(component) + ": " + std::string(what)) {}
};

/// Throws InternalError unless `holds`. `what` states the invariant that is broken.
inline void require(bool holds, std::string_view component, std::string_view what) {
  if (!holds) [[unlikely]]
    throw InternalError(component, what);
}

}  // namespace decodesim
