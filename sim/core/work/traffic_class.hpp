// SPDX-License-Identifier: Apache-2.0
// What a byte is, for placement and for reports.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace decodesim {

enum class TrafficClass : std::uint8_t { kWeights, kKvCache, kActivations, kOther };
inline constexpr std::size_t kTrafficClasses = 4;

/// "weights", "kv_cache", "activations", "other".
constexpr std::string_view name_of(TrafficClass traffic) {
  constexpr std::array<std::string_view, kTrafficClasses> kNames{"weights", "kv_cache", "activations", "other"};
  return kNames[static_cast<std::size_t>(traffic)];
}

}  // namespace decodesim
