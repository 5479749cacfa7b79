// SPDX-License-Identifier: Apache-2.0
// Which experts are hot, and how many of those that a step reads.
#include "workloads/trace/hot_experts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "test/support/toy_step.hpp"

namespace decodesim {
namespace {
using test::step_of;
using ::testing::ElementsAre;

DecodeConfig eight_experts(std::int64_t hot_ppm, std::int64_t parts = 1) {
  DecodeConfig config;
  Architecture& a = config.architecture;
  a = test::toy_architecture(1);
  a.q_heads = a.kv_heads = 4;
  a.moe.experts = 8;
  a.moe.experts_per_token = 2;
  a.moe.intermediate = 8;
  config.parallel.tensor = config.parallel.expert = parts;
  config.hot_experts = Ratio(hot_ppm);
  return config;
}

const Operator& gate_up(const StepProgram& step) {
  return *std::find_if(step.operators.begin(), step.operators.end(),
                       [](const Operator& op) { return op.name == "experts_gate_up"; });
}

// Two sequences in each of three steps, two experts each.
DecodeTrace trace_of(const std::vector<std::vector<std::int64_t>>& rows) {
  DecodeTrace trace;
  std::int64_t context = 10;
  for (const auto& step : rows) {
    trace.add_step(std::vector<SequenceId>{0, 1}, std::vector<std::int64_t>{context, context}, step);
    ++context;
  }
  return trace;
}

TEST(HotExpertsTest, ThoseOfATraceAreReadInMostStepsThenHaveMostRowsThenComeFirst) {
  // Read in steps: 3 2 1 1; rows: 3 4 2 2 (experts 0 to 3).
  const DecodeTrace trace = trace_of({{1, 2, 0, 1}, {1, 2, 0, 1}, {1, 0, 2, 1}});
  EXPECT_THAT(hot_experts_of(trace, 1, 0), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(hot_experts_of(trace, 1, 1), ElementsAre(1, 0, 0, 0));  // 0 and 3 alike: the first
  EXPECT_THAT(hot_experts_of(trace, 1, 2), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(hot_experts_of(trace, 1, 3), ElementsAre(1, 1, 0, 1));
  EXPECT_THAT(hot_experts_of(trace, 2, 1), ElementsAre(1, 0, 0, 1));  // one of each half
  const DecodeTrace rows = trace_of({{1, 2, 0, 1}, {0, 2, 1, 1}});
  EXPECT_THAT(hot_experts_of(rows, 1, 1), ElementsAre(0, 1, 0, 0));  // as 3 in both steps, and with more rows
}

TEST(HotExpertsTest, AStepOfATraceReadsThoseOfThemThatHaveRows) {
  DecodeStepBuilder builder(eight_experts(375'000));
  StepProgram step;
  const std::vector<char> hot{1, 0, 0, 1, 0, 0, 0, 1};
  builder.route(std::vector<std::int64_t>{2, 1, 0, 1, 0, 0, 0, 0}, hot);
  builder.fill(std::vector<std::int64_t>{10, 20}, step);
  EXPECT_EQ(gate_up(step).groups, 3);
  EXPECT_EQ(gate_up(step).hot_groups, 2);
  EXPECT_EQ(gate_up(step).hot_weight_bytes(), gate_up(step).weight_bytes / 3 * 2);
  EXPECT_EQ(step.experts, 8);
  EXPECT_EQ(step.hot_experts, 3);
}

TEST(HotExpertsTest, OfTheBusiestRankOnly) {
  DecodeStepBuilder builder(eight_experts(250'000, 2));
  StepProgram step;
  const std::vector<char> hot{1, 0, 0, 0, 0, 1, 0, 0};
  builder.route(std::vector<std::int64_t>{1, 0, 0, 0, 0, 2, 1, 0}, hot);
  builder.fill(std::vector<std::int64_t>{10, 20}, step);
  EXPECT_EQ(gate_up(step).groups, 2);
  EXPECT_EQ(gate_up(step).hot_groups, 1);
  EXPECT_EQ(step.hot_experts, 1);
}

// All alike: of 8 experts 4 are hot, so 2 of the 4 that two tokens are expected to reach: 8 x (1 - 0.75^2) = 3.5.
TEST(HotExpertsTest, WithoutPopularityTheirShareOfReadsIsThatOfTheirNumber) {
  const Operator even = gate_up(step_of(eight_experts(500'000), {10, 20}));
  EXPECT_EQ(even.groups, 4);
  EXPECT_EQ(even.hot_groups, 2);
  EXPECT_EQ(gate_up(step_of(eight_experts(0), {10, 20})).hot_groups, 0);
  EXPECT_EQ(gate_up(step_of(eight_experts(1'000'000), {10, 20})).hot_groups, 4);
}

// Rows lie most first: the hot ones are the first.
TEST(HotExpertsTest, WithAPowerLawTheMostLoadedAreHot) {
  DecodeConfig config = eight_experts(375'000);
  config.routing_alpha_ppm = 1'200'000;
  DecodeStepBuilder builder(config);
  StepProgram step;
  builder.fill(std::vector<std::int64_t>{10, 20}, step);
  const Operator& op = gate_up(step);
  EXPECT_TRUE(std::is_sorted(op.group_rows.rbegin(), op.group_rows.rend()));
  EXPECT_EQ(op.hot_groups, std::min<std::int64_t>(3, op.groups));
  config.hot_experts = Ratio(1'000'000);
  EXPECT_EQ(gate_up(step_of(config, {10, 20})).hot_groups, op.groups);
}

TEST(HotExpertsTest, MemoryHoldsThemApart) {
  const auto bytes = [](std::int64_t ppm, std::string_view name) {
    const auto needs = DecodeStepBuilder(eight_experts(ppm)).memory_needs(1, 4);
    return std::find_if(needs.begin(), needs.end(), [&](const MemoryNeed& n) { return n.name == name; })->bytes;
  };
  const Bytes all = bytes(0, "expert weights");
  EXPECT_EQ(bytes(0, "hot expert weights"), Bytes());
  EXPECT_EQ(bytes(375'000, "hot expert weights"), all / 8 * 3);
  EXPECT_EQ(bytes(375'000, "expert weights"), all / 8 * 5);
  EXPECT_EQ(bytes(400'000, "hot expert weights"), all / 8 * 3);  // 3.2 experts, to the nearest
}

}  // namespace
}  // namespace decodesim
