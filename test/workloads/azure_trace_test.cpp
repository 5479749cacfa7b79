// SPDX-License-Identifier: Apache-2.0
// The importer of Azure LLM inference traces. The published file itself is only read where DECODESIM_MEASURED_DATA
// names the folder of measured data.
#include "workloads/trace/azure_trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "workloads/generator/length_generator.hpp"

namespace decodesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace literals;

constexpr std::string_view kHeader = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

std::vector<Request> read(const std::string& content, std::int64_t most = 0) {
  std::istringstream in(content);
  return read_azure_trace(in, "a.csv", most);
}

std::string message_of(const std::string& content) {
  try {
    read(content);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

std::string message_of_record(const std::string& record) { return message_of(std::string(kHeader) + record); }

TEST(AzureTraceTest, RecordsBecomeRequestsWithTheTimeSinceTheFirst) {
  EXPECT_THAT(read(std::string(kHeader) + "2023-11-16 23:59:59.5000000,374,44\n2023-11-17 00:00:00.0000001,396,109\n"),
              ElementsAre(Request{Duration(), 374, 44}, Request{500_ms + 100_ns, 396, 109}));
}

TEST(AzureTraceTest, ColumnsAreFoundByNameInAnyOrderWithCarriageReturns) {
  EXPECT_THAT(read("Kind,GeneratedTokens,ContextTokens,TIMESTAMP\r\nx,44,374,2024-05-10 00:00:00.009930+00:00\r\n"),
              ElementsAre(Request{Duration(), 374, 44}));
}

TEST(AzureTraceTest, AByteOrderMarkIsTolerated) {
  EXPECT_EQ(read("\xef\xbb\xbf" + std::string(kHeader) + "2023-11-16 18:15:46.68,374,44\n").size(), 1U);
}

TEST(AzureTraceTest, LimitKeepsTheFirstRequestsButChecksThemAll) {
  const std::string two = std::string(kHeader) + "2023-11-16 18:15:46,1,2\n2023-11-16 18:15:47,3,4\n";
  EXPECT_EQ(read(two, 1).size(), 1U);
  EXPECT_THROW(read(two + "nonsense\n", 1), ConfigError);
}

TEST(AzureTraceTest, MistakesHaveTheirLineAndColumn) {
  EXPECT_THAT(message_of(""), HasSubstr("a.csv:1:1: the file has no header"));
  EXPECT_THAT(message_of(std::string(kHeader)), HasSubstr("a.csv:2:1: the trace has no request"));
  EXPECT_THAT(message_of("TIMESTAMP,ContextTokens\n"), HasSubstr("a.csv:1:1: no column 'GeneratedTokens'"));
  EXPECT_THAT(message_of("TIMESTAMP,ContextTokens,GeneratedTokens,TIMESTAMP\n"),
              HasSubstr("a.csv:1:41: column 'TIMESTAMP' is there twice"));
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46,374\n"), HasSubstr("a.csv:2:1: 2 columns where the header has 3"));
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46,-1,44\n"),
              HasSubstr("a.csv:2:21: ContextTokens is '-1'; expected a whole number of 0 to 16777216"));
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46,1,4x\n"), HasSubstr("a.csv:2:23: GeneratedTokens is '4x'"));
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46,1,99999999999\n"), HasSubstr("GeneratedTokens is '99999999999'"));
  EXPECT_THAT(message_of_record("2023-13-16 18:15:46,1,4\n"), HasSubstr("a.csv:2:1: '2023-13-16 18:15:46' is not a"));
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46+02:00,1,4\n"), HasSubstr("is not a time"));
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46,1,4\n\n2023-11-16 18:15:46,1,4\n"),
              HasSubstr("a.csv:3:1: an empty line between records"));
}

TEST(AzureTraceTest, TimeRunsForwards) {
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46,1,4\n2023-11-16 18:15:45,1,4\n"),
              HasSubstr("a.csv:3:1: the time lies before that of the line above"));
  EXPECT_THAT(message_of_record("2023-11-16 18:15:46,1,4\n2024-11-16 18:15:46,1,4\n"),
              HasSubstr("a.csv:3:1: the time lies more than 60 days after the first request"));
}

TEST(AzureTraceTest, MissingFileIsRefused) {
  EXPECT_THROW(read_azure_trace(std::string("/nonexistent.csv")), ConfigError);
}

class PublishedAzureTraceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("DECODESIM_MEASURED_DATA");
    if (folder == nullptr) GTEST_SKIP() << "set DECODESIM_MEASURED_DATA to the folder of measured data";
    requests_ = read_azure_trace(std::string(folder) + "/traces/azure-llm-2023-conv.csv");
  }

  std::vector<Request> requests_;
};

TEST_F(PublishedAzureTraceTest, ReadsWholeWithItsPublishedMedians) {
  ASSERT_EQ(requests_.size(), 19'366U);
  std::vector<std::int64_t> prompt;
  std::vector<std::int64_t> output;
  for (const Request& r : requests_) {
    prompt.push_back(r.context_tokens);
    output.push_back(r.generated_tokens);
  }
  std::sort(prompt.begin(), prompt.end());
  std::sort(output.begin(), output.end());
  EXPECT_EQ(prompt[prompt.size() / 2], 1020);
  EXPECT_EQ(output[output.size() / 2], 129);
}

TEST_F(PublishedAzureTraceTest, BecomesADecodeTraceThatConservesItsTokens) {
  const DecodeTrace trace = continuous_batching(requests_, {32, 0});
  std::int64_t expected = 0;
  for (const Request& r : requests_) expected += decode_steps_of(r);
  EXPECT_EQ(trace.tokens(), expected);
  EXPECT_EQ(trace.largest_batch(), 32);
  EXPECT_GE(trace.steps(), expected / 32);
  std::stringstream text;
  write_decode_trace(trace, text);
  EXPECT_EQ(read_decode_trace(text, "conv.trace"), trace);
}

// The shipped distribution is a summary of this file: its mean lies within a few percent.
TEST_F(PublishedAzureTraceTest, ShippedConversationModelHasItsMeans) {
  const LengthModel model = length_models().front();
  ASSERT_EQ(model.name, "azure_conversation_2023");
  const auto mean = [](const std::vector<Request>& list, std::int64_t Request::*side) {
    std::int64_t sum = 0;
    for (const Request& r : list) sum += r.*side;
    return static_cast<double>(sum) / static_cast<double>(list.size());
  };
  const auto sample = generate_requests(model.prompt, model.output, 50'000, 1);
  for (const auto side : {&Request::context_tokens, &Request::generated_tokens})
    EXPECT_NEAR(mean(sample, side) / mean(requests_, side), 1.0, 0.06);
}

}  // namespace
}  // namespace decodesim
