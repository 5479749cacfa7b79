// SPDX-License-Identifier: Apache-2.0
// The laws of continuous batching, on requests small enough to follow by hand.
#include "workloads/batching/continuous_batching.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <sstream>
#include <vector>

#include "sim/core/component/random.hpp"
#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

std::string text_of(const DecodeTrace& trace) {
  std::ostringstream out;
  write_decode_trace(trace, out);
  const std::string text = out.str();
  return text.substr(text.find('\n') + 1);
}

Request request(std::int64_t context, std::int64_t generated) { return {Duration(), context, generated}; }

TEST(ContinuousBatchingTest, LoneRequestStartsAtItsPromptAndLeavesItsFirstTokenToPrefill) {
  EXPECT_EQ(text_of(continuous_batching(std::vector{request(10, 4)}, {1, 0})), "0:10\n0:11\n0:12\nend 3\n");
}

TEST(ContinuousBatchingTest, FreedSlotIsTakenAtTheFollowingStep) {
  const std::vector requests{request(10, 2), request(20, 4), request(30, 3)};
  EXPECT_EQ(text_of(continuous_batching(requests, {2, 0})), "0:10 1:20\n2:30 1:21\n2:31 1:22\nend 3\n");
}

TEST(ContinuousBatchingTest, BatchShrinksWhenNoRequestIsLeft) {
  const std::vector requests{request(10, 2), request(20, 4)};
  EXPECT_EQ(text_of(continuous_batching(requests, {8, 0})), "0:10 1:20\n1:21\n1:22\nend 3\n");
}

TEST(ContinuousBatchingTest, RequestsOfOneTokenNeedNoDecodeStep) {
  const std::vector requests{request(10, 1), request(20, 0), request(30, 2)};
  EXPECT_EQ(text_of(continuous_batching(requests, {1, 0})), "2:30\nend 1\n");
  EXPECT_EQ(continuous_batching(std::vector{request(10, 1)}, {1, 0}).steps(), 0);
  EXPECT_EQ(continuous_batching({}, {1, 0}).steps(), 0);
}

TEST(ContinuousBatchingTest, StepLimitCutsTheTrace) {
  EXPECT_EQ(text_of(continuous_batching(std::vector{request(10, 9)}, {1, 2})), "0:10\n0:11\nend 2\n");
}

TEST(ContinuousBatchingTest, TokensAreConservedAndConcurrencyIsKept) {
  RandomStream random(1, "test", "requests");
  std::vector<Request> requests;
  std::int64_t expected = 0;
  for (int i = 0; i < 500; ++i) {
    requests.push_back(request(random.between(0, 5000), random.between(0, 300)));
    expected += std::max<std::int64_t>(0, requests.back().generated_tokens - 1);
  }
  const DecodeTrace trace = continuous_batching(requests, {32, 0});
  EXPECT_EQ(trace.tokens(), expected);
  EXPECT_EQ(trace.largest_batch(), 32);
  // No slot idles while requests wait: only the tail, at most as long as one request, may be thin.
  std::int64_t thin = 0;
  for (std::int64_t step = 0; step < trace.steps(); ++step) thin += trace.ids(step).size() < 32 ? 1 : 0;
  EXPECT_LE(thin, 299);
}

TEST(FixedBatchTest, SequencesStayTogetherAndGrow) {
  EXPECT_EQ(text_of(fixed_batch(2, 2048, 3)), "0:2048 1:2048\n0:2049 1:2049\n0:2050 1:2050\nend 3\n");
  EXPECT_THROW(fixed_batch(0, 1, 1), InternalError);
  EXPECT_THROW(fixed_batch(1, 1, 0), InternalError);
  EXPECT_THROW(fixed_batch(1, -1, 1), InternalError);
  EXPECT_THROW(fixed_batch(1, kLongestContext, 2), InternalError);
}

TEST(ContinuousBatchingTest, RequestsThatMakeNothingOrTooMuchAreRefused) {
  const auto refusal = [](std::int64_t generated, std::size_t count, BatchingOptions options) -> std::string {
    const std::vector<Request> requests(count, Request{Duration(), 5, generated});
    try {
      check_requests(requests, options, whole_file("r.csv"));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal(2, 1, {1, 0}), "");
  EXPECT_EQ(refusal(1, 9, {1, 0}),
            "r.csv: no request generates two tokens: there is nothing to decode; expected longer or more requests");
  EXPECT_EQ(refusal(2'000'001, 100, {1, 0}), "");
  EXPECT_EQ(refusal(2'000'002, 100, {1, 0}),
            "r.csv: the requests decode 200000100 tokens; expected at most 200000000: fewer requests, or a limit of "
            "steps");
  EXPECT_EQ(refusal(2'000'002, 100, {32, 1000}), "") << "at most 32,000 tokens";
}

TEST(ContinuousBatchingTest, AbsurdArgumentsAreInternalErrors) {
  EXPECT_THROW(continuous_batching(std::vector{request(1, 2)}, {0, 0}), InternalError);
  EXPECT_THROW(continuous_batching(std::vector{request(-1, 2)}, {1, 0}), InternalError);
  EXPECT_THROW(continuous_batching(std::vector{request(1, kMostRequestTokens + 1)}, {1, 0}), InternalError);
}

}  // namespace
}  // namespace decodesim
