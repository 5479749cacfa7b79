// SPDX-License-Identifier: Apache-2.0
// `workload.kind: operators`: what a scenario comes to, and what is said of a broken one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "sim/app/scenario/resolved_yaml.hpp"
#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {
using test::at;
using test::mistakes;
using test::read;
using test::replaced;
using ::testing::HasSubstr;

constexpr std::string_view kHeader = "op,software,dtype,m,n,k\n";

/// A table that lives as long as the test.
class TableFile {
 public:
  explicit TableFile(const std::string& content, const std::string& name = "table")
      : path_(std::filesystem::temp_directory_path() / ("decodesim_" + name + std::to_string(::getpid()) + ".csv")) {
    std::ofstream(path_) << content;
  }
  ~TableFile() { std::filesystem::remove(path_); }
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }
  [[nodiscard]] std::string scenario(const std::string& count = "1", const std::string& more = "") const {
    return "system:\n  accelerators: {use: h100-sxm, count: " + count +
           "}\nworkload:\n  kind: operators\n  file: " + path() + "\n" + more;
  }

 private:
  std::filesystem::path path_;
};

const std::vector<OperatorRow>& rows(const Plan& plan) { return plan.workload.operators->table.rows; }

TEST(OperatorsWorkloadTest, SoftwareChoosesAProfileByItsNameOrWithGraph) {
  const TableFile table(std::string(kHeader) +
                        "gemm,vllm,bf16,1,2,3\ngemm,trtllm,bf16,1,2,3\ngemm,ideal,bf16,1,2,3\n"
                        "gemm,,bf16,1,2,3\ngemm,vllm-graph,bf16,1,2,3\n");
  const Plan plan = read(table.scenario());
  EXPECT_EQ(plan.workload.kind, WorkloadKind::kOperators);
  const std::vector<SoftwarePlan>& profiles = plan.workload.operators->profiles;
  const auto part = [&](std::size_t row) { return profiles.at(rows(plan).at(row).profile).part; };
  EXPECT_EQ(profiles.size(), 3U);
  EXPECT_EQ(part(0), "vllm-graph");
  EXPECT_EQ(part(1), "trtllm-graph");
  EXPECT_EQ(part(2), "ideal");
  EXPECT_EQ(part(3), "trtllm-graph");  // what comes with the H100
  EXPECT_EQ(part(4), "vllm-graph");
}

TEST(OperatorsWorkloadTest, TheMachinesProfileKeepsWhatTheScenarioOverrides) {
  using namespace literals;
  const TableFile table(std::string(kHeader) + "gemm,trtllm,bf16,1,2,3\n");
  const Plan plan = read(table.scenario(), {{"system.software.kernels.start", "7 us"}});
  EXPECT_EQ(plan.workload.operators->profiles.at(rows(plan).at(0).profile).kernels.start, 7_us);
}

TEST(OperatorsWorkloadTest, UnknownSoftwareIsAMistakeOfItsCell) {
  const TableFile table(std::string(kHeader) + "gemm,trtlm,bf16,1,2,3\n");
  EXPECT_EQ(
      mistakes(table.scenario()),
      table.path() +
          ":2:6: software: 'trtlm' is no software profile; expected one of ideal, nccl, sglang-graph, trtllm-graph, "
          "vllm-graph");
}

TEST(OperatorsWorkloadTest, WhatCannotBePredictedSaysWhy) {
  const TableFile table(
      "op,software,dtype,ranks,bytes,m,n,k\nall_reduce,trtllm,bf16,8,256,,,\nall_reduce,trtllm,bf16,4,256,,,\n"
      "all_reduce,nccl-2.29.2,fp16,2,256,,,\nalltoall,trtllm,bf16,2,256,,,\nall_reduce,trtllm,bf16,1,256,,,\n"
      "gemm,trtllm,bf16,,,1,1000000,1000000\n");
  const Plan plan = read(table.scenario("4"));
  EXPECT_EQ(rows(plan)[0].not_predicted, "8 ranks but the machine has 4 accelerators");
  EXPECT_EQ(rows(plan)[1].not_predicted, "");
  EXPECT_EQ(rows(plan)[2].not_predicted, "");
  EXPECT_EQ(plan.workload.operators->profiles.at(rows(plan)[2].profile).part, "nccl");
  EXPECT_EQ(rows(plan)[3].not_predicted, "");
  EXPECT_EQ(rows(plan)[4].not_predicted, "one rank has nobody to exchange with");
  EXPECT_THAT(rows(plan)[5].not_predicted, HasSubstr("exceed hbm of"));
}

TEST(OperatorsWorkloadTest, SeveralFilesAreOneTableAndTheResolvedScenarioReadsBack) {
  const TableFile a(std::string(kHeader) + "gemm,,bf16,1,2,3\n", "a");
  const TableFile b("op,kv_dtype,batch,q_heads,kv_len\nmla,bf16,1,2,3\n", "b");
  const std::string scenario =
      replaced(a.scenario(), "file: " + a.path(), "files: [" + a.path() + ", " + b.path() + "]");
  const Plan plan = read(scenario);
  ASSERT_EQ(rows(plan).size(), 2U);
  EXPECT_EQ(at(plan, "workload.files").value, a.path() + ", " + b.path());
  const Plan again = read(resolved_yaml(plan));
  EXPECT_EQ(rows(again).size(), 2U);
  EXPECT_EQ(again.scenario_sha256, plan.scenario_sha256);
}

TEST(OperatorsWorkloadTest, TheTableIsPartOfTheExperimentAndItsNameIsNot) {
  const TableFile a(std::string(kHeader) + "gemm,,bf16,1,2,3\n", "a");
  const TableFile b(std::string(kHeader) + "gemm,,bf16,1,2,3\n", "b");
  const TableFile c(std::string(kHeader) + "gemm,,bf16,1,2,4\n", "c");
  EXPECT_EQ(read(a.scenario()).scenario_sha256, read(b.scenario()).scenario_sha256);
  EXPECT_NE(read(a.scenario()).scenario_sha256, read(c.scenario()).scenario_sha256);
}

TEST(OperatorsWorkloadTest, MistakesOfTheScenario) {
  const TableFile table(std::string(kHeader) + "gemm,,bf16,1,2,3\n");
  const std::string sound = table.scenario();
  const std::string file = "file: " + table.path();
  EXPECT_EQ(mistakes(sound), "");
  EXPECT_EQ(mistakes(replaced(sound, file, "file: nowhere.csv")),
            "test.yaml:5:9: table 'nowhere.csv' does not exist; expected a table of operators, relative to the file "
            "that names it");
  EXPECT_EQ(mistakes(replaced(sound, file, "rows: 3")),
            "test.yaml:5:3: unknown key 'rows' in workload; expected one of kind, file, files\n"
            "test.yaml:4:3: workload names no table of operators; expected file: NAME.csv, or a list files:");
  EXPECT_EQ(mistakes(replaced(sound, file, file + "\n  files: [a.csv]")),
            "test.yaml:6:10: both 'file' and 'files' are given; expected one of them");
  EXPECT_EQ(mistakes(replaced(sound, file, "files: []")),
            "test.yaml:5:10: files names no file; expected a list of tables of operators");
}

TEST(OperatorsWorkloadTest, SizesWhoseProductOverflowsAreAMistakeOfTheRow) {
  const TableFile table(std::string(kHeader) + "gemm,,bf16,100000000,100000000,100000000\n");
  EXPECT_EQ(mistakes(table.scenario()),
            table.path() + ":2:1: sizes whose product does not fit 64 bits; expected magnitudes that exist");
}

}  // namespace
}  // namespace decodesim
