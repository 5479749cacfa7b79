// SPDX-License-Identifier: Apache-2.0
// Tables of operators through the program itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/app/cli/program.hpp"

namespace decodesim {
namespace {
using test::Outcome;
using test::ProgramFolder;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kScenario = R"(system:
  accelerators: {use: h100-sxm, count: 2}
workload:
  kind: operators
  file: rows.csv
expect:
  - {path: operators.by_op.gemm.count, value: 1}
  - {path: operators.not_predicted, value: 1}
)";

TEST(OperatorsCommandTest, ARunWritesTheTableWithWhatCameOut) {
  const ProgramFolder folder;
  folder.write("o.yaml", kScenario);
  folder.write("rows.csv",
               "op,software,dtype,m,n,k,ranks,bytes,measured_us,mark\n"
               "gemm,vllm,bf16,16,8192,8192,,,50,x\n"
               "all_reduce,vllm,bf16,,,,2,4096,,y\n"
               "all_reduce,vllm,bf16,,,,8,4096,,z\n");
  const Outcome outcome = folder.run("run o.yaml --out r");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("2 of 3 rows predicted, 1 cannot be"));
  const std::string table = folder.read("r/operators.csv");
  EXPECT_THAT(table, StartsWith("op,software,dtype,m,n,k,ranks,bytes,measured_us,mark,predicted_us,error_percent,note\n"
                                "gemm,vllm,bf16,16,8192,8192,,,50,x,"));
  EXPECT_THAT(table, EndsWith("z,,,not predicted: 8 ranks but the machine has 2 accelerators\n"));
  EXPECT_EQ(folder.run("run o.yaml --out s -q").status, 0);
  EXPECT_EQ(folder.read("s/operators.csv"), table);
  EXPECT_EQ(folder.run("check o.yaml").status, 0);
}

TEST(OperatorsCommandTest, ABrokenTableIsBadInputBeforeAnythingIsWritten) {
  const ProgramFolder folder;
  folder.write("o.yaml", kScenario);
  folder.write("rows.csv", "op,dtype,m,n,k\ngemm,bf16,16,8192,none\n");
  const Outcome outcome = folder.run("run o.yaml --out r");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("rows.csv:2:19: k: 'none' is no whole number; expected 1 to 100000000"));
  EXPECT_FALSE(folder.has("r"));
}

}  // namespace
}  // namespace decodesim
