// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/tables.hpp"

#include <gtest/gtest.h>

#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

TEST(StepsCsv, HasOneExactRowAStep) {
  EXPECT_EQ(steps_csv(made_up_result()),
            "step,begin_s,latency_s,sequences,kv_tokens,longest_context,memory_s,compute_s,network_s,overhead_s,"
            "tokens,new_tokens,drafting_s\n"
            "0,0.000000000000,0.004500000000,16,32768,2048,0.002700000000,0.000200000000,0.000600000000,0.001000000000,"
            "16,16,0.000000000000\n"
            "1,0.004500000000,0.004500000000,16,32768,2048,0.002700000000,0.000200000000,0.000600000000,0.001000000000,"
            "16,16,0.000000000000\n"
            "2,0.009000000000,0.005000000000,16,32768,2048,0.003200000000,0.000200000000,0.000600000000,0.001000000000,"
            "16,16,0.000000000000\n"
            "3,0.014000000000,0.006000000000,16,32768,2048,0.004200000000,0.000200000000,0.000600000000,0.001000000000,"
            "16,16,0.000000000000\n");
}

TEST(ComponentsCsv, HasOneRowAStatistic) {
  RunResult result;
  result.components = {{"rank0.hbm", "bytes_read", "B", 42}, {"odd,name \"x\"", "trains", "1", -1}};
  EXPECT_EQ(components_csv(result),
            "component,statistic,unit,value\n"
            "rank0.hbm,bytes_read,B,42\n"
            "\"odd,name \"\"x\"\"\",trains,1,-1\n");
}

TEST(Tables, OfNothingAreTheirHeaders) {
  EXPECT_EQ(steps_csv(RunResult()),
            "step,begin_s,latency_s,sequences,kv_tokens,longest_context,memory_s,compute_s,network_s,overhead_s,"
            "tokens,new_tokens,drafting_s\n");
  EXPECT_EQ(components_csv(RunResult()), "component,statistic,unit,value\n");
}

}  // namespace
}  // namespace decodesim
