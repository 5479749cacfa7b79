// SPDX-License-Identifier: Apache-2.0
// Decode steps whose tokens are routed to their experts: what they carry, plainly and with the network's help, against
// the routing itself.
#include <gtest/gtest.h>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "test/app/build/fabric_run.hpp"
#include "test/support/simulate_in_child.hpp"
#include "workloads/collectives/token_routing.hpp"
#include "workloads/operators/expert_load.hpp"

namespace decodesim {
namespace {

using namespace literals;
using namespace test;

constexpr std::int64_t kTokens = 24;
constexpr std::int64_t kExperts = 16;
constexpr std::int64_t kTopK = 4;
constexpr std::int64_t kLayers = 2;
constexpr std::int64_t kSteps = 3;
constexpr std::int64_t kTokenBytes = 256 * 2;  // hidden x bf16, there and back

// As many replicas as ranks, and experts dealt out among them.
Plan decode_on(const TopologyKeys& keys, TokenTravel travel) {
  Plan plan = plan_of(keys);
  plan.network->network_switch.reduction = true;
  plan.workload.decode.parallel = 1;
  plan.workload.decode.parallel.data = plan.accelerators;
  plan.workload.decode.parallel.expert = 4;
  MoeShape& moe = plan.workload.decode.architecture.moe;
  moe.experts = kExperts;
  moe.experts_per_token = kTopK;
  moe.intermediate = 128;
  plan.workload.batch = kTokens;
  plan.software.expert_exchange = travel;
  plan.workload.decode.combined_on_the_way = travel == TokenTravel::kInNetwork;
  return plan;
}

struct Counts {
  std::int64_t copies = 0;   ///< token and rank, over all tokens
  std::int64_t leaving = 0;  ///< tokens that go to another rank at all
};
Counts counts_of(const Plan& plan, const std::vector<std::int64_t>& rows) {
  const auto ranks = static_cast<std::int32_t>(plan.accelerators);
  Counts out;
  for (const auto& tokens : route_tokens({{0, 1, ranks}, ranks, 4}, kTokens, kTopK, rows, 1).ranks_of_token)
    for (const auto& to : tokens) {
      out.copies += static_cast<std::int64_t>(to.size());
      if (!to.empty()) ++out.leaving;
    }
  return out;
}

RunResult checked(const Plan& plan) {
  ProgressListener quiet;
  RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  return result;
}

class ExpertTravelTest : public ::testing::TestWithParam<TopologyKeys> {};

TEST_P(ExpertTravelTest, PlainlyEveryCopyTravelsThereAndBack) {
  const Plan plan = decode_on(GetParam(), TokenTravel::kPlain);
  const Counts counts = counts_of(plan, even_expert_rows(kTokens, kTopK, kExperts, 1));
  ASSERT_GT(counts.copies, counts.leaving);
  const RunResult result = checked(plan);
  EXPECT_EQ(result.steps.size(), 3U);
  EXPECT_EQ(result.network_payload.count(), kSteps * kLayers * 2 * counts.copies * kTokenBytes);
  ASSERT_EQ(result.named_collectives.size(), 1U);
  EXPECT_EQ(result.named_collectives[0].second, "plain");
}

TEST_P(ExpertTravelTest, TheNetworkReturnsOneSumAToken) {
  const Plan plan = decode_on(GetParam(), TokenTravel::kInNetwork);
  const Counts counts = counts_of(plan, even_expert_rows(kTokens, kTopK, kExperts, 1));
  const RunResult result = checked(plan);
  EXPECT_EQ(result.network_payload.count(), kSteps * kLayers * (counts.copies + counts.leaving) * kTokenBytes);
  EXPECT_EQ(result.named_collectives[0].second, "in_network");
}

INSTANTIATE_TEST_SUITE_P(Topologies, ExpertTravelTest, ::testing::Values(star_of(8), torus_of("4x2"), fat_tree()),
                         [](const auto& test) { return test.param.topology; });

TEST(ExpertTravelRunTest, UnevenExpertsAreThoseOfThePowerLaw) {
  Plan plan = decode_on(fat_tree(), TokenTravel::kPlain);
  plan.workload.decode.routing_alpha_ppm = 1'200'000;
  const Counts counts = counts_of(plan, rows_of_all_experts({kTokens, kTopK, kExperts, 4, 1'200'000}));
  EXPECT_EQ(checked(plan).network_payload.count(), kSteps * kLayers * 2 * counts.copies * kTokenBytes);
}

// Each step has its own rows; the first and the last the same ones.
TEST(ExpertTravelRunTest, ATracesRowsSayWhereTokensGo) {
  std::vector<std::int64_t> even(kExperts, kTokens * kTopK / kExperts);
  std::vector<std::int64_t> narrow(kExperts);
  for (std::size_t e = 0; e < 4; ++e) narrow[e] = kTokens;  // all on the first part's two ranks
  Plan plan = decode_on(fat_tree(), TokenTravel::kInNetwork);
  DecodeTrace trace;
  std::vector<SequenceId> ids(kTokens);
  std::vector<std::int64_t> contexts(kTokens, 100);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<SequenceId>(i);
  for (const auto* rows : {&even, &narrow, &even}) {
    trace.add_step(ids, contexts, *rows);
    for (std::int64_t& context : contexts) ++context;
  }
  plan.workload.trace = std::make_shared<const DecodeTrace>(trace);
  const Counts of_even = counts_of(plan, even);
  const Counts of_narrow = counts_of(plan, narrow);
  EXPECT_NE(of_even.copies, of_narrow.copies);
  EXPECT_EQ(checked(plan).network_payload.count(),
            kLayers * kTokenBytes * (2 * (of_even.copies + of_even.leaving) + of_narrow.copies + of_narrow.leaving));
}

TEST(ExpertTravelRunTest, AFullTableLeavesThePlainWay) {
  Plan plan = decode_on(fat_tree(), TokenTravel::kInNetwork);
  plan.network->network_switch.reduction_table = 0;
  const RunResult result = checked(plan);
  EXPECT_EQ(result.named_collectives[0].second, "plain");
}

TEST(ExpertTravelRunTest, ASeedMakesARun) {
  Plan plan = decode_on(fat_tree(), TokenTravel::kInNetwork);
  const std::string once = simulate_in_child(plan, true);
  EXPECT_EQ(simulate_in_child(plan, true), once);
  plan.run.seed = 2;
  EXPECT_NE(simulate_in_child(plan, true), once);
}

// Nothing of a token's copies and sums is lost.
TEST(ExpertTravelRunTest, LinksMayFailMeanwhile) {
  Plan plan = decode_on(fat_tree(), TokenTravel::kInNetwork);
  const Counts counts = counts_of(plan, even_expert_rows(kTokens, kTopK, kExperts, 1));
  plan.network->detour_channels = 1;
  plan.faults.detection = 10_us;
  plan.faults.rates.push_back({FaultKind::kLink, 200_us, 100_us, 0});
  plan.workload.steps = 20;
  const RunResult result = checked(plan);
  EXPECT_GT(result.faults->link_failures, 0);
  EXPECT_EQ(result.network_payload.count(), 20 * kLayers * (counts.copies + counts.leaving) * kTokenBytes);
}

}  // namespace
}  // namespace decodesim
