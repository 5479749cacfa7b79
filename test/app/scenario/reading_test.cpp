// SPDX-License-Identifier: Apache-2.0
// What a sound scenario resolves to.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::at;
using test::kMinimal;
using test::read;
using test::replaced;

TEST(ScenarioTest, AnAcceleratorBringsItsMemoryNetworkAndSoftware) {
  const Plan plan = read(kMinimal);
  EXPECT_EQ(plan.title, "test");
  EXPECT_EQ(plan.accelerator_part, "h100-sxm");
  EXPECT_EQ(plan.accelerators, 8);
  EXPECT_EQ(plan.accelerator.cores, 132);
  ASSERT_EQ(plan.memory.size(), 1U);
  EXPECT_EQ(plan.memory[0].name, "hbm");
  EXPECT_EQ(plan.memory[0].part, "hbm3-16GB");
  EXPECT_EQ(plan.memory[0].stacks, 5);
  ASSERT_TRUE(plan.memory[0].dram);
  EXPECT_FALSE(plan.memory[0].flat);
  ASSERT_TRUE(plan.network);
  EXPECT_EQ(plan.network->link.bandwidth, 450_GBps);
  EXPECT_EQ(plan.software.part, "trtllm-graph");
  EXPECT_EQ(plan.workload.model, "llama-3-70b");
  EXPECT_EQ(plan.workload.decode.parallel.tensor, 8);
  EXPECT_EQ(plan.workload.decode.precision.weights, DataType::kFp8);
  EXPECT_EQ(plan.workload.decode.precision.activations, DataType::kBf16);
  EXPECT_EQ(plan.workload.steps, 64);
  EXPECT_FALSE(plan.workload.trace);
  EXPECT_EQ(plan.run.seed, 1);
  EXPECT_TRUE(plan.run.fold);
}

TEST(ScenarioTest, KeysBesideUseOverrideThePart) {
  const Plan plan = read(replaced(kMinimal, "count: 8", "count: 8, cores: 100"));
  EXPECT_EQ(plan.accelerator.cores, 100);
  EXPECT_EQ(plan.accelerator.sram, Bytes(50'000'000));
}

TEST(ScenarioTest, MemoryIsOverriddenByNameByPlaceOrAsAMapping) {
  for (const char* memory : {"[{name: hbm, stacks: 6}]", "[{stacks: 6}]", "{hbm: {stacks: 6}}", "{0: {stacks: 6}}"}) {
    const Plan plan = read(replaced(kMinimal, "workload:", "  memory: " + std::string(memory) + "\nworkload:"));
    ASSERT_EQ(plan.memory.size(), 1U) << memory;
    EXPECT_EQ(plan.memory[0].stacks, 6) << memory;
    EXPECT_EQ(plan.memory[0].part, "hbm3-16GB") << memory;
  }
}

TEST(ScenarioTest, ATierOfAnotherNameIsAdded) {
  const Plan plan = read(replaced(kMinimal, "workload:", "  memory: [{name: second, use: ideal-memory}]\nworkload:") +
                         "  placement: {kv_cache: second}\n");
  ASSERT_EQ(plan.memory.size(), 2U);
  EXPECT_EQ(plan.memory[1].name, "second");
  EXPECT_TRUE(plan.memory[1].flat);
  EXPECT_EQ(plan.placement.weights, 0);
  EXPECT_EQ(plan.placement.kv_cache, 1);
}

TEST(ScenarioTest, APartOfTheNetworkIsOverriddenOrReplaced) {
  const Plan overridden = read(replaced(kMinimal, "workload:", "  network: {link: {bandwidth: 300 GB/s}}\nworkload:"));
  EXPECT_EQ(overridden.network->link.bandwidth, 300_GBps);
  EXPECT_EQ(overridden.network->link.latency, 50_ns);
  const Plan replaced_link = read(replaced(kMinimal, "workload:", "  network: {link: {use: ideal-link}}\nworkload:"));
  EXPECT_EQ(replaced_link.network->link.latency, 0_ps);
  EXPECT_EQ(at(replaced_link, "system.network.link.part").value, "ideal-link");
}

TEST(ScenarioTest, SoftwareIsOverriddenBelowItsGroups) {
  const Plan plan = read(replaced(kMinimal, "workload:", "  software: {kernels: {serial_per_layer: 3 us}}\nworkload:"));
  EXPECT_EQ(plan.software.kernels.serial_per_layer, 3_us);
  EXPECT_EQ(plan.software.part, "trtllm-graph");
  EXPECT_EQ(at(plan, "system.software.kernels.serial_per_layer").origin, "test.yaml:3:42");
}

TEST(ScenarioTest, AssignmentsComeBeforeEverythingElse) {
  const Plan plan = read(kMinimal, {{"system.accelerators.use", "ideal"},
                                    {"system.memory.0.capacity", "200 GB"},
                                    {"workload.batch", "2"},
                                    {"run.fold", "off"},
                                    {"mapping.collectives.all_reduce", "ring"}});
  EXPECT_EQ(plan.accelerator_part, "ideal");
  EXPECT_EQ(plan.memory[0].flat->capacity, 200_GB);
  EXPECT_EQ(plan.workload.batch, 2);
  EXPECT_FALSE(plan.run.fold);
  EXPECT_EQ(plan.software.all_reduce, CollectiveAlgorithm::kRing);
  EXPECT_EQ(at(plan, "workload.batch").origin, "--set workload.batch");
  EXPECT_EQ(at(plan, "system.memory.0.capacity").origin, "--set system.memory.0.capacity");
}

TEST(ScenarioTest, TheNumberOfAcceleratorsAndTheirParallelismGiveEachOther) {
  const Plan from_tensor = read(replaced(kMinimal, ", count: 8", ""));
  EXPECT_EQ(from_tensor.accelerators, 8);
  EXPECT_EQ(at(from_tensor, "system.accelerators.count").value, "8");
  const Plan from_count = read(replaced(kMinimal, "mapping:\n  parallel: {tensor: 8}\n", ""));
  EXPECT_EQ(from_count.workload.decode.parallel.tensor, 8);
  EXPECT_EQ(at(from_count, "mapping.parallel.tensor").origin,
            "default (derived: system.accelerators.count over the other degrees but expert)");
}

TEST(ScenarioTest, OriginsNameTheFileThePartAndItsSource) {
  const Plan plan = read(kMinimal);
  EXPECT_EQ(at(plan, "workload.batch").origin, "test.yaml:7:10");
  EXPECT_EQ(at(plan, "system.accelerators.part").origin, "test.yaml:2:23");
  EXPECT_EQ(at(plan, "system.memory.0.channels").origin, "catalog:memory/hbm3-16GB.yaml:8:19 (JESD238 (HBM3))");
  EXPECT_EQ(at(plan, "workload.model.layers").origin,
            "catalog:models/llama-3-70b.yaml:4:17 (The Llama 3 Herd of Models, arXiv 2407.21783, table 3)");
  EXPECT_EQ(at(plan, "run.seed").origin, "default (assumed: 1)");
  EXPECT_EQ(plan.fields.size(), plan.resolved.size());
  for (std::size_t i = 0; i < plan.fields.size(); ++i) EXPECT_EQ(plan.fields[i].name, plan.resolved[i].path);
}

TEST(ScenarioTest, ATraceThatShipsIsFoundByItsName) {
  const Plan plan = read(replaced(kMinimal, "batch: 16\n  context: 2048", "trace: example.trace\n  steps: 5"));
  ASSERT_TRUE(plan.workload.trace);
  EXPECT_EQ(plan.workload.steps, 5);
  EXPECT_EQ(plan.workload.trace->steps(), 5);
  EXPECT_EQ(plan.workload.batch, 3);
  EXPECT_EQ(plan.workload.context, 883);
}

TEST(ScenarioTest, GeneratedRequestsFollowTheSeed) {
  const std::string text =
      replaced(kMinimal, "batch: 16\n  context: 2048",
               "requests: {generator: azure_conversation_2023, count: 20}\n  concurrency: 4\n  steps: 100");
  const Plan one = read(text);
  const Plan same = read(text);
  const Plan other = read(text, {{"run.seed", "2"}});
  EXPECT_EQ(*one.workload.trace, *same.workload.trace);
  EXPECT_FALSE(*one.workload.trace == *other.workload.trace);
  EXPECT_EQ(one.workload.batch, 4);
  EXPECT_EQ(one.workload.steps, 100);
}

TEST(ScenarioTest, TheDigestIsOfWhatIsSimulated) {
  const Plan plan = read(kMinimal);
  EXPECT_EQ(plan.scenario_sha256.size(), 64U);
  EXPECT_EQ(plan.scenario_sha256, read(kMinimal).scenario_sha256);
  EXPECT_NE(plan.scenario_sha256, read(kMinimal, {{"workload.batch", "17"}}).scenario_sha256);
  EXPECT_NE(plan.scenario_sha256, read(kMinimal, {{"run.seed", "2"}}).scenario_sha256);
}

TEST(ScenarioTest, ValuesOfExpectationsStayForTheReport) {
  const Plan plan = read(std::string(kMinimal) + "expect:\n  - {path: decode.tokens, min: 1}\n");
  ASSERT_TRUE(plan.expectations.is_sequence());
  EXPECT_EQ(plan.expectations.items().size(), 1U);
}

}  // namespace
}  // namespace decodesim
