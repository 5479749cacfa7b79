// SPDX-License-Identifier: Apache-2.0
// mapping.collectives: every algorithm by name, and what is said of those that do not fit, word for word.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using test::kMinimal;
using test::mistakes;
using test::read;
using test::replaced;

std::string with(const std::string& collectives) {
  return std::string(kMinimal) + "  collectives: {" + collectives + "}\n";
}

// The same on two domains of four.
std::string on_domains(const std::string& collectives) {
  return replaced(with(collectives), "count: 8}", "count: 8}\n  network: {topology: multi_level, domain: 4, radix: 4}");
}

TEST(MappingCollectivesTest, TakesEveryAlgorithmThatThereIs) {
  for (const auto& choice : collective_algorithm_choices(CollectiveOp::kAllReduce))
    EXPECT_EQ(read(on_domains("all_reduce: " + std::string(choice.name))).software.all_reduce, choice.value);
  for (const auto& choice : collective_algorithm_choices(CollectiveOp::kAllGather))
    EXPECT_EQ(read(with("all_gather: " + std::string(choice.name))).software.all_gather, choice.value);
}

// What is not named is not part of the experiment, so that results keep their digest.
TEST(MappingCollectivesTest, AnAllGatherCountsWhereItIsNamed) {
  EXPECT_EQ(test::at(read(kMinimal), "mapping.collectives.all_gather").value, "no such path");
  EXPECT_EQ(test::at(read(with("all_gather: ring")), "mapping.collectives.all_gather").value, "ring");
  EXPECT_NE(read(with("all_gather: ring")).scenario_sha256, read(kMinimal).scenario_sha256);
}

TEST(MappingCollectivesTest, SaysWhatIsNoAlgorithm) {
  EXPECT_EQ(mistakes(with("all_reduce: rign")),
            "test.yaml:11:29: all_reduce: 'rign' is not one of the choices; did you mean 'ring'?");
  EXPECT_EQ(mistakes(with("all_gather: tree")),
            "test.yaml:11:29: all_gather: 'tree' is not one of the choices; expected one of auto, one_shot, ring, "
            "halving_doubling");
}

TEST(MappingCollectivesTest, SaysWhichGroupsDoNotFit) {
  EXPECT_EQ(mistakes(with("all_reduce: hierarchical")),
            "test.yaml:11:29: all_reduce: hierarchical needs several domains, and 8 ranks are in one; expected another "
            "algorithm");
  EXPECT_EQ(mistakes(replaced(on_domains("all_reduce: hierarchical"), "domain: 4", "domain: 2")), "");
  EXPECT_EQ(mistakes(replaced(with("all_gather: halving_doubling"), "tensor: 8", "tensor: 4, context: 2")), "");
}

// Experts on eight accelerators, each a replica of attention.
std::string of_experts(const std::string& collectives) {
  return replaced(replaced(with(collectives), "llama-3-70b", "qwen3-30b-a3b"), "tensor: 8", "data: 8, expert: 8");
}

TEST(MappingCollectivesTest, TokensTravelAsTheScenarioSays) {
  EXPECT_EQ(read(of_experts("expert_exchange: even")).software.expert_exchange, TokenTravel::kEven);
  EXPECT_EQ(read(of_experts("expert_exchange: plain")).software.expert_exchange, TokenTravel::kPlain);
  const Plan plan = read(of_experts("expert_exchange: in_network"));
  EXPECT_EQ(plan.software.expert_exchange, TokenTravel::kInNetwork);
  EXPECT_TRUE(plan.workload.decode.combined_on_the_way);
  EXPECT_EQ(test::at(plan, "mapping.collectives.expert_exchange").value, "in_network");
  EXPECT_EQ(test::at(read(kMinimal), "mapping.collectives.expert_exchange").value, "no such path");
}

TEST(MappingCollectivesTest, SaysWhereNoTokenTravels) {
  const std::string said =
      "test.yaml:11:34: expert_exchange: all ranks have all tokens, and none travels; expected a model with experts "
      "and "
      "mapping.parallel.data above 1";
  EXPECT_EQ(mistakes(with("expert_exchange: plain")), said);
  EXPECT_EQ(mistakes(replaced(of_experts("expert_exchange: plain"), "data: 8, expert: 8", "tensor: 8")), said);
}

TEST(MappingCollectivesTest, SaysThatTheSwitchCannotAddUpTokens) {
  EXPECT_EQ(mistakes(of_experts("expert_exchange: in_network"), {{"system.network.switch.reduction", "false"}}),
            "test.yaml:11:34: expert_exchange: in_network, but the switch cannot reduce; expected a switch with "
            "reduction: true, or plain");
  EXPECT_EQ(mistakes(of_experts("expert_exchange: in_network") +
                     "faults: {time_out: 5 us, events: [{kind: straggler, rank: 0, at: 5 ms, for: 3 ms}]}\n"),
            "test.yaml:12:20: time_out: a reduction in the network waits for everyone; expected "
            "mapping.collectives.expert_exchange: plain or even");
}

TEST(MappingCollectivesTest, SaysThatTheSwitchCannotReduce) {
  EXPECT_EQ(mistakes(with("all_reduce: in_network"), {{"system.network.switch.reduction", "false"}}),
            "test.yaml:11:29: all_reduce: in_network, but the switch cannot reduce; expected a switch with "
            "reduction: true, or another algorithm");
}

}  // namespace
}  // namespace decodesim
