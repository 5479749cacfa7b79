// SPDX-License-Identifier: Apache-2.0
// SequenceStep: what one step computes for one sequence, and what its attention comes to. Plain decode, a chunk of a
// prompt, the verification of drafted tokens and the refinement of a block differ in nothing else.
//
// Laws, each one a test in test/workloads/sequence_step_test.cpp:
//   1. The counts equal those of a loop over all queries and keys.
//   2. Chunks of a prompt have the pairs of the whole prompt together.
//   3. With one new token and no window, a step reads the cached tokens and its own.
#pragma once

#include <cstdint>
#include <limits>

namespace decodesim {

inline constexpr std::int64_t kNoWindow = std::numeric_limits<std::int64_t>::max();

struct SequenceStep {
  std::int64_t cached = 0;  ///< tokens in the cache before the step; the new ones follow them
  std::int64_t tokens = 1;  ///< new ones that the step computes; at least 1
  std::int64_t logits = 1;  ///< the last so many of them need logits; 0 within a prompt
  bool causal = true;       ///< a new token sees those before it and itself; else every new token sees all of them
  std::int64_t slid = 0;    ///< of a context that stands still: tokens that it has lost at its beginning (KvAges)

  friend bool operator==(const SequenceStep&, const SequenceStep&) = default;
};

struct AttentionSpan {
  std::int64_t read = 0;   ///< tokens whose keys and values are needed, each counted once
  std::int64_t pairs = 0;  ///< of a query token and a token that it sees

  friend bool operator==(const AttentionSpan&, const AttentionSpan&) = default;
};

/// Attention of one sequence when a query sees the last `window` tokens up to itself (and without causality the new
/// ones after it, too), on that of `splits` ranks which has most, when each holds every splits-th token. Throws
/// OverflowError.
AttentionSpan attention_span(const SequenceStep& step, std::int64_t window, std::int64_t splits);

}  // namespace decodesim
