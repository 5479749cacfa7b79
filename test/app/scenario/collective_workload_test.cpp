// SPDX-License-Identifier: Apache-2.0
// `workload.kind: collective`: what a scenario comes to, and what is said of a broken one.
#include <gtest/gtest.h>

#include "sim/app/scenario/resolved_yaml.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {
using test::at;
using test::mistakes;
using test::read;
using test::replaced;

constexpr std::string_view kSound = R"(system:
  accelerators: {use: h100-sxm, count: 8}
  software: {use: nccl}
workload:
  kind: collective
  op: all_reduce
  algorithm: ring
  sizes: {from: 1 KiB, to: 1 MiB, factor: 4}
  ranks: [2, 8]
)";

const std::vector<OperatorRow>& rows(const Plan& plan) { return plan.workload.operators->table.rows; }

TEST(CollectiveWorkloadTest, ARowForEachNumberOfRanksAndSize) {
  using namespace literals;
  const Plan plan = read(kSound);
  EXPECT_EQ(plan.workload.kind, WorkloadKind::kCollective);
  ASSERT_EQ(rows(plan).size(), 12U);
  EXPECT_EQ(rows(plan)[0].ranks, 2);
  EXPECT_EQ(rows(plan)[0].bytes, 1_KiB);
  EXPECT_EQ(rows(plan)[1].bytes, 4_KiB);
  EXPECT_EQ(rows(plan)[11].ranks, 8);
  EXPECT_EQ(rows(plan)[11].bytes, 1_MiB);
  EXPECT_EQ(rows(plan)[11].algorithm, CollectiveAlgorithm::kRing);
  EXPECT_EQ(rows(plan)[11].protocol, CollectiveProtocol::kAuto);
  EXPECT_EQ(rows(plan)[0].dtype, "bf16");
}

TEST(CollectiveWorkloadTest, RanksAndSizesHaveDefaultsAndAreListsToo) {
  using namespace literals;
  const Plan all =
      read(replaced(replaced(kSound, "  ranks: [2, 8]\n", ""), "{from: 1 KiB, to: 1 MiB, factor: 4}", "{}"));
  EXPECT_EQ(rows(all).size(), 21U);  // 1 KiB to 1 GiB
  EXPECT_EQ(rows(all)[0].ranks, 8);
  EXPECT_EQ(at(all, "workload.ranks").value, "8");
  const Plan listed = read(replaced(kSound, "{from: 1 KiB, to: 1 MiB, factor: 4}", "[3 KiB, 1 MiB]"));
  ASSERT_EQ(rows(listed).size(), 4U);
  EXPECT_EQ(rows(listed)[0].bytes, 3_KiB);
  EXPECT_EQ(at(listed, "workload.sizes").value, "3 KiB, 1 MiB");
}

TEST(CollectiveWorkloadTest, TheResolvedScenarioReadsBack) {
  for (const std::string& text :
       {std::string(kSound), replaced(kSound, "{from: 1 KiB, to: 1 MiB, factor: 4}", "[3 KiB, 1 MiB]")}) {
    const Plan plan = read(text);
    const Plan again = read(resolved_yaml(plan));
    EXPECT_EQ(rows(again).size(), rows(plan).size());
    EXPECT_EQ(again.scenario_sha256, plan.scenario_sha256);
  }
}

TEST(CollectiveWorkloadTest, MistakesOfSizes) {
  const auto sizes = [](std::string_view by) {
    return mistakes(replaced(kSound, "{from: 1 KiB, to: 1 MiB, factor: 4}", by));
  };
  EXPECT_EQ(sizes("{from: 2 MiB, to: 1 MiB}"),
            "test.yaml:8:10: sizes: from 2.097152 MB to 1.048576 MB; expected to at least as large as from");
  EXPECT_EQ(sizes("{from: 0 B}"), "test.yaml:8:17: from: '0 B' is out of range; expected 1 B to 1000 TB");
  EXPECT_EQ(sizes("{factor: 1}"), "test.yaml:8:19: factor: '1' is out of range; expected 2 to 1048576");
  EXPECT_EQ(sizes("[1 KiB, 0 B]"), "test.yaml:8:18: sizes: '0 B' is out of range; expected 1 B to 1000 TB");
  EXPECT_EQ(sizes("[1 KiB, 1 KiB]"),
            "test.yaml:8:18: sizes: '1 KiB' is not above the one before; expected rising sizes");
  EXPECT_EQ(sizes("[]"), "test.yaml:8:10: sizes is empty; expected sizes, or {from: .., to: .., factor: ..}");
  EXPECT_EQ(sizes("[1024]").substr(0, 22), "test.yaml:8:11: sizes:");
}

TEST(CollectiveWorkloadTest, MistakesOfRanksAndAlgorithms) {
  EXPECT_EQ(mistakes(replaced(kSound, "[2, 8]", "[2, 16]")),
            "test.yaml:9:14: ranks: 16 ranks, and the machine has 8 accelerators; expected 2 to 8");
  EXPECT_EQ(mistakes(replaced(kSound, "[2, 8]", "1")),
            "test.yaml:9:10: ranks: 1 ranks, and the machine has 8 accelerators; expected 2 to 8");
  EXPECT_EQ(mistakes(replaced(kSound, "algorithm: ring", "algorithm: rign")),
            "test.yaml:7:14: algorithm: 'rign' is not one of the choices; did you mean 'ring'?");
  EXPECT_EQ(mistakes(replaced(kSound, "op: all_reduce\n  algorithm: ring", "op: all_gather\n  algorithm: tree")),
            "test.yaml:7:14: algorithm: 'tree' is none of all_gather; expected one of auto, one_shot, ring, "
            "halving_doubling");
  EXPECT_EQ(mistakes(replaced(
                replaced(kSound, "op: all_reduce\n  algorithm: ring", "op: all_gather\n  algorithm: halving_doubling"),
                "[2, 8]", "[2, 6]")),
            "test.yaml:9:14: algorithm: halving_doubling of all_gather needs a power of two of ranks, not 6 ranks; "
            "expected another algorithm");
  EXPECT_EQ(mistakes(replaced(kSound, "algorithm: ring", "algorithm: hierarchical")),
            "test.yaml:9:11: algorithm: hierarchical needs several domains, and 2 ranks are in one; expected another "
            "algorithm\n"
            "test.yaml:9:14: algorithm: hierarchical needs several domains, and 8 ranks are in one; expected another "
            "algorithm");
  EXPECT_EQ(
      mistakes(replaced(kSound, "software: {use: nccl}", "software: {use: nccl, library: {ll: {enabled: false}}}") +
               "  protocol: ll\n"),
      "test.yaml:10:13: protocol: the library of the software has no 'll'; expected one of auto, ll128, simple");
  EXPECT_EQ(mistakes(std::string(kSound) + "mapping: {}\n"),
            "test.yaml:10:1: a collective workload has no mapping: it says itself what is done; expected none");
}

TEST(CollectiveWorkloadTest, ReductionInTheNetworkNeedsASwitchThatReduces) {
  const std::string scenario = replaced(kSound, "algorithm: ring", "algorithm: in_network");
  EXPECT_EQ(mistakes(scenario), "");
  EXPECT_EQ(mistakes(scenario, {{"system.network.switch.reduction", "false"}}),
            "test.yaml:7:14: algorithm: in_network, but the network cannot reduce; expected a switch with "
            "reduction: true and fidelity: train, or another algorithm");
}

TEST(CollectiveWorkloadTest, ALibraryHasSoundProtocols) {
  EXPECT_EQ(
      mistakes(replaced(kSound, "software: {use: nccl}", "software: {use: nccl, library: {ll: {line_data: 32}}}")),
      "test.yaml:3:51: library: ll.line_data: 32 bytes of data in lines of 16; expected at most as many");
  EXPECT_EQ(mistakes(replaced(kSound, "software: {use: nccl}", "software: {use: nccl, library: {use: ncl-2}}")),
            "test.yaml:3:40: 'ncl-2' is no part of kind collective_library; did you mean 'nccl-2'?");
}

}  // namespace
}  // namespace decodesim
