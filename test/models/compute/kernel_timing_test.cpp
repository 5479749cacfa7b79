// SPDX-License-Identifier: Apache-2.0
// How libraries' kernels use the cores: the toy accelerator of 4 cores of 1 TFLOP/s, with a latency to hide.
#include <gtest/gtest.h>

#include "models/compute/compute_timing.hpp"
#include "test/support/toy_accelerator.hpp"

namespace decodesim {
namespace {
using namespace literals;

AcceleratorParameters slow_loads() {
  AcceleratorParameters p = test::toy_accelerator();
  p.sram_bandwidth_per_core = 1000_GBps;
  p.stage_latency = 400_ns;
  return p;
}

MatrixWork product(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixKernel& kernel) {
  MatrixWork work{m, n, k, DataType::kBf16};
  work.kernel = &kernel;
  return work;
}

TileList tiles(const std::string& text) { return *TileList::from_text(text).value; }

TEST(MatrixKernelTest, AStageTakesItsShareOfTheLatencyOrItsArithmetic) {
  MatrixKernel kernel;
  kernel.split_k = false;
  const ComputeTiming timing(slow_loads());
  // 10 stages of 16: one in flight, 400 ns each; four in flight, 100 ns; 100 in flight, 8192 ps of arithmetic.
  EXPECT_EQ(timing.matrix(product(16, 16, 160, kernel)).busy, 4_us);
  kernel.stages = 4;
  EXPECT_EQ(ComputeTiming(slow_loads()).matrix(product(16, 16, 160, kernel)).busy, 1_us);
  kernel.stages = 100;
  EXPECT_EQ(ComputeTiming(slow_loads()).matrix(product(16, 16, 160, kernel)).busy, Duration(81'920));
}

TEST(MatrixKernelTest, WorkOfAStageAndARateBelowPeakLengthenIt) {
  MatrixKernel kernel;
  kernel.stages = 100;
  kernel.stage_work = 10_ns;
  kernel.matrix_rate = 50_percent;
  EXPECT_EQ(ComputeTiming(slow_loads()).matrix(product(16, 16, 16, kernel)).busy, Duration(2 * 8'192) + 10_ns);
}

TEST(MatrixKernelTest, StagesAreAsDeepAsTheirBytes) {
  MatrixKernel kernel;
  kernel.split_k = false;
  kernel.stage_depth = 128_B;  // 64 elements of bf16, 128 of fp8
  const ComputeTiming timing(slow_loads());
  EXPECT_EQ(timing.matrix(product(16, 16, 128, kernel)).busy, 800_ns);
  MatrixWork narrow = product(16, 16, 128, kernel);
  narrow.type = DataType::kFp8;
  EXPECT_EQ(timing.matrix(narrow).busy, 400_ns);
}

TEST(MatrixKernelTest, ATilesBytesGoThroughTheCoresPort) {
  AcceleratorParameters p = test::toy_accelerator();
  p.sram_bandwidth_per_core = 1_GBps;
  MatrixKernel kernel;
  kernel.stage_depth = 128_B;
  kernel.split_k = false;
  // 16 columns and 16 rows of 128 B at 1 GB/s: 4096 ns; two cores share the rows: 3072; of one row only itself: 2176.
  EXPECT_EQ(ComputeTiming(p).matrix(product(16, 16, 64, kernel)).busy, 4096_ns);
  kernel.multicast = 2;
  EXPECT_EQ(ComputeTiming(p).matrix(product(16, 16, 64, kernel)).busy, 3072_ns);
  EXPECT_EQ(ComputeTiming(p).matrix(product(1, 16, 64, kernel)).busy, 2176_ns);
}

TEST(MatrixKernelTest, EachWaveAfterTheFirstIsSetUp) {
  MatrixKernel kernel;
  kernel.wave = 1_us;
  const ComputeTiming timing(test::toy_accelerator());
  const auto busy = [&](std::int64_t n) { return timing.matrix(product(16, n, 16, kernel)).busy; };
  EXPECT_EQ(busy(64), Duration(8'192));
  EXPECT_EQ(busy(65), Duration(2 * 8'192) + 1_us);
  EXPECT_EQ(busy(129), Duration(3 * 8'192) + 2_us);
}

TEST(MatrixKernelTest, NoOtherTileOrSplitWouldBeFaster) {
  MatrixKernel all;
  all.tiles = tiles("16x16, 16x32, 32x32, 64x16");
  all.split_pass = 5_ns;
  all.wave = 3_ns;
  const ComputeTiming timing(slow_loads());
  for (const std::int64_t m : {1, 16, 40, 100})
    for (const std::int64_t n : {16, 100, 700})
      for (const std::int64_t k : {16, 100, 2'000}) {
        const Duration best = timing.matrix(product(m, n, k, all)).busy;
        Duration least(INT64_MAX);
        for (const std::string one : {"16x16", "16x32", "32x32", "64x16"})
          for (const bool split : {false, true}) {
            MatrixKernel kernel = all;
            kernel.tiles = tiles(one);
            kernel.split_k = split;
            least = std::min(least, ComputeTiming(slow_loads()).matrix(product(m, n, k, kernel)).busy);
          }
        EXPECT_EQ(best, least) << m << ' ' << n << ' ' << k;
      }
}

TEST(MatrixKernelTest, TilesByRowsAreNotChosenFrom) {
  MatrixKernel kernel;
  kernel.tiles = tiles("16x16 @ 16, 64x64");
  const ComputeTiming timing(test::toy_accelerator());
  EXPECT_EQ(timing.matrix(product(16, 16, 16, kernel)).busy, Duration(8'192));
  EXPECT_EQ(timing.matrix(product(17, 16, 16, kernel)).busy, Duration(16 * 8'192));  // 64 x 64
}

TEST(MatrixKernelTest, GroupsCostTheirTilesAndTheirBookkeeping) {
  MatrixKernel kernel;
  kernel.per_group = 7_ns;
  const std::vector<std::int64_t> rows{33, 1, 1};  // 3 + 1 + 1 row tiles on 4 cores: two waves
  MatrixWork work{12, 16, 16, DataType::kBf16, 3, rows, &kernel};
  const ComputeEstimate estimate = ComputeTiming(test::toy_accelerator()).matrix(work);
  EXPECT_EQ(estimate.busy, Duration(2 * 8'192) + 21_ns);
  EXPECT_EQ(estimate.row_tiles, 5);
}

TEST(MatrixKernelTest, AKnownAnswerIsTheAnswer) {
  MatrixKernel kernel;
  const ComputeTiming timing(slow_loads());
  std::vector<ComputeEstimate> first;
  for (int round = 0; round < 2; ++round)
    for (std::int64_t n = 1; n <= 40; ++n) {  // more shapes than are remembered
      const ComputeEstimate estimate = timing.matrix(product(16, 16 * n, 64, kernel));
      if (round == 0)
        first.push_back(estimate);
      else
        EXPECT_EQ(estimate, first[static_cast<std::size_t>(n - 1)]);
    }
}

AttentionWork attention(std::int64_t sequences, std::int64_t group, std::int64_t tokens,
                        const AttentionKernel& kernel) {
  AttentionWork work{sequences, group, 1, 8, sequences * tokens, tokens, DataType::kBf16};
  work.bytes_per_token = Bytes(256);
  work.kernel = &kernel;
  return work;
}

TEST(AttentionKernelTest, AUnitCostsItsSetUpAndItsBlocks) {
  AttentionKernel kernel;
  kernel.unit = 3_us;
  kernel.block_tokens = 64;
  kernel.stage_depth = 128_B;  // two stages a block
  kernel.stages = 2;
  const ComputeTiming timing(slow_loads());
  // A block: 2 stages of 400 ns, two in flight: 400 ns. One block on each of four cores; a fifth sequence is a wave
  // more.
  EXPECT_EQ(timing.attention(attention(4, 1, 64, kernel)).busy, 3'400_ns);
  EXPECT_EQ(timing.attention(attention(4, 1, 65, kernel)).busy, 3'800_ns);
  EXPECT_EQ(timing.attention(attention(5, 1, 64, kernel)).busy, 6'800_ns);
}

TEST(AttentionKernelTest, HeadsBeyondATileAreUnitsOfTheirOwn) {
  AttentionKernel kernel;
  kernel.unit = 1_us;
  kernel.head_tile = 16;
  const ComputeTiming timing(test::toy_accelerator());
  const auto busy = [&](std::int64_t group) { return timing.attention(attention(4, group, 16, kernel)).busy; };
  EXPECT_EQ(busy(16), 1_us + Duration(8'192));
  EXPECT_EQ(busy(17), 2_us + Duration(2 * 8'192));
  kernel.head_tile = 1;
  EXPECT_EQ(busy(3), 3_us + Duration(3 * 8'192));
}

TEST(AttentionKernelTest, QueriesOfAPromptFillTilesOfTheirOwn) {
  AttentionKernel kernel;
  kernel.unit = 1_us;
  kernel.query_tile = 64;
  // 256 queries of one sequence, all seeing 256 tokens: 4 tiles of 64 rows on four cores. One query's 16 blocks, the
  // others' 65,280 pairs in 64 of 64 x 16, and half of three cut ones: 82 blocks of 4 x 8192 ps, 21 a core.
  AttentionWork prompt{1, 1, 1, 8, 256, 256, DataType::kBf16, 0, 256, 256, 256 * 256, 256_B, &kernel};
  const ComputeEstimate tiled = ComputeTiming(test::toy_accelerator()).attention(prompt);
  EXPECT_EQ(tiled.busy, 1_us + Duration(4 * 8'192) * 21);
  kernel.query_tile = 0;  // tiles of 16 rows: 16 units, four a core
  EXPECT_GT(ComputeTiming(test::toy_accelerator()).attention(prompt).busy, 4_us);
}

TEST(AttentionKernelTest, ASplitIsTakenWhereItsPassPays) {
  AttentionKernel kernel;
  kernel.block_tokens = 64;
  kernel.stage_depth = 128_B;
  kernel.split_pass = 2_us;
  const ComputeTiming timing(slow_loads());
  // A block takes 800 ns. Three blocks alone 2.4 us, on three cores 0.8 + 2 + the parts; four blocks 3.2 or 0.8 + 2.
  EXPECT_EQ(timing.attention(attention(1, 1, 192, kernel)).cores, 1);
  EXPECT_EQ(timing.attention(attention(1, 1, 192, kernel)).busy, 2'400_ns);
  EXPECT_EQ(timing.attention(attention(1, 1, 256, kernel)).cores, 4);
  EXPECT_EQ(timing.attention(attention(1, 1, 256, kernel)).busy, 2'800_ns + Duration(64));
}

}  // namespace
}  // namespace decodesim
