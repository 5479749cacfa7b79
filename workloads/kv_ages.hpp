// SPDX-License-Identifier: Apache-2.0
// KvAges: which tokens of a sequence's cache are recent and which are old, where the two lie in memories of their own.
// Old tokens are moved when a whole block of them has come of age:
//
//   position   0 ......... old(c) .............. c
//              [old: whole blocks][   recent    ]      recent tokens: at least `recent` (or all c), less than
//                                                      recent + block
//
// A sequence whose context stands still stands for one that slides along: each step it gets a token and loses its
// first. Its blocks then end elsewhere in each step, `slid` tokens further.
//
// Laws, each one a test in test/workloads/kv_ages_test.cpp:
//   1. Every token is old or recent: at least min(c, recent) and at most recent + block - 1 are recent.
//   2. old() never shrinks as a sequence grows, and grows by whole blocks.
//   3. What a sequence that slides has moved in a step is what it has more of old tokens in the next, and the one that
//   it
//      has lost.
#pragma once

#include <cstdint>

#include "workloads/sequence_step.hpp"

namespace decodesim {

struct KvAges {
  std::int64_t recent = 0;  ///< newest tokens of each sequence that are never old; zero: there is no difference
  std::int64_t block = 1;   ///< tokens that are moved together

  [[nodiscard]] bool present() const { return recent > 0; }
  /// Of `cached` tokens, how many are old.
  [[nodiscard]] std::int64_t old(std::int64_t cached, std::int64_t slid = 0) const;
  /// Tokens that come of age in a step, once its own are in the cache.
  [[nodiscard]] std::int64_t moved(const SequenceStep& step) const;
  /// Of the tokens that a step's attention reads with a window, how many are old.
  [[nodiscard]] std::int64_t old_read(const SequenceStep& step, std::int64_t window) const;
  /// Of those that come of age in it, how many a layer with a window still keeps.
  [[nodiscard]] std::int64_t moved_within(const SequenceStep& step, std::int64_t window) const;
};

}  // namespace decodesim
