// SPDX-License-Identifier: Apache-2.0
// Collectives by size through the program itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/app/cli/program.hpp"

namespace decodesim {
namespace {
using test::Outcome;
using test::ProgramFolder;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kScenario = R"(system:
  accelerators: {use: h100-sxm, count: 8}
  software: {use: nccl}
workload:
  kind: collective
  op: all_reduce
  sizes: [1 KiB, 64 KiB, 1 MiB]
  ranks: [2, 8]
expect:
  - {path: collectives.results.8/1024.algorithm, value: ring ll}
)";

TEST(CollectivesCommandTest, ARunPrintsAndWritesATableWithWhatWasPicked) {
  const ProgramFolder folder;
  folder.write("c.yaml", kScenario);
  const Outcome outcome = folder.run("run c.yaml --out r");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("ring ll"));
  const std::string table = folder.read("r/collectives.csv");
  EXPECT_THAT(table, StartsWith("op,ranks,size_bytes,count,type,time_us,algbw_gb_per_s,busbw_gb_per_s,algorithm\n"
                                "all_reduce,2,1024,512,bf16,"));
  EXPECT_EQ(folder.run("run c.yaml --out s -q").status, 0);
  EXPECT_EQ(folder.read("s/collectives.csv"), table);
  EXPECT_EQ(folder.run("run c.yaml --out t -q --set run.fold=off").status, 0);
  EXPECT_EQ(folder.read("t/collectives.csv"), table);
  EXPECT_EQ(folder.run("run r/resolved.yaml --out u -q").status, 0);
  EXPECT_EQ(folder.read("u/collectives.csv"), table);
}

TEST(CollectivesCommandTest, EveryOperationAndAlgorithmRuns) {
  const ProgramFolder folder;
  const std::string scenario = kScenario;
  folder.write("c.yaml", scenario.substr(0, scenario.find("expect:")));
  for (const char* op : {"all_gather", "reduce_scatter", "all_to_all", "broadcast", "send_recv"})
    EXPECT_EQ(folder.run(std::string("run c.yaml --out r -q --set workload.op=") + op).status, 0) << op;
  for (const char* algorithm : {"one_shot", "two_shot", "ring", "halving_doubling", "tree", "in_network"})
    EXPECT_EQ(folder.run(std::string("run c.yaml --out r -q --set workload.algorithm=") + algorithm).status, 0)
        << algorithm;
}

}  // namespace
}  // namespace decodesim
