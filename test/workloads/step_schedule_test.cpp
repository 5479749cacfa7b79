// SPDX-License-Identifier: Apache-2.0
// What the steps of each kind compute and produce, against numbers worked out by hand.
#include "workloads/steps/step_schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/core/component/require.hpp"
#include "workloads/batching/continuous_batching.hpp"

namespace decodesim {
namespace {
using namespace literals;
using ::testing::Each;
using ::testing::ElementsAre;

ScheduleInput batch_of(std::int64_t batch, std::int64_t context) {
  ScheduleInput input;
  input.batch = batch;
  input.context = context;
  return input;
}

ScheduleInput prompts_of(std::int64_t batch, const Prefill& prefill, std::int64_t vision = 0) {
  ScheduleInput input = batch_of(batch, 0);
  input.kinds.prefill = prefill;
  input.kinds.vision_tokens = vision;
  return input;
}

ScheduleInput speculation_of(std::int64_t batch, std::int64_t context, const Speculation& speculation) {
  ScheduleInput input = batch_of(batch, context);
  input.kinds.speculation = speculation;
  return input;
}

// All inputs whose steps the laws are held against, with how many of them.
std::vector<std::pair<ScheduleInput, std::int64_t>> all_kinds() {
  std::vector<std::pair<ScheduleInput, std::int64_t>> out;
  out.emplace_back(batch_of(3, 10), 4);
  ScheduleInput traced;
  traced.trace = std::make_shared<DecodeTrace>(
      continuous_batching(std::vector<Request>{{{}, 5, 4}, {{}, 9, 3}, {{}, 2, 6}}, {2, 0}));
  traced.kinds.vision_tokens = 7;
  out.emplace_back(traced, traced.trace->steps());
  ScheduleInput mixed = batch_of(3, 10);
  mixed.kinds.chunk = PrefillChunk{64, 128};
  out.emplace_back(mixed, 4);
  ScheduleInput replaced = batch_of(3, 10);
  replaced.kinds.arrivals = Arrivals{7, 5};
  out.emplace_back(replaced, 4);
  out.emplace_back(prompts_of(2, {100, 32, 5}, 20), *steps_of(prompts_of(2, {100, 32, 5}, 20).kinds));
  for (const DraftMethod method : {DraftMethod::kMtp, DraftMethod::kDraft})
    for (const Ratio acceptance : {0_percent, 70_percent, 100_percent})
      for (const std::int64_t context : {0, 1, 50})
        out.emplace_back(speculation_of(4, context, {method, 3, acceptance}), 20);
  ScheduleInput blocks = batch_of(2, 40);
  blocks.kinds.diffusion = BlockDiffusion{16, 4, true, 3};
  out.emplace_back(blocks, *steps_of(blocks.kinds));
  return out;
}

TEST(StepScheduleTest, DecodingIsOneTokenASequence) {
  ScheduleInput input = batch_of(2, 10);
  input.kinds.vision_tokens = 5;
  StepSchedule schedule(input);
  for (int step = 0; step < 3; ++step) {
    const StepWork& work = schedule.at(step);
    ASSERT_EQ(work.passes.size(), 1U);
    EXPECT_THAT(work.of_model().sequences, ElementsAre(SequenceStep{15, 1, 1}, SequenceStep{15, 1, 1}));
    EXPECT_EQ(work.produced, 2);
  }
}

TEST(StepScheduleTest, SequencesThatSlideAreATokenApart) {
  ScheduleInput input = batch_of(2, 10);
  input.slides = true;
  StepSchedule schedule(input);
  for (int step = 0; step < 3; ++step)
    EXPECT_THAT(schedule.at(step).of_model().sequences,
                ElementsAre(SequenceStep{.cached = 10, .slid = step}, SequenceStep{.cached = 10, .slid = step + 1}));
}

TEST(StepScheduleTest, TracesAreDecodedAsTheyAre) {
  ScheduleInput input;
  input.trace =
      std::make_shared<DecodeTrace>(continuous_batching(std::vector<Request>{{{}, 5, 3}, {{}, 9, 2}}, {2, 0}));
  input.kinds.vision_tokens = 100;
  StepSchedule schedule(input);
  EXPECT_THAT(schedule.at(0).of_model().sequences, ElementsAre(SequenceStep{105}, SequenceStep{109}));
  EXPECT_THAT(schedule.at(1).of_model().sequences, ElementsAre(SequenceStep{106}));
  EXPECT_THROW(schedule.at(2), InternalError);
  const StepPeak peak = peak_of(input, PassOf::kModel);
  EXPECT_EQ(peak.sequences, 2);
  EXPECT_EQ(peak.kv_tokens, 106 + 110);
}

TEST(StepScheduleTest, APieceOfAPromptMakesNoToken) {
  ScheduleInput input = batch_of(2, 10);
  input.kinds.chunk = PrefillChunk{64, 128};
  StepSchedule schedule(input);
  const StepWork& work = schedule.at(0);
  EXPECT_THAT(work.of_model().sequences, ElementsAre(SequenceStep{10}, SequenceStep{10}, SequenceStep{128, 64, 0}));
  EXPECT_EQ(work.sequences, 2);
  EXPECT_EQ(work.produced, 2);
  const StepPeak peak = peak_of(input, PassOf::kModel);
  EXPECT_EQ(peak.kv_tokens, 2 * 11 + 192);
  EXPECT_EQ(peak.tokens, 2 + 64);
  EXPECT_EQ(peak.logits, 2);
}

// 8 vision tokens and 92 of text in chunks of 32: 32, 32, 32, 4; then two more tokens.
TEST(StepScheduleTest, PromptsAreComputedInChunksAndThenDecoded) {
  const ScheduleInput input = prompts_of(2, {92, 32, 3}, 8);
  ASSERT_EQ(steps_of(input.kinds), 6);
  StepSchedule schedule(input);
  std::vector<SequenceStep> first;
  std::vector<std::int64_t> produced;
  for (int step = 0; step < 6; ++step) {
    const StepWork& work = schedule.at(step);
    first.push_back(work.of_model().sequences.front());
    EXPECT_EQ(work.of_model().sequences, std::vector<SequenceStep>(2, first.back()));
    produced.push_back(work.produced);
  }
  EXPECT_THAT(first, ElementsAre(SequenceStep{0, 32, 0}, SequenceStep{32, 32, 0}, SequenceStep{64, 32, 0},
                                 SequenceStep{96, 4, 1}, SequenceStep{100}, SequenceStep{101}));
  EXPECT_THAT(produced, ElementsAre(0, 0, 0, 2, 2, 2));
}

TEST(StepScheduleTest, WithoutAChunkAPromptIsOneStep) {
  for (const std::int64_t chunk : {0, 100, 5'000}) {
    const ScheduleInput input = prompts_of(1, {100, chunk, 1});
    EXPECT_EQ(steps_of(input.kinds), 1);
    EXPECT_THAT(StepSchedule(input).at(0).of_model().sequences, ElementsAre(SequenceStep{0, 100, 1}));
  }
}

// Verification of 3 drafted tokens after the last one: 4 positions at 50 cached tokens, all with logits.
TEST(StepScheduleTest, AModuleSeesTheAcceptedTokensAndDraftsOneByOne) {
  StepSchedule schedule(speculation_of(1, 50, {DraftMethod::kMtp, 3, 100_percent}));
  schedule.at(0);
  const StepWork& work = schedule.at(1);  // the one before accepted all 3
  ASSERT_EQ(work.passes.size(), 4U);
  EXPECT_THAT(work.passes[0].sequences, ElementsAre(SequenceStep{46, 4, 1}));
  EXPECT_THAT(work.passes[1].sequences, ElementsAre(SequenceStep{50, 1, 1}));
  EXPECT_THAT(work.passes[2].sequences, ElementsAre(SequenceStep{51, 1, 1}));
  EXPECT_THAT(work.passes[3].sequences, ElementsAre(SequenceStep{50, 4, 4}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(work.passes[static_cast<std::size_t>(i)].of, PassOf::kDraft);
  EXPECT_EQ(work.passes[3].of, PassOf::kModel);
}

// Its own guesses are in its cache, but for the last one when all are accepted.
TEST(StepScheduleTest, ADraftModelSeesWhatItHasNotGuessed) {
  StepSchedule all(speculation_of(1, 50, {DraftMethod::kDraft, 2, 100_percent}));
  EXPECT_THAT(all.at(0).passes[0].sequences, ElementsAre(SequenceStep{50, 1, 1}));
  const StepWork& work = all.at(1);
  EXPECT_THAT(work.passes[0].sequences, ElementsAre(SequenceStep{49, 2, 1}));
  EXPECT_THAT(work.passes[1].sequences, ElementsAre(SequenceStep{51, 1, 1}));
  StepSchedule none(speculation_of(1, 50, {DraftMethod::kDraft, 2, 0_percent}));
  none.at(0);
  EXPECT_THAT(none.at(1).passes[0].sequences, ElementsAre(SequenceStep{50, 1, 1}));
}

TEST(StepScheduleTest, DraftingGoesInOrderAndEverythingElseInAny) {
  StepSchedule drafting(speculation_of(1, 50, {DraftMethod::kMtp, 3, 50_percent}));
  const std::int64_t produced = drafting.at(0).produced;
  EXPECT_EQ(drafting.at(0).produced, produced);
  EXPECT_THROW(drafting.at(2), InternalError);
  StepSchedule prompts(prompts_of(1, {100, 40, 1}));
  EXPECT_THAT(prompts.at(2).of_model().sequences, ElementsAre(SequenceStep{80, 20, 1}));
  EXPECT_THAT(prompts.at(0).of_model().sequences, ElementsAre(SequenceStep{0, 40, 0}));
}

TEST(StepScheduleTest, AcceptanceOfOneProducesAllAndOfZeroOneToken) {
  for (const DraftMethod method : {DraftMethod::kMtp, DraftMethod::kDraft})
    for (const std::int64_t drafted : {1, 3, 8}) {
      StepSchedule all(speculation_of(5, 100, {method, drafted, 100_percent}));
      StepSchedule none(speculation_of(5, 100, {method, drafted, 0_percent}));
      for (int step = 0; step < 10; ++step) {
        EXPECT_EQ(all.at(step).produced, 5 * (drafted + 1));
        EXPECT_EQ(none.at(step).produced, 5);
      }
    }
}

// Expected: 1 + a + a^2 + a^3 = 2.952 tokens a step at a = 0.8 and 3 drafted ones (arXiv 2211.17192, equation 1). Over
// 100,000 draws its standard error is below 0.004.
TEST(StepScheduleTest, AcceptedTokensFollowTheirProbability) {
  StepSchedule schedule(speculation_of(1'000, 100, {DraftMethod::kMtp, 3, 80_percent}));
  std::int64_t produced = 0;
  for (int step = 0; step < 100; ++step) produced += schedule.at(step).produced;
  EXPECT_NEAR(static_cast<double>(produced) / 100'000, 2.952, 0.02);
}

// 3 sequences of 5 tokens: 3 prompts of 7 in each 5 steps, 21 tokens as evenly as whole tokens go.
TEST(StepScheduleTest, PromptsArriveAsSequencesEnd) {
  ScheduleInput input = batch_of(3, 10);
  input.kinds.arrivals = Arrivals{7, 5};
  StepSchedule schedule(input);
  std::vector<std::int64_t> arriving;
  for (int step = 0; step < 10; ++step) {
    const StepWork& work = schedule.at(step);
    arriving.push_back(work.arriving);
    EXPECT_THAT(work.of_model().sequences, Each(SequenceStep{10}));
    EXPECT_EQ(work.produced, 3);
  }
  EXPECT_THAT(arriving, ElementsAre(4, 4, 4, 4, 5, 4, 4, 4, 4, 5));
}

TEST(StepScheduleTest, TheSameSeedGivesTheSameSteps) {
  const auto produced = [](std::uint64_t seed) {
    ScheduleInput input = speculation_of(8, 100, {DraftMethod::kMtp, 3, 60_percent});
    input.seed = seed;
    StepSchedule schedule(input);
    std::vector<std::int64_t> out;
    for (int step = 0; step < 50; ++step) out.push_back(schedule.at(step).produced);
    return out;
  };
  EXPECT_EQ(produced(7), produced(7));
  EXPECT_NE(produced(7), produced(8));
}

// Two blocks of 4 at 10 cached tokens: two refinements each, and a step that computes the final keys and values.
TEST(StepScheduleTest, BlocksAreRefinedAndCommitted) {
  ScheduleInput input = batch_of(3, 10);
  input.kinds.diffusion = BlockDiffusion{4, 2, true, 2};
  ASSERT_EQ(steps_of(input.kinds), 6);
  StepSchedule schedule(input);
  std::vector<SequenceStep> first;
  std::vector<std::int64_t> produced;
  for (int step = 0; step < 6; ++step) {
    const StepWork& work = schedule.at(step);
    EXPECT_EQ(work.of_model().sequences.size(), 3U);
    first.push_back(work.of_model().sequences.front());
    produced.push_back(work.produced);
  }
  EXPECT_THAT(first,
              ElementsAre(SequenceStep{10, 4, 4, false}, SequenceStep{10, 4, 4, false}, SequenceStep{10, 4, 0, false},
                          SequenceStep{14, 4, 4, false}, SequenceStep{14, 4, 4, false}, SequenceStep{14, 4, 0, false}));
  EXPECT_THAT(produced, ElementsAre(0, 0, 12, 0, 0, 12));
}

TEST(StepScheduleTest, WithoutACommitStepTheLastRefinementProducesTheBlock) {
  ScheduleInput input = batch_of(1, 10);
  input.kinds.diffusion = BlockDiffusion{4, 2, false, 1};
  ASSERT_EQ(steps_of(input.kinds), 2);
  StepSchedule schedule(input);
  EXPECT_EQ(schedule.at(0).produced, 0);
  EXPECT_EQ(schedule.at(1).produced, 4);
}

TEST(StepScheduleTest, NoStepExceedsThePeak) {
  for (const auto& [input, steps] : all_kinds()) {
    StepSchedule schedule(input);
    const std::array<StepPeak, 2> peaks{peak_of(input, PassOf::kModel), peak_of(input, PassOf::kDraft)};
    std::array<StepPeak, 2> most;
    for (std::int64_t step = 0; step < steps; ++step)
      for (const Pass& pass : schedule.at(step).passes) {
        StepPeak here{static_cast<std::int64_t>(pass.sequences.size()), 0, 0, 0};
        for (const SequenceStep& s : pass.sequences) {
          ASSERT_GE(s.cached, 0);
          ASSERT_GE(s.tokens, 1);
          here.kv_tokens += s.cached + s.tokens;
          here.tokens += s.tokens;
          here.logits += s.logits;
        }
        StepPeak& m = most[pass.of == PassOf::kModel ? 0 : 1];
        m = {std::max(m.sequences, here.sequences), std::max(m.kv_tokens, here.kv_tokens),
             std::max(m.tokens, here.tokens), std::max(m.logits, here.logits)};
      }
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_LE(most[i].sequences, peaks[i].sequences);
      EXPECT_LE(most[i].kv_tokens, peaks[i].kv_tokens);
      EXPECT_LE(most[i].tokens, peaks[i].tokens);
      EXPECT_LE(most[i].logits, peaks[i].logits);
    }
    // Of the model it is reached.
    EXPECT_EQ(most[0].kv_tokens, peaks[0].kv_tokens);
    EXPECT_EQ(most[0].tokens, peaks[0].tokens);
  }
}

}  // namespace
}  // namespace decodesim
