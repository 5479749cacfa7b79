// SPDX-License-Identifier: Apache-2.0
#include "sim/core/component/random.hpp"

#include <bit>

#include "sim/core/component/require.hpp"

namespace decodesim {

RandomStream::RandomStream(std::uint64_t seed, std::string_view path, std::string_view purpose) {
  // The separator keeps ("ab", "c") and ("a", "bc") apart.
  std::uint64_t x = mix64(seed) ^ fnv1a(purpose, fnv1a(std::string_view("\0", 1), fnv1a(path)));
  for (std::uint64_t& word : state_) {
    x += 0x9e3779b97f4a7c15ULL;
    word = mix64(x);
  }
}

std::uint64_t RandomStream::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

// Draws until the value lies below the largest multiple of bound.
std::uint64_t RandomStream::below(std::uint64_t bound) {
  require(bound > 0, "RandomStream", "below() needs a positive bound");
  const std::uint64_t excess = (0 - bound) % bound;
  std::uint64_t draw = next();
  while (draw < excess) draw = next();
  return draw % bound;
}

std::int64_t RandomStream::between(std::int64_t low, std::int64_t high) {
  require(low <= high, "RandomStream", "between() needs low <= high");
  const auto span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  const std::uint64_t offset = span == UINT64_MAX ? next() : below(span + 1);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

}  // namespace decodesim
