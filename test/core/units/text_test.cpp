// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units/text.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "sim/core/component/random.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

template <class Q>
std::int64_t count_of(std::string_view text) {
  const auto parsed = parse<Q>(text);
  EXPECT_TRUE(parsed.value.has_value()) << text << ": " << parsed.error;
  return parsed.value.value_or(Q(kMin)).count();
}

template <class Q>
std::string error_of(std::string_view text) {
  const auto parsed = parse<Q>(text);
  EXPECT_FALSE(parsed.value.has_value()) << text;
  return parsed.error;
}

TEST(UnitTextTest, EveryUnitOfEveryQuantityIsExact) {
  EXPECT_EQ(count_of<Duration>("3 us"), 3'000'000);
  EXPECT_EQ(count_of<Duration>("2 min"), 120'000'000'000'000);
  EXPECT_EQ(count_of<Duration>("1 h"), 3'600'000'000'000'000);
  EXPECT_EQ(count_of<Bytes>("80 GB"), 80'000'000'000);
  EXPECT_EQ(count_of<Bytes>("80 GiB"), 85'899'345'920);
  EXPECT_EQ(count_of<Bytes>("1 KiB"), 1024);
  EXPECT_EQ(count_of<Bytes>("1 kB"), 1000);
  EXPECT_EQ(count_of<Bandwidth>("3.35 TB/s"), 3'350'000'000'000);
  EXPECT_EQ(count_of<Bandwidth>("4 TiB/s"), 4'398'046'511'104);
  EXPECT_EQ(count_of<Bandwidth>("400 Gb/s"), 50'000'000'000);
  EXPECT_EQ(count_of<Flops>("2 GFLOP"), 2'000'000'000);
  EXPECT_EQ(count_of<FlopRate>("1.9789 PFLOP/s"), 1'978'900'000'000'000);
  EXPECT_EQ(count_of<Frequency>("1.755 GHz"), 1'755'000'000);
  EXPECT_EQ(count_of<Energy>("0.25 nJ"), 250);
  EXPECT_EQ(count_of<EnergyPerBit>("3.9 pJ/bit"), 3'900'000);
  EXPECT_EQ(count_of<Power>("700 W"), 700'000'000);
  EXPECT_EQ(count_of<Money>("25000 USD"), 25'000'000'000);
  EXPECT_EQ(count_of<Carbon>("164 kgCO2e"), 164'000'000);
  EXPECT_EQ(count_of<Ratio>("92.5 %"), 925'000);
  EXPECT_EQ(count_of<Ratio>("0.925"), 925'000);
  EXPECT_EQ(count_of<Ratio>("12 ppm"), 12);
}

TEST(UnitTextTest, NumbersComeInTheUsualSpellings) {
  EXPECT_EQ(count_of<Bytes>("1_000 B"), 1000);
  EXPECT_EQ(count_of<Bytes>("1e3 B"), 1000);
  EXPECT_EQ(count_of<Bytes>("1.5E+3 B"), 1500);
  EXPECT_EQ(count_of<Bytes>("2500e-1 B"), 250);
  EXPECT_EQ(count_of<Bytes>("80GB"), 80'000'000'000);
  EXPECT_EQ(count_of<Bytes>("  80   GB  "), 80'000'000'000);
  EXPECT_EQ(count_of<Bytes>("+5 B"), 5);
  EXPECT_EQ(count_of<Bytes>("-5 B"), -5);
  EXPECT_EQ(count_of<Bytes>("010 B"), 10) << "no octal";
  EXPECT_EQ(count_of<Duration>(".5 ns"), 500);
  EXPECT_EQ(count_of<Duration>("5. ns"), 5000);
  EXPECT_EQ(count_of<Duration>("-0 s"), 0);
}

TEST(UnitTextTest, ANumberWithoutUnitIsRefusedWithTheUnitsThatWouldDo) {
  EXPECT_EQ(error_of<Power>("700"), "'700' has no unit; expected one of MW, kW, W, mW, uW");
  EXPECT_EQ(error_of<Duration>("3"), "'3' has no unit; expected one of s, ms, us, ns, ps, min, h");
}

TEST(UnitTextTest, AnUnknownUnitIsRefused) {
  EXPECT_EQ(error_of<Frequency>("3 ghz"), "'ghz' is not a unit of frequency; expected one of GHz, MHz, kHz, Hz");
  EXPECT_EQ(error_of<Frequency>("3 GHz x"), "'GHz x' is not a unit of frequency; expected one of GHz, MHz, kHz, Hz");
  EXPECT_EQ(error_of<Frequency>("1.2.3 GHz"), "'.3 GHz' is not a unit of frequency; expected one of GHz, MHz, kHz, Hz");
  EXPECT_EQ(error_of<Bytes>("80 GB/s").substr(0, 28), "'GB/s' is not a unit of size");
  EXPECT_EQ(error_of<Ratio>("5 percent"), "'percent' is not a unit of ratio; expected one of %, ppm");
}

TEST(UnitTextTest, TextThatIsNoNumberIsRefused) {
  EXPECT_EQ(error_of<Frequency>("fast"),
            "'fast' is not a frequency; expected a number with a unit, one of GHz, MHz, kHz, Hz");
  for (const char* text : {"", " ", "GHz", "-", "+", ".", "_1 GHz", "-.", "e5 GHz", "nan GHz", "inf GHz"})
    EXPECT_NE(error_of<Frequency>(text).find("is not a frequency"), std::string::npos) << text;
}

TEST(UnitTextTest, AValueFinerThanTheBaseUnitIsRefusedAndNotRounded) {
  EXPECT_EQ(error_of<Duration>("0.5 ps"),
            "'0.5 ps' is finer than the resolution of a duration (1 ps); expected a multiple of it");
  EXPECT_EQ(error_of<Bandwidth>("1 b/s").substr(0, 29), "'b/s' is not a unit of bandwi");
  EXPECT_EQ(error_of<Bandwidth>("0.000001 Mb/s"),
            "'0.000001 Mb/s' is finer than the resolution of a bandwidth (1 B/s); expected a multiple of it");
  EXPECT_NE(error_of<Duration>("1e-90 s").find("finer than"), std::string::npos);
  EXPECT_NE(error_of<Duration>("0.0000000000000000000000000000000000000000000001 s").find("finer than"),
            std::string::npos);
}

TEST(UnitTextTest, AValueBeyond64BitsIsRefusedWithTheLargest) {
  EXPECT_EQ(count_of<Duration>("9223372.036854775807 s"), kMax);
  EXPECT_EQ(count_of<Duration>("-9223372.036854775808 s"), kMin);
  EXPECT_EQ(error_of<Duration>("9223372.036854775808 s"),
            "'9223372.036854775808 s' is too large for a duration; expected at most 9223372.036854775807 s");
  for (const char* text : {"-9223372.036854775809 s", "1e30 s", "1e100 s", "1e99999999999 s",
                           "99999999999999999999999999999999999999999999 s"})
    EXPECT_NE(error_of<Duration>(text).find("is too large for a duration"), std::string::npos) << text;
}

TEST(UnitTextTest, PrintingTakesTheLargestUnitThatIsNotAboveTheValue) {
  EXPECT_EQ(to_text(Bandwidth(3'350'000'000'000)), "3.35 TB/s");
  EXPECT_EQ(to_text(1500_ps), "1.5 ns");
  EXPECT_EQ(to_text(999_ps), "999 ps");
  EXPECT_EQ(to_text(0_ps), "0 ps");
  EXPECT_EQ(to_text(Duration(-1500)), "-1.5 ns");
  EXPECT_EQ(to_text(1_KiB), "1.024 kB");
  EXPECT_EQ(to_text(50_percent), "0.5");
  EXPECT_EQ(to_text(Ratio(1)), "0.000001");
  EXPECT_EQ(to_text(Ratio(3'000'000)), "3");
  EXPECT_EQ(to_text(Duration(kMin)), "-9223372.036854775808 s");
}

TEST(UnitTextTest, ShortTextIsForPeople) {
  EXPECT_EQ(to_short_text(Bandwidth(3'024'567'000'000)), "3.025 TB/s");
  EXPECT_EQ(to_short_text(Duration(1'234'567)), "1.235 us");
  EXPECT_EQ(to_short_text(0_ps), "0 ps");
  EXPECT_EQ(to_short_text(50_percent), "0.5");
  EXPECT_EQ(to_short_text(Duration(-1500)), "-1.5 ns");
}

// parse(to_text(x)) == x, over values of every magnitude and sign.
template <class Q>
void expect_round_trip(std::string_view name) {
  RandomStream random(1, name, "round trip");
  for (const std::int64_t edge : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, kMax, kMin})
    EXPECT_EQ(count_of<Q>(to_text(Q(edge))), edge) << name;
  for (int i = 0; i < 2000; ++i) {
    auto count = static_cast<std::int64_t>(random.next() >> random.below(64));
    if (random.below(2) == 0) count = -(count / 2);
    EXPECT_EQ(count_of<Q>(to_text(Q(count))), count) << name << " " << to_text(Q(count));
  }
}

TEST(UnitTextTest, WhatIsPrintedReadsBackAsTheSameValue) {
  expect_round_trip<Duration>("duration");
  expect_round_trip<Bytes>("bytes");
  expect_round_trip<Bandwidth>("bandwidth");
  expect_round_trip<Flops>("flops");
  expect_round_trip<FlopRate>("flop rate");
  expect_round_trip<Frequency>("frequency");
  expect_round_trip<Energy>("energy");
  expect_round_trip<EnergyPerBit>("energy per bit");
  expect_round_trip<Power>("power");
  expect_round_trip<Money>("money");
  expect_round_trip<Carbon>("carbon");
  expect_round_trip<Ratio>("ratio");
}

// Each unit of each table, whole: n units are n * numerator / denominator.
template <class Q>
void expect_all_units() {
  for (const UnitSymbol& unit : unit_table<Q>().units)
    EXPECT_EQ(count_of<Q>("8 " + std::string(unit.symbol)), 8 / unit.denominator * unit.numerator) << unit.symbol;
}

TEST(UnitTextTest, EveryUnitInTheTablesParses) {
  expect_all_units<Duration>();
  expect_all_units<Bytes>();
  expect_all_units<Bandwidth>();
  expect_all_units<Flops>();
  expect_all_units<FlopRate>();
  expect_all_units<Frequency>();
  expect_all_units<Energy>();
  expect_all_units<EnergyPerBit>();
  expect_all_units<Power>();
  expect_all_units<Money>();
  expect_all_units<Carbon>();
  expect_all_units<Ratio>();
}

TEST(IntegerTextTest, WholeNumbersAreExact) {
  EXPECT_EQ(parse_integer("8").value, 8);
  EXPECT_EQ(parse_integer(" -8 ").value, -8);
  EXPECT_EQ(parse_integer("1_000_000").value, 1'000'000);
  EXPECT_EQ(parse_integer("1e6").value, 1'000'000);
  EXPECT_EQ(parse_integer("007").value, 7);
  EXPECT_EQ(parse_integer("9223372036854775807").value, kMax);
  EXPECT_EQ(parse_integer("-9223372036854775808").value, kMin);
}

TEST(IntegerTextTest, AnythingElseIsRefusedWithAReason) {
  EXPECT_EQ(parse_integer("8 GB").error, "'8 GB' is not a whole number; expected digits without a unit");
  EXPECT_EQ(parse_integer("0x10").error, "'0x10' is not a whole number; expected digits without a unit");
  EXPECT_EQ(parse_integer("many").error, "'many' is not a whole number; expected digits without a unit");
  EXPECT_EQ(parse_integer("1.5").error, "'1.5' is not a whole number; expected an integer");
  EXPECT_EQ(parse_integer("1e-40").error, "'1e-40' is not a whole number; expected an integer");
  EXPECT_EQ(parse_integer("9223372036854775808").error,
            "'9223372036854775808' is too large; expected at most 9223372036854775807");
  EXPECT_FALSE(parse_integer("").value.has_value());
  EXPECT_FALSE(parse_integer("-9223372036854775809").value.has_value());
  EXPECT_FALSE(parse_integer("1e50").value.has_value());
}

}  // namespace
}  // namespace decodesim
