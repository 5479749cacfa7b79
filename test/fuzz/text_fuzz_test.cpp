// SPDX-License-Identifier: Apache-2.0
// Quantities from mutated text: a value that prints and reads back, or a reason; never anything else.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "sim/core/units/text.hpp"
#include "test/fuzz/mutation.hpp"

namespace decodesim {
namespace {

template <class Q>
void expect_value_or_reason(const std::string& text) {
  const ParseResult<Q> parsed = parse<Q>(text);
  ASSERT_EQ(parsed.value.has_value(), parsed.error.empty()) << text;
  if (!parsed.value) return;
  ASSERT_EQ(parse<Q>(to_text(*parsed.value)).value, parsed.value) << text;
  ASSERT_FALSE(to_short_text(*parsed.value).empty()) << text;
}

TEST(TextFuzzTest, AMutatedQuantityIsAValueOrAReason) {
  constexpr std::array<std::string_view, 12> kSeeds{"3.35 TB/s",   "80 GB", "1_000 ps",   "-2.5e3 us",
                                                    "92.5 %",      "0.001", "4 TiB/s",    "1 Gb/s",
                                                    "9.9 PFLOP/s", "700 W", "3.9 pJ/bit", "1e-3 s"};
  RandomStream random(1, "fuzz", "text");
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = test::mutated(std::string(kSeeds.at(random.below(kSeeds.size()))), random, 4);
    expect_value_or_reason<Duration>(text);
    expect_value_or_reason<Bytes>(text);
    expect_value_or_reason<Bandwidth>(text);
    expect_value_or_reason<FlopRate>(text);
    expect_value_or_reason<Ratio>(text);
    const ParseResult<std::int64_t> integer = parse_integer(text);
    ASSERT_EQ(integer.value.has_value(), integer.error.empty()) << text;
  }
}

TEST(TextFuzzTest, RandomBytesAreAValueOrAReason) {
  RandomStream random(1, "fuzz", "bytes");
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random.below(24), ' ');
    for (char& c : text) c = static_cast<char>(random.below(256));
    expect_value_or_reason<Duration>(text);
    expect_value_or_reason<Ratio>(text);
  }
}

}  // namespace
}  // namespace decodesim
