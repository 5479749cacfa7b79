// SPDX-License-Identifier: Apache-2.0
// Single operators through the simulated modules.
#include <gtest/gtest.h>

#include "sim/app/build/simulate.hpp"
#include "sim/app/metrics/self_check.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {
using namespace literals;

OperatorRow gemm(std::int64_t m, std::int64_t n, std::int64_t k) {
  OperatorRow row;
  row.m = m;
  row.n = n;
  row.k = k;
  return row;
}

OperatorRow all_reduce(std::int64_t ranks, Bytes bytes) {
  OperatorRow row;
  row.kind = RowKind::kAllReduce;
  row.ranks = ranks;
  row.bytes = bytes;
  return row;
}

Plan plan_of(std::vector<OperatorRow> rows, std::int64_t ranks = 1) {
  Plan plan = test::toy_plan(ranks);
  auto operators = std::make_shared<OperatorsWorkloadPlan>();
  operators->profiles = {plan.software, plan.software};
  operators->profiles[1].kernels.start = 5_us;
  operators->table.rows = std::move(rows);
  plan.workload = {};
  plan.workload.kind = WorkloadKind::kOperators;
  plan.workload.operators = operators;
  return plan;
}

RunResult run(const Plan& plan) {
  ProgressListener quiet;
  RunResult result = simulate(plan, quiet);
  self_check(plan, result);
  return result;
}

TEST(OperatorDriverTest, LikeRowsTakeLikeTimesWhereverTheyStand) {
  const RunResult result = run(plan_of({gemm(4, 256, 256), gemm(4, 2048, 2048), gemm(4, 256, 256)}));
  ASSERT_EQ(result.operators.size(), 3U);
  EXPECT_EQ(result.operators[0], result.operators[2]);
  EXPECT_GT(result.operators[1], result.operators[0]);
}

TEST(OperatorDriverTest, ARowCostsItsStartsAndItsWorkAndNoHostTime) {
  const RunResult result = run(plan_of({gemm(1, 1, 1)}));
  EXPECT_GT(result.operators[0], 1'300_ns);  // start, prologue and epilogue
  EXPECT_LT(result.operators[0], 10_us);     // what the host takes in a step
}

TEST(OperatorDriverTest, EachRowHasItsOwnSoftware) {
  OperatorRow slow = gemm(4, 256, 256);
  slow.profile = 1;
  const RunResult result = run(plan_of({gemm(4, 256, 256), slow}));
  EXPECT_EQ(result.operators[1] - result.operators[0], 4_us);
}

TEST(OperatorDriverTest, EveryKindOfOperatorRuns) {
  OperatorRow attention;
  attention.kind = RowKind::kAttention;
  attention.batch = 2;
  attention.q_heads = attention.kv_heads = 4;
  attention.head_dim = 32;
  attention.kv_len = 100;
  OperatorRow mla = attention;
  mla.kind = RowKind::kMla;
  OperatorRow moe;
  moe.kind = RowKind::kMoe;
  moe.hidden = moe.intermediate = 64;
  moe.experts = {4, 2, 8, 2, 1'010'000};
  const RunResult result = run(plan_of({attention, mla, moe}));
  for (const Duration time : result.operators) EXPECT_GT(time, 1_us);
}

TEST(OperatorDriverTest, AFusedAppendByItselfIsAKernel) {
  OperatorRow attention;
  attention.kind = RowKind::kAttention;
  attention.batch = attention.q_heads = attention.kv_heads = 1;
  attention.head_dim = 32;
  attention.kv_len = 10;
  Plan plan = plan_of({attention});
  auto operators = std::make_shared<OperatorsWorkloadPlan>(*plan.workload.operators);
  operators->profiles[0].kernels.separate_kv_append = false;
  plan.workload.operators = operators;
  EXPECT_GT(run(plan).memory.front().bytes_written, Bytes());
}

TEST(OperatorDriverTest, CollectivesHaveAMachineForEachNumberOfRanks) {
  OperatorRow refused = all_reduce(8, 1_KiB);
  refused.not_predicted = "too many";
  const RunResult result =
      run(plan_of({all_reduce(4, 1_KiB), refused, all_reduce(2, 1_KiB), gemm(4, 256, 256), all_reduce(4, 1_MiB)}, 4));
  ASSERT_EQ(result.operators.size(), 5U);
  EXPECT_GT(result.operators[0], Duration());
  EXPECT_TRUE(result.operators[1].is_zero());
  EXPECT_GT(result.operators[4], result.operators[0]);
}

TEST(OperatorDriverTest, RowsThatCannotBePredictedTakeNoTime) {
  OperatorRow refused = gemm(1, 2, 3);
  refused.not_predicted = "no";
  const RunResult result = run(plan_of({refused, refused}));
  EXPECT_EQ(result.operators.size(), 2U);
  EXPECT_TRUE(result.simulated.is_zero());
}

}  // namespace
}  // namespace decodesim
