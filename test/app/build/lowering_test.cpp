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
  std::vector<Command> lower(const KernelParameters& kernels, DataType weights = DataType::kBf16) {
    DecodeConfig config;
    config.architecture = test::toy_architecture();
    config.architecture.layers = 1;
    config.precision.weights = weights;
    const DecodeStepBuilder builder(config);
    const std::vector<std::int64_t> contexts{100, 200};
    builder.fill(contexts, step);
    const Placement placement(PlacementPlan{}, step, 1_MiB, 1_MiB);
    std::vector<Command> commands;
    Lowering(kernels, 256_B, placement).lower(step, std::vector<std::int32_t>(step.operators.size(), -1), commands);
    return commands;
  }

  static std::vector<std::string> names(const std::vector<Command>& commands) {
    std::vector<std::string> out;
    for (const Command& c : commands) out.emplace_back(c.name);
    return out;
  }

  static KernelParameters fused() {
    KernelParameters k;
    k.separate_rope = k.separate_kv_append = k.separate_combine = false;
    return k;
  }

  static const Command& named(const std::vector<Command>& commands, std::string_view name) {
    for (const Command& c : commands)
      if (c.name == name) return c;
    throw std::out_of_range(std::string(name));
  }

  StepProgram step;
};

TEST_F(LoweringTest, FusedSoftwareRunsOneKernelAnOperator) {
  EXPECT_THAT(names(lower(fused())),
              ElementsAre("embedding", "attention_norm", "qkv_proj", "attention", "o_proj", "mlp_norm", "gate_up_proj",
                          "activation", "down_proj", "final_norm", "lm_head", "sampling"));
}

TEST_F(LoweringTest, SeparateKernelsStandWhereTheirOperatorsDo) {
  KernelParameters k;
  k.sampling_kernels = 2;
  k.host_time_per_step = 1_us;
  EXPECT_THAT(names(lower(k)),
              ElementsAre("embedding", "attention_norm", "qkv_proj", "rope", "kv_append", "attention",
                          "attention_combine_splits", "o_proj", "mlp_norm", "gate_up_proj", "activation", "down_proj",
                          "final_norm", "lm_head", "sampling", "sampling", "host"));
}

TEST_F(LoweringTest, QuantisingKernelsComeBeforeEachNarrowGemmOnly) {
  KernelParameters k = fused();
  k.quantise_kernels = 2;
  // Four GEMMs of the layer are fp8; lm_head stays bf16.
  const auto fp8 = names(lower(k, DataType::kFp8));
  EXPECT_EQ(std::count(fp8.begin(), fp8.end(), "quantise"), 8);
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
  KernelParameters k = fused();
  k.start = 1_us;
  k.matrix_prologue = 200_ns;
  k.matrix_epilogue = 300_ns;
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
  KernelParameters k = fused();
  k.kv_page_tokens = 16;
  const Command& attention = named(lower(k), "attention");
  ASSERT_EQ(attention.transfer_count, 1);
  // 101 + 201 tokens, K and V, 8 heads of 32, bf16; a page holds 16 tokens of a head.
  EXPECT_EQ(attention.transfers[0].bytes, Bytes((101 + 201) * 2 * 8 * 32 * 2));
  EXPECT_EQ(attention.transfers[0].run, Bytes(16 * 32 * 2));
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
