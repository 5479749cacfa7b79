// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna, "Scrambled linear
// pseudorandom number generators", ACM TOMS 47(4), 2021), seeded by splitmix64, with our own integer distributions
// (those of the standard library differ between implementations).
//
// Every component draws from a stream of its own, named by (seed, path, purpose): adding a component disturbs nobody.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace decodesim {

/// 64-bit FNV-1a of `text`, continuing from `hash`.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

/// Finaliser of splitmix64: spreads the bits of `x` over the whole word.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

class RandomStream {
 public:
  /// The stream of component `path` for `purpose` in a run with `seed`.
  RandomStream(std::uint64_t seed, std::string_view path, std::string_view purpose);

  /// 64 uniform bits.
  std::uint64_t next();
  /// Uniform integer in [0, bound), unbiased; bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform integer in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace decodesim
