// SPDX-License-Identifier: Apache-2.0
// Layers with experts in a decode step: a toy worked out by hand, and how many experts a batch reaches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

using test::Contexts;
using test::step_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Two layers, the second with 4 experts of width 6, of which a token goes through 2, and a shared one of width 10.
Architecture toy() {
  Architecture a = test::toy_architecture(2);
  a.moe.experts = 4;
  a.moe.experts_per_token = 2;
  a.moe.intermediate = 6;
  a.moe.shared_experts = 1;
  a.moe.shared_intermediate = 10;
  a.moe.first_dense_layers = 1;
  return a;
}

struct Row {
  std::string_view name;
  std::int64_t weights, in, out, flops;

  bool operator==(const Row&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Row& r) {
    return out << "{" << r.name << " weights " << r.weights << " in " << r.in << " out " << r.out << " flops "
               << r.flops << "}";
  }
};

std::vector<Row> rows_from(const StepProgram& program, std::string_view first, std::string_view last) {
  std::vector<Row> out;
  const auto named = [](std::string_view name) { return [name](const Operator& op) { return op.name == name; }; };
  const auto begin = std::find_if(program.operators.begin(), program.operators.end(), named(first));
  const auto end = std::find_if(begin, program.operators.end(), named(last));
  for (auto op = begin; op != end; ++op)
    out.push_back(
        {op->name, op->weight_bytes.count(), op->input_bytes.count(), op->output_bytes.count(), op->flops.count()});
  return out;
}

const Operator& named(const StepProgram& program, std::string_view name) {
  return *std::find_if(program.operators.begin(), program.operators.end(),
                       [&](const Operator& op) { return op.name == name; });
}

// Two ranks, each with experts 3 and a shared expert 5 wide; weights fp8, activations bf16. Two tokens draw 2 of 4
// experts each: 4 x (1 - 1/4) = 3 are read, for 4 rows in all.
TEST(DecodeStepExpertsTest, ToyLayerOnTwoRanksHasEveryNumberAsWorkedOutByHand) {
  const DecodeConfig config{toy(), {DataType::kFp8, DataType::kBf16, DataType::kBf16, {}}, 2, false};
  const StepProgram program = step_of(config, {3, 5});
  EXPECT_THAT(rows_from(program, "router", "final_norm"),
              ElementsAre(Row{"router", 4 * 8 * 2, 2 * 8 * 2, 2 * 4 * 2, 2 * 2 * 4 * 8},           // bf16
                          Row{"routing", 0, 2 * 4 * 2, 2 * 4 * 2, 5 * 8},                          // 4 pairs out
                          Row{"experts_gate_up", 3 * 6 * 8, 4 * 8 * 2, 4 * 6 * 2, 2 * 4 * 6 * 8},  //
                          Row{"experts_activation", 0, 4 * 6 * 2, 4 * 3 * 2, 5 * 4 * 3},           //
                          Row{"experts_down", 3 * 8 * 3, 4 * 3 * 2, 4 * 8 * 2, 2 * 4 * 8 * 3},     //
                          Row{"shared_gate_up", 10 * 8, 2 * 8 * 2, 2 * 10 * 2, 2 * 2 * 10 * 8},    //
                          Row{"shared_activation", 0, 2 * 10 * 2, 2 * 5 * 2, 5 * 2 * 5},           //
                          Row{"shared_down", 8 * 5, 2 * 5 * 2, 2 * 8 * 2, 2 * 2 * 8 * 5},          //
                          Row{"experts_combine", 0, (4 + 2) * 8 * 2, 2 * 8 * 2, 2 * (4 + 2) * 8},  //
                          Row{"mlp_all_reduce", 0, 0, 0, 0}));
  const Operator& grouped = named(program, "experts_gate_up");
  EXPECT_EQ(grouped.m, 2);  // 4 rows over 3 experts, rounded up
  EXPECT_EQ(grouped.groups, 3);
  EXPECT_EQ(grouped.n, 6);
  EXPECT_EQ(grouped.k, 8);
  EXPECT_EQ(grouped.layer, 1);
  EXPECT_EQ(named(program, "gate_up_proj").layer, 0);
}

TEST(DecodeStepExpertsTest, GatesAndBiasesComeWithTheirProjections) {
  Architecture a = toy();
  a.moe.shared_gate = true;
  a.moe.router_bias = true;
  a.biases.mlp = true;
  const StepProgram program = step_of({a, {}, 1, false}, {1});
  EXPECT_EQ(named(program, "router").weight_bytes, Bytes(2 * (5 * 8 + 4)));
  EXPECT_EQ(named(program, "experts_gate_up").weight_bytes, Bytes(2 * 2 * (12 * 8 + 12)));
  EXPECT_EQ(named(program, "experts_down").weight_bytes, Bytes(2 * 2 * (8 * 6 + 8)));
}

TEST(DecodeStepExpertsTest, SinksAreReadWithRope) {
  Architecture a = toy();
  a.attention_sinks = true;
  EXPECT_EQ(named(step_of({a, {}, 1, false}, {1}), "rope").weight_bytes, Bytes(2 * 4));
}

TEST(DecodeStepExpertsTest, ABatchReachesTheExpertsThatBalancedRoutingGives) {
  MoeShape mixtral;
  mixtral.experts = 8;
  mixtral.experts_per_token = 2;
  EXPECT_EQ(expected_experts(mixtral, 1), 2);
  EXPECT_EQ(expected_experts(mixtral, 2), 4);  // 8 x (1 - 0.75^2) = 3.5
  EXPECT_EQ(expected_experts(mixtral, 4), 5);  // 8 x (1 - 0.75^4) = 5.47
  EXPECT_EQ(expected_experts(mixtral, 64), 8);
  EXPECT_EQ(expected_experts(mixtral, 1'000'000), 8);
  MoeShape deepseek;
  deepseek.experts = 256;
  deepseek.experts_per_token = 8;
  EXPECT_EQ(expected_experts(deepseek, 1), 8);
  EXPECT_EQ(expected_experts(deepseek, 32), 163);  // 256 x (1 - (248 / 256)^32) = 163.3
  MoeShape all;
  all.experts = 4;
  all.experts_per_token = 4;
  EXPECT_EQ(expected_experts(all, 3), 4);
}

TEST(DecodeStepExpertsTest, ParallelismMustDivideTheWidthsThatThereAre) {
  Architecture a = toy();
  a.q_heads = 12;
  a.kv_heads = 4;
  EXPECT_THAT(problems({a, {}, 2, false}), IsEmpty());
  EXPECT_THAT(problems({a, {}, 4, false}),
              ElementsAre("tensor parallelism 4 does not divide the expert width 6 of toy; expected a divisor of 6",
                          "tensor parallelism 4 does not divide the shared expert width 10 of toy; expected a divisor "
                          "of 10"));
  a.moe.first_dense_layers = 0;
  a.intermediate = 7;  // no layer has it
  EXPECT_THAT(problems({a, {}, 2, false}), IsEmpty());
}

TEST(DecodeStepExpertsTest, MemoryHoldsAllExpertsWhateverAStepReads) {
  const auto needs = DecodeStepBuilder({toy(), {}, 2, false}).memory_needs(1, 4);
  const auto bytes = [&](std::string_view name) {
    return std::find_if(needs.begin(), needs.end(), [&](const MemoryNeed& n) { return n.name == name; })->bytes;
  };
  EXPECT_EQ(bytes("expert weights"), Bytes(2 * 4 * 3 * 8 * 3));
  EXPECT_EQ(bytes("shared expert weights"), Bytes(2 * 3 * 8 * 5));
  EXPECT_EQ(bytes("router weights"), Bytes(2 * 4 * 8));
  EXPECT_EQ(bytes("mlp weights"), Bytes(2 * 3 * 8 * 8));  // of one layer
}

TEST(DecodeStepExpertsTest, RefillingAllocatesNothing) {
  const DecodeStepBuilder builder({toy(), {}, 2, false});
  StepProgram program;
  builder.fill(Contexts{1}, program);
  const Operator* const data = program.operators.data();
  const std::size_t size = program.operators.size();
  builder.fill(Contexts{7, 8, 9}, program);
  EXPECT_EQ(program.operators.data(), data);
  EXPECT_EQ(program.operators.size(), size);
}

}  // namespace
}  // namespace decodesim
