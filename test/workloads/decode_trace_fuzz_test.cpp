// SPDX-License-Identifier: Apache-2.0
// Damaged traces are read cleanly or refused with a place, and never anything else.
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "sim/core/component/random.hpp"
#include "workloads/batching/continuous_batching.hpp"
#include "workloads/trace/azure_trace.hpp"
#include "workloads/trace/decode_trace.hpp"

namespace decodesim {
namespace {

constexpr int kRounds = 2000;

// Up to four edits: overwrite, delete, insert or repeat a piece, or cut the rest off.
std::string damaged(std::string text, RandomStream& random) {
  constexpr std::string_view kInk = "0123456789:: \n\r\t#-+,.end\"\xff\x01";
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

// Calls read(stream) on `valid` damaged in many ways; counts how often it was refused.
template <class Read>
int refusals(const std::string& valid, std::string_view purpose, Read read) {
  RandomStream random(20, "fuzz", purpose);
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = damaged(valid, random);
    std::istringstream in(text);
    try {
      read(in);
    } catch (const ConfigError& error) {
      ++refused;
      for (const Diagnostic& d : error.diagnostics()) {
        EXPECT_GT(d.position.line, 0) << text;
        EXPECT_GT(d.position.column, 0) << text;
      }
    }
  }
  return refused;
}

TEST(TraceFuzzTest, DamagedDecodeTraceIsReadOrRefusedWithAPlace) {
  const std::vector<Request> requests{{{}, 374, 6}, {{}, 396, 9}, {{}, 879, 4}, {{}, 91, 7}, {{}, 0, 12}};
  std::ostringstream valid;
  write_decode_trace(continuous_batching(requests, {3, 0}), valid);
  const int refused = refusals(valid.str(), "decode", [](std::istream& in) {
    const DecodeTrace trace = read_decode_trace(in, "fuzz.trace");
    // What was accepted must be a trace: it can be written and read back.
    std::stringstream again;
    write_decode_trace(trace, again);
    EXPECT_EQ(read_decode_trace(again, "again.trace"), trace);
  });
  EXPECT_GT(refused, kRounds / 2);
  EXPECT_LT(refused, kRounds);
}

TEST(TraceFuzzTest, EveryTruncationOfADecodeTraceIsRefused) {
  std::ostringstream valid;
  write_decode_trace(continuous_batching(std::vector<Request>{{{}, 374, 6}, {{}, 396, 12}}, {2, 0}), valid);
  const std::string text = valid.str();
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {  // without the last line feed it is still whole
    std::istringstream in(text.substr(0, size));
    EXPECT_THROW(read_decode_trace(in, "cut.trace"), ConfigError) << text.substr(0, size);
  }
}

TEST(TraceFuzzTest, DamagedAzureTraceIsReadOrRefusedWithAPlace) {
  const std::string valid =
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46.6805900,374,44\r\n"
      "2023-11-16 18:15:50.9951690,396,109\r\n2023-11-16 18:15:51.2224670,879,55";
  const int refused = refusals(valid, "azure", [](std::istream& in) { read_azure_trace(in, "fuzz.csv"); });
  EXPECT_GT(refused, kRounds / 2);
  EXPECT_LT(refused, kRounds);
}

}  // namespace
}  // namespace decodesim
