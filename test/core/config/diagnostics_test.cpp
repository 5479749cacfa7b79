// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config/diagnostics.hpp"

#include <gtest/gtest.h>

namespace decodesim {
namespace {

SourcePosition at(int line, int column) { return {std::make_shared<const std::string>("s.yaml"), line, column}; }

TEST(SourcePositionTest, WhatIsUnknownIsLeftOut) {
  EXPECT_EQ(at(3, 14).text(), "s.yaml:3:14");
  EXPECT_EQ(at(3, 0).text(), "s.yaml:3");
  EXPECT_EQ(at(0, 0).text(), "s.yaml");
  EXPECT_EQ(at(0, 5).text(), "s.yaml");
  EXPECT_EQ(whole_file("s.yaml").text(), "s.yaml");
  EXPECT_EQ(SourcePosition{}.text(), "<input>");
}

TEST(DiagnosticTest, PlaceThenMessage) {
  EXPECT_EQ((Diagnostic{at(3, 14), "wrong; expected right"}).text(), "s.yaml:3:14: wrong; expected right");
}

TEST(DiagnosticTest, InputWithControlCharactersStaysOnOneLine) {
  EXPECT_EQ((Diagnostic{at(1, 1), "'a\nb\tc\r\x01\x7f' is bad"}).text(),
            "s.yaml:1:1: 'a\\nb\\tc\\x0d\\x01\\x7f' is bad");
  EXPECT_EQ((Diagnostic{at(1, 1), "'3 \xc2\xb5s'"}).text(), "s.yaml:1:1: '3 \xc2\xb5s'") << "UTF-8 passes";
}

TEST(ConfigErrorTest, WhatHasOneLineAMistake) {
  const ConfigError error({{at(1, 2), "first"}, {at(3, 4), "second"}});
  EXPECT_STREQ(error.what(), "s.yaml:1:2: first\ns.yaml:3:4: second");
  EXPECT_EQ(error.diagnostics().size(), 2U);
  EXPECT_STREQ(ConfigError(at(1, 1), "only").what(), "s.yaml:1:1: only");
}

TEST(DiagnosticsTest, NothingWrongThrowsNothing) {
  const Diagnostics diagnostics;
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_NO_THROW(diagnostics.throw_if_any());
}

TEST(DiagnosticsTest, MistakesAreCollectedInOrder) {
  Diagnostics diagnostics;
  diagnostics.error(at(2, 1), "one");
  diagnostics.error(at(1, 1), "two");
  ASSERT_EQ(diagnostics.list().size(), 2U);
  EXPECT_EQ(diagnostics.list()[0].message, "one");
  EXPECT_THROW(diagnostics.throw_if_any(), ConfigError);
}

TEST(DiagnosticsTest, KnowsWhereAMistakeWas) {
  Diagnostics diagnostics;
  diagnostics.error(at(2, 1), "one");
  diagnostics.error(whole_file("--set a.b"), "two");
  EXPECT_TRUE(diagnostics.has_error_at(at(2, 1)));
  EXPECT_FALSE(diagnostics.has_error_at(at(2, 2)));
  EXPECT_TRUE(diagnostics.has_error_at(whole_file("--set a.b")));
  EXPECT_FALSE(diagnostics.has_error_at(whole_file("--set a.c")));
}

TEST(DiagnosticsTest, TwentyMistakesAreEnough) {
  Diagnostics diagnostics;
  for (int i = 0; i < 19; ++i) diagnostics.error(at(i + 1, 1), "again");
  try {
    diagnostics.error(at(20, 1), "again");
    FAIL() << "expected a ConfigError";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.diagnostics().size(), 20U);
  }
}

TEST(SuggestionTest, TheNearestWordIsProposed) {
  EXPECT_EQ(suggestion("bandwith", {"latency", "bandwidth", "credits"}), "; did you mean 'bandwidth'?");
  EXPECT_EQ(suggestion("kv_cahce", {"weights", "kv_cache"}), "; did you mean 'kv_cache'?");
  EXPECT_EQ(suggestion("bacth", {"steps", "batch"}), "; did you mean 'batch'?") << "swapped neighbours are one mistake";
  EXPECT_EQ(suggestion("a", {"b"}), "; did you mean 'b'?");
}

TEST(SuggestionTest, AmongEquallyNearTheFirstWins) {
  EXPECT_EQ(suggestion("hbm5", {"hbm3", "hbm4"}), "; did you mean 'hbm3'?");
}

TEST(SuggestionTest, WithNothingNearAllAreListed) {
  EXPECT_EQ(suggestion("temperature", {"latency", "bandwidth"}), "; expected one of latency, bandwidth");
  EXPECT_EQ(suggestion("", {"latency"}), "; expected one of latency");
}

TEST(SuggestionTest, WithoutCandidatesThereIsNothingToSay) { EXPECT_EQ(suggestion("x", {}), ""); }

TEST(SuggestionTest, AnAbsurdlyLongWordCostsNothing) {
  EXPECT_EQ(suggestion(std::string(10'000'000, 'x'), {"latency"}).substr(0, 10), "; expected");
}

}  // namespace
}  // namespace decodesim
