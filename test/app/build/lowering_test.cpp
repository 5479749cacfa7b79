// SPDX-License-Identifier: Apache-2.0
// Which kernels the operators of a one-layer model become under different software.
#include "sim/app/build/lowering.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;
using ::testing::ElementsAre;

class LoweringTest : public ::testing::Test {
 protected:
  std::vector<Command> lower(KernelLibrary kernels, DataType weights = DataType::kBf16) {
    DecodeConfig config;
    config.architecture = test::toy_architecture();
    config.architecture.layers = 1;
    config.precision.weights = weights;
    const DecodeStepBuilder builder(config);
    const std::vector<std::int64_t> contexts{100, 200};
    builder.fill(contexts, step);
    placement = Placement(PlacementPlan{}, step, 1_MiB, 1_MiB);
    AcceleratorParameters accelerator = test::toy_accelerator();
    accelerator.load_run = 256_B;
    accelerator.cache_ways = cache_ways;
    lowering = std::make_unique<Lowering>(std::move(kernels), accelerator, placement);
    std::vector<Command> commands;
    lowering->lower(step, std::vector<std::int32_t>(step.operators.size(), -1), commands);
    return commands;
  }

  static std::vector<std::string> names(const std::vector<Command>& commands) {
    std::vector<std::string> out;
    for (const Command& c : commands) out.emplace_back(c.name);
    return out;
  }

  static KernelLibrary fused() {
    KernelLibrary k;
    k.common.separate_rope = k.common.separate_kv_append = false;
    return k;
  }

  static const Command& named(const std::vector<Command>& commands, std::string_view name) {
    for (const Command& c : commands)
      if (c.name == name) return c;
    throw std::out_of_range(std::string(name));
  }

  StepProgram step;
  std::int64_t cache_ways = 0;  // a scratchpad, in which activations stay
  Placement placement{PlacementPlan{}, StepProgram{}, Bytes()};
  std::unique_ptr<Lowering> lowering;  // what commands point to
};

TEST_F(LoweringTest, FusedSoftwareRunsOneKernelAnOperator) {
  EXPECT_THAT(names(lower(fused())),
              ElementsAre("embedding", "attention_norm", "qkv_proj", "attention", "o_proj", "mlp_norm", "gate_up_proj",
                          "activation", "down_proj", "final_norm", "lm_head", "sampling"));
}

TEST_F(LoweringTest, SeparateKernelsStandWhereTheirOperatorsDo) {
  KernelLibrary k;
  k.common.sampling_kernels = 2;
  k.common.host_time_per_step = 1_us;
  k.attention.bf16.kernels_before = 1;
  EXPECT_THAT(names(lower(k)),
              ElementsAre("embedding", "attention_norm", "qkv_proj", "rope", "kv_append", "attention_preparation",
                          "attention", "o_proj", "mlp_norm", "gate_up_proj", "activation", "down_proj", "final_norm",
                          "lm_head", "sampling", "sampling", "host"));
}

TEST_F(LoweringTest, QuantisingKernelsComeBeforeEachNarrowGemmOnly) {
  KernelLibrary k = fused();
  k.gemm.fp8.quantise_kernels = 2;
  // Four GEMMs of the layer are fp8; lm_head stays bf16. A checkpoint has the scales: one kernel applies them.
  const auto fp8 = names(lower(k, DataType::kFp8));
  EXPECT_EQ(std::count(fp8.begin(), fp8.end(), "quantise"), 4);
  const auto bf16 = names(lower(k, DataType::kBf16));
  EXPECT_EQ(std::count(bf16.begin(), bf16.end(), "quantise"), 0);
}

TEST_F(LoweringTest, FusedKvAppendWritesFromTheKernelBeforeIt) {
  const auto commands = lower(fused());
  const Command& qkv = named(commands, "qkv_proj");
  ASSERT_EQ(qkv.transfer_count, 2);
  EXPECT_TRUE(qkv.transfers[1].write);
  // Two sequences, K and V, 8 heads of 32, bf16.
  EXPECT_EQ(qkv.transfers[1].bytes, Bytes(2 * 2 * 8 * 32 * 2));
}

TEST_F(LoweringTest, GemmLoadsItsWeightsAndChargesPrologueAndEpilogue) {
  KernelLibrary k = fused();
  k.common.start = 1_us;
  k.gemm.bf16.prologue = 200_ns;
  k.gemm.bf16.epilogue = 300_ns;
  const auto commands = lower(k);
  const Command& down = named(commands, "down_proj");
  EXPECT_EQ(down.gap, 1_us + 200_ns);
  EXPECT_EQ(down.drain, 300_ns);
  ASSERT_EQ(down.transfer_count, 1);
  EXPECT_EQ(down.transfers[0].bytes, Bytes(512 * 256 * 2));
  EXPECT_EQ(down.transfers[0].run, 256_B);
  EXPECT_TRUE(down.transfers[0].prefetchable);
}

TEST_F(LoweringTest, AttentionReadsThePagesOfItsCache) {
  KernelLibrary k = fused();
  k.common.kv_page_tokens = 16;
  const auto commands = lower(k);
  const Command& attention = named(commands, "attention");
  ASSERT_EQ(attention.transfer_count, 1);
  // 101 + 201 tokens, K and V, 8 heads of 32, bf16; a page holds 16 tokens of a head.
  EXPECT_EQ(attention.transfers[0].bytes, Bytes((101 + 201) * 2 * 8 * 32 * 2));
  EXPECT_EQ(attention.transfers[0].run, Bytes(16 * 32 * 2));
}

TEST_F(LoweringTest, VectorKernelsCostTheirOverhead) {
  KernelLibrary k = fused();
  k.common.vector_overhead = 900_ns;
  const auto commands = lower(k);
  EXPECT_EQ(named(commands, "attention_norm").drain, 900_ns);
  EXPECT_EQ(named(commands, "down_proj").drain, 0_ps);
}

TEST_F(LoweringTest, KernelsComeByTheFormatOfTheWeights) {
  KernelLibrary k = fused();
  k.gemm.fp8.wave = 1_us;
  const auto fp8 = lower(k, DataType::kFp8);
  EXPECT_EQ(std::get<MatrixWork>(named(fp8, "down_proj").work).kernel->wave, 1_us);
  EXPECT_EQ(std::get<MatrixWork>(named(fp8, "lm_head").work).kernel->wave, 0_ps);  // bf16
  Operator op;
  op.weight_type = DataType::kFp8;
  op.block_scaled = true;
  EXPECT_EQ(&k.gemm.of(op), &k.gemm.fp8_block);
  op.multiplies_as = DataType::kBf16;
  EXPECT_EQ(&k.gemm.of(op), &k.gemm.weight_only);
  op.weight_type = DataType::kFp4;
  EXPECT_EQ(&k.gemm.of(op), &k.gemm.weight_only);
  op.multiplies_as = DataType::kFp4;
  EXPECT_EQ(&k.gemm.of(op), &k.gemm.fp4);
}

TEST_F(LoweringTest, AttentionKernelsComeByTheGroupAndTheFormatOfTheCache) {
  AttentionKernels kernels;
  kernels.bf16.least_group = kernels.fp8.least_group = 2;
  kernels.bf16.most_group = kernels.fp8.most_group = 32;
  Operator op;
  op.kind = OperatorKind::kAttention;
  op.kv_heads = 2;
  op.q_heads = 2;
  EXPECT_EQ(&kernels.of(op), &kernels.other_groups);
  op.q_heads = 4;
  EXPECT_EQ(&kernels.of(op), &kernels.bf16);
  op.kv_type = DataType::kFp8;
  EXPECT_EQ(&kernels.of(op), &kernels.fp8);
  op.q_heads = 66;
  EXPECT_EQ(&kernels.of(op), &kernels.other_groups_fp8);
  op.kind = OperatorKind::kLatentAttention;
  EXPECT_EQ(&kernels.of(op), &kernels.latent_fp8);
}

TEST_F(LoweringTest, WeightsComeRoundOnceAStepAndActivationsAtOnce) {
  cache_ways = 16;
  const auto commands = lower(fused());
  Bytes operands = step.operators.front().input_bytes;
  for (const Operator& op : step.operators) operands += op.weight_bytes + op.kv_read + op.output_bytes;
  const Command& down = named(commands, "down_proj");
  ASSERT_EQ(down.transfer_count, 3);
  EXPECT_EQ(down.transfers[0].reuse_distance, operands);
  EXPECT_EQ(down.transfers[1].bytes, Bytes(2 * 512 * 2));  // two sequences, 512 wide, bf16
  EXPECT_EQ(down.transfers[1].reuse_distance, down.transfers[1].bytes);
  EXPECT_TRUE(down.transfers[2].write);
}

TEST_F(LoweringTest, TensorsDoNotOverlap) {
  const auto commands = lower(fused());
  std::uint64_t end = 0;
  for (const Command& c : commands) {
    for (std::int32_t t = 0; t < c.transfer_count; ++t) {
      const Transfer& transfer = c.transfers[static_cast<std::size_t>(t)];
      if (!transfer.prefetchable) continue;
      EXPECT_GE(transfer.address, end) << c.name;
      end = transfer.address + static_cast<std::uint64_t>(transfer.bytes.count());
    }
  }
}

}  // namespace
}  // namespace decodesim
