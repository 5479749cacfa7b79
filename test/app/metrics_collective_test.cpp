// SPDX-License-Identifier: Apache-2.0
// Collectives: bandwidths as nccl-tests counts them, their bounds, and what a run of them leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/app/metrics/collective_metrics.hpp"
#include "sim/app/report/collective_results.hpp"
#include "sim/app/report/report.hpp"
#include "sim/app/report/results_json.hpp"
#include "sim/core/component/require.hpp"
#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {
using namespace literals;
using ::testing::HasSubstr;

// All-reduces of 4 and 8 MB on 8 ranks behind links of 450 GB/s.
struct CollectiveRun {
  Plan plan = made_up_plan();
  RunResult result;

  explicit CollectiveRun(RowKind kind = RowKind::kAllReduce) {
    auto operators = std::make_shared<OperatorsWorkloadPlan>();
    operators->profiles.push_back(plan.software);
    for (const Bytes size : {Bytes(4'000'000), Bytes(8'000'000)}) {
      OperatorRow& row = operators->table.rows.emplace_back();
      row.kind = kind;
      row.dtype = "bf16";
      row.ranks = 8;
      row.bytes = size;
    }
    plan.workload.kind = WorkloadKind::kCollective;
    plan.workload.operators = operators;
    result.operators = {20_us, 40_us};
    result.algorithms = {"ring ll", "ring simple"};
    result.steps_asked = 2;
  }
};

std::string problem(const CollectiveRun& run) {
  try {
    check_collectives(run.plan, run.result);
  } catch (const InternalError& error) {
    return error.what();
  }
  return "";
}

TEST(CollectiveMetricsTest, BandwidthsAreThoseOfNcclTests) {
  const CollectiveRun run;
  const auto metrics = collective_metrics(run.plan, run.result);
  ASSERT_EQ(metrics.size(), 2U);
  EXPECT_EQ(metrics[0].count, 2'000'000);
  EXPECT_DOUBLE_EQ(metrics[0].algorithm_bandwidth, 200e9);
  EXPECT_DOUBLE_EQ(metrics[0].bus_bandwidth, 350e9);  // x 2 (8 - 1) / 8
  EXPECT_EQ(metrics[1].algorithm, "ring simple");
}

// 2 x 7 / 8 x 4 MB / 450 GB/s = 15.56 us: not a picosecond less.
TEST(CollectiveCheckTest, NothingIsBelowTheBandwidthBound) {
  CollectiveRun run;
  EXPECT_EQ(problem(run), "");
  run.result.operators[0] = Bytes(7'000'000) / 450_GBps;
  EXPECT_EQ(problem(run), "");
  run.result.operators[0] -= 1_ps;
  EXPECT_THAT(problem(run),
              HasSubstr("all_reduce of 4 MB on 8 ranks (ring ll): took 15.555555 us, less than the 15.555556 us "));
  run.result.algorithms[0] = "in_network";  // then 4 MB / 450 GB/s = 8.89 us
  EXPECT_EQ(problem(run), "");
  run.result.operators[0] = 8'888_ns;
  EXPECT_NE(problem(run), "");
}

TEST(CollectiveCheckTest, LatencyNeverFallsAsTheCollectiveGrows) {
  CollectiveRun run;
  run.result.operators = {45_us, 45_us};
  EXPECT_EQ(problem(run), "");
  run.result.operators[1] -= 1_ps;
  EXPECT_THAT(problem(run),
              HasSubstr("all_reduce of 8 MB on 8 ranks (ring simple): took 44.999999 us, less than the 45 "
                        "us of all_reduce of 4 MB on 8 ranks (ring ll)"));
}

TEST(CollectiveCheckTest, OtherRanksAndOperationsAreOtherSeries) {
  CollectiveRun run(RowKind::kAllGather);
  run.result.operators = {100_us, 40_us};
  EXPECT_NE(problem(run), "");
  auto operators = std::make_shared<OperatorsWorkloadPlan>(*run.plan.workload.operators);
  operators->table.rows[0].ranks = 4;
  run.plan.workload.operators = operators;
  EXPECT_EQ(problem(run), "");
}

TEST(CollectiveReportTest, ResultsAreFoundByRanksAndBytesAndTheTableHasNcclTestsColumns) {
  const CollectiveRun run;
  const auto json = nlohmann::ordered_json::parse(results_json(run.plan, run.result));
  EXPECT_EQ(json["collectives"]["op"], "all_reduce");
  EXPECT_EQ(json["collectives"]["results"][1]["name"], "8/8000000");
  EXPECT_EQ(json["collectives"]["results"][1]["time_s"], 40e-6);
  EXPECT_EQ(json["collectives"]["results"][1]["busbw_bytes_per_s"], 350e9);
  EXPECT_EQ(collectives_csv(run.plan, run.result),
            "op,ranks,size_bytes,count,type,time_us,algbw_gb_per_s,busbw_gb_per_s,algorithm\n"
            "all_reduce,8,4000000,2000000,bf16,20.000000,200.000,350.000,ring ll\n"
            "all_reduce,8,8000000,4000000,bf16,40.000000,200.000,350.000,ring simple\n");
  std::ostringstream out;
  print_summary(run.plan, run.result, out);
  EXPECT_THAT(out.str(), HasSubstr("algbw   busbw  algorithm\n"));
  EXPECT_THAT(out.str(),
              HasSubstr("      8       4000000       2000000    bf16        20.00  200.00  350.00  ring ll\n"));
}

}  // namespace
}  // namespace decodesim
