// SPDX-License-Identifier: Apache-2.0
// The decode trace format: what a trace says, that it survives a round trip, and the place of each mistake.
#include "workloads/trace/decode_trace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/core/component/require.hpp"

namespace decodesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kHeader = "# decodesim decode trace 1\n";

DecodeTrace read_records(const std::string& records) {
  std::istringstream in(std::string(kHeader) + records);
  return read_decode_trace(in, "t.trace");
}

std::string message_of_file(const std::string& content) {
  std::istringstream in(content);
  try {
    read_decode_trace(in, "t.trace");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

std::string message_of(const std::string& records) { return message_of_file(std::string(kHeader) + records); }

TEST(DecodeTraceTest, RecordsAreStepsWithTheirSequencesAndContexts) {
  const DecodeTrace trace = read_records("# a comment\n0:374 1:396\n0:375 1:397 2:879\n\n2:880 1:398\nend 3\n");
  ASSERT_EQ(trace.steps(), 3);
  EXPECT_THAT(trace.ids(1), ElementsAre(0, 1, 2));
  EXPECT_THAT(trace.contexts(1), ElementsAre(375, 397, 879));
  EXPECT_THAT(trace.ids(2), ElementsAre(2, 1));
  EXPECT_EQ(trace.tokens(), 2 + 3 + 2);
  EXPECT_EQ(trace.largest_batch(), 3);
  EXPECT_EQ(trace.longest_context(), 880);
  EXPECT_EQ(trace.peak_cached_tokens(), 376 + 398 + 880);
  EXPECT_EQ(trace.peak_cached_tokens(2), 376 + 880);  // the first and the third sequence
}

TEST(DecodeTraceTest, CarriageReturnsAndAMissingLastLineFeedAreTolerated) {
  std::istringstream in("# decodesim decode trace 1\r\n7:0\r\n7:1\r\nend 2");
  EXPECT_EQ(read_decode_trace(in, "t.trace").steps(), 2);
}

TEST(DecodeTraceTest, SequenceMayComeBackWithAnotherContext) {
  EXPECT_EQ(read_records("0:5 1:9\n1:10\n0:2 1:11\nend 3\n").steps(), 3);
}

TEST(DecodeTraceTest, WrittenTraceReadsBackEqual) {
  const DecodeTrace trace = read_records("4:374 1:396\n4:375 1:397 4294967295:2147483648\nend 2\n");
  std::stringstream text;
  write_decode_trace(trace, text);
  EXPECT_EQ(text.str(), std::string(kHeader) + "4:374 1:396\n4:375 1:397 4294967295:2147483648\nend 2\n");
  EXPECT_EQ(read_decode_trace(text, "t.trace"), trace);
}

TEST(DecodeTraceTest, WrittenFileReadsBackEqualAndLeavesNoPart) {
  const std::string path = ::testing::TempDir() + "decode_trace_round_trip.trace";
  const DecodeTrace trace = read_records("0:1\n0:2\nend 2\n");
  write_decode_trace(trace, path);
  EXPECT_EQ(read_decode_trace(path), trace);
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  std::filesystem::remove(path);
}

TEST(DecodeTraceTest, UnwritablePlaceIsRefused) {
  const DecodeTrace trace = read_records("0:1\nend 1\n");
  EXPECT_THROW(write_decode_trace(trace, "/nonexistent/folder/t.trace"), ConfigError);
  EXPECT_THROW(write_decode_trace(trace, ::testing::TempDir()), ConfigError);
  EXPECT_THROW(write_decode_trace(trace, std::string()), ConfigError);
}

TEST(DecodeTraceTest, ALinkStaysAndWhatItLeadsToIsReplaced) {
  namespace fs = std::filesystem;
  const std::string path = ::testing::TempDir() + "decode_trace_target.trace";
  const std::string link = ::testing::TempDir() + "decode_trace_link.trace";
  std::ofstream(path) << "old";
  fs::remove(link);
  fs::create_symlink(path, link);
  const DecodeTrace trace = read_records("0:1\nend 1\n");
  write_decode_trace(trace, link);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(read_decode_trace(path), trace);
  fs::remove(link);
  fs::remove(path);
}

// As /dev/null and /dev/stdout, which a rename would destroy for everyone when root does it.
TEST(DecodeTraceTest, WhatIsNoRegularFileIsWrittenIntoAndStays) {
  namespace fs = std::filesystem;
  const std::string path = ::testing::TempDir() + "decode_trace_pipe";
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::fstream pipe(path, std::ios::in | std::ios::out);  // both ends: nobody has to wait
  const DecodeTrace trace = read_records("0:1\n0:2\nend 2\n");
  write_decode_trace(trace, path);
  EXPECT_TRUE(fs::is_fifo(path));
  std::string header;
  std::getline(pipe, header);
  EXPECT_EQ(header + "\n", kHeader);
  fs::remove(path);
}

TEST(DecodeTraceTest, ShippedExampleReads) {
  const DecodeTrace trace = read_decode_trace(DECODESIM_SOURCE_DIR "/workloads/traces/example.trace");
  EXPECT_EQ(trace.steps(), 20);
  EXPECT_EQ(trace.largest_batch(), 3);
}

TEST(DecodeTraceTest, MissingFileAndFolderAreRefused) {
  EXPECT_THROW(read_decode_trace(std::string("/nonexistent.trace")), ConfigError);
  EXPECT_THROW(read_decode_trace(std::string("/")), ConfigError);
}

TEST(DecodeTraceTest, EmptyOrForeignFilesAreRefused) {
  EXPECT_EQ(message_of_file(""), "t.trace:1:1: the file is empty; expected '# decodesim decode trace 1'");
  EXPECT_EQ(message_of_file("id,context\n"),
            "t.trace:1:1: not a decode trace; expected the first line '# decodesim decode trace 1'");
  EXPECT_EQ(message_of_file("# decodesim decode trace 9\n"), "t.trace:1:26: unknown version of the format; expected 1");
  EXPECT_EQ(message_of("end 0\n"), "t.trace:2:1: the trace has no step; expected at least one record");
}

TEST(DecodeTraceTest, TruncationIsNoticed) {
  EXPECT_EQ(message_of("0:1\n0:2\n"),
            "t.trace:4:1: the file ends without an 'end' record: it is truncated; expected 'end 2'");
  EXPECT_THAT(message_of("0:1\nend 12\n"), HasSubstr("t.trace:3:5: the file says it has 12 steps and has 1"));
  EXPECT_THAT(message_of("0:1\nend\n"), HasSubstr("t.trace:3:4: 'end' needs the number of steps"));
  EXPECT_THAT(message_of("0:1\nend 1\n0:2\n"), HasSubstr("t.trace:4:1: text after the 'end' record"));
}

TEST(DecodeTraceTest, MalformedSequencesHaveTheirColumn) {
  EXPECT_THAT(message_of("0:1 1\nend 1\n"), HasSubstr("t.trace:2:5: '1' is not a sequence; expected id:context"));
  EXPECT_THAT(message_of("0:1 x:1\nend 1\n"), HasSubstr("t.trace:2:5: 'x:1' is not a sequence"));
  EXPECT_THAT(message_of("4294967296:1\nend 1\n"), HasSubstr("t.trace:2:1: '4294967296:1' is not a sequence"));
  EXPECT_THAT(message_of("0:1.5\nend 1\n"), HasSubstr("t.trace:2:3: '0:1.5' has no whole number as its context"));
  EXPECT_THAT(message_of("0:1 tokens=3\nend 1\n"), HasSubstr("t.trace:2:5: 'tokens=3' is not a sequence"));
  EXPECT_THAT(message_of("   \nend 1\n"), HasSubstr("t.trace:2:1: a step without a sequence"));
}

TEST(DecodeTraceTest, ImpossibleStepsHaveTheirColumn) {
  EXPECT_EQ(message_of("0:1 0:1\nend 1\n"), "t.trace:2:5: sequence 0 is twice in one step; expected each id once");
  EXPECT_EQ(message_of("0:1 1:-2\nend 1\n"), "t.trace:2:5: sequence 1 has a context of -2; expected 0 to 2147483648");
  EXPECT_THAT(message_of("0:2147483649\nend 1\n"), HasSubstr("t.trace:2:1: sequence 0 has a context of 2147483649"));
  EXPECT_EQ(message_of("0:1 1:5\n0:2 1:7\nend 2\n"),
            "t.trace:3:5: sequence 1 goes from context 5 to 7; expected 6, one token a step");
}

TEST(DecodeTraceTest, OneRunNamesSeveralMistakes) {
  EXPECT_EQ(message_of("0:1\n0:3\n0:4\nnonsense\n0:9\nend 5\n"),
            "t.trace:3:1: sequence 0 goes from context 1 to 3; expected 2, one token a step\n"
            "t.trace:5:1: 'nonsense' is not a sequence; expected id:context with an id of 0 to 4294967295");
}

TEST(DecodeTraceTest, AddingAnImpossibleStepIsAnInternalError) {
  DecodeTrace trace;
  trace.add_step(std::vector<SequenceId>{1}, std::vector<std::int64_t>{5});
  EXPECT_THROW(trace.add_step(std::vector<SequenceId>{1}, std::vector<std::int64_t>{5}), InternalError);
  EXPECT_THROW(trace.add_step({}, {}), InternalError);
  EXPECT_THROW((void)trace.contexts(1), InternalError);
}

TEST(DecodeTraceExpertsTest, RowsOfExpertsAreReadAndWritten) {
  std::istringstream in("# decodesim decode trace 1\n0:5 1:7 experts=2,0,1,1\n0:6 experts=0,1,0,1\nend 2\n");
  const DecodeTrace trace = read_decode_trace(in, "t.trace");
  EXPECT_EQ(trace.experts(), 4);
  EXPECT_THAT(trace.expert_rows(0), ::testing::ElementsAre(2, 0, 1, 1));
  EXPECT_THAT(trace.expert_rows(1), ::testing::ElementsAre(0, 1, 0, 1));
  std::ostringstream out;
  write_decode_trace(trace, out);
  EXPECT_EQ(out.str(), in.str());
}

TEST(DecodeTraceExpertsTest, MistakesHaveTheirPlace) {
  EXPECT_THAT(message_of("0:1 experts=1,x\nend 1\n"),
              HasSubstr("t.trace:2:15: 'experts=1,x' is no list of experts' rows; expected experts=ROWS,ROWS,..."));
  EXPECT_THAT(message_of("0:1 experts=-1\nend 1\n"), HasSubstr("t.trace:2:13: 'experts=-1' is no list"));
  EXPECT_THAT(message_of("0:1 experts=1 1:2\nend 1\n"), HasSubstr("t.trace:2:15: '1:2' follows the experts"));
  EXPECT_THAT(message_of("0:1 experts=1,0\n0:2 experts=1\nend 2\n"),
              HasSubstr("t.trace:3:1: the step has the rows of 1 experts; expected 2, as the first step"));
  EXPECT_THAT(message_of("0:1 experts=1,0\n0:2\nend 2\n"), HasSubstr("the step has the rows of 0 experts"));
}

}  // namespace
}  // namespace decodesim
