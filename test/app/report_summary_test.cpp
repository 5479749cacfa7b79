// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sstream>

#include "sim/app/report/report.hpp"
#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

using namespace literals;

std::string summary_of(const Plan& plan, const RunResult& result) {
  std::ostringstream out;
  print_summary(plan, result, out);
  return out.str();
}

TEST(Summary, IsForPeople) {
  EXPECT_EQ("\n" + summary_of(made_up_plan(), made_up_result()), R"(
Llama-3-70B decode on one 8-GPU node

  machine         8 x h100-sxm, 5 x hbm3-16gb, star of 450 GB/s links, trtllm-graph
  workload        llama-3-70b, weights fp8, KV cache fp8, batch 16, context 2,048, tensor parallel 8
  run             4 steps, 64 tokens

  step latency    mean 5.000 ms   p50 4.500 ms   p99 6.000 ms   max 6.000 ms
  tokens/s        3,200 in all, 200.0 for each user

  where the time of a step goes
    memory           3.200 ms   64.0 %  ##########################
    compute          0.200 ms    4.0 %  ##
    network          0.600 ms   12.0 %  #####
    overhead         1.000 ms   20.0 %  ########

  hbm             15,202 of 26,800 GB/s, 56.7 % of peak; 1,900 GB/s an accelerator
  utilisation     MBU 56.2 %, MFU 3.0 %
  all-reduce      one_shot, 320 MB between accelerators
  limited by      memory bandwidth: 64 percent of step time streams from hbm at 8 x 2.923 TB/s, 87 percent of peak; then overhead, 20 percent

  simulation      0.0200 s simulated in 0.0160 s, 1.25 x real time; 1,234,567 events, 84 MB
)");
}

TEST(Summary, SaysThatItWasInterrupted) {
  RunResult result = made_up_result();
  result.steps.resize(1);
  result.steps_asked = 4;
  result.interrupted = true;
  EXPECT_NE(summary_of(made_up_plan(), result).find("interrupted after 1 of 4 steps, 16 tokens"), std::string::npos);
}

TEST(Summary, DescribesATrace) {
  auto trace = std::make_shared<DecodeTrace>();
  trace->add_step(std::vector<SequenceId>{0, 1}, std::vector<std::int64_t>{1'000, 7'000});
  Plan plan = made_up_plan();
  plan.workload.trace = trace;
  EXPECT_NE(summary_of(plan, made_up_result()).find("trace of up to 2 sequences and 7,000 tokens of context"),
            std::string::npos);
}

TEST(Summary, OfOneAcceleratorNeedsNoNetwork) {
  Plan plan = made_up_plan();
  plan.accelerators = 1;
  plan.network.reset();
  RunResult result = made_up_result();
  result.all_reduce_algorithm.clear();
  const std::string text = summary_of(plan, result);
  EXPECT_NE(text.find("1 x h100-sxm, 5 x hbm3-16gb, trtllm-graph\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("all-reduce"), std::string::npos) << text;
  EXPECT_EQ(text.find("an accelerator"), std::string::npos) << text;
}

TEST(Summary, OfNothingSaysSo) {
  RunResult nothing;
  nothing.interrupted = true;
  nothing.steps_asked = 4;
  const std::string text = summary_of(made_up_plan(), nothing);
  EXPECT_NE(text.find("interrupted after 0 of 4 steps, 0 tokens"), std::string::npos) << text;
  EXPECT_NE(text.find("nothing: no step has finished"), std::string::npos) << text;
  EXPECT_EQ(text.find("nan"), std::string::npos) << text;
  EXPECT_EQ(text.find("inf"), std::string::npos) << text;
}

}  // namespace
}  // namespace decodesim
