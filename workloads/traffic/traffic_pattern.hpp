// SPDX-License-Identifier: Apache-2.0
// Traffic patterns: who sends to whom in synthetic network traffic. Names and digits as in W. Dally, B. Towles,
// "Principles and Practices of Interconnection Networks" (2004), table 3.1.
//
//   by chance       uniform: any other endpoint; hot_spot: a share of all packets to `target`, the rest uniform
//   in turn         all_to_all: the next endpoint, the one after it, and so on
//   all to one      incast: to `target`
//   bits            bit_complement, bit_reverse, shuffle: of the endpoint's number; transpose: of its two halves
//   digits          tornado, neighbour: half way round, or one further, in every dimension of the endpoint's place
//   others          shift: `distance` further; random_permutation: the same one for every packet, by the seed
//
// Laws, each one a test in test/workloads/traffic_pattern_test.cpp:
//   1. Nobody sends to itself: an endpoint whose pattern says so sends nothing.
//   2. Permutations give no two endpoints the same destination, and the same one every time.
//   3. The same seed gives the same destinations on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/component/random.hpp"
#include "sim/core/config/schema.hpp"

namespace decodesim {

enum class TrafficKind : std::uint8_t {
  kUniform,
  kHotSpot,
  kAllToAll,
  kIncast,
  kTranspose,
  kBitComplement,
  kBitReverse,
  kShuffle,
  kTornado,
  kNeighbour,
  kShift,
  kRandomPermutation
};

std::vector<Choice<TrafficKind>> traffic_kind_choices();

/// Keys of a pattern.
struct TrafficPattern {
  TrafficKind kind = TrafficKind::kUniform;
  Ratio hot_share{100'000};   ///< kHotSpot: of every endpoint's packets
  std::int64_t target = 0;    ///< kHotSpot, kIncast
  std::int64_t distance = 1;  ///< kShift
};

/// Where endpoints are: position p, of extents whose first varies fastest, has endpoints p x each to p x each + each -
/// 1.
struct TrafficLayout {
  std::vector<std::int32_t> extents;
  std::int32_t each = 1;

  [[nodiscard]] std::int32_t endpoints() const;
};

/// What keeps `pattern` from running on `layout`, with what was expected; empty when nothing does.
std::string traffic_problem(const TrafficPattern& pattern, const TrafficLayout& layout);

class TrafficDestinations {
 public:
  /// REQUIRES that there is no traffic_problem().
  TrafficDestinations(const TrafficPattern& pattern, TrafficLayout layout, std::uint64_t seed);

  /// Whether `source` sends at all.
  [[nodiscard]] bool sends(std::int32_t source) const;
  /// Where its packet number `count` (from 0) goes; draws from `random` where chance decides. REQUIRES sends().
  [[nodiscard]] std::int32_t next(std::int32_t source, std::uint64_t count, RandomStream& random) const;
  [[nodiscard]] std::int32_t endpoints() const { return endpoints_; }

 private:
  [[nodiscard]] std::int32_t image(std::int32_t source) const;  // of a permutation
  [[nodiscard]] std::int32_t moved(std::int32_t source) const;
  [[nodiscard]] std::int32_t other(std::int32_t source, std::int32_t index) const;

  const TrafficPattern pattern_;
  const TrafficLayout layout_;
  const std::int32_t endpoints_;
  std::vector<std::int32_t> images_;  // of all endpoints, where the pattern is a permutation
};

}  // namespace decodesim
