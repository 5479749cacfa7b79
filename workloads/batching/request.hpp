// SPDX-License-Identifier: Apache-2.0
// Request: one call of a language model, as traces record it.
#pragma once

#include <cstdint>

#include "sim/core/units/units.hpp"

namespace decodesim {

/// The most tokens that a request may have on either side; beyond it an input is absurd.
inline constexpr std::int64_t kMostRequestTokens = std::int64_t{1} << 24;

struct Request {
  Duration arrival;  ///< since the first request
  std::int64_t context_tokens = 0;
  std::int64_t generated_tokens = 0;

  friend bool operator==(const Request&, const Request&) = default;
};

}  // namespace decodesim
