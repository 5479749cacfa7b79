// SPDX-License-Identifier: Apache-2.0
// Tensors that lie in two tiers: how a scenario says so, what each tier has to hold, and what is said of mistakes.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::kMinimal;
using test::mistakes;
using test::read;
using test::replaced;

std::string with_placement(const std::string& placement, const std::string& model = "mixtral-8x7b") {
  return replaced(replaced(kMinimal, "llama-3-70b", model),
                  "workload:", "  memory: [{name: hbm}, {use: hbf-ma-patterson, stacks: 8}]\nworkload:") +
         "  placement: " + placement + "\n";
}

Bytes need(const Plan& plan, std::size_t tier, std::string_view name) {
  const std::vector<TierCapacity> table = capacity_table(plan);
  for (const CapacityEntry& entry : table[tier].entries)
    if (entry.name == name) return entry.bytes;
  return {};
}

TEST(PlacementScenarioTest, HotExpertsHaveATierOfTheirOwn) {
  const Plan plan = read(with_placement("{experts: hbf, hot_experts: {tier: hbm, share: 25%}}"));
  ASSERT_TRUE(plan.placement.hot_experts.has_value());
  EXPECT_EQ(plan.placement.experts, 1);
  EXPECT_EQ(plan.placement.hot_experts->tier, 0);
  EXPECT_EQ(plan.workload.decode.hot_experts, 25_percent);
  // Of eight experts two.
  EXPECT_EQ(need(plan, 0, "hot expert weights"), need(plan, 1, "expert weights") / 3);
  EXPECT_GT(need(plan, 0, "hot expert weights"), Bytes());
  EXPECT_EQ(need(plan, 0, "expert weights"), Bytes());
  EXPECT_EQ(need(plan, 1, "hot expert weights"), Bytes());
}

TEST(PlacementScenarioTest, WithoutANameItIsTheFirstOtherTier) {
  const Plan plan = read(with_placement("{weights: hbm, experts: hbf, hot_experts: {}}"));
  EXPECT_EQ(plan.placement.hot_experts->tier, 0);
  EXPECT_EQ(plan.placement.hot_experts->share, 20_percent);
  EXPECT_EQ(test::at(plan, "mapping.placement.hot_experts.share").value, "0.2");
  EXPECT_EQ(read(with_placement("{experts: hbm, hot_experts: {}}")).placement.hot_experts->tier, 1);
}

TEST(PlacementScenarioTest, RecentTokensHaveATierOfTheirOwn) {
  const Plan plan = read(with_placement("{kv_cache: hbf, recent_kv: {tokens: 1024, block: 16}}", "llama-3-70b"));
  EXPECT_EQ(plan.placement.kv_cache, 1);
  EXPECT_EQ(plan.placement.recent_kv, 0);
  EXPECT_EQ(plan.workload.decode.kv_ages.recent, 1024);
  EXPECT_EQ(plan.workload.decode.kv_ages.block, 16);
  // 16 sequences of 2,049 tokens, one kv head of 128 in fp8 on each of eight ranks, 80 layers.
  const Bytes token(80 * 2 * 128);
  EXPECT_EQ(need(plan, 0, "recent kv cache"), token * 16 * (1024 + 15 + 1));
  EXPECT_EQ(need(plan, 1, "kv cache"), token * 16 * (2049 - 1024));
  EXPECT_EQ(need(plan, 0, "kv cache"), Bytes());
}

TEST(PlacementScenarioTest, WhatIsNotGivenIsNotResolved) {
  const Plan plan = read(with_placement("{experts: hbf}"));
  EXPECT_FALSE(plan.placement.hot_experts.has_value());
  EXPECT_EQ(test::at(plan, "mapping.placement.hot_experts.share").value, "no such path");
}

struct Mistake {
  const char* placement;
  const char* said;
  const char* model = "mixtral-8x7b";
};

TEST(PlacementScenarioTest, MistakesAreSaidWithTheirPlace) {
  const Mistake all[] = {
      {"{experts: hbf, hot_experts: {tier: hbn}}",
       "test.yaml:12:49: hot_experts.tier: 'hbn' is no memory tier; did you mean 'hbm'?"},
      {"{experts: hbf, hot_experts: {tier: hbf}}",
       "test.yaml:12:49: hot_experts.tier: the other experts lie in 'hbf', too; expected another tier"},
      {"{hot_experts: {tier: hbm}}",
       "test.yaml:12:35: hot_experts.tier: the other experts lie in 'hbm', too; expected another tier"},
      {"{experts: hbf, hot_experts: {tier: hbm, share: 120%}}",
       "test.yaml:12:61: share: '120%' is out of range; expected 0 to 1"},
      {"{experts: hbf, hot_experts: {tear: hbm}}",
       "test.yaml:12:43: unknown key 'tear' in hot_experts; expected one of tier, share"},
      {"{experts: hbf, hot_experts: hbm}", "test.yaml:12:42: hot_experts is a value; expected a mapping"},
      {"{kv_cache: hbf, recent_kv: {tier: hbf}}",
       "test.yaml:12:48: recent_kv.tier: the other tokens lie in 'hbf', too; expected another tier"},
      {"{kv_cache: hbf, recent_kv: {tokens: 0}}", "test.yaml:12:50: tokens: '0' is out of range; expected 1 to"},
      {"{weights: hbf, hot_experts: {tier: hbm}}",
       "test.yaml:12:42: hot_experts: llama-3-70b has no experts; expected no hot_experts, or a model with experts",
       "llama-3-70b"},
  };
  for (const Mistake& m : all) {
    const std::string said = mistakes(with_placement(m.placement, m.model));
    EXPECT_NE(said.find(m.said), std::string::npos) << m.placement << " says: " << said;
  }
}

TEST(PlacementScenarioTest, TokensThatMayBeDiscardedAreNotMoved) {
  const std::string said =
      mistakes(replaced(with_placement("{kv_cache: hbf, recent_kv: {}}", "llama-3-70b"), "  context: 2048",
                        "  context: 2048\n  speculative: {method: draft, draft_model: llama-3-8b, draft_tokens: 3, "
                        "acceptance: 70%}"));
  EXPECT_NE(
      said.find("recent_kv: not available with speculative, whose tokens may be discarded; expected no recent_kv"),
      std::string::npos)
      << said;
}

TEST(PlacementScenarioTest, ASecondTierIsNeeded) {
  const std::string said =
      mistakes(replaced(kMinimal, "llama-3-70b", "mixtral-8x7b") + "  placement: {hot_experts: {share: 10%}}\n");
  EXPECT_NE(said.find("test.yaml:11:28: hot_experts: there is no memory tier but 'hbm'; expected a second one in "
                      "system.memory"),
            std::string::npos)
      << said;
}

}  // namespace
}  // namespace decodesim
