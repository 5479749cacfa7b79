// SPDX-License-Identifier: Apache-2.0
// Which all-reduce a runtime uses for how many ranks and how long a vector, and the programs of its own kernels.
//
// `auto` takes the first that applies: in-network below in_network_limit; one-shot below the limit for the group's
// size; two-shot below two_shot_limit; else what a collective library chooses (collective_library.hpp), or a ring where
// the profile has none.
#pragma once

#include <cstdint>

#include "sim/core/config/schema.hpp"
#include "workloads/collectives/collective_kinds.hpp"
#include "workloads/collectives/programs.hpp"

namespace decodesim {

/// Those that runtimes have kernels of their own for, and not from a library: all_reduce_program() writes them.
std::vector<Choice<CollectiveAlgorithm>> runtime_all_reduces();
bool is_runtime_all_reduce(CollectiveAlgorithm algorithm);

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
  [[nodiscard]] CollectiveAlgorithm choose(std::int64_t ranks, Bytes bytes) const;
  /// What stands in for a reduction in the network that has no room for it: what `auto` means without one.
  [[nodiscard]] CollectiveAlgorithm choose_fallback(std::int64_t ranks, Bytes bytes) const;
};

/// The program of `shape.rank`, of one of runtime_all_reduces() or what kAuto means; not of kLibrary.
MessageProgram all_reduce_program(CollectiveAlgorithm algorithm, const AllReduceSelection& selection,
                                  const CollectiveShape& shape);

}  // namespace decodesim
