// SPDX-License-Identifier: Apache-2.0
// The operators of a decode step: a toy whose every number is written out, and laws that hold for real models.
#include "workloads/decode_step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "sim/core/component/require.hpp"
#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

using test::Contexts;
using test::step_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Architecture toy() { return test::toy_architecture(1); }

Architecture llama_70b() {
  Architecture a;
  a.name = "llama-3-70b";
  a.layers = 80;
  a.hidden = 8192;
  a.q_heads = 64;
  a.kv_heads = 8;
  a.head_dim = 128;
  a.intermediate = 28672;
  a.vocabulary = 128256;
  a.max_context = 131072;
  return a;
}

Precision fp8() { return {DataType::kFp8, DataType::kFp8, DataType::kBf16, {}}; }

const Operator& named(const StepProgram& program, std::string_view name) {
  const auto& list = program.operators;
  const auto found = std::find_if(list.begin(), list.end(), [&](const Operator& op) { return op.name == name; });
  require(found != list.end(), "test", std::string("an operator ") + std::string(name));
  return *found;
}

bool has(const StepProgram& program, std::string_view name) {
  return std::any_of(program.operators.begin(), program.operators.end(),
                     [&](const Operator& op) { return op.name == name; });
}

template <class Member>
std::int64_t sum(const StepProgram& program, Member member) {
  std::int64_t total = 0;
  for (const Operator& op : program.operators) total += (op.*member).count();
  return total;
}

// One line of what an operator moves and computes.
struct Row {
  std::string_view name;
  std::int64_t weights, in, out, kv_read, kv_written, flops, message, group;
  friend bool operator==(const Row&, const Row&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Row& r) {
    return out << "{" << r.name << " weights " << r.weights << " in " << r.in << " out " << r.out << " kv_read "
               << r.kv_read << " kv_written " << r.kv_written << " flops " << r.flops << " message " << r.message
               << " group " << r.group << "}";
  }
};

std::vector<Row> rows_of(const StepProgram& program) {
  std::vector<Row> rows;
  for (const Operator& op : program.operators)
    rows.push_back({op.name, op.weight_bytes.count(), op.input_bytes.count(), op.output_bytes.count(),
                    op.kv_read.count(), op.kv_written.count(), op.flops.count(), op.message_bytes.count(), op.group});
  return rows;
}

// Two ranks: 2 query heads and 1 kv head of 2 elements, MLP 8 wide, 5 rows of vocabulary. Two sequences, bf16 but for
// an fp8 cache: a residual row of 8 is 16 B, two are 32 B. Attention reads (3 + 1) + (5 + 1) = 10 tokens.
TEST(DecodeStepTest, ToyStepOnTwoRanksHasEveryNumberAsWorkedOutByHand) {
  const DecodeConfig config{toy(), {DataType::kBf16, DataType::kFp8, DataType::kBf16, {}}, 2, false};
  const StepProgram program = step_of(config, {3, 5});
  EXPECT_THAT(rows_of(program),
              ElementsAre(Row{"embedding", 0, 32, 32, 0, 0, 0, 0, 1},                     //
                          Row{"embedding_all_reduce", 0, 0, 0, 0, 0, 0, 32, 2},           //
                          Row{"attention_norm", 16, 64, 64, 0, 0, 5 * 16, 0, 1},          //
                          Row{"qkv_proj", 8 * 8 * 2, 32, 32, 0, 0, 2 * 2 * 8 * 8, 0, 1},  // (2 + 2) x 2 columns
                          Row{"rope", 0, 24, 24, 0, 0, 3 * 12, 0, 1},                     // 2 x (2 + 1) x 2 elements
                          Row{"kv_append", 0, 16, 0, 0, 8, 0, 0, 1},                      // 2 x 2 x 1 x 2 elements
                          Row{"attention", 0, 16, 16, 40, 0, 4 * 10 * 4, 0, 1},           // 10 x 2 x 1 x 2 B
                          Row{"o_proj", 8 * 4 * 2, 16, 32, 0, 0, 2 * 2 * 8 * 4, 0, 1},    //
                          Row{"attention_all_reduce", 0, 0, 0, 0, 0, 0, 32, 2},           //
                          Row{"mlp_norm", 16, 64, 64, 0, 0, 5 * 16, 0, 1},                //
                          Row{"gate_up_proj", 16 * 8 * 2, 32, 64, 0, 0, 2 * 2 * 16 * 8, 0, 1},
                          Row{"activation", 0, 64, 32, 0, 0, 5 * 16, 0, 1},                //
                          Row{"down_proj", 8 * 8 * 2, 32, 32, 0, 0, 2 * 2 * 8 * 8, 0, 1},  //
                          Row{"mlp_all_reduce", 0, 0, 0, 0, 0, 0, 32, 2},                  //
                          Row{"final_norm", 16, 64, 64, 0, 0, 5 * 16, 0, 1},               //
                          Row{"lm_head", 5 * 8 * 2, 32, 20, 0, 0, 2 * 2 * 5 * 8, 0, 1},    //
                          Row{"logits_all_gather", 0, 0, 0, 0, 0, 0, 20, 2},               // 2 x 5 logits a rank
                          Row{"sampling", 0, 40, 8, 0, 0, 20, 0, 1}));                     // ids of 4 B
  const Operator& attention = named(program, "attention");
  EXPECT_EQ(attention.q_heads, 2);
  EXPECT_EQ(attention.kv_heads, 1);
  EXPECT_EQ(attention.head_dim, 2);
  EXPECT_EQ(attention.sequences, 2);
  EXPECT_EQ(attention.kv_tokens, 10);
  EXPECT_EQ(attention.longest_context, 6);
  EXPECT_EQ(named(program, "qkv_proj").m, 2);
}

TEST(DecodeStepTest, OneRankHasNoCollectives) {
  for (const Operator& op : step_of({toy(), {}, 1, true}, {3}).operators) {
    EXPECT_NE(op.kind, OperatorKind::kAllReduce);
    EXPECT_NE(op.kind, OperatorKind::kAllGather);
  }
}

TEST(DecodeStepTest, LayersDifferInTheirNumberOnly) {
  const StepProgram program = step_of({llama_70b(), fp8(), 8, false}, {100, 200});
  std::map<std::int32_t, int> operators;
  for (const Operator& op : program.operators) ++operators[op.layer];
  EXPECT_EQ(operators.size(), 81U);
  EXPECT_EQ(operators[-1], 6);
  for (std::int32_t layer = 0; layer < 80; ++layer) EXPECT_EQ(operators[layer], 12) << layer;
  EXPECT_TRUE(std::is_sorted(program.operators.begin() + 2, program.operators.end() - 4,
                             [](const Operator& a, const Operator& b) { return a.layer < b.layer; }));
}

// Norms are the same on every rank; the embedding table is looked up and not read through; 128,256 / 8 needs no
// padding.
TEST(DecodeStepTest, WeightBytesOfAllRanksAreThoseOfTheModel) {
  const Architecture a = llama_70b();
  const DecodeConfig config{a, fp8(), 8, false};
  const std::int64_t linear = a.layers * (a.attention_parameters_per_layer() + a.mlp_parameters_per_layer());
  const std::int64_t sharded = linear * 1 + a.lm_head_parameters() * 2;
  const std::int64_t norms = a.norm_parameters() * 2;
  EXPECT_EQ(8 * sum(step_of(config, {1000}), &Operator::weight_bytes), sharded + 8 * norms);
}

TEST(DecodeStepTest, EverythingInFp8ReadsOneByteAParameter) {
  const Architecture a = llama_70b();
  const Precision ideal{DataType::kFp8, DataType::kFp8, DataType::kFp8, {}};
  EXPECT_EQ(sum(step_of({a, ideal, 1, false}, {0}), &Operator::weight_bytes),
            a.parameter_count() - a.embedding_parameters());
}

TEST(DecodeStepTest, FlopsAreTwoAParameterAndTokenPlusAttention) {
  const Architecture a = llama_70b();
  const Contexts contexts{10, 2000, 131071};
  const StepProgram program = step_of({a, fp8(), 8, false}, contexts);
  std::int64_t flops = 0;
  for (const Operator& op : program.operators)
    if (op.kind == OperatorKind::kGemm || op.kind == OperatorKind::kAttention) flops += op.flops.count();
  const std::int64_t linear = a.layers * (a.attention_parameters_per_layer() + a.mlp_parameters_per_layer());
  const std::int64_t tokens = 11 + 2001 + 131072;
  // A score and a weighted sum: 2 x 2 x q_heads x head_dim a cached token and layer.
  EXPECT_EQ(8 * flops, 2 * 3 * (linear + a.lm_head_parameters()) + a.layers * 4 * tokens * 64 * 128);
}

TEST(DecodeStepTest, KvTrafficIsTheCacheOnceAndOneTokenASequence) {
  const Architecture a = llama_70b();
  const StepProgram program = step_of({a, fp8(), 8, false}, {9, 99});
  const std::int64_t per_token = a.kv_bytes_per_token(DataType::kFp8).count();
  EXPECT_EQ(8 * sum(program, &Operator::kv_read), (10 + 100) * per_token);
  EXPECT_EQ(8 * sum(program, &Operator::kv_written), 2 * per_token);
}

// 8 kv heads on 16 ranks: each head lies on two ranks, with its columns of qkv_proj.
TEST(DecodeStepTest, MoreRanksThanKvHeadsReplicateThem) {
  const Architecture a = llama_70b();
  const StepProgram program = step_of({a, fp8(), 16, false}, {9, 99});
  EXPECT_EQ(named(program, "attention").q_heads, 4);
  EXPECT_EQ(named(program, "attention").kv_heads, 1);
  EXPECT_EQ(named(program, "attention").kv_tokens, 110);
  EXPECT_EQ(named(program, "qkv_proj").n, (4 + 2) * 128);
  EXPECT_EQ(16 * sum(program, &Operator::kv_read), 2 * 110 * a.kv_bytes_per_token(DataType::kFp8).count());
  EXPECT_FALSE(has(program, "attention_combine"));
}

// The same with a split cache: 10 and 101 tokens are 5 and 51 a rank, and every weight lies on one rank only.
TEST(DecodeStepTest, SplitCacheSharesTokensAndAddsTwoExchangesOfTheGroup) {
  const Architecture a = llama_70b();
  const StepProgram program = step_of({a, fp8(), 16, true}, {9, 100});
  const Operator& attention = named(program, "attention");
  EXPECT_EQ(attention.q_heads, 8);
  EXPECT_EQ(attention.kv_heads, 1);
  EXPECT_EQ(attention.kv_tokens, 5 + 51);
  EXPECT_EQ(attention.longest_context, 51);
  EXPECT_EQ(named(program, "qkv_proj").n, (64 + 2 * 8) * 128 / 16);
  EXPECT_EQ(named(program, "o_proj").k, 64 / 16 * 128);
  EXPECT_EQ(named(program, "qkv_all_gather").group, 2);
  EXPECT_EQ(named(program, "qkv_all_gather").message_bytes, Bytes(2 * 640 * 2));
  EXPECT_EQ(named(program, "attention_combine").group, 2);
  // Two sequences x 8 heads: 128 bf16 elements and one fp32 log-sum-exp each.
  EXPECT_EQ(named(program, "attention_combine").message_bytes, Bytes(2 * 8 * (128 * 2 + 4)));
  const std::int64_t linear = a.layers * (a.attention_parameters_per_layer() + a.mlp_parameters_per_layer());
  EXPECT_EQ(16 * sum(program, &Operator::weight_bytes),
            linear + 2 * a.lm_head_parameters() + 16 * 2 * a.norm_parameters());
}

TEST(DecodeStepTest, VocabularyIsPaddedUpToTheRanks) {
  Architecture a = toy();
  a.vocabulary = 9;
  const StepProgram program = step_of({a, {}, 2, false}, {0});
  EXPECT_EQ(named(program, "lm_head").n, 5);
  EXPECT_EQ(named(program, "sampling").input_bytes, Bytes(2 * 5 * 2));
}

TEST(DecodeStepTest, RefillingAllocatesNothing) {
  const DecodeStepBuilder builder({llama_70b(), fp8(), 8, false});
  StepProgram program;
  builder.fill(Contexts{1, 2, 3}, program);
  const Operator* const data = program.operators.data();
  const std::size_t size = program.operators.size();
  builder.fill(Contexts{2, 3, 4, 5}, program);
  EXPECT_EQ(program.operators.data(), data);
  EXPECT_EQ(program.operators.size(), size);
}

TEST(DecodeStepTest, EmptyAndNegativeBatchesAreInternalErrors) {
  const DecodeStepBuilder builder({toy(), {}, 1, false});
  StepProgram program;
  EXPECT_THROW(builder.fill(Contexts{}, program), InternalError);
  EXPECT_THROW(builder.fill(Contexts{-1}, program), InternalError);
}

TEST(DecodeStepTest, ParallelismThatDoesNotDivideTheModelIsNamed) {
  EXPECT_THAT(problems({llama_70b(), {}, 8, false}), IsEmpty());
  EXPECT_THAT(problems({llama_70b(), {}, 64, true}), IsEmpty());
  EXPECT_THAT(problems({llama_70b(), {}, 6, false}),
              ElementsAre("tensor parallelism 6 does not divide the 64 query heads of llama-3-70b; expected a divisor "
                          "of 64",
                          "tensor parallelism 6 does not divide the MLP width 28672 of llama-3-70b; expected a divisor "
                          "of 28672",
                          "tensor parallelism 6 neither divides the 8 kv heads of llama-3-70b nor is a multiple of "
                          "them; expected one of the two"));
  EXPECT_THAT(problems({llama_70b(), {}, 0, false}), ElementsAre(HasSubstr("expected at least 1")));
  EXPECT_THROW(DecodeStepBuilder({llama_70b(), {}, 6, false}), InternalError);
}

TEST(DecodeStepTest, SplitHeadsMustGiveEqualColumns) {
  Architecture a = toy();
  a.q_heads = 16;
  EXPECT_THAT(problems({a, {}, 16, true}), ElementsAre(HasSubstr("2 x 2) into 8 unequal parts")));
}

Bytes need(const std::vector<MemoryNeed>& needs, std::string_view name) {
  for (const MemoryNeed& n : needs)
    if (n.name == name) return n.bytes;
  return Bytes(-1);
}

TEST(MemoryNeedsTest, WeightsOfAllRanksAreTheModel) {
  const Architecture a = llama_70b();
  const auto needs = DecodeStepBuilder({a, fp8(), 8, false}).memory_needs(16, 16 * 2048);
  EXPECT_EQ(8 * need(needs, "embedding table"), Bytes(2 * a.embedding_parameters()));
  EXPECT_EQ(8 * need(needs, "attention weights"), Bytes(a.layers * a.attention_parameters_per_layer()));
  EXPECT_EQ(8 * need(needs, "mlp weights"), Bytes(a.layers * a.mlp_parameters_per_layer()));
  EXPECT_EQ(need(needs, "norm weights"), Bytes(2 * a.norm_parameters()));
  EXPECT_EQ(8 * need(needs, "lm_head weights"), Bytes(2 * a.lm_head_parameters()));
  EXPECT_EQ(8 * need(needs, "kv cache"), a.kv_bytes_per_token(DataType::kFp8) * (16 * 2048));
}

TEST(MemoryNeedsTest, ToyActivationsAreTheResidualAndTheWidestNeighbours) {
  const auto needs = DecodeStepBuilder({toy(), {}, 2, false}).memory_needs(3, 30);
  // Beside 8 of residual: 8 + 2 x 8 around gate_up_proj, and 3 x 8 around the activation; both 24.
  EXPECT_EQ(need(needs, "activations"), Bytes(3 * (8 + 24) * 2));
  EXPECT_EQ(need(needs, "logits"), Bytes(3 * (5 + 10) * 2));
}

TEST(MemoryNeedsTest, SplitCacheHoldsItsShareRoundedUpBySequence) {
  const auto whole = DecodeStepBuilder({llama_70b(), fp8(), 32, false}).memory_needs(2, 1000);
  const auto split = DecodeStepBuilder({llama_70b(), fp8(), 32, true}).memory_needs(2, 1000);
  const Bytes token(80 * 2 * 128);
  EXPECT_EQ(need(whole, "kv cache"), token * 1000);
  EXPECT_EQ(need(split, "kv cache"), token * 252);  // (1000 + 2 x 3) / 4, rounded up
}

TEST(MemoryNeedsTest, TiedOutputProjectionNeedsNothing) {
  Architecture a = toy();
  a.tied_embeddings = true;
  EXPECT_EQ(need(DecodeStepBuilder({a, {}, 1, false}).memory_needs(1, 1), "lm_head weights"), Bytes(0));
}

}  // namespace
}  // namespace decodesim
