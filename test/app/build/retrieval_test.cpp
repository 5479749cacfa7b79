// SPDX-License-Identifier: Apache-2.0
// A corpus that every step reads from, on a toy model: which bytes, and how long they take.
#include <gtest/gtest.h>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "test/support/in_child.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;

// Three steps; the corpus has the second memory to itself.
Plan corpus_plan(Bytes read, std::int64_t ranks = 1) {
  Plan plan = test::toy_plan(ranks);
  MemoryPlan second;
  second.name = second.part = "second";
  second.flat.emplace();
  second.flat->bandwidth = 10_GBps;
  second.flat->capacity = 16_GiB;
  plan.memory.push_back(second);
  plan.placement.corpus = 1;
  if (!read.is_zero()) plan.workload.decode.retrieval = {1_GiB, read, 4_KiB};
  return plan;
}

struct Outcome {
  std::int64_t others = 0;  // bytes read from the first memory
  std::int64_t corpus = 0;  // and from the second
  std::int64_t counted = 0;
  std::int64_t latency = 0;  // of a step
  std::int64_t pages = 0;    // of flash
  std::int64_t staged = 0;
};

Outcome outcome_of(const Plan& plan) {
  return test::in_child([&plan] {
    ProgressListener quiet;
    const RunResult result = simulate(plan, quiet);
    self_check(plan, result);
    const auto& flash = result.memory[1].flash;
    return Outcome{result.memory[0].bytes_read.count(),
                   result.memory[1].bytes_read.count(),
                   checked::narrow(result.cache_traffic.retrieved),
                   result.steps.back().latency.count(),
                   flash ? flash->activity.read_pages : 0,
                   flash ? flash->activity.staged : 0};
  });
}

TEST(RetrievalTest, EveryStepReadsItFromTheTierThatHasIt) {
  const Outcome without = outcome_of(corpus_plan(Bytes()));
  const Outcome with = outcome_of(corpus_plan(Bytes(10'000'000)));
  EXPECT_EQ(without.corpus, 0);
  EXPECT_EQ(without.counted, 0);
  EXPECT_EQ(with.corpus, 3 * 10'000'000);
  EXPECT_EQ(with.counted, 3 * 10'000'000);
  EXPECT_EQ(with.others, without.others);
}

// 10 MB at 10 GB/s are 1 ms, and 25 us through SRAM at 4 x 100 GB/s; nothing of the step hides any of it. A kernel more
// takes 1 us to start, and a load 300 ns on its way.
TEST(RetrievalTest, AStepIsLongerByTheTimeOfTheRead) {
  const Outcome without = outcome_of(corpus_plan(Bytes()));
  const Outcome one = outcome_of(corpus_plan(Bytes(10'000'000)));
  const Outcome two = outcome_of(corpus_plan(Bytes(20'000'000)));
  const std::int64_t time = 1'025'000'000;  // ps
  EXPECT_GE(one.latency - without.latency, time + 1'300'000);
  EXPECT_LE(one.latency - without.latency, time + 2'000'000);
  EXPECT_NEAR(static_cast<double>(two.latency - one.latency), static_cast<double>(time), 0.0001 * time);
}

// A share of 10,000,001 B on each of two ranks is 5,000,001 B.
TEST(RetrievalTest, EachRankReadsItsShareFoldedOrNot) {
  Plan plan = corpus_plan(Bytes(10'000'001), 2);
  const Outcome all = outcome_of(plan);
  plan.run.fold = true;
  const Outcome folded = outcome_of(plan);
  EXPECT_EQ(all.corpus, 3 * 2 * 5'000'001);
  EXPECT_EQ(folded.corpus, all.corpus);
  EXPECT_EQ(folded.counted, all.counted);
  EXPECT_EQ(folded.latency, all.latency);
}

TEST(RetrievalTest, FlashReadsThePagesAndNoneAhead) {
  Plan plan = corpus_plan(40_MiB);
  plan.memory[1].flat.reset();
  plan.memory[1].hbf.emplace();
  const Outcome now = outcome_of(plan);
  EXPECT_EQ(now.corpus, 3 * (40_MiB).count());
  EXPECT_EQ(now.pages, 3 * 10'240);
  EXPECT_EQ(now.staged, 0);
}

// Nothing is read ahead, and the pages are wherever they are: 76 percent of the rate are left, the way through SRAM
// counted.
TEST(RetrievalTest, AReadAtFlashsBandwidthTakesAtLeastThatTimeAndNotMuchMore) {
  const auto latency = [](Bytes read) {
    Plan plan = corpus_plan(read);
    plan.memory[1].flat.reset();
    plan.memory[1].hbf.emplace();
    plan.accelerator.in_flight_per_core = 16_MiB;
    plan.accelerator.sram_bandwidth_per_core = 10_TBps;
    return outcome_of(plan).latency;
  };
  const std::int64_t more = latency(Bytes(800'000'000)) - latency(Bytes(400'000'000));
  MemoryPlan flash;
  flash.hbf.emplace();
  const auto least = static_cast<double>((Bytes(400'000'000) / flash.peak()).count());
  EXPECT_GE(static_cast<double>(more), 0.999 * least);
  EXPECT_LE(static_cast<double>(more), 1.35 * least);
}

}  // namespace
}  // namespace decodesim
