// SPDX-License-Identifier: Apache-2.0
// Latent attention in a decode step: a toy worked out by hand, and how its cache is divided.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

using test::step_of;
using ::testing::ElementsAre;

// Four heads of 2 + 2 elements with values of 3; a latent of 6, and one of 5 for queries.
Architecture toy() {
  Architecture a = test::toy_architecture(1);
  a.head_dim = 4;
  a.kv_heads = 4;
  a.mla.kv_rank = 6;
  a.mla.q_rank = 5;
  a.mla.rope_head_dim = 2;
  a.mla.nope_head_dim = 2;
  a.mla.value_head_dim = 3;
  return a;
}

struct Row {
  std::string_view name;
  std::int64_t weights, in, out, kv_read, kv_written, flops, message;

  bool operator==(const Row&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Row& r) {
    return out << "{" << r.name << " weights " << r.weights << " in " << r.in << " out " << r.out << " kv_read "
               << r.kv_read << " kv_written " << r.kv_written << " flops " << r.flops << " message " << r.message
               << "}";
  }
};

std::vector<Row> attention_rows(const StepProgram& program) {
  std::vector<Row> out;
  for (const Operator& op : program.operators) {
    if (op.name == "mlp_norm") break;
    if (op.layer < 0 || op.name == "attention_norm") continue;
    out.push_back({op.name, op.weight_bytes.count(), op.input_bytes.count(), op.output_bytes.count(),
                   op.kv_read.count(), op.kv_written.count(), op.flops.count(), op.message_bytes.count()});
  }
  return out;
}

const Operator& named(const StepProgram& program, std::string_view name) {
  return *std::find_if(program.operators.begin(), program.operators.end(),
                       [&](const Operator& op) { return op.name == name; });
}

// Two ranks with two heads each; two sequences with 4 + 6 tokens in all; bf16 but for an fp8 cache. A token has 6 + 2 =
// 8 elements in the cache, and a head's query as many once k_up has been at it.
TEST(DecodeStepLatentTest, ToyOnTwoRanksHasEveryNumberAsWorkedOutByHand) {
  const DecodeConfig config{toy(), {DataType::kBf16, DataType::kFp8, DataType::kBf16, {}}, 2, false};
  const StepProgram program = step_of(config, {3, 5});
  EXPECT_THAT(attention_rows(program),
              ElementsAre(Row{"qkv_a_proj", 13 * 8 * 2, 32, 52, 0, 0, 2 * 2 * 13 * 8, 0},    // 5 + 6 + 2 columns
                          Row{"q_a_norm", 5 * 2, 20, 20, 0, 0, 4 * 10, 0},                   //
                          Row{"kv_a_norm", 6 * 2, 24, 24, 0, 0, 4 * 12, 0},                  //
                          Row{"q_b_proj", 8 * 5 * 2, 20, 32, 0, 0, 2 * 2 * 8 * 5, 0},        // 2 heads of 4
                          Row{"k_up", 2 * 6 * 2 * 2, 16, 48, 0, 0, 2 * (2 * 2 * 6 * 2), 0},  // 2 x (2 -> 6)
                          Row{"rope", 0, 24, 24, 0, 0, 3 * 12, 0},                           // 2 x (2 + 1) x 2
                          Row{"kv_append", 0, 32, 0, 0, 16, 0, 0},                           // 2 x 8 elements
                          Row{"attention", 0, 64, 48, 80, 0, 2 * 10 * 2 * (8 + 6), 0},       // 10 x 8 B
                          Row{"v_up", 2 * 3 * 6 * 2, 48, 24, 0, 0, 2 * (2 * 2 * 3 * 6), 0},  // 2 x (6 -> 3)
                          Row{"o_proj", 8 * 6 * 2, 24, 32, 0, 0, 2 * 2 * 8 * 6, 0},          //
                          Row{"attention_all_reduce", 0, 0, 0, 0, 0, 0, 32}));
  const Operator& attention = named(program, "attention");
  EXPECT_EQ(attention.kind, OperatorKind::kLatentAttention);
  EXPECT_EQ(attention.q_heads, 2);
  EXPECT_EQ(attention.kv_heads, 1);
  EXPECT_EQ(attention.head_dim, 8);
  EXPECT_EQ(attention.value_dim, 6);
  EXPECT_EQ(named(program, "k_up").groups, 2);
}

TEST(DecodeStepLatentTest, WithoutAQueryLatentThereIsOneQueryProjection) {
  Architecture a = toy();
  a.mla.q_rank = 0;
  const StepProgram program = step_of({a, {}, 1, false}, {3});
  EXPECT_EQ(named(program, "q_proj").weight_bytes, Bytes(2 * 16 * 8));
  EXPECT_EQ(named(program, "kv_a_proj").weight_bytes, Bytes(2 * 8 * 8));
  for (const Operator& op : program.operators) EXPECT_NE(op.name, "q_a_norm");
}

// Tensor ranks hold the cache whole; parts of it are exchanged for heads.
TEST(DecodeStepLatentTest, ASplitCacheIsReadOnceAndHeadsAreExchanged) {
  const StepProgram whole = step_of({toy(), {}, 4, false}, {99});
  EXPECT_EQ(named(whole, "attention").kv_read, Bytes(2 * 100 * 8));
  EXPECT_EQ(named(whole, "attention").q_heads, 1);
  const StepProgram split = step_of({toy(), {}, 4, true}, {99});
  EXPECT_EQ(named(split, "attention").kv_read, Bytes(2 * 25 * 8));
  EXPECT_EQ(named(split, "attention").q_heads, 4);
  EXPECT_EQ(named(split, "q_all_gather").message_bytes, Bytes(2 * 8));  // one head of its own
  EXPECT_EQ(named(split, "attention_combine").message_bytes, Bytes(4 * (2 * 6 + 4)));
  EXPECT_EQ(named(split, "v_up").groups, 1);
  Flops flops[2];
  for (const Operator& op : whole.operators) flops[0] += op.kind == OperatorKind::kLatentAttention ? op.flops : Flops();
  for (const Operator& op : split.operators) flops[1] += op.kind == OperatorKind::kLatentAttention ? op.flops : Flops();
  EXPECT_EQ(flops[0], flops[1]);
}

}  // namespace
}  // namespace decodesim
