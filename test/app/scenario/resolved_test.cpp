// SPDX-License-Identifier: Apache-2.0
// The resolved scenario is a scenario, and `explain` tells each value's story.
#include <gtest/gtest.h>

#include "sim/app/scenario/explain.hpp"
#include "sim/app/scenario/resolved_yaml.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using test::kMinimal;
using test::read;
using test::replaced;

void expect_round_trip(const Plan& plan) {
  const std::string yaml = resolved_yaml(plan);
  const Plan again = read_scenario_text(yaml, "resolved.yaml", test::catalog());
  ASSERT_EQ(again.resolved.size(), plan.resolved.size());
  for (std::size_t i = 0; i < plan.resolved.size(); ++i) {
    EXPECT_EQ(again.resolved[i].path, plan.resolved[i].path);
    EXPECT_EQ(again.resolved[i].value, plan.resolved[i].value) << plan.resolved[i].path;
    EXPECT_EQ(again.resolved[i].meaning, plan.resolved[i].meaning);
    EXPECT_EQ(again.resolved[i].origin.rfind("resolved.yaml:", 0), 0U) << again.resolved[i].path;
  }
  EXPECT_EQ(again.scenario_sha256, plan.scenario_sha256);
  EXPECT_EQ(again.expectations.items().size(), plan.expectations.items().size());
  EXPECT_EQ(again.workload.trace == nullptr, plan.workload.trace == nullptr);
  if (plan.workload.trace) {
    EXPECT_EQ(*again.workload.trace, *plan.workload.trace);
  }
}

TEST(ResolvedTest, EveryShippedScenarioReadsBackAsItself) {
  std::size_t scenarios = 0;
  const std::filesystem::path folder = std::filesystem::path(DECODESIM_SOURCE_DIR) / "scenarios";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    SCOPED_TRACE(entry.path().string());
    expect_round_trip(read_scenario(entry.path().string(), test::catalog()));
    ++scenarios;
  }
  EXPECT_GE(scenarios, 12U);
}

TEST(ResolvedTest, TextThatMeansSomethingToYamlIsQuoted) {
  expect_round_trip(read("scenario: \"a: \\\"b\\\" # \\\\c \\t 'd' é\"\n" + std::string(kMinimal)));
}

TEST(ResolvedTest, EachValueHasItsOriginAsAComment) {
  const std::string yaml = resolved_yaml(read(kMinimal));
  EXPECT_NE(yaml.find("  batch: 16                                         # test.yaml:7:10\n"), std::string::npos);
  EXPECT_NE(yaml.find("    - part: \"hbm3-16GB\"   "), std::string::npos);
  EXPECT_EQ(yaml.find("use:"), std::string::npos);
}

TEST(ExplainTest, TellsMeaningOriginRangeAndDefault) {
  const Plan plan = read(kMinimal);
  EXPECT_EQ(explain(plan, "workload.steps"),
            "workload.steps: 64\n"
            "  meaning: Decode steps to simulate\n"
            "  origin:  default (assumed: 64: they are all alike)\n"
            "  type:    integer, 1 to 10000000\n"
            "  default: 64, assumed: 64: they are all alike\n");
  EXPECT_EQ(explain(plan, "system.memory.0.channels"),
            "system.memory.0.channels: 16\n"
            "  meaning: Independent channels of a stack\n"
            "  origin:  catalog:memory/hbm3-16GB.yaml:8:19 (JESD238 (HBM3))\n"
            "  type:    integer, 1 to 1024\n"
            "  default: none; a part or the scenario has to give it\n");
}

TEST(ExplainTest, ListsWhatIsBelowAPath) {
  EXPECT_EQ(explain(read(kMinimal), "mapping.placement"),
            "mapping.placement.weights: hbm\n"
            "mapping.placement.kv_cache: hbm\n"
            "mapping.placement.activations: hbm\n");
}

TEST(ExplainTest, AnUnknownPathIsRefusedWithTheNearestOne) {
  const Plan plan = read(kMinimal);
  try {
    explain(plan, "workload.stebs");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "test.yaml: no value at 'workload.stebs'; did you mean 'workload.steps'?");
  }
  try {
    explain(plan, "q");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "test.yaml: no value at 'q'; expected a path as `decodesim check` prints them, such as "
                 "system.accelerators.part");
  }
}

}  // namespace
}  // namespace decodesim
