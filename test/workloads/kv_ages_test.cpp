// SPDX-License-Identifier: Apache-2.0
// The laws of recent and old tokens against a count of positions, and what steps read and move of them.
#include "workloads/kv_ages.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

TEST(KvAgesTest, EveryTokenIsOldOrRecentAndRecentOnesAreLessThanABlockMoreThanAsked) {
  for (const std::int64_t recent : {1, 7, 64})
    for (const std::int64_t block : {1, 4, 16})
      for (std::int64_t cached = 0; cached < 200; ++cached)
        for (std::int64_t slid = 0; slid < 20; ++slid) {
          const std::int64_t left = cached - KvAges{recent, block}.old(cached, slid);
          ASSERT_GE(left, std::min(cached, recent)) << recent << ' ' << block << ' ' << cached << ' ' << slid;
          ASSERT_LE(left, std::min(cached, recent + block - 1));
        }
}

TEST(KvAgesTest, ASequenceThatGrowsMovesWholeBlocks) {
  const KvAges ages{10, 4};
  std::int64_t moved = 0;
  for (std::int64_t cached = 0; cached < 100; ++cached) {
    const std::int64_t now = ages.moved({.cached = cached});
    EXPECT_EQ(now, cached + 1 > 10 && (cached + 1 - 10) % 4 == 0 ? 4 : 0) << cached;
    moved += now;
    EXPECT_EQ(moved, ages.old(cached + 1));
  }
  EXPECT_EQ(moved, 88);                                     // (100 - 10) / 4 = 22 blocks
  EXPECT_EQ(ages.moved({.cached = 0, .tokens = 100}), 88);  // a prompt at once
}

TEST(KvAgesTest, ASequenceThatSlidesMovesATokenAStepOnAverage) {
  const KvAges ages{10, 4};
  std::int64_t moved = 0;
  for (std::int64_t step = 0; step < 12; ++step) {
    const SequenceStep here{.cached = 50, .slid = step};
    EXPECT_EQ(ages.old(50, step + 1), ages.old(50, step) + ages.moved(here) - 1) << step;
    moved += ages.moved(here);
  }
  EXPECT_EQ(moved, 12);
  EXPECT_EQ(ages.moved({.cached = 9, .slid = 3}), 0);
}

TEST(KvAgesTest, ThoseWithinAWindowAreThoseThatAreSeen) {
  const KvAges ages{6, 4};
  for (const std::int64_t window : {2, 7, 8, 15, 1000})
    for (std::int64_t cached = 0; cached < 60; ++cached)
      for (const std::int64_t tokens : {1, 5, 30}) {
        const SequenceStep step{.cached = cached, .tokens = tokens};
        const std::int64_t after = cached + tokens;
        std::int64_t read = 0;
        std::int64_t moved = 0;
        for (std::int64_t p = 0; p < cached; ++p) read += p < ages.old(cached) && p > cached - window ? 1 : 0;
        for (std::int64_t p = ages.old(cached); p < ages.old(after); ++p) moved += p > after - window ? 1 : 0;
        ASSERT_EQ(ages.old_read(step, window), read) << window << ' ' << cached << ' ' << tokens;
        ASSERT_EQ(ages.moved_within(step, window), moved) << window << ' ' << cached << ' ' << tokens;
      }
}

const Operator* find(const StepProgram& step, OperatorKind kind) {
  for (const Operator& op : step.operators)
    if (op.kind == kind) return &op;
  return nullptr;
}

// Two layers; a token takes 2 heads x 2 x 2 in bf16 a layer, 16 B.
DecodeConfig aged(std::int64_t recent, std::int64_t block) {
  DecodeConfig config;
  config.architecture = test::toy_architecture(2);
  config.kv_ages = {recent, block};
  return config;
}

TEST(KvAgesTest, AStepReadsEachTokenWhereItIsAndMovesThoseThatComeOfAge) {
  const DecodeConfig config = aged(10, 4);
  std::int64_t moved = 0;
  for (std::int64_t cached = 0; cached < 50; ++cached) {
    const StepProgram step = test::step_of(config, {cached, 5});
    const Operator& attention = *find(step, OperatorKind::kAttention);
    EXPECT_EQ(attention.kv_read, Bytes(16 * (cached + 1 + 6)));
    EXPECT_EQ(attention.kv_old, Bytes(16 * config.kv_ages.old(cached)));
    const Operator* move = find(step, OperatorKind::kKvMove);
    ASSERT_EQ(move != nullptr, config.kv_ages.moved({.cached = cached}) > 0) << cached;
    if (move == nullptr) continue;
    EXPECT_EQ(move, &step.operators.back());
    EXPECT_EQ(move->kv_read, Bytes(2 * 16 * 4));
    EXPECT_EQ(move->kv_written, move->kv_read);
    moved += move->kv_read.count();
  }
  EXPECT_EQ(moved, 2 * 16 * config.kv_ages.old(50));
}

TEST(KvAgesTest, WithoutAgesNothingIsOldAndNothingIsMoved) {
  const StepProgram step = test::step_of(aged(0, 1), {40});
  EXPECT_EQ(find(step, OperatorKind::kAttention)->kv_old, Bytes());
  EXPECT_EQ(find(step, OperatorKind::kKvMove), nullptr);
}

TEST(KvAgesTest, LayersWithAWindowMoveWhatTheyStillSee) {
  DecodeConfig config = aged(10, 4);
  WindowShape& window = config.architecture.window;
  window.tokens = 8;  // less than what is recent: only the full layer has old tokens
  window.period = 2;
  const StepProgram step = test::step_of(config, {49});
  std::int64_t old = 0;
  for (const Operator& op : step.operators) old += op.kv_old.count();
  EXPECT_EQ(old, 16 * 36);
  EXPECT_EQ(find(step, OperatorKind::kKvMove)->kv_read, Bytes(16 * 4));
}

// Each stage moves what its own layers cache, after it has sent its tokens on.
TEST(KvAgesTest, StagesMoveTheirLayers) {
  DecodeConfig config = aged(10, 4);
  config.parallel.pipeline = 2;
  const DecodeStepBuilder builder(config);
  const std::vector<SequenceStep> sequences(2, {.cached = 49});
  for (std::int64_t stage = 0; stage < 2; ++stage) {
    StepProgram step;
    builder.fill(sequences, {.stage = stage, .returns_tokens = true}, step);
    std::int64_t moved = 0;
    for (const Operator& op : step.operators) moved += op.kind == OperatorKind::kKvMove ? op.kv_read.count() : 0;
    EXPECT_EQ(moved, 2 * 4 * 16) << stage;  // a micro-batch a sequence
    EXPECT_EQ(step.operators.back().kind, OperatorKind::kKvMove);
  }
}

TEST(KvAgesTest, BothPartsHaveRoomForTheLargestStep) {
  const DecodeStepBuilder builder(aged(10, 4));
  const auto bytes = [&](const StepPeak& peak, std::string_view name) {
    const auto needs = builder.memory_needs(peak);
    return std::find_if(needs.begin(), needs.end(), [&](const MemoryNeed& n) { return n.name == name; })->bytes;
  };
  // Three sequences of 51 tokens: 13 recent each and the step's own, 41 old each.
  const StepPeak alike{3, 153, 3, 3, 51};
  EXPECT_EQ(bytes(alike, "recent kv cache"), Bytes(2 * 16 * (3 * 13 + 3)));
  EXPECT_EQ(bytes(alike, "kv cache"), Bytes(2 * 16 * 3 * 41));
  // Unlike ones: the longest may be 140 tokens, but all together are 153.
  EXPECT_EQ(bytes({3, 153, 3, 3, 140}, "kv cache"), Bytes(2 * 16 * 153));
  EXPECT_EQ(bytes({3, 9, 3, 3, 3}, "kv cache"), Bytes());
  EXPECT_EQ(bytes({3, 9, 3, 3, 3}, "recent kv cache"), Bytes(2 * 16 * 9));
}

}  // namespace
}  // namespace decodesim
