// SPDX-License-Identifier: Apache-2.0
// Steps of divided models: what all ranks have together is what one has alone, and who sends what to whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/core/component/require.hpp"
#include "test/support/toy_step.hpp"
#include "workloads/model_library.hpp"

namespace decodesim {
namespace {

using namespace literals;
using ::testing::ElementsAre;
using Steps = std::vector<SequenceStep>;

Parallelism degrees(std::int64_t tensor, std::int64_t pipeline, std::int64_t expert, std::int64_t data,
                    std::int64_t context) {
  Parallelism p;
  p.tensor = tensor;
  p.pipeline = pipeline;
  p.expert = expert;
  p.data = data;
  p.context = context;
  return p;
}

Architecture toy() {
  Architecture a = test::toy_architecture(4);
  a.moe.experts = 8;
  a.moe.experts_per_token = 2;
  a.moe.intermediate = 16;
  a.moe.first_dense_layers = 1;
  return a;
}

// Sequence i has 10 x (i + 1) tokens in its cache.
Steps batch_of(std::int64_t sequences) {
  Steps out;
  for (std::int64_t i = 0; i < sequences; ++i) out.push_back({.cached = 10 * (i + 1)});
  return out;
}

StepProgram program_of(const DecodeConfig& config, const Steps& steps, const StepPart& part) {
  StepProgram program;
  DecodeStepBuilder(config).fill(steps, part, program);
  return program;
}

struct Sums {
  std::int64_t split_weights = 0;  // of projections that ranks divide
  std::int64_t kv_read = 0;
  std::int64_t kv_written = 0;
  std::int64_t flops = 0;  // of products that ranks divide, and attention
  friend bool operator==(const Sums&, const Sums&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Sums& s) {
    return out << "weights " << s.split_weights << " read " << s.kv_read << " written " << s.kv_written << " flops "
               << s.flops;
  }
};

bool divided(const Operator& op) {
  const bool product = op.kind == OperatorKind::kGemm || op.kind == OperatorKind::kAttention ||
                       op.kind == OperatorKind::kLatentAttention;
  return product && op.name != "router" && op.name != "qkv_a_proj";
}

// Over all ranks: those of one replica and stage are alike.
Sums sums_of(const DecodeConfig& config, const Steps& steps) {
  Sums sums;
  const Parallelism& p = config.parallel;
  for (std::int64_t stage = 0; stage < p.pipeline; ++stage)
    for (std::int64_t replica = 0; replica < p.data; ++replica)
      for (const Operator& op : program_of(config, steps, {stage, replica}).operators) {
        if (divided(op)) sums.split_weights += p.replica_ranks() * op.weight_bytes.count();
        if (divided(op)) sums.flops += p.replica_ranks() * op.flops.count();
        sums.kv_read += p.replica_ranks() * op.kv_read.count();
        sums.kv_written += p.replica_ranks() * op.kv_written.count();
      }
  return sums;
}

// 32 tokens reach all experts on one rank and on several, so that what is read does not depend on who is asked.
TEST(DecodeStepShardingTest, AllRanksTogetherDoWhatOneDoes) {
  const Steps steps(32, SequenceStep{.cached = 15});
  Architecture a = toy();
  a.vocabulary = 8;
  const Sums one = sums_of({a, {}, 1, false}, steps);
  EXPECT_EQ(sums_of({a, {}, 2, false}, steps), one);
  EXPECT_EQ(sums_of({a, {}, degrees(2, 1, 2, 1, 1), false}, steps), one);
  // Stages read their weights once a micro-batch.
  Sums staged = sums_of({a, {}, degrees(1, 4, 1, 1, 1), false}, steps);
  EXPECT_GT(staged.split_weights, one.split_weights);
  staged.split_weights = one.split_weights;
  EXPECT_EQ(staged, one);
  // A split cache is read in parts; every rank of a group appends, and attention's work is the same.
  Sums split = sums_of({a, {}, degrees(2, 1, 1, 1, 2), false}, steps);
  EXPECT_EQ(split.kv_written, 2 * one.kv_written);
  split.kv_written = one.kv_written;
  EXPECT_EQ(split, one);
}

// Replicas have attention, the dense MLP and the output twice; the experts once.
TEST(DecodeStepShardingTest, ReplicasRepeatAllButTheExperts) {
  const Steps steps(64, SequenceStep{.cached = 15});
  Architecture a = toy();
  a.vocabulary = 8;
  const Sums one = sums_of({a, {}, 1, false}, steps);
  const std::int64_t experts = 2 * 3 * (3 * 8 * 16) * 8;  // bf16, three layers, three matrices
  for (const std::int64_t expert : {1, 2, 4}) {
    Sums sums = sums_of({a, {}, degrees(2, 1, expert, 2, 1), false}, steps);
    EXPECT_EQ(sums.split_weights, 2 * (one.split_weights - experts) + experts) << expert;
    sums.split_weights = one.split_weights;
    EXPECT_EQ(sums, one) << expert;
  }
}

TEST(DecodeStepShardingTest, MemoryOfAllStagesIsTheModel) {
  const Architecture a = toy();
  const DecodeStepBuilder builder({a, {}, degrees(1, 3, 1, 1, 1), false});
  Bytes weights;
  Bytes cache;
  for (std::int64_t stage = 0; stage < 3; ++stage)
    for (const MemoryNeed& need : builder.memory_needs({2, 100, 2, 2}, stage)) {
      if (need.traffic == TrafficClass::kWeights) weights += need.bytes;
      if (need.traffic == TrafficClass::kKvCache) cache += need.bytes;
    }
  EXPECT_EQ(weights, Bytes(2 * a.parameter_count()));
  EXPECT_EQ(cache, a.kv_bytes(DataType::kBf16, 100));
  Architecture tied = a;
  tied.tied_embeddings = true;  // the first stage's table is the last stage's output projection
  const DecodeStepBuilder staged({tied, {}, degrees(1, 3, 1, 1, 1), false});
  EXPECT_EQ(staged.memory_needs(1, 1).front().bytes, Bytes(2 * a.embedding_parameters()));
  Bytes last;
  for (const MemoryNeed& need : staged.memory_needs({1, 1, 1, 1}, 2))
    if (need.name == "lm_head weights") last = need.bytes;
  EXPECT_EQ(last, Bytes(2 * a.embedding_parameters()));
}

std::vector<std::string_view> messages_of(const StepProgram& program) {
  std::vector<std::string_view> out;
  for (const Operator& op : program.operators)
    if (op.kind == OperatorKind::kSend || op.kind == OperatorKind::kReceive || op.name == "embedding" ||
        op.name == "sampling")
      out.push_back(op.name);
  return out;
}

// Three sequences in two stages are micro-batches {0, 2} and {1}.
TEST(DecodeStepShardingTest, StagesPassMicroBatchesOnAndTokensBack) {
  const DecodeConfig config{toy(), {}, degrees(1, 2, 1, 1, 1), false};
  const StepProgram first = program_of(config, batch_of(3), {0, 0, 2, true});
  EXPECT_THAT(messages_of(first),
              ElementsAre("receive_tokens", "embedding", "send_hidden", "receive_tokens", "embedding", "send_hidden"));
  const StepProgram last = program_of(config, batch_of(3), {1, 0, 2, true});
  EXPECT_THAT(messages_of(last),
              ElementsAre("receive_hidden", "sampling", "send_tokens", "receive_hidden", "sampling", "send_tokens"));
  EXPECT_THAT(messages_of(program_of(config, batch_of(3), {1, 0, 0, false})),
              ElementsAre("receive_hidden", "sampling", "receive_hidden", "sampling"));
  std::vector<std::int64_t> tokens;
  for (const Operator& op : first.operators)
    if (op.name == "attention" && op.layer == 0) tokens.push_back(op.kv_tokens);
  EXPECT_THAT(tokens, ElementsAre(11 + 31, 21));
  const auto sent = std::find_if(first.operators.begin(), first.operators.end(),
                                 [](const Operator& op) { return op.kind == OperatorKind::kSend; });
  EXPECT_EQ(sent->message_bytes, Bytes(2 * 2 * 8));
  EXPECT_EQ(sent->peer, 1);
  EXPECT_EQ(last.operators.front().peer, -1);
  EXPECT_EQ(last.operators.back().peer, -1);
  EXPECT_EQ(last.operators.back().message_bytes, 4_B);
}

// Whatever the batch was before, every micro-batch's tokens are received.
TEST(DecodeStepShardingTest, TokensOfTheStepBeforeAreAllReceived) {
  const DecodeConfig config{toy(), {}, degrees(1, 4, 1, 1, 1), false};
  const auto received = [&](std::int64_t sequences, std::int64_t before) {
    const StepProgram program = program_of(config, batch_of(sequences), {0, 0, before, true});
    return std::count_if(program.operators.begin(), program.operators.end(),
                         [](const Operator& op) { return op.name == "receive_tokens"; });
  };
  for (std::int64_t sequences = 1; sequences <= 5; ++sequences)
    for (std::int64_t before = 0; before <= 4; ++before) EXPECT_EQ(received(sequences, before), before);
}

TEST(DecodeStepShardingTest, MicroBatchesShareTheirWeights) {
  const DecodeConfig config{toy(), {}, degrees(1, 2, 1, 1, 1), false};
  const StepProgram program = program_of(config, batch_of(4), {0, 0, 1, true});
  std::vector<std::size_t> tensors;
  for (std::size_t i = 0; i < program.operators.size(); ++i)
    if (program.operators[i].name == "qkv_proj" && program.operators[i].layer == 1)
      tensors.push_back(program.tensor_of(i));
  ASSERT_EQ(tensors.size(), 2U);
  EXPECT_EQ(tensors[0], tensors[1]);
}

// 2 of 8 experts a token, 2 on each of 4 ranks: a token reaches a rank unless both miss it, 1 - 6/8 x 5/7 = 13/28. Two
// rows of 8 elements are 16 elements, of which 7.43 go to each rank: 8 of an fp8 byte, and 8 of bf16 back.
TEST(DecodeStepShardingTest, RowsTravelToTheRanksThatHaveTheirExperts) {
  Architecture a = toy();
  Precision precision;
  precision.weights = DataType::kFp8;
  const StepProgram program = program_of({a, precision, degrees(1, 1, 4, 4, 1), false}, batch_of(8), {0, 1});
  const auto named = [&](std::string_view name) {
    return *std::find_if(program.operators.begin(), program.operators.end(),
                         [&](const Operator& op) { return op.name == name; });
  };
  EXPECT_EQ(named("experts_dispatch").kind, OperatorKind::kAllToAll);
  EXPECT_EQ(named("experts_dispatch").message_bytes, 8_B);
  EXPECT_EQ(named("experts_dispatch").group, 4);
  EXPECT_EQ(named("experts_return").message_bytes, 16_B);
  EXPECT_EQ(named("experts_gate_up").groups, 2);  // 8 x (1 - (3/4)^8) = 7.2 of 8 experts, on 4 ranks
  EXPECT_EQ(named("experts_gate_up").m, 2);       // 8 tokens x 2 / 4 ranks / 2 experts
  EXPECT_EQ(named("attention").sequences, 2);
  EXPECT_EQ(named("attention").kv_tokens, 21 + 61);  // sequences 1 and 5
}

TEST(DecodeStepShardingTest, AReplicaWithoutSequencesGoesAlong) {
  const StepProgram idle = program_of({toy(), {}, degrees(1, 1, 2, 2, 1), false}, batch_of(1), {0, 1});
  const auto attention = std::find_if(idle.operators.begin(), idle.operators.end(),
                                      [](const Operator& op) { return op.name == "attention"; });
  EXPECT_EQ(attention->sequences, 1);
  EXPECT_EQ(attention->kv_tokens, 1);
}

TEST(DecodeStepShardingTest, ReachingShareIsThatOfDrawingWithoutReturning) {
  MoeShape moe;
  moe.experts = 8;
  moe.experts_per_token = 2;
  const double one = std::int64_t{1} << 40;
  EXPECT_NEAR(static_cast<double>(reaching_share(moe, 2)) / one, 13.0 / 28, 1e-9);
  EXPECT_EQ(reaching_share(moe, 8), std::int64_t{1} << 40);
  EXPECT_EQ(reaching_share(moe, 7), std::int64_t{1} << 40);  // two cannot both be the eighth
  EXPECT_NEAR(static_cast<double>(reaching_share(moe, 1)) / one, 0.25, 1e-9);
}

// A power law has the busiest rank do more rows than the mean; those of all experts stay the tokens' choices.
TEST(DecodeStepShardingTest, APowerLawLoadsTheBusiestRank) {
  DecodeConfig config{toy(), {}, degrees(1, 1, 4, 4, 1), false};
  config.routing_alpha_ppm = 1'200'000;
  const DecodeStepBuilder builder(config);  // the rows are its own
  StepProgram program;
  builder.fill(Steps(64), program);
  const auto up = std::find_if(program.operators.begin(), program.operators.end(),
                               [](const Operator& op) { return op.name == "experts_gate_up"; });
  std::int64_t rows = 0;
  for (const std::int64_t each : up->group_rows) rows += each;
  EXPECT_GT(rows, 64 * 2 / 4);
  EXPECT_EQ(up->flops, Flops(2 * rows * 32 * 8));
}

TEST(DecodeStepShardingTest, DeepSeekV3DividesAsItIsServed) {
  Diagnostics diagnostics;
  const ModelLibrary library(DECODESIM_SOURCE_DIR "/workloads/models", diagnostics);
  const Architecture& a = library.find("deepseek-v3")->architecture;
  for (const Parallelism& p : {degrees(8, 1, 1, 1, 1), degrees(8, 1, 8, 1, 1), degrees(1, 1, 8, 8, 1),
                               degrees(4, 1, 8, 2, 1), degrees(8, 2, 8, 1, 1), degrees(2, 1, 8, 2, 2)})
    EXPECT_TRUE(problems({a, {}, p, false}).empty()) << problems({a, {}, p, false}).front();
}

}  // namespace
}  // namespace decodesim
