// SPDX-License-Identifier: Apache-2.0
#include "workloads/collectives/all_reduce.hpp"

#include "sim/core/component/require.hpp"

namespace decodesim {

using namespace literals;

std::vector<Choice<CollectiveAlgorithm>> runtime_all_reduces() {
  std::vector<Choice<CollectiveAlgorithm>> out;
  for (const auto& choice : collective_algorithm_choices())
    if (is_runtime_all_reduce(choice.value)) out.push_back(choice);
  return out;
}

bool is_runtime_all_reduce(CollectiveAlgorithm algorithm) {
  using A = CollectiveAlgorithm;
  return algorithm == A::kOneShot || algorithm == A::kOneShotPush || algorithm == A::kTwoShot ||
         algorithm == A::kRing || algorithm == A::kInNetwork;
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

CollectiveAlgorithm AllReduceSelection::choose(std::int64_t ranks, Bytes bytes) const {
  if (bytes < in_network_limit) return CollectiveAlgorithm::kInNetwork;
  return choose_fallback(ranks, bytes);
}

CollectiveAlgorithm AllReduceSelection::choose_fallback(std::int64_t ranks, Bytes bytes) const {
  const Bytes one_shot_limit = ranks <= 2 ? one_shot_limit_2 : ranks <= 4 ? one_shot_limit_4 : one_shot_limit_8;
  if (bytes < one_shot_limit) return CollectiveAlgorithm::kOneShot;
  if (bytes < two_shot_limit) return CollectiveAlgorithm::kTwoShot;
  return library ? CollectiveAlgorithm::kLibrary : CollectiveAlgorithm::kRing;
}

MessageProgram all_reduce_program(CollectiveAlgorithm algorithm, const AllReduceSelection& selection,
                                  const CollectiveShape& shape) {
  if (algorithm == CollectiveAlgorithm::kAuto) algorithm = selection.choose(shape.group.size, shape.bytes);
  switch (algorithm) {
    case CollectiveAlgorithm::kOneShot: return one_shot_all_reduce(shape, selection.barrier_at_end);
    case CollectiveAlgorithm::kOneShotPush: return one_shot_push_all_reduce(shape);
    case CollectiveAlgorithm::kTwoShot: return two_shot_all_reduce(shape);
    case CollectiveAlgorithm::kRing:
      return ring_all_reduce(shape, selection.ring_wire_factor, selection.ring_library_setup);
    case CollectiveAlgorithm::kInNetwork: return in_network_all_reduce(shape);
    default: break;
  }
  throw InternalError("all_reduce", "an algorithm without a program");
}

}  // namespace decodesim
