// SPDX-License-Identifier: Apache-2.0
// Damaged memory traces are read cleanly or refused with a place, and never anything else.
#include <gtest/gtest.h>

#include <sstream>

#include "sim/core/component/random.hpp"
#include "workloads/memory_access/memory_trace.hpp"

namespace decodesim {
namespace {

using namespace literals;

constexpr int kRounds = 3000;

constexpr std::string_view kLoadStore = "LD 0x1234\nST 4660\nLD 0xffffffffffffff00\r\nST 0\n";
constexpr std::string_view kVector = "R 0,0,1,2,5,7\nW 1,0,3,3,2147483647,0\nR 0,1,0,0,99,31\n";
constexpr std::string_view kDramsys =
    "# comment\n0: read 0x400140\n31: write 0x400140 0x00ff10\n31: (64) read 0x400140\n99999: (32) write 0x0\n";

// Up to four edits: overwrite, delete, insert or repeat a piece, or cut the rest off.
std::string damaged(std::string text, RandomStream& random) {
  constexpr std::string_view kInk = "0123456789abcfxX:,()# -+LDSTRWreadwrite\n\r\t\xff\x01";
  const auto spot = [&] { return static_cast<std::size_t>(random.below(text.size() + 1)); };
  for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
    const std::size_t at = spot();
    const char ink = kInk[static_cast<std::size_t>(random.below(kInk.size()))];
    switch (random.below(5)) {
      case 0: text.replace(at, 1, 1, ink); break;
      case 1: text.erase(at, static_cast<std::size_t>(random.below(12))); break;
      case 2: text.insert(at, 1, ink); break;
      case 3: text.insert(at, text.substr(spot(), 30)); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

// Reads `text`; false when it was refused. What is accepted must be a trace: written and read back it is the same.
bool accepted(const std::string& text) {
  const MemoryTraceOptions options{MemoryTraceFormat::kDetect, 64_B, 1000_MHz};
  std::istringstream in(text);
  try {
    const MemoryTrace trace = read_memory_trace(in, "fuzz", options);
    std::stringstream again;
    write_memory_trace(trace, again);
    EXPECT_EQ(read_memory_trace(again, "again", options), trace) << text;
    TraceReplay replay(trace, [](std::span<const std::uint32_t> vector) { return std::uint64_t{vector.back()}; });
    std::int64_t accesses = 0;
    while (replay.next()) ++accesses;
    EXPECT_EQ(accesses, trace.size());
    return true;
  } catch (const ConfigError& error) {
    for (const Diagnostic& d : error.diagnostics()) {
      EXPECT_GT(d.position.line, 0) << text;
      EXPECT_GT(d.position.column, 0) << text;
    }
    return false;
  }
}

TEST(MemoryTraceFuzzTest, DamagedTraceIsReadOrRefusedWithAPlace) {
  for (const std::string_view valid : {kLoadStore, kVector, kDramsys}) {
    RandomStream random(20, "fuzz", valid.substr(0, 9));
    int refused = 0;
    for (int round = 0; round < kRounds; ++round) refused += accepted(damaged(std::string(valid), random)) ? 0 : 1;
    EXPECT_GT(refused, kRounds / 4) << valid;
    EXPECT_LT(refused, kRounds) << valid;
  }
}

TEST(MemoryTraceFuzzTest, EveryTruncationIsReadOrRefused) {
  for (const std::string_view valid : {kLoadStore, kVector, kDramsys}) {
    EXPECT_TRUE(accepted(std::string(valid)));
    for (std::size_t size = 0; size < valid.size(); ++size) accepted(std::string(valid.substr(0, size)));
  }
}

// A record cut between its words is refused; one cut within its last number cannot be told from a whole one.
TEST(MemoryTraceFuzzTest, RecordsCutBetweenTheirWordsAreRefused) {
  for (const std::string cut : {"L", "LD", "LD ", "LD 0x", "R", "R ", "R 1,", "1", "1:", "1: ", "1: (", "1: (64",
                                "1: (64)", "1: rea", "1: read", "1: read ", "1: read 0x", "1: write 0x0 0x"})
    EXPECT_FALSE(accepted(cut)) << cut;
}

}  // namespace
}  // namespace decodesim
