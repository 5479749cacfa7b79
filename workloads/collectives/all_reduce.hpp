// SPDX-License-Identifier: Apache-2.0
// Which all-reduce a runtime uses for how many ranks and how long a vector, and the program for it.
//
// `auto` takes the first that applies: in-network below in_network_limit; one-shot below the limit for the group's
// size; two-shot below two_shot_limit; else what a collective library chooses (collective_library.hpp), or a ring where
// the profile has none.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/core/config/schema.hpp"
#include "workloads/collectives/programs.hpp"

namespace decodesim {

enum class AllReduceAlgorithm : std::uint8_t {
  kAuto,
  kOneShot,
  kOneShotPush,
  kTwoShot,
  kRing,
  kInNetwork,
  kLibrary,  ///< what the profile's collective library chooses: no scenario names it
};

/// "auto", "one_shot", "one_shot_push", "two_shot", "ring", "in_network", "library".
std::string_view name_of(AllReduceAlgorithm algorithm);
/// Those that a scenario can name, for schemas of scenarios.
std::vector<Choice<AllReduceAlgorithm>> all_reduce_choices();

/// The selection table of a runtime and the variants of its programs: a part of the software profile.
struct AllReduceSelection {
  Bytes in_network_limit;
  Bytes one_shot_limit_2{1 << 20};
  Bytes one_shot_limit_4{1 << 20};
  Bytes one_shot_limit_8{1 << 20};
  Bytes two_shot_limit;
  bool barrier_at_end = false;
  std::int64_t ring_wire_factor = 2;
  bool ring_library_setup = true;
  bool library = false;

  static Schema<AllReduceSelection> schema();

  /// What `auto` means for `ranks` and `bytes`; never kAuto.
  [[nodiscard]] AllReduceAlgorithm choose(std::int64_t ranks, Bytes bytes) const;
  /// What stands in for a reduction in the network that has no room for it: what `auto` means without one.
  [[nodiscard]] AllReduceAlgorithm choose_fallback(std::int64_t ranks, Bytes bytes) const;
};

/// The program of `shape.rank`; not of kLibrary.
MessageProgram all_reduce_program(AllReduceAlgorithm algorithm, const AllReduceSelection& selection,
                                  const CollectiveShape& shape);

}  // namespace decodesim
