// SPDX-License-Identifier: Apache-2.0
// What a rank holds of a corpus and reads of it in a step.
#include "workloads/retrieval.hpp"

#include <gtest/gtest.h>

#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {

DecodeConfig with_corpus(std::int64_t corpus, std::int64_t read, std::int64_t run = 100) {
  DecodeConfig config;
  config.architecture = test::toy_architecture(2);
  config.retrieval = {Bytes(corpus), Bytes(read), Bytes(run)};
  return config;
}

std::vector<Operator> reads_of(const StepProgram& step) {
  std::vector<Operator> out;
  for (const Operator& op : step.operators)
    if (op.kind == OperatorKind::kRetrieval) out.push_back(op);
  return out;
}

Bytes corpus_of(const DecodeConfig& config, std::int64_t stage = 0) {
  for (const MemoryNeed& need : DecodeStepBuilder(config).memory_needs({2, 20, 2, 2}, stage))
    if (need.name == "corpus") return need.bytes;
  return Bytes(-1);
}

TEST(RetrievalTest, AStepReadsOnceBeforeItsLayers) {
  const StepProgram step = test::step_of(with_corpus(10'000, 1'000), {20, 30, 40});
  ASSERT_EQ(reads_of(step).size(), 1U);
  EXPECT_EQ(reads_of(step)[0].retrieved, Bytes(1'000));
  EXPECT_EQ(reads_of(step)[0].retrieved_run, Bytes(100));
  EXPECT_EQ(reads_of(step)[0].weight_bytes, Bytes());
  EXPECT_EQ(step.operators[0].name, "embedding");
  EXPECT_EQ(step.operators[1].kind, OperatorKind::kRetrieval);
  EXPECT_EQ(step.operators[2].layer, 0);
}

TEST(RetrievalTest, EachRankHasAndReadsItsShareRoundedUp) {
  DecodeConfig config = with_corpus(10'001, 1'001, 700);
  config.parallel.tensor = 2;
  EXPECT_EQ(corpus_of(config), Bytes(5'001));
  const std::vector<Operator> reads = reads_of(test::step_of(config, {20}));
  ASSERT_EQ(reads.size(), 1U);
  EXPECT_EQ(reads[0].retrieved, Bytes(501));
  EXPECT_EQ(reads[0].retrieved_run, Bytes(501));  // no more than is read
}

// Two stages have two micro-batches: four reads of a quarter each.
TEST(RetrievalTest, MicroBatchesShareTheReadOfTheirStage) {
  DecodeConfig config = with_corpus(10'000, 1'000);
  config.parallel.pipeline = 2;
  const DecodeStepBuilder builder(config);
  const std::vector<SequenceStep> sequences(4, {20, 1, 1});
  for (std::int64_t stage = 0; stage < 2; ++stage) {
    StepProgram step;
    builder.fill(sequences, {.stage = stage}, step);
    const std::vector<Operator> reads = reads_of(step);
    ASSERT_EQ(reads.size(), 2U) << stage;
    EXPECT_EQ(reads[0].retrieved, Bytes(250));
    EXPECT_EQ(reads[1].retrieved, Bytes(250));
    EXPECT_EQ(corpus_of(config, stage), Bytes(5'000));
  }
}

TEST(RetrievalTest, ReplicasReadSharesOfTheSameCorpus) {
  DecodeConfig config = with_corpus(10'000, 1'000);
  config.parallel.data = 4;
  EXPECT_EQ(corpus_of(config), Bytes(2'500));
  const std::vector<Operator> reads = reads_of(test::step_of(config, {20, 20, 20, 20}));
  ASSERT_EQ(reads.size(), 1U);
  EXPECT_EQ(reads[0].retrieved, Bytes(250));
}

TEST(RetrievalTest, WithoutACorpusNothingIsReadOrHeld) {
  const DecodeConfig config = with_corpus(0, 0);
  EXPECT_FALSE(config.retrieval.present());
  EXPECT_TRUE(reads_of(test::step_of(config, {20})).empty());
  EXPECT_EQ(corpus_of(config), Bytes());
}

TEST(RetrievalTest, AModuleThatDraftsReadsNothing) {
  DecodeConfig config = with_corpus(10'000, 1'000);
  config.architecture.mtp_modules = 1;
  EXPECT_TRUE(reads_of(test::step_of(mtp_module_of(config), {20})).empty());
}

}  // namespace
}  // namespace decodesim
