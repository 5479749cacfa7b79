// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/all_reduce.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

using namespace literals;

std::vector<Choice<AllReduceAlgorithm>> all_reduce_choices() {
  return {{"auto", AllReduceAlgorithm::kAuto},
          {"one_shot", AllReduceAlgorithm::kOneShot},
          {"one_shot_push", AllReduceAlgorithm::kOneShotPush},
          {"two_shot", AllReduceAlgorithm::kTwoShot},
          {"ring", AllReduceAlgorithm::kRing},
          {"in_network", AllReduceAlgorithm::kInNetwork}};
}

std::string_view name_of(AllReduceAlgorithm algorithm) {
  for (const auto& choice : all_reduce_choices())
    if (choice.value == algorithm) return choice.name;
  return "library";
}

Schema<AllReduceSelection> AllReduceSelection::schema() {
  using S = AllReduceSelection;
  const Range<Bytes> any{0_B, 1024 * 1_GiB};
  const Provenance default_limit = assumed("latency-bound below, bandwidth-bound above");
  return std::move(
      Schema<S>("all_reduce", "Which all-reduce the runtime uses")
          .field("in_network_limit", &S::in_network_limit, any, "In-network reduction for vectors below this",
                 assumed("off"))
          .field("one_shot_limit_2", &S::one_shot_limit_2, any, "One-shot below this, 2 ranks", default_limit)
          .field("one_shot_limit_4", &S::one_shot_limit_4, any, "One-shot below this, 3 or 4 ranks", default_limit)
          .field("one_shot_limit_8", &S::one_shot_limit_8, any, "One-shot below this, 5 ranks and more", default_limit)
          .field("two_shot_limit", &S::two_shot_limit, any, "Two-shot below this where one-shot does not apply",
                 assumed("off"))
          .field("barrier_at_end", &S::barrier_at_end, "Whether one-shot ends with a barrier",
                 assumed("the runtime alternates between two buffers instead"))
          .field("ring_wire_factor", &S::ring_wire_factor, {1, 16}, "Bytes the ring writes for a byte of data",
                 cited("NCCL protocol LL: 8 B of data and 8 B of flags a line"))
          .field("ring_library_setup", &S::ring_library_setup, "Whether the ring is run by a library with a set-up",
                 assumed("NCCL"))
          .field("library", &S::library, "Whether a collective library serves what is left, and not a plain ring",
                 assumed("off")));
}

AllReduceAlgorithm AllReduceSelection::choose(std::int64_t ranks, Bytes bytes) const {
  if (bytes < in_network_limit) return AllReduceAlgorithm::kInNetwork;
  return choose_fallback(ranks, bytes);
}

AllReduceAlgorithm AllReduceSelection::choose_fallback(std::int64_t ranks, Bytes bytes) const {
  const Bytes one_shot_limit = ranks <= 2 ? one_shot_limit_2 : ranks <= 4 ? one_shot_limit_4 : one_shot_limit_8;
  if (bytes < one_shot_limit) return AllReduceAlgorithm::kOneShot;
  if (bytes < two_shot_limit) return AllReduceAlgorithm::kTwoShot;
  return library ? AllReduceAlgorithm::kLibrary : AllReduceAlgorithm::kRing;
}

MessageProgram all_reduce_program(AllReduceAlgorithm algorithm, const AllReduceSelection& selection,
                                  const CollectiveShape& shape) {
  if (algorithm == AllReduceAlgorithm::kAuto) algorithm = selection.choose(shape.group.size, shape.bytes);
  switch (algorithm) {
    case AllReduceAlgorithm::kOneShot: return one_shot_all_reduce(shape, selection.barrier_at_end);
    case AllReduceAlgorithm::kOneShotPush: return one_shot_push_all_reduce(shape);
    case AllReduceAlgorithm::kTwoShot: return two_shot_all_reduce(shape);
    case AllReduceAlgorithm::kRing:
      return ring_all_reduce(shape, selection.ring_wire_factor, selection.ring_library_setup);
    case AllReduceAlgorithm::kInNetwork: return in_network_all_reduce(shape);
    case AllReduceAlgorithm::kAuto:
    case AllReduceAlgorithm::kLibrary: break;
  }
  throw InternalError("all_reduce", "an algorithm without a program");
}

}  // namespace decodesim
