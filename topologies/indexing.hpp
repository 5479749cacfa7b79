// SPDX-License-Identifier: Apache-2.0
// Signed indices into vectors, digits of mixed radix numbers, and the hash that spreads flows over equal ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace decodesim {

/// `v[i]` for a signed index.
template <class V>
constexpr decltype(auto) item(V&& v, std::int64_t i) {
  return v[static_cast<std::size_t>(i)];
}

constexpr std::int32_t to_int32(std::int64_t value) { return static_cast<std::int32_t>(value); }

/// Product of `factors`, as far as it stays below `limit`; else `limit`.
inline std::int64_t product_up_to(const std::vector<std::int32_t>& factors, std::int64_t limit) {
  std::int64_t out = 1;
  for (const std::int32_t f : factors) {
    if (f > 0 && out >= limit / f + 1) return limit;
    out *= f;
  }
  return out < limit ? out : limit;
}

/// The index-th of 0, 1, 2, ... without `a` and `b`, which differ.
constexpr std::int32_t without(std::int64_t index, std::int32_t a, std::int32_t b) {
  std::int32_t out = to_int32(index);
  if (out >= (a < b ? a : b)) ++out;
  if (out >= (a < b ? b : a)) ++out;
  return out;
}

/// A 64-bit finaliser (the one of SplitMix64): flows that differ in one bit take unrelated ways, on any machine alike.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace decodesim
