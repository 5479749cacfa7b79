// SPDX-License-Identifier: Apache-2.0
// Decode traces that say which experts a step's tokens go to, against the model and the sharding of a scenario.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using test::kMinimal;
using test::mistakes;
using test::read;
using test::replaced;
using ::testing::HasSubstr;

class TracedExpertsScenario : public ::testing::Test {
 protected:
  ~TracedExpertsScenario() override { std::filesystem::remove(file_); }

  // Mixtral has eight experts, two a token.
  std::string scenario(const std::string& step, const std::string& model = "mixtral-8x7b",
                       const std::string& parallel = "tensor: 8") {
    std::ofstream(file_) << "# decodesim decode trace 1\n" << step << "\nend 1\n";
    const std::string traced = replaced(kMinimal, "batch: 16\n  context: 2048", "trace: " + file_.string());
    return replaced(replaced(traced, "llama-3-70b", model), "tensor: 8", parallel);
  }

 private:
  std::filesystem::path file_ = std::filesystem::temp_directory_path() /
                                ("traced_experts_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                                 ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".trace");
};

TEST_F(TracedExpertsScenario, IsReadWithItsRows) {
  const Plan plan = read(scenario("0:5 1:7 experts=2,0,1,1,0,0,0,0"));
  EXPECT_EQ(plan.workload.trace->experts(), 8);
}

TEST_F(TracedExpertsScenario, OtherRowsAreAnotherExperiment) {
  const std::string sha = read(scenario("0:5 1:7 experts=2,0,1,1,0,0,0,0")).scenario_sha256;
  EXPECT_EQ(read(scenario("0:5 1:7 experts=2,0,1,1,0,0,0,0")).scenario_sha256, sha);
  EXPECT_NE(read(scenario("0:5 1:7 experts=2,1,0,1,0,0,0,0")).scenario_sha256, sha);
}

TEST_F(TracedExpertsScenario, RowsMustFitTheModelAndTheBatch) {
  EXPECT_THAT(mistakes(scenario("0:5 experts=1,1")),
              HasSubstr("the trace has the rows of 2 experts, and mixtral-8x7b has 8 a layer; expected as many"));
  EXPECT_THAT(mistakes(scenario("0:5 1:7 experts=1,1,1,0,0,0,0,0")),
              HasSubstr("step 1 of the trace: 3 rows for 2 sequences; expected 4, 2 a sequence"));
  EXPECT_THAT(mistakes(scenario("0:5 1:7 experts=3,1,0,0,0,0,0,0")),
              HasSubstr("3 rows of one expert for 2 sequences; expected at most one a sequence"));
  EXPECT_THAT(mistakes(scenario("0:5 experts=1,1", "llama-3-70b")), HasSubstr("llama-3-70b has 0 a layer"));
}

TEST_F(TracedExpertsScenario, PartsOfAStepHaveNoRowsOfTheirOwn) {
  const std::string step = "0:5 1:7 experts=2,0,1,1,0,0,0,0";
  EXPECT_THAT(mistakes(scenario(step, "mixtral-8x7b", "tensor: 4, pipeline: 2")), HasSubstr("expected no pipeline"));
  EXPECT_THAT(mistakes(scenario(step, "mixtral-8x7b", "tensor: 4, data: 2")),
              HasSubstr("expected expert parallelism, or no data parallelism"));
  EXPECT_EQ(mistakes(scenario(step, "mixtral-8x7b", "tensor: 4, data: 2, expert: 8")), "");
}

}  // namespace
}  // namespace decodesim
