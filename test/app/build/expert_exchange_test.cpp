// SPDX-License-Identifier: Apache-2.0
// Dispatch and combine of a mixture of experts, plainly and by the network, counted on the links.
#include "workloads/collectives/expert_exchange.hpp"

#include <gtest/gtest.h>

#include "test/app/build/fabric_run.hpp"
#include "topologies/indexing.hpp"

namespace decodesim {
namespace {

using namespace literals;
using namespace test;

constexpr std::int64_t kBytes = 700;

// Four tokens a rank, each for three experts drawn at random; several may be on one rank, or on the token's own.
ExpertExchange drawn(std::int32_t ranks) {
  ExpertExchange out;
  out.group = {0, 1, ranks};
  std::uint64_t state = 5;
  for (std::int32_t r = 0; r < ranks; ++r) {
    auto& tokens = out.ranks_of_token.emplace_back();
    for (int token = 0; token < 4; ++token) {
      std::vector<std::int32_t> to;
      for (int expert = 0; expert < 3; ++expert) {
        state = mixed(state);
        const auto rank = static_cast<std::int32_t>(state % static_cast<std::uint64_t>(ranks));
        if (rank != r && std::find(to.begin(), to.end(), rank) == to.end()) to.push_back(rank);
      }
      std::sort(to.begin(), to.end());
      tokens.push_back(std::move(to));
    }
  }
  return out;
}

struct Counts {
  std::int64_t copies = 0;   ///< token and rank, over all tokens
  std::int64_t leaving = 0;  ///< tokens that go to another rank at all
};
Counts counts_of(const ExpertExchange& exchange) {
  Counts out;
  for (const auto& tokens : exchange.ranks_of_token)
    for (const auto& ranks : tokens) {
      out.copies += static_cast<std::int64_t>(ranks.size());
      if (!ranks.empty()) ++out.leaving;
    }
  return out;
}

/// Payload on the links out of the ranks, into the ranks, and between routers.
struct OnLinks {
  std::int64_t up = 0;
  std::int64_t down = 0;
  std::int64_t between = 0;
};

using Make = MessageProgram (*)(const ExpertExchange&, std::int32_t, Bytes);

OnLinks exchange_on(const TopologyKeys& keys, Make make) {
  Plan plan = plan_of(keys);
  plan.network->network_switch.reduction = true;
  const auto ranks = static_cast<std::int32_t>(plan.accelerators);
  const ExpertExchange exchange = drawn(ranks);
  FabricRun run(plan);
  EXPECT_TRUE(run.machine.reductions()->admit({0, 1, ranks}));
  std::vector<MessageProgram> programs;
  for (std::int32_t r = 0; r < ranks; ++r) programs.push_back(make(exchange, r, Bytes(kBytes)));
  run(std::move(programs));
  EXPECT_EQ(run.done, static_cast<std::size_t>(ranks));
  run.machine.check_quiet();
  OnLinks out;
  for (const auto& rank : run.machine.ranks()) {
    out.up += rank->up->payload_bytes.value();
    out.down += rank->down->payload_bytes.value();
  }
  if (run.machine.network() != nullptr)
    for (const auto& link : run.machine.network()->links()) out.between += link->payload_bytes.value();
  return out;
}

class ExpertExchangeTest : public ::testing::TestWithParam<TopologyKeys> {
 protected:
  static Counts counts() {
    return counts_of(drawn(static_cast<std::int32_t>(make_fabric(GetParam())->topology().endpoints())));
  }
};

TEST_P(ExpertExchangeTest, PlainDispatchSendsACopyForEveryRank) {
  const OnLinks links = exchange_on(GetParam(), dispatch_plain);
  EXPECT_EQ(links.up, counts().copies * kBytes);
  EXPECT_EQ(links.down, counts().copies * kBytes);
}

TEST_P(ExpertExchangeTest, TheNetworkCopiesATokenOnTheWay) {
  const OnLinks links = exchange_on(GetParam(), dispatch_in_network);
  EXPECT_EQ(links.up, counts().leaving * kBytes);
  EXPECT_EQ(links.down, counts().copies * kBytes);
}

TEST_P(ExpertExchangeTest, PlainCombineBringsEveryResultToTheToken) {
  const OnLinks links = exchange_on(GetParam(), combine_plain);
  EXPECT_EQ(links.up, counts().copies * kBytes);
  EXPECT_EQ(links.down, counts().copies * kBytes);
}

TEST_P(ExpertExchangeTest, TheNetworkAddsUpResultsOnTheWay) {
  const OnLinks links = exchange_on(GetParam(), combine_in_network);
  EXPECT_EQ(links.up, counts().copies * kBytes);
  EXPECT_EQ(links.down, counts().leaving * kBytes);
}

INSTANTIATE_TEST_SUITE_P(AllTopologies, ExpertExchangeTest,
                         ::testing::Values(star_of(8), ring_of(8), torus_of("4x4"), fat_tree(), dragonfly(),
                                           multi_level()),
                         [](const auto& test) { return test.param.topology; });

// A token of rank 0 for ranks 6 and 7, below one leaf of a fat tree: it crosses the cables up to the spine and down to
// that leaf once, and so does the sum of the two results.
TEST(ExpertExchangePathTest, SharedCablesCarryATokenAndItsSumOnce) {
  Plan plan = plan_of(fat_tree());
  plan.network->network_switch.reduction = true;
  plan.network->network_switch.reduction_latency = 50_ns;
  ExpertExchange exchange{{0, 1, 8}, std::vector<std::vector<std::vector<std::int32_t>>>(8)};
  exchange.ranks_of_token[0] = {{6, 7}};
  FabricRun run(plan);
  EXPECT_TRUE(run.machine.reductions()->admit({0, 1, 8}));
  std::vector<MessageProgram> programs;
  for (std::int32_t r = 0; r < 8; ++r) {
    MessageProgram both = dispatch_in_network(exchange, r, 700_B);
    const MessageProgram back = combine_in_network(exchange, r, 700_B);
    MessagePhase combine = back.phases.back();
    for (Message& message : combine.sends) message.set += static_cast<std::int32_t>(both.sets.size());
    both.sets.insert(both.sets.end(), back.sets.begin(), back.sets.end());
    both.phases.erase(both.phases.begin());  // no barrier
    both.phases.push_back(std::move(combine));
    programs.push_back(std::move(both));
  }
  // There: overheads, four cables, three routers, 700 B; back the same and the leaf's 50 ns.
  EXPECT_EQ(run(programs), message_time(4, 3, 700_B) * 2 + 50_ns);
  std::int64_t between = 0;
  for (const auto& link : run.machine.network()->links()) between += link->payload_bytes.value();
  EXPECT_EQ(between, 4 * 700);
  run.machine.check_quiet();
}

}  // namespace
}  // namespace decodesim
