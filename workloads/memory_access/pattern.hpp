// SPDX-License-Identifier: Apache-2.0
// Access patterns: sequential, strided, random and pointer-chase streams, generated one access at a time.
//
//   stream 0 |base ..... footprint|  stream 1 |..... footprint|  ...   one access of each stream in turn
//
// Laws:
//  1. A region holds `slots` places of one request each, `request` apart (strided: `stride` apart); what is left over
//     at its end is not used. Sequential and strided streams visit them in order and start again.
//  2. A pointer chase visits every place exactly once before it starts again, in a seeded random order that is the same
//     in every round. Any number of places; nothing is stored.
//  3. The same pattern and seed give the same accesses on every machine, and the first n of a longer pattern are the
//     pattern of n. A stream's addresses do not depend on the number of streams but for the base of its region.
// Not modelled: random gaps between accesses (an offered load is evenly spaced).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/component/random.hpp"
#include "sim/core/config/schema.hpp"
#include "workloads/memory_access/access.hpp"

namespace decodesim {

enum class PatternKind : std::uint8_t { kSequential, kStrided, kRandom, kPointerChase };

/// The names of the kinds: sequential, strided, random, pointer_chase.
std::vector<Choice<PatternKind>> pattern_kind_choices();

struct AccessPattern {
  PatternKind kind = PatternKind::kSequential;
  Bytes request{64};             ///< of one access
  Bytes stride{4096};            ///< from one access of a stream to its next, for kStrided
  Bytes footprint{1 << 30};      ///< region of one stream
  Bytes base;                    ///< where the first region begins; the others follow without a gap
  Ratio read_share{1'000'000};   ///< of the accesses, chosen by chance for each
  std::int64_t streams = 1;      ///< issued in turn
  std::int64_t count = 100'000;  ///< accesses of all streams together
  Bandwidth offered_load;        ///< of all streams together, evenly spaced; 0: as fast as the memory takes it

  /// Places that a stream can access: see law 1. At least 1 when problems() is empty.
  [[nodiscard]] std::int64_t slots() const;
  /// What contradicts itself ("stride 100 B is not a multiple of ..."), empty when sound.
  [[nodiscard]] std::vector<std::string> problems() const;

  static Schema<AccessPattern> schema();
};

/// A seeded random permutation of 0 to size - 1 that stores nothing but its keys: a Feistel network over the next power
/// of two, applied again while the result lies beyond.
class RandomPermutation {
 public:
  /// `size` >= 1. Draws the keys from `random`.
  RandomPermutation(std::uint64_t size, RandomStream& random);
  /// Where `index` < size goes.
  [[nodiscard]] std::uint64_t at(std::uint64_t index) const;

 private:
  std::uint64_t size_;
  unsigned low_bits_;
  std::uint64_t low_mask_;
  std::uint64_t high_mask_;
  std::array<std::uint64_t, 4> keys_{};
};

class PatternGenerator final : public AccessSource {
 public:
  /// `pattern` without problems.
  PatternGenerator(const AccessPattern& pattern, std::uint64_t seed);
  std::optional<MemoryAccess> next() override;

 private:
  struct Stream {
    RandomStream places;
    RandomStream kinds;  // read or write
    RandomPermutation order;
    std::uint64_t next_slot = 0;
    bool started = false;
  };

  std::uint64_t take_slot(Stream& stream) const;

  AccessPattern pattern_;
  std::uint64_t slots_;
  std::uint64_t step_;  // from one place to the next
  std::vector<Stream> streams_;
  std::size_t turn_ = 0;
  std::int64_t issued_ = 0;
};

}  // namespace decodesim
