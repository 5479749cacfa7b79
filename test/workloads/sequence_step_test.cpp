// SPDX-License-Identifier: Apache-2.0
// The closed forms of a sequence's attention against loops over its queries and keys.
#include "workloads/sequence_step.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/core/units/units.hpp"

namespace decodesim {
namespace {

// Whether query `i` (from 0) of the step sees the token at `position`.
bool sees(const SequenceStep& step, std::int64_t window, std::int64_t i, std::int64_t position) {
  const std::int64_t self = step.cached + i;
  if (position > self) return !step.causal;
  return (!step.causal && position >= step.cached) || self - position < window;
}

// By looking at every pair; of the rank that holds tokens begin, begin + splits, ...
AttentionSpan counted(const SequenceStep& step, std::int64_t window, std::int64_t splits, std::int64_t begin) {
  AttentionSpan span;
  for (std::int64_t position = begin; position < step.cached + step.tokens; position += splits) {
    std::int64_t seen_by = 0;
    for (std::int64_t i = 0; i < step.tokens; ++i) seen_by += sees(step, window, i, position) ? 1 : 0;
    span.pairs += seen_by;
    span.read += seen_by > 0 ? 1 : 0;
  }
  return span;
}

TEST(SequenceStepTest, CountsEqualThoseOfALoopOverQueriesAndKeys) {
  for (const bool causal : {true, false})
    for (const std::int64_t cached : {0, 1, 5, 16})
      for (const std::int64_t tokens : {1, 2, 7, 20})
        for (const std::int64_t window :
             {std::int64_t{1}, std::int64_t{3}, std::int64_t{8}, std::int64_t{19}, kNoWindow}) {
          const SequenceStep step{cached, tokens, 0, causal};
          EXPECT_EQ(attention_span(step, window, 1), counted(step, window, 1, 0))
              << cached << " cached, " << tokens << " new, window " << window << (causal ? ", causal" : "");
        }
}

// Without a window the rank that holds the first token has most of every query's.
TEST(SequenceStepTest, OfSplitTokensTheFullestRankCounts) {
  for (const bool causal : {true, false})
    for (const std::int64_t splits : {2, 3, 8})
      for (const std::int64_t cached : {0, 1, 6, 17})
        for (const std::int64_t tokens : {1, 2, 5, 24}) {
          const SequenceStep step{cached, tokens, 0, causal};
          EXPECT_EQ(attention_span(step, kNoWindow, splits), counted(step, kNoWindow, splits, 0))
              << cached << " cached, " << tokens << " new, " << splits << " splits";
        }
}

// With one it lies on one rank or another by turns: never fewer than any rank has, at most one more for each query.
TEST(SequenceStepTest, OfSplitTokensInAWindowNoRankHasMore) {
  constexpr std::int64_t kSplits = 3;
  for (const bool causal : {true, false})
    for (const std::int64_t window : {1, 4, 9})
      for (const std::int64_t cached : {0, 5, 17})
        for (const std::int64_t tokens : {1, 2, 11}) {
          const SequenceStep step{cached, tokens, 0, causal};
          const AttentionSpan span = attention_span(step, window, kSplits);
          for (std::int64_t rank = 0; rank < kSplits; ++rank) {
            const AttentionSpan exact = counted(step, window, kSplits, rank);
            EXPECT_LE(exact.read, span.read);
            EXPECT_LE(span.read, exact.read + 1);
            EXPECT_LE(exact.pairs, span.pairs);
            EXPECT_LE(span.pairs, exact.pairs + tokens);
          }
        }
}

// 1 + 2 + ... + 1,000 = 500,500, whatever the chunks.
TEST(SequenceStepTest, ChunksHaveThePairsOfTheWholePrompt) {
  EXPECT_EQ(attention_span({0, 1'000}, kNoWindow, 1), (AttentionSpan{1'000, 500'500}));
  for (const std::int64_t chunk : {1, 7, 250, 999})
    for (const std::int64_t window : {std::int64_t{64}, std::int64_t{300}, kNoWindow}) {
      std::int64_t pairs = 0;
      for (std::int64_t done = 0; done < 1'000; done += chunk)
        pairs += attention_span({done, std::min(chunk, 1'000 - done)}, window, 1).pairs;
      EXPECT_EQ(pairs, attention_span({0, 1'000}, window, 1).pairs) << chunk << " window " << window;
    }
}

TEST(SequenceStepTest, OneNewTokenReadsTheCacheAndItself) {
  EXPECT_EQ(attention_span({41}, kNoWindow, 1), (AttentionSpan{42, 42}));
  EXPECT_EQ(attention_span({41}, 8, 1), (AttentionSpan{8, 8}));
  EXPECT_EQ(attention_span({6}, 8, 1), (AttentionSpan{7, 7}));
  EXPECT_EQ(attention_span({7}, 8, 1), (AttentionSpan{8, 8}));
}

TEST(SequenceStepTest, WhatDoesNotFitIsAnError) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
  EXPECT_THROW(attention_span({0, kHuge}, kNoWindow, 1), OverflowError);
}

}  // namespace
}  // namespace decodesim
