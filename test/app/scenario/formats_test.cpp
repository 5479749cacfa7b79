// SPDX-License-Identifier: Apache-2.0
// Formats and degrees of parallelism of a decode scenario: what is read, and what an accelerator or a model refuses.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using test::kMinimal;
using test::mistakes;
using test::read;
using test::replaced;

std::string with_precision(std::string_view precision, std::string_view accelerator = "h100-sxm") {
  return replaced(replaced(kMinimal, "{weights: fp8, kv_cache: fp8}", precision), "h100-sxm", accelerator);
}

TEST(FormatsTest, EveryFormatOfWeightsHasItsName) {
  for (const WeightFormat& format : weight_formats()) {
    const Plan plan = read(with_precision("{weights: " + std::string(format.name) + "}", "b200-sxm"));
    EXPECT_EQ(plan.workload.decode.precision.weights, format) << format.name;
  }
}

TEST(FormatsTest, ExpertsMayDiffer) {
  const Plan plan = read(with_precision("{experts: w4a16_mxfp4}"));
  EXPECT_EQ(plan.workload.decode.precision.weights.name, "bf16");
  EXPECT_EQ(plan.workload.decode.precision.experts_format().name, "w4a16_mxfp4");
  EXPECT_FALSE(read(kMinimal).workload.decode.precision.experts.has_value());
}

TEST(FormatsTest, ProductsThatAPartHasNoUnitForAreRefused) {
  EXPECT_EQ(
      mistakes(with_precision("{weights: fp8}", "a100-sxm")),
      "test.yaml:6:24: weights: 'fp8' is multiplied in fp8, for which a100-sxm has no unit; expected one of fp32, "
      "bf16, fp16, fp8_wo, int8, int8_wo, int4_wo, w4a16_mxfp4, fp4");
  EXPECT_EQ(mistakes(with_precision("{experts: nvfp4}")),
            "test.yaml:6:24: experts: 'nvfp4' is multiplied in fp4, for which h100-sxm has no unit; expected one of "
            "fp32, bf16, fp16, fp8, fp8_wo, fp8_block, int8, int8_wo, int4_wo, w4a16_mxfp4, w4a8_mxfp4_mxfp8, fp4");
  EXPECT_EQ(mistakes(with_precision("{lm_head: fp8}", "a100-sxm")).substr(0, 32), "test.yaml:6:24: lm_head: 'fp8' i");
  EXPECT_EQ(mistakes(with_precision("{activations: fp8}", "a100-sxm")),
            "test.yaml:6:28: activations: 'fp8' is multiplied in fp8, for which a100-sxm has no unit; expected one of "
            "fp32, bf16, fp16, int8");
}

TEST(FormatsTest, WeightsThatAreWidenedAndCachesNeedNoUnit) {
  for (const std::string weights : {"fp8_wo", "int4_wo", "w4a16_mxfp4", "int8"})
    EXPECT_EQ(mistakes(with_precision("{weights: " + weights + ", kv_cache: fp8}", "a100-sxm")), "") << weights;
}

std::string with_parallel(std::string_view parallel) { return replaced(kMinimal, "tensor: 8", parallel); }

TEST(ParallelTest, TensorIsWhatTheOtherDegreesLeave) {
  const Parallelism p = read(with_parallel("pipeline: 2, data: 2")).workload.decode.parallel;
  EXPECT_EQ(p.tensor, 2);
  EXPECT_EQ(p.pipeline, 2);
  EXPECT_EQ(p.data, 2);
  const Plan counted = read(replaced(with_parallel("tensor: 2, context: 2"), ", count: 8", ""));
  EXPECT_EQ(counted.accelerators, 4);
}

TEST(ParallelTest, DegreesThatDoNotFitAreRefusedAtTheirPlace) {
  EXPECT_EQ(mistakes(with_parallel("tensor: 1, pipeline: 2, data: 4, expert: 2")),
            "test.yaml:10:55: expert parallelism 2, but llama-3-70b has no experts; expected 1");
  EXPECT_EQ(mistakes(replaced(with_parallel("data: 8"), "batch: 16", "batch: 7")),
            "test.yaml:10:20: data parallelism 8 is more than the batch of 7; expected at most a replica a sequence");
  EXPECT_EQ(mistakes(with_parallel("context: 2, tensor: 4, expert: 8")),
            "test.yaml:10:45: expert parallelism 8, but llama-3-70b has no experts; expected 1");
}

TEST(ParallelTest, RoutingIsOfModelsWithExperts) {
  const std::string mixtral = replaced(kMinimal, "llama-3-70b", "mixtral-8x7b\n  routing: power_law_1.2");
  EXPECT_EQ(read(mixtral).workload.decode.routing_alpha_ppm, 1'200'000);
}

}  // namespace
}  // namespace decodesim
