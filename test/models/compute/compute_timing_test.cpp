// SPDX-License-Identifier: Apache-2.0
// An accelerator whose numbers can be reckoned by hand: 4 cores of 1 TFLOP/s (1 FLOP = 1 ps), tiles of 16 x 16 x 16
// (8192 FLOP = 8192 ps), 1 GB/s SRAM a core, no SRAM latency.
#include "models/compute/compute_timing.hpp"

#include <gtest/gtest.h>

#include "test/support/toy_accelerator.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr Duration kStage = Duration(8192);

TEST(ComputeTimingTest, FullTilesOnAllCoresTakeTheirFlopsOverTheRate) {
  const ComputeTiming timing(test::toy_accelerator());
  // 64 x 64 = 16 tiles = 4 waves of 4 cores; depth 32 = 2 stages: 4 x 2 x 8192 ps = 2 x 64 x 64 x 32 / 4 FLOP/ps.
  EXPECT_EQ(timing.matrix({64, 64, 32, DataType::kBf16}).busy, kStage * 8);
  EXPECT_EQ(kStage * 8, Flops(2 * 64 * 64 * 32) / 4_TFLOPs);
}

TEST(ComputeTimingTest, OneRowMoreThanATileCostsAWholeTile) {
  const ComputeTiming timing(test::toy_accelerator());
  const auto one = timing.matrix({16, 64, 16, DataType::kBf16});
  EXPECT_EQ(timing.matrix({1, 64, 16, DataType::kBf16}).busy, one.busy);
  EXPECT_EQ(timing.matrix({17, 64, 16, DataType::kBf16}).busy, one.busy * 2);
}

TEST(ComputeTimingTest, OneTileMoreThanAWaveCostsAWholeWave) {
  const ComputeTiming timing(test::toy_accelerator());
  EXPECT_EQ(timing.matrix({16, 64, 16, DataType::kBf16}).busy, kStage);
  EXPECT_EQ(timing.matrix({16, 65, 16, DataType::kBf16}).busy, kStage * 2);
}

TEST(ComputeTimingTest, IdleCoresAreGivenASplitOfTheDepth) {
  const ComputeTiming timing(test::toy_accelerator());
  // One tile on four cores, 16 stages deep: split by 4 (4 stages each), then the 4 partial sums of 16 x 16 fp32 are
  // written and read: 2 x 4 x 1024 B at 4 GB/s = 2048 ns.
  const auto split = timing.matrix({16, 16, 256, DataType::kBf16});
  EXPECT_EQ(split.busy, kStage * 4 + 2048_ns);
  EXPECT_EQ(split.cores, 4);
  EXPECT_EQ(split.tail, kStage + 2048_ns);
}

TEST(ComputeTimingTest, SplitLeavesEachCoreItsPipelineDepth) {
  const ComputeTiming timing(test::toy_accelerator());
  // 8 stages can be split in two at most, 4 stages each.
  EXPECT_EQ(timing.matrix({16, 16, 128, DataType::kBf16}).cores, 2);
  EXPECT_EQ(timing.matrix({16, 16, 64, DataType::kBf16}).cores, 1);
}

TEST(ComputeTimingTest, NarrowTypesUseTheirOwnRateOrTheNextWider) {
  AcceleratorParameters p = test::toy_accelerator();
  EXPECT_EQ(p.rate(DataType::kFp8), p.bf16);
  EXPECT_EQ(p.rate(DataType::kFp4), p.bf16);
  p.fp8 = 8_TFLOPs;
  EXPECT_EQ(p.rate(DataType::kFp8), 8_TFLOPs);
  EXPECT_EQ(p.rate(DataType::kFp4), 8_TFLOPs);
}

TEST(ComputeTimingTest, AttentionSplitsTokensOverIdleCores) {
  const ComputeTiming timing(test::toy_accelerator());
  // One sequence, one KV head, 64 tokens = 4 blocks of 16 on 4 cores; a block: 2 x 16 rows x (2 x 8) x 16 = 8192 FLOP.
  // Partial results: 1 x 1 x 8 x 4 B x 4 parts, written and read at 4 GB/s: 64 ns.
  const auto split = timing.attention({1, 1, 1, 8, 64, 64, DataType::kBf16});
  EXPECT_EQ(split.cores, 4);
  EXPECT_EQ(split.busy, kStage + 64_ns);
}

TEST(ComputeTimingTest, LongestSequenceIsWaitedForUnlessTheSplitIsBalanced) {
  const ComputeTiming timing(test::toy_accelerator());
  // Four units on four cores: no split. 3 x 16 + 160 tokens = 13 blocks; the longest takes 10 of them.
  const auto unbalanced = timing.attention({4, 1, 1, 8, 208, 160, DataType::kBf16, false});
  EXPECT_EQ(unbalanced.busy, kStage * 10);
  EXPECT_EQ(unbalanced.cores, 2);  // 13 blocks in the time of 10
  EXPECT_EQ(timing.attention({4, 1, 1, 8, 208, 160, DataType::kBf16, true}).busy, kStage * 4);
}

TEST(ComputeTimingTest, QueryHeadsThatShareAKvHeadFillTheSameTile) {
  const ComputeTiming timing(test::toy_accelerator());
  const auto one = timing.attention({4, 1, 1, 8, 64, 16, DataType::kBf16});
  EXPECT_EQ(timing.attention({4, 16, 1, 8, 64, 16, DataType::kBf16}).busy, one.busy);
  EXPECT_EQ(timing.attention({4, 17, 1, 8, 64, 16, DataType::kBf16}).busy, one.busy * 2);
}

TEST(ComputeTimingTest, QueriesOfASequenceFillTheSameTile) {
  const ComputeTiming timing(test::toy_accelerator());
  const auto queries = [&](std::int64_t each) {
    return timing.attention({4, 1, 1, 8, 256, 64, DataType::kBf16, true, 0, 4 * each, each, 4 * each * 64}).busy;
  };
  const auto one = timing.attention({4, 1, 1, 8, 256, 64, DataType::kBf16}).busy;
  EXPECT_EQ(queries(2), one);
  EXPECT_EQ(queries(16), one);
  EXPECT_GT(queries(17), one);
  // 64 queries a sequence: 256 / 16 blocks for one query each, (4 x 64 - 4) x 64 / 256 = 63 for the others, and half of
  // 12 new tiles' cut ones: 85 blocks on 4 cores are 22 each, where 4 x 4 x 4 full ones would do: a tile too many.
  EXPECT_EQ(one, kStage * 4);
  EXPECT_EQ(queries(64), kStage * 22);
}

// A prompt of 64 tokens, 64 x 65 / 2 = 2,080 pairs: 4 blocks for the last tile's row; (2,080 - 64) / 256 = 7.9 for the
// others; half of three cut ones: 14 blocks on 4 cores. Without quantisation it would be 2,080 / 256 / 4 = 2.03.
TEST(ComputeTimingTest, CausalQueriesCostWhatTheySee) {
  const ComputeTiming timing(test::toy_accelerator());
  const auto prompt = timing.attention({1, 1, 1, 8, 64, 64, DataType::kBf16, true, 0, 64, 64, 2'080});
  EXPECT_EQ(prompt.busy, kStage * 4);
  EXPECT_EQ(prompt.cores, 4);
  for (const std::int64_t tokens : {100, 1'000, 10'000}) {
    const std::int64_t pairs = tokens * (tokens + 1) / 2;
    const auto long_prompt =
        timing.attention({1, 4, 2, 8, tokens, tokens, DataType::kBf16, true, 0, tokens, tokens, pairs});
    const Duration ideal = Flops(4 * 4 * pairs * 8) / 4_TFLOPs;
    EXPECT_GE(long_prompt.busy, ideal) << tokens;
    if (tokens == 10'000) {
      EXPECT_LE(long_prompt.busy.count(), ideal.count() * 101 / 100);
    }
  }
}

TEST(ComputeTimingTest, SequencesShorterThanABlockCostAWholeOneEach) {
  const ComputeTiming timing(test::toy_accelerator());
  // Eight sequences of two tokens are eight units of work, two on each of four cores, and not one block of 16 tokens.
  const auto shorts = timing.attention({8, 1, 1, 8, 16, 2, DataType::kBf16, true});
  EXPECT_EQ(shorts.busy, kStage * 2);
  EXPECT_EQ(shorts.cores, 4);
}

TEST(ComputeTimingTest, NothingIsFasterThanItsFlopsOverTheRate) {
  const AcceleratorParameters p = test::toy_accelerator();
  const ComputeTiming timing(p);
  for (const std::int64_t m : {1, 7, 16, 33, 64, 1000})
    for (const std::int64_t n : {1, 15, 64, 65, 640})
      for (const std::int64_t k : {1, 16, 100, 1024, 4096})
        EXPECT_GE(timing.matrix({m, n, k, DataType::kBf16}).busy, Flops(2 * m * n * k) / p.bf16)
            << m << ' ' << n << ' ' << k;
  for (const std::int64_t sequences : {1, 3, 8, 50})
    for (const std::int64_t heads : {1, 2, 5})
      for (const std::int64_t tokens : {1, 16, 17, 300})
        EXPECT_GE(timing.attention({sequences, 4 * heads, heads, 8, sequences * tokens, tokens, DataType::kBf16}).busy,
                  Flops(4 * sequences * tokens * 4 * heads * 8) / p.bf16)
            << sequences << ' ' << heads << ' ' << tokens;
  for (const std::int64_t rows : {1, 3, 4, 5, 100})
    EXPECT_GE(timing.vector({rows, 1_B, Flops(1'000'000 * rows), 0}).busy, Flops(1'000'000 * rows) / p.vector) << rows;
}

TEST(ComputeTimingTest, ARowHasOneCoresVectorRate) {
  const ComputeTiming timing(test::toy_accelerator());
  // 1 TFLOP/s on four cores: a row of 1000 FLOPs takes 4 ns, four rows too, five rows 8 ns.
  EXPECT_EQ(timing.vector({1, 1_B, Flops(1'000), 0}).busy, 4_ns);
  EXPECT_EQ(timing.vector({4, 1_B, Flops(4'000), 0}).busy, 4_ns);
  EXPECT_EQ(timing.vector({5, 1_B, Flops(5'000), 0}).busy, 8_ns);
}

TEST(ComputeTimingTest, RowsAreNotDividedAmongCores) {
  const ComputeTiming timing(test::toy_accelerator());
  // A row of 1000 B at 1 GB/s: 1 us; five rows on four cores: two rounds.
  EXPECT_EQ(timing.vector({4, 1000_B, Flops(), 0}).busy, 1_us);
  EXPECT_EQ(timing.vector({5, 1000_B, Flops(), 0}).busy, 2_us);
  EXPECT_EQ(timing.vector({1, 1000_B, Flops(), 0}).cores, 1);
}

TEST(ComputeTimingTest, DependentAccessesWaitForEachOther) {
  AcceleratorParameters p = test::toy_accelerator();
  p.sram_latency = 100_ns;
  EXPECT_EQ(ComputeTiming(p).vector({1, 1000_B, Flops(), 3}).busy, 1_us + 300_ns);
}

}  // namespace
}  // namespace decodesim
