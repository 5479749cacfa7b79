// SPDX-License-Identifier: Apache-2.0
// What a table of operators leaves behind: errors by group, operators.csv, the summary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/app/metrics/operator_metrics.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "sim/app/report/expectations.hpp"
#include "sim/app/report/operator_results.hpp"
#include "sim/app/report/report.hpp"
#include "sim/app/report/results_json.hpp"
#include "sim/core/component/require.hpp"
#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {
using namespace literals;
using ::testing::HasSubstr;
using ::testing::Not;

OperatorRow row(RowKind kind, const std::string& residency, std::optional<double> measured_us) {
  OperatorRow out;
  out.kind = kind;
  out.software = "vllm";
  out.dtype = "bf16";
  out.residency = residency;
  out.measured_us = measured_us;
  out.cells = {std::string(name_of(kind)), residency};
  return out;
}

// Three measured gemms with errors of -50, 0 and +10 percent, one without measurement, and one that is not predicted.
struct OperatorRun {
  Plan plan = made_up_plan();
  RunResult result;

  OperatorRun() {
    auto operators = std::make_shared<OperatorsWorkloadPlan>();
    operators->profiles.push_back(plan.software);
    operators->table.columns = {"op", "residency"};
    operators->table.rows = {row(RowKind::kGemm, "memory", 4), row(RowKind::kGemm, "cache", 2),
                             row(RowKind::kGemm, "memory", 10), row(RowKind::kAttention, "", {}),
                             row(RowKind::kAllToAll, "", 5)};
    operators->table.rows.back().not_predicted = "no program";
    plan.workload.kind = WorkloadKind::kOperators;
    plan.workload.operators = operators;
    result.operators = {2_us, 2_us, 11_us, 3_us, 0_us};
    result.steps_asked = 5;
  }
};

TEST(OperatorMetricsTest, ErrorsAreRelativeToWhatWasMeasured) {
  const OperatorRun run;
  const OperatorMetrics metrics = operator_metrics(run.plan, run.result);
  EXPECT_EQ(metrics.rows, 5);
  EXPECT_EQ(metrics.predicted, 4);
  EXPECT_EQ(metrics.not_predicted, 1);
  EXPECT_EQ(metrics.all.count, 3);
  EXPECT_NEAR(metrics.all.mape, 20, 1e-9);
  EXPECT_NEAR(metrics.all.bias, -40.0 / 3, 1e-9);
  EXPECT_NEAR(metrics.all.p90, 50, 1e-9);
  EXPECT_NEAR(metrics.by_op_residency.at("gemm/memory").mape, 30, 1e-9);
  EXPECT_NEAR(metrics.by_residency.at("cache").mape, 0, 1e-9);
  EXPECT_EQ(metrics.by_software.at("vllm").count, 3);
  EXPECT_EQ(metrics.by_dtype.at("bf16").count, 3);
  EXPECT_EQ(metrics.by_op.size(), 1U);
}

TEST(OperatorMetricsTest, TheTableIsTheInputsWithWhatCameOut) {
  OperatorRun run;
  EXPECT_EQ(operators_csv(run.plan, run.result),
            "op,residency,predicted_us,error_percent,note\n"
            "gemm,memory,2.000000,-50.000,\n"
            "gemm,cache,2.000000,0.000,\n"
            "gemm,memory,11.000000,10.000,\n"
            "attention,,3.000000,,\n"
            "alltoall,,,,not predicted: no program\n");
  run.result.operators.resize(1);
  EXPECT_THAT(operators_csv(run.plan, run.result), HasSubstr("gemm,cache,,,not predicted: the run was interrupted\n"));
}

TEST(OperatorMetricsTest, ResultsHaveEveryGroupAndExpectationsFindThem) {
  OperatorRun run;
  const auto root = nlohmann::json::parse(results_json(run.plan, run.result));
  EXPECT_EQ(root["operators"]["count"], 5);
  EXPECT_EQ(root["operators"]["not_predicted"], 1);
  EXPECT_NEAR(root["operators"]["by_op"]["gemm"]["mape_percent"].get<double>(), 20, 1e-9);
  Node list = Node::sequence({});
  Node item = Node::mapping({});
  item.set("path", {}, Node::scalar("operators.by_op_residency.gemm/memory.p90_percent", {}));
  item.set("max", {}, Node::scalar("49", {}));
  list.items().push_back(item);
  run.plan.expectations = list;
  Diagnostics diagnostics;
  check_expectations(run.plan, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(missed_expectations(run.plan, run.result).size(), 1U);
}

TEST(OperatorMetricsTest, WithoutMeasurementsThereAreNoErrors) {
  OperatorRun run;
  auto operators = std::make_shared<OperatorsWorkloadPlan>(*run.plan.workload.operators);
  for (OperatorRow& each : operators->table.rows) each.measured_us.reset();
  run.plan.workload.operators = operators;
  const auto root = nlohmann::json::parse(results_json(run.plan, run.result));
  EXPECT_EQ(root["operators"].size(), 3U);
  std::ostringstream out;
  print_summary(run.plan, run.result, out);
  EXPECT_THAT(out.str(), Not(HasSubstr("MAPE")));
}

TEST(OperatorMetricsTest, TheSummaryNamesEachOperatorAndItsRowsFromMemory) {
  const OperatorRun run;
  std::ostringstream out;
  print_summary(run.plan, run.result, out);
  EXPECT_THAT(out.str(), HasSubstr("  run             4 of 5 rows predicted, 1 cannot be: operators.csv says why\n"));
  EXPECT_THAT(out.str(), HasSubstr("    gemm                  3     20.0 %    -13.3 %     50.0 %\n"
                                   "      memory              2     30.0 %    -20.0 %     50.0 %\n"));
}

TEST(OperatorMetricsTest, ARowWithoutTimeBreaksALaw) {
  OperatorRun run;
  EXPECT_NO_THROW(self_check(run.plan, run.result));
  run.result.operators[0] = 0_us;
  EXPECT_THROW(self_check(run.plan, run.result), InternalError);
  run.result.operators.clear();
  EXPECT_THROW(self_check(run.plan, run.result), InternalError);
  run.result.interrupted = true;
  EXPECT_NO_THROW(self_check(run.plan, run.result));
}

}  // namespace
}  // namespace decodesim
