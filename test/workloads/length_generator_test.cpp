// SPDX-License-Identifier: Apache-2.0
// Generated requests: reproducible, and with the statistics that their model states.
#include "workloads/generator/length_generator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "sim/core/component/require.hpp"
#include "workloads/batching/continuous_batching.hpp"

namespace decodesim {
namespace {

constexpr std::int64_t kSample = 20'000;

LengthModel model_named(std::string_view name) {
  for (LengthModel& model : length_models())
    if (model.name == name) return model;
  throw InternalError("test", "no such model");
}

std::vector<Request> sample_of(std::string_view name, std::uint64_t seed) {
  const LengthModel model = model_named(name);
  return generate_requests(model.prompt, model.output, kSample, seed);
}

// The value that `share` of the sample does not exceed, in parts of 1000.
std::int64_t quantile(const std::vector<Request>& requests, std::int64_t Request::*side, std::int64_t share) {
  std::vector<std::int64_t> values;
  for (const Request& r : requests) values.push_back(r.*side);
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * (kSample - 1) / 1000)];
}

TEST(LengthGeneratorTest, SeedDecidesTheRequests) {
  EXPECT_EQ(sample_of("azure_conversation_2023", 1), sample_of("azure_conversation_2023", 1));
  EXPECT_NE(sample_of("azure_conversation_2023", 1), sample_of("azure_conversation_2023", 2));
}

TEST(LengthGeneratorTest, LongerSeriesStartsWithTheShorterOne) {
  const LengthModel model = model_named("azure_code_2023");
  const auto five = generate_requests(model.prompt, model.output, 5, 9);
  const auto nine = generate_requests(model.prompt, model.output, 9, 9);
  EXPECT_TRUE(std::equal(five.begin(), five.end(), nine.begin()));
}

TEST(LengthGeneratorTest, MediansAreThosePublished) {
  const auto conversation = sample_of("azure_conversation_2023", 3);
  EXPECT_NEAR(static_cast<double>(quantile(conversation, &Request::context_tokens, 500)), 1020.0, 0.02 * 1020);
  EXPECT_NEAR(static_cast<double>(quantile(conversation, &Request::generated_tokens, 500)), 129.0, 0.04 * 129);
  const auto code = sample_of("azure_code_2023", 3);
  EXPECT_NEAR(static_cast<double>(quantile(code, &Request::context_tokens, 500)), 1500.0, 0.04 * 1500);
  EXPECT_NEAR(static_cast<double>(quantile(code, &Request::generated_tokens, 500)), 13.0, 1.0);
}

TEST(LengthGeneratorTest, TailOfConversationsFollowsTheFile) {
  const auto conversation = sample_of("azure_conversation_2023", 4);
  EXPECT_NEAR(static_cast<double>(quantile(conversation, &Request::context_tokens, 900)), 2734.0, 0.05 * 2734);
  EXPECT_NEAR(static_cast<double>(quantile(conversation, &Request::generated_tokens, 900)), 424.0, 0.05 * 424);
}

TEST(LengthGeneratorTest, FixedAndUniformLengthsKeepTheirBounds) {
  const auto requests = generate_requests(LengthDistribution::fixed(2048), LengthDistribution::uniform(3, 6), 1000, 7);
  std::array<int, 7> seen{};
  for (const Request& r : requests) {
    EXPECT_EQ(r.context_tokens, 2048);
    ASSERT_GE(r.generated_tokens, 3);
    ASSERT_LE(r.generated_tokens, 6);
    ++seen[static_cast<std::size_t>(r.generated_tokens)];
  }
  for (std::size_t tokens = 3; tokens <= 6; ++tokens) EXPECT_GT(seen[tokens], 200) << tokens;
}

// The first draws of seed 1, computed by an independent program: a machine or compiler must not change them.
TEST(LengthGeneratorTest, DrawsAreTheSameOnEveryMachine) {
  RandomStream random(1, "workload", "prompt_length");
  const auto uniform = LengthDistribution::uniform(0, 999'999);
  EXPECT_EQ(uniform.draw(random), 157'038);
  EXPECT_EQ(uniform.draw(random), 564'486);
}

TEST(LengthGeneratorTest, RequestsBecomeADecodeTraceThatConservesTheirTokens) {
  const LengthModel model = model_named("azure_conversation_2023");
  const auto requests = generate_requests(model.prompt, model.output, 200, 5);
  std::int64_t expected = 0;
  for (const Request& r : requests) expected += r.generated_tokens - 1;
  EXPECT_EQ(continuous_batching(requests, {16, 0}).tokens(), expected);
}

TEST(LengthGeneratorTest, ImpossibleTablesAreInternalErrors) {
  using D = LengthDistribution;
  EXPECT_THROW(D::quantiles({{0, 1}}), InternalError);
  EXPECT_THROW(D::quantiles({{0, 1}, {500, 2}}), InternalError);
  EXPECT_THROW(D::quantiles({{0, 1}, {500, 3}, {500, 4}, {1000, 5}}), InternalError);
  EXPECT_THROW(D::uniform(5, 4), InternalError);
  EXPECT_THROW(D::fixed(-1), InternalError);
  EXPECT_THROW(D::fixed(kMostRequestTokens + 1), InternalError);
}

}  // namespace
}  // namespace decodesim
