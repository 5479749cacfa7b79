// SPDX-License-Identifier: Apache-2.0
// Memory traces: the three formats, what is refused and where, and how much memory a trace takes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/core/component/require.hpp"
#include "workloads/memory_access/memory_trace.hpp"

namespace decodesim {
namespace {

using namespace literals;
using Format = MemoryTraceFormat;

MemoryTrace trace_of(const std::string& text, MemoryTraceOptions options = {}) {
  std::istringstream in(text);
  return read_memory_trace(in, "t", options);
}

// All that is said of `text`, one line a mistake.
std::string refusal_of(const std::string& text, MemoryTraceOptions options = {}) {
  try {
    trace_of(text, options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

std::vector<MemoryAccess> replayed(const MemoryTrace& trace, AddressVectorMap map = {}) {
  TraceReplay replay(trace, std::move(map));
  std::vector<MemoryAccess> out;
  while (const auto access = replay.next()) out.push_back(*access);
  return out;
}

MemoryAccess access(bool write, std::uint64_t address, Bytes bytes, Duration issue = {}) {
  return {write, address, bytes, 0, issue, false};
}

std::string written(const MemoryTrace& trace) {
  std::ostringstream out;
  write_memory_trace(trace, out);
  return out.str();
}

constexpr const char* kAllRecords =
    "a record of 'LD address' or 'ST address', 'R level,level,...' or 'W level,level,...', or 'cycle: read address' or "
    "'cycle: write address'";

TEST(MemoryTraceTest, LoadStoreAddressesAreHexadecimalAfter0xAndElseDecimal) {
  const MemoryTrace trace = trace_of("LD 0x1234\nST 4660\r\n# a comment\n\n  LD\t0XfF  \nST 18446744073709551552");
  EXPECT_EQ(trace.format(), Format::kLoadStore);
  EXPECT_EQ(replayed(trace), (std::vector{access(false, 0x1234, 64_B), access(true, 0x1234, 64_B),
                                          access(false, 255, 64_B), access(true, 0xffffffffffffffc0, 64_B)}));
  EXPECT_EQ(written(trace), "LD 0x1234\nST 0x1234\nLD 0xff\nST 0xffffffffffffffc0\n");
  EXPECT_EQ(trace_of(written(trace)), trace);
}

TEST(MemoryTraceTest, AddressVectorsAreKeptInTheFilesOrder) {
  const MemoryTraceOptions options{Format::kDetect, 32_B, 1000_MHz};
  const MemoryTrace trace = trace_of("R 0,0,1,2,5,7\nW 1,0,3,3,2147483647,0\nW 2147483647,0,0,0,0,0\n", options);
  ASSERT_EQ(trace.format(), Format::kAddressVector);
  ASSERT_EQ(trace.size(), 3);
  EXPECT_EQ(trace.levels(), 6U);
  std::vector<std::uint32_t> vector;
  trace.read_levels(1, vector);
  EXPECT_EQ(vector, (std::vector<std::uint32_t>{1, 0, 3, 3, 2147483647, 0}));
  trace.read_levels(2, vector);
  EXPECT_EQ(vector.front(), 2147483647U) << "the mark of a write is not part of the level";
  const auto row_and_column = [](std::span<const std::uint32_t> v) { return std::uint64_t{v[4]} * 1000 + v[5]; };
  EXPECT_EQ(replayed(trace, row_and_column),
            (std::vector{access(false, 5007, 32_B), access(true, 2147483647000, 32_B), access(true, 0, 32_B)}));
  EXPECT_EQ(written(trace), "R 0,0,1,2,5,7\nW 1,0,3,3,2147483647,0\nW 2147483647,0,0,0,0,0\n");
  EXPECT_EQ(trace_of(written(trace), options), trace);
}

TEST(MemoryTraceTest, DramsysRecordsHaveATimeAndMayHaveALengthAndData) {
  // 1,600 MHz: a cycle of 625 ps.
  const MemoryTraceOptions options{Format::kDetect, 32_B, 1600_MHz};
  const std::string text =
      "# made by hand\n"
      "0: read 0x400140\n"
      "31:\twrite\t400140 0x00ff10\n"
      "31: (64) read 0x400140\n"
      "31:(128) write 0X40\n";
  const MemoryTrace trace = trace_of(text, options);
  EXPECT_EQ(trace.format(), Format::kDramsys);
  EXPECT_EQ(replayed(trace),
            (std::vector{access(false, 0x400140, 32_B, 0_ps), access(true, 0x400140, 32_B, 19'375_ps),
                         access(false, 0x400140, 64_B, 19'375_ps), access(true, 0x40, 128_B, 19'375_ps)}));
  EXPECT_EQ(written(trace), "0: read 0x400140\n31: write 0x400140\n31: (64) read 0x400140\n31: (128) write 0x40\n");
  EXPECT_EQ(trace_of(written(trace), options), trace);
}

// A cycle of 3 GHz is 333.3 ps: time comes from the count of cycles, rounded up once, and not from a rounded period.
TEST(MemoryTraceTest, CyclesDoNotDrift) {
  const auto accesses = replayed(trace_of("1: read 0x0\n3000000000: read 0x0", {Format::kDramsys, 64_B, 3000_MHz}));
  EXPECT_EQ(accesses[0].issue, 334_ps);
  EXPECT_EQ(accesses[1].issue, 1_s);
}

TEST(MemoryTraceTest, FileIsReadByPath) {
  const std::string path = testing::TempDir() + "memory_trace_test.stl";
  std::ofstream(path) << "7: read 0x80\n";
  EXPECT_EQ(read_memory_trace(path, {}).cycle(0), 7U);
  std::ofstream(path) << "7: read 0x80\n8: read\n";
  try {
    read_memory_trace(path, {});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, path.size() + 6), path + ":2:8: ");
  }
}

TEST(MemoryTraceTest, MissingAndEmptyFilesAreRefused) {
  try {
    read_memory_trace("/no/such.trace", {});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "/no/such.trace: no such file; expected a memory trace");
  }
  const std::string none = std::string("the trace has no record; expected at least one: ") + kAllRecords;
  EXPECT_EQ(refusal_of(""), "t:1:1: " + none);
  EXPECT_EQ(refusal_of("# nothing\n\n   \n"), "t:4:1: " + none);
}

TEST(MemoryTraceTest, UnknownFormatIsRefused) {
  EXPECT_EQ(refusal_of("\n read 0x40\n"),
            std::string("t:2:2: 'read' begins no record of a known format; expected ") + kAllRecords);
  EXPECT_EQ(refusal_of("LD 0x40\n", {Format::kDramsys, 64_B, 1000_MHz}),
            "t:1:1: 'LD' does not begin with a cycle; expected a whole number followed by ':'");
  EXPECT_EQ(refusal_of("LD 0x40\n3: read 0x40\n"), "t:2:1: '3:' is not a command of this format; expected LD or ST");
}

TEST(MemoryTraceTest, EachMistakeInALoadStoreRecordHasItsPlace) {
  const std::string address = "expected a decimal number, or a hexadecimal one after 0x, of at most 64 bits";
  EXPECT_EQ(refusal_of("LD 0x40\nLD\n"), "t:2:3: the line ends before the address; " + address);
  EXPECT_EQ(refusal_of("LD 0x40\nST 0x\n"), "t:2:4: '0x' is not an address; " + address);
  EXPECT_EQ(refusal_of("LD 12ab\n"), "t:1:4: '12ab' is not an address; " + address);
  EXPECT_EQ(refusal_of("LD -1\n"), "t:1:4: '-1' is not an address; " + address);
  EXPECT_EQ(refusal_of("LD 0x10000000000000000\n"), "t:1:4: '0x10000000000000000' is not an address; " + address);
  EXPECT_EQ(refusal_of("LD 0xffffffffffffffc1\n"),
            "t:1:4: an access of 64 B at '0xffffffffffffffc1' runs past the last address; expected its end below 2^64");
  EXPECT_EQ(refusal_of("LD 0x40 7\n"), "t:1:9: '7' after the end of the record; expected 'LD address'");
  EXPECT_EQ(
      refusal_of("LD 0x40\nld 0x40\nLD 0x4g\n"),
      "t:2:1: 'ld' is not a command of this format; expected LD or ST\nt:3:4: '0x4g' is not an address; " + address);
}

TEST(MemoryTraceTest, EachMistakeInAnAddressVectorHasItsPlace) {
  EXPECT_EQ(refusal_of("R\n"),
            "t:1:2: the line ends before the address vector; expected whole numbers with commas between them");
  const std::string level = " is not a level of an address vector; expected a whole number of 0 to 2147483647";
  EXPECT_EQ(refusal_of("R 1,-2,3\n"), "t:1:5: '-2'" + level);
  EXPECT_EQ(refusal_of("R 1,2,\n"), "t:1:7: ''" + level);
  EXPECT_EQ(refusal_of("R 1,2147483648\n"), "t:1:5: '2147483648'" + level);
  EXPECT_EQ(refusal_of("R 1,2,3\nW 1,2\n"),
            "t:2:3: an address vector of 2 levels after ones of 3; expected as many in every record");
  EXPECT_EQ(refusal_of("R 1,2 3\n"), "t:1:7: '3' after the end of the record; expected 'R level,level,...'");
  EXPECT_EQ(refusal_of("R 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"),
            "t:1:3: an address vector of 17 levels; expected at most 16");
}

TEST(MemoryTraceTest, EachMistakeInADramsysRecordHasItsPlace) {
  const std::string cycle = " does not begin with a cycle; expected a whole number followed by ':'";
  EXPECT_EQ(refusal_of("31 read 0x40\n"), "t:1:1: '31'" + cycle);
  EXPECT_EQ(refusal_of("3: read 0x40\n-1: read 0x40\n"), "t:2:1: '-1:'" + cycle);
  EXPECT_EQ(refusal_of("3: read 0x40\n2: read 0x40\n"),
            "t:2:1: cycle 2 lies before that of an earlier record, 3; expected cycles that do not fall");
  EXPECT_EQ(refusal_of("9223372036854776: read 0x40\n"),
            "t:1:1: cycle 9223372036854776 lies beyond simulated time; expected at most 9223372036854775 cycles of 1 "
            "GHz");
  EXPECT_EQ(refusal_of("3:\n"), "t:1:3: the line ends before the command; expected read or write");
  EXPECT_EQ(refusal_of("3: rd 0x40\n"), "t:1:4: 'rd' is not a command of this format; expected read or write");
  EXPECT_EQ(refusal_of("3: read\n"),
            "t:1:8: the line ends before the address; expected a hexadecimal number of at most 64 bits");
  EXPECT_EQ(refusal_of("3: read 0x\n"),
            "t:1:9: '0x' is not an address; expected a hexadecimal number of at most 64 bits");
  const std::string length = " is not a length; expected a number of bytes of 1 to 1073741824 in parentheses";
  for (const std::string bad : {"(", "()", "(0)", "(64", "(x)", "(1073741825)"})
    EXPECT_EQ(refusal_of("3: " + bad + " read 0x40\n"), "t:1:4: '" + bad + "'" + length);
  EXPECT_EQ(refusal_of("3: read 0x40 0xff\n"),
            "t:1:14: '0xff' after the end of the record; expected 'cycle: read address'");
  EXPECT_EQ(refusal_of("3: write 0x40 0xff 1\n"),
            "t:1:20: '1' after the end of the record; expected 'cycle: write address data'");
  for (const std::string bad : {"0xfff", "0x", "0xzz"})
    EXPECT_EQ(refusal_of("3: write 0x40 " + bad + "\n"),
              "t:1:15: '" + bad + "' is not data; expected two hexadecimal digits a byte after 0x");
}

TEST(MemoryTraceTest, TwentyMistakesAreEnough) {
  std::string text = "LD 0x0\n";
  for (int i = 0; i < 100; ++i) text += "LD\n";
  const std::string refusal = refusal_of(text);
  EXPECT_NE(refusal.find("t:21:3:"), std::string::npos);
  EXPECT_EQ(refusal.find("t:22:3:"), std::string::npos);
}

TEST(MemoryTraceTest, ManyRecordsComeBackAndAreStoredCompactly) {
  constexpr std::int64_t kRecords = 20'000;  // several chunks and a part of one
  MemoryTrace timed({Format::kDramsys, 64_B, 1000_MHz});
  MemoryTrace plain({Format::kLoadStore, 64_B, 1000_MHz});
  for (std::int64_t i = 0; i < kRecords; ++i) {
    const auto address = static_cast<std::uint64_t>(i) * 0x1'0000'0040;
    timed.add(i % 3 == 0, address, Bytes(1 + i % 100), static_cast<std::uint64_t>(i / 2) + (std::uint64_t{1} << 40U));
    plain.add(i % 3 == 0, address, 64_B);
  }
  EXPECT_EQ(trace_of(written(timed), {Format::kDetect, 64_B, 1000_MHz}), timed);
  EXPECT_EQ(trace_of(written(plain)), plain);
  EXPECT_EQ(timed.address(kRecords - 1), 19'999U * 0x1'0000'0040U);
  // 20 and 12 bytes a record, in chunks of 4096: 10 million records take 200 and 120 MB.
  EXPECT_LT(timed.stored(), Bytes((kRecords + 4096) * 20 + 1000));
  EXPECT_LT(plain.stored(), Bytes((kRecords + 4096) * 12 + 1000));
}

TEST(MemoryTraceTest, MisuseIsAnInternalError) {
  EXPECT_THROW(MemoryTrace({}), InternalError) << "no format";
  EXPECT_THROW(MemoryTrace({Format::kLoadStore, 64_B, Frequency(0)}), InternalError);
  EXPECT_THROW(MemoryTrace({Format::kLoadStore, 0_B, 1000_MHz}), InternalError);
  EXPECT_THROW(MemoryTrace({Format::kAddressVector, 64_B, 1000_MHz}, 0), InternalError);
  const MemoryTrace vectors = trace_of("R 1,2\n");
  EXPECT_THROW((void)vectors.address(0), InternalError);
  EXPECT_THROW((void)vectors.is_write(1), InternalError);
  EXPECT_THROW(TraceReplay{vectors}, InternalError) << "no map";
  MemoryTrace timed({Format::kDramsys, 64_B, 1000_MHz});
  timed.add(false, 0, 64_B, 5);
  EXPECT_THROW(timed.add(false, 0, 64_B, 4), InternalError);
}

}  // namespace
}  // namespace decodesim
