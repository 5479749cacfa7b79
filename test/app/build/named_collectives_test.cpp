// SPDX-License-Identifier: Apache-2.0
// Decode steps whose scenario names the algorithm of its collectives, on networks of several switches: what they are
// and what they carry, against the closed forms of workloads/collectives.
#include <gtest/gtest.h>

#include "sim/app/build/simulate.hpp"
#include "test/app/build/fabric_run.hpp"
#include "test/support/simulate_in_child.hpp"

namespace decodesim {
namespace {

using namespace literals;
using namespace test;
using A = CollectiveAlgorithm;

constexpr std::int64_t kRanks = 8;
constexpr std::int64_t kVector = 4 * 256 * 2;  // tokens x hidden x bf16
constexpr std::int64_t kPart = kVector / kRanks;

/// Bytes that one all-reduce of kVector delivers, all ranks together.
struct Named {
  A algorithm;
  TopologyKeys keys;
  std::int64_t delivered = 0;
  std::string said;
};
void PrintTo(const Named& named, std::ostream* out) { *out << name_of(named.algorithm); }

Plan decode_on(const TopologyKeys& keys) {
  Plan plan = plan_of(keys);
  plan.network->network_switch.reduction = true;
  plan.software.selection.ring_wire_factor = 1;
  return plan;
}

// Of a step of the plan, by kind; all of them have the group of all ranks.
std::vector<Bytes> messages(const Plan& plan, OperatorKind kind) {
  StepProgram step;
  const std::vector<SequenceStep> sequences(static_cast<std::size_t>(plan.workload.batch),
                                            {plan.workload.context, 1, 1});
  DecodeStepBuilder(plan.workload.decode).fill(sequences, step);
  std::vector<Bytes> out;
  for (const Operator& op : step.operators)
    if (op.kind == kind) out.push_back(op.message_bytes);
  return out;
}

std::int64_t gathered(const Plan& plan) {
  std::int64_t bytes = 0;
  for (const Bytes part : messages(plan, OperatorKind::kAllGather)) bytes += kRanks * (kRanks - 1) * part.count();
  return bytes;
}

class NamedAllReduceTest : public ::testing::TestWithParam<Named> {};

TEST_P(NamedAllReduceTest, IsWhatEveryStepDoes) {
  Plan plan = decode_on(GetParam().keys);
  plan.software.all_reduce = GetParam().algorithm;
  const std::vector<Bytes> vectors = messages(plan, OperatorKind::kAllReduce);
  ASSERT_EQ(vectors, std::vector<Bytes>(5, Bytes(kVector)));  // embedding, and two a layer
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  EXPECT_EQ(result.all_reduce_algorithm, GetParam().said);
  EXPECT_EQ(result.steps.size(), 3U);
  EXPECT_EQ(result.network_payload.count(), 3 * (5 * GetParam().delivered + gathered(plan)));
}

INSTANTIATE_TEST_SUITE_P(
    All, NamedAllReduceTest,
    ::testing::Values(Named{A::kOneShot, torus_of("4x2"), kRanks*(kRanks - 1) * kVector, "one_shot"},
                      Named{A::kOneShotPush, torus_of("4x2"), kRanks*(kRanks - 1) * kVector, "one_shot_push"},
                      Named{A::kTwoShot, torus_of("4x2"), kRanks * 2 * (kRanks - 1) * kPart, "two_shot"},
                      Named{A::kRing, torus_of("4x2"), kRanks * 2 * (kRanks - 1) * kPart, "ring"},
                      Named{A::kHalvingDoubling, torus_of("4x2"), kRanks * 2 * (kRanks - 1) * kPart,
                            "halving_doubling simple"},
                      Named{A::kTree, torus_of("4x2"), 2 * (kRanks - 1) * kVector, "tree simple"},
                      // Each rank twice three quarters inside its domain; each of four rails a quarter there and back.
                      Named{A::kHierarchical, multi_level(), kRanks * 2 * 3 * kVector / 4 + 4 * 2 * kVector / 4,
                            "hierarchical simple"},
                      Named{A::kInNetwork, fat_tree(), kRanks* kVector, "in_network"}),
    [](const auto& test) { return std::string(name_of(test.param.algorithm)); });

class NamedAllGatherTest : public ::testing::TestWithParam<A> {};

// All of them deliver the parts of the seven others to everyone.
TEST_P(NamedAllGatherTest, IsWhatEveryStepDoes) {
  Plan plan = decode_on(torus_of("4x2"));
  plan.software.all_reduce = A::kTwoShot;
  plan.software.all_gather = GetParam();
  ProgressListener quiet;
  const RunResult result = simulate(plan, quiet);
  const std::string named(name_of(GetParam()));
  const auto said = std::pair(std::string("all_gather"), GetParam() == A::kOneShot ? named : named + " simple");
  ASSERT_EQ(result.named_collectives.size(), 1U);
  EXPECT_EQ(result.named_collectives[0], said);
  ASSERT_EQ(messages(plan, OperatorKind::kAllGather).size(), 1U);  // of the logits
  EXPECT_EQ(result.network_payload.count(), 3 * (5 * kRanks * 2 * (kRanks - 1) * kPart + gathered(plan)));
}

INSTANTIATE_TEST_SUITE_P(All, NamedAllGatherTest, ::testing::Values(A::kOneShot, A::kRing, A::kHalvingDoubling),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(NamedCollectivesTest, WhatIsNotNamedIsNotSaid) {
  ProgressListener quiet;
  EXPECT_TRUE(simulate(decode_on(torus_of("4x2")), quiet).named_collectives.empty());
}

// One rank stands for all only where all do the same.
TEST(NamedCollectivesTest, TreesAreNotFolded) {
  Plan plan = toy_plan(4);
  plan.run.fold = true;
  EXPECT_TRUE(may_fold(plan));
  plan.software.all_reduce = A::kTree;
  EXPECT_FALSE(may_fold(plan));
  plan.software.all_reduce = A::kOneShotPush;
  EXPECT_TRUE(may_fold(plan));
  plan.software.all_gather = A::kHalvingDoubling;
  EXPECT_FALSE(may_fold(plan));
}

TEST(NamedCollectivesTest, ATreeOnAStarIsTheSameEveryTime) {
  Plan plan = toy_plan(4);
  plan.software.all_reduce = A::kTree;
  EXPECT_EQ(simulate_in_child(plan, true), simulate_in_child(plan, true));
}

}  // namespace
}  // namespace decodesim
