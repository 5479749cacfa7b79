// SPDX-License-Identifier: Apache-2.0
// A corpus that steps read from: how a scenario says so, what a tier has to hold, and what is said of mistakes.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::kMinimal;
using test::mistakes;
using test::read;
using test::replaced;

// On eight ranks with 8 x 512 GB of flash each.
std::string scenario(const std::string& retrieval, const std::string& placement = "{corpus: hbf}") {
  return replaced(
             replaced(kMinimal, "workload:", "  memory: [{name: hbm}, {use: hbf-ma-patterson, stacks: 8}]\nworkload:"),
             "  context: 2048\n", "  context: 2048\n" + retrieval) +
         "  placement: " + placement + "\n";
}

std::string of(const std::string& keys) { return "  retrieval: {" + keys + "}\n"; }

TEST(RetrievalScenarioTest, ACorpusLiesInTheTierThatIsNamed) {
  const Plan plan = read(scenario(of("corpus: 256 GB, read: 64 MiB, run: 8 KiB")));
  const Retrieval& retrieval = plan.workload.decode.retrieval;
  EXPECT_EQ(retrieval.corpus, 256_GB);
  EXPECT_EQ(retrieval.read, 64_MiB);
  EXPECT_EQ(retrieval.run, 8_KiB);
  EXPECT_EQ(plan.placement.corpus, 1);
  const std::vector<TierCapacity> table = capacity_table(plan);
  ASSERT_EQ(table[1].entries.size(), 1U);
  EXPECT_EQ(table[1].entries[0].name, "corpus");
  EXPECT_EQ(table[1].entries[0].bytes, 32_GB);
}

TEST(RetrievalScenarioTest, WithoutATierItIsTheFirst) {
  const Plan plan = read(scenario(of("corpus: 80 GB, read: 64 MiB"), "{}"));
  EXPECT_EQ(plan.placement.corpus, 0);
  EXPECT_EQ(plan.workload.decode.retrieval.run, 4_KiB);
  EXPECT_EQ(test::at(plan, "mapping.placement.corpus").value, "hbm");
  EXPECT_EQ(test::at(plan, "workload.retrieval.run").value, "4.096 kB");
  EXPECT_EQ(capacity_table(plan)[0].asked, capacity_table(read(scenario("", "{}")))[0].asked + 10_GB);
}

TEST(RetrievalScenarioTest, WhatIsNotGivenIsNotResolved) {
  const Plan plan = read(scenario("", "{}"));
  EXPECT_EQ(test::at(plan, "mapping.placement.corpus").value, "no such path");
  EXPECT_EQ(test::at(plan, "workload.retrieval.corpus").value, "no such path");
}

TEST(RetrievalScenarioTest, ATierIsFullToTheByte) {
  const std::int64_t all = 8 * 8 * 512'000'000'000;
  const auto corpus = [](std::int64_t bytes) {
    return scenario(of("corpus: " + std::to_string(bytes) + " B, read: 64 MiB"));
  };
  EXPECT_EQ(mistakes(corpus(all)), "");
  EXPECT_EQ(capacity_table(read(corpus(all)))[1].asked, 4'096_GB);
  EXPECT_EQ(mistakes(corpus(all + 1)),
            "test.yaml:5:3: memory tier 'hbf' is too small: 4.096 TB asked for on each accelerator, 1 B too much; "
            "expected at most 4.096 TB");
}

TEST(RetrievalScenarioTest, MistakesAreSaidWithTheirPlace) {
  struct Mistake {
    std::string scenario;
    const char* said;
  };
  const std::string good = "corpus: 1 TB, read: 1 MB";
  const Mistake all[] = {
      {scenario(of(good), "{corpus: hbn}"), "test.yaml:13:23: corpus: 'hbn' is no memory tier; did you mean 'hbm'?"},
      {scenario("", "{corpus: hbf}"),
       "test.yaml:12:23: corpus: no step reads one; expected no corpus, or workload.retrieval"},
      {scenario(of("corpus: 1 MB, read: 2 MB")),
       "test.yaml:10:35: read: 2 MB of a corpus of 1 MB; expected at most all of it"},
      {scenario(of("corpus: 1 TB, read: 1 MB, run: 2 MB")),
       "test.yaml:10:46: run: 2 MB where a step reads 1 MB; expected at most that"},
      {scenario(of("corpus: 1 TB, read: 1 kB")),
       "test.yaml:10:35: run: 4.096 kB where a step reads 1 kB; expected at most that"},
      {scenario(of("corpus: 1 TB, read: 1 MB, run: 2 KiB")),
       "test.yaml:13:23: corpus: runs of 2.048 kB are less than a page of 'hbf', 4.096 kB; expected at least a page"},
      {scenario(of("corpus: 1 TB")), "test.yaml:10:14: retrieval lacks 'read'; expected"},
      {scenario(of("corpus: 1 TB, read: 0 B")), "test.yaml:10:35: read: '0 B' is out of range; expected 1 B to"},
      {scenario(of(good + ", reed: 1 MB")), "test.yaml:10:41: unknown key 'reed' in retrieval; did you mean 'read'?"},
      {scenario("  retrieval: hbf\n"), "test.yaml:10:14: retrieval is a value; expected a mapping"},
  };
  for (const Mistake& m : all) {
    const std::string said = mistakes(m.scenario);
    EXPECT_NE(said.find(m.said), std::string::npos) << m.said << "\n  but says: " << said;
  }
}

TEST(RetrievalScenarioTest, WhatDraftsReadsNothing) {
  const Plan plan = read(scenario(of("corpus: 1 TB, read: 1 MB") +
                                  "  speculative: {method: draft, draft_model: llama-3-8b, draft_tokens: 3, "
                                  "acceptance: 70%}\n"));
  EXPECT_TRUE(plan.workload.decode.retrieval.present());
  EXPECT_FALSE(plan.workload.draft->retrieval.present());
}

}  // namespace
}  // namespace decodesim
