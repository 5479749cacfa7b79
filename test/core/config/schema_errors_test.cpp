// SPDX-License-Identifier: Apache-2.0
// Each mistake in a parameter mapping, with the exact text that its author sees.
#include <gtest/gtest.h>

#include "test/core/config/schema_fixture.hpp"

namespace decodesim {
namespace {
using test::read_part;

TEST(SchemaErrorTest, UnknownKeyWithTheNearestKnownOne) {
  EXPECT_EQ(read_part("bandwidth: 1 GB/s\nlatnecy: 3 us\n").errors,
            "s.yaml:2:1: unknown key 'latnecy' in part; did you mean 'latency'?");
}

TEST(SchemaErrorTest, UnknownKeyFarFromAllListsThem) {
  EXPECT_EQ(read_part("bandwidth: 1 GB/s\ntemperature: hot\n").errors,
            "s.yaml:2:1: unknown key 'temperature' in part; expected one of bandwidth, latency, efficiency, banks, "
            "cached, vendor, policy, buffer");
}

TEST(SchemaErrorTest, UnknownKeySuggestsKeysReadElsewhereToo) {
  EXPECT_EQ(read_part("bandwidth: 1 GB/s\nusee: h100\n", {"use"}).errors,
            "s.yaml:2:1: unknown key 'usee' in part; did you mean 'use'?");
}

TEST(SchemaErrorTest, MissingRequiredField) {
  EXPECT_EQ(read_part("banks: 2\n").errors, "s.yaml:1:1: part lacks 'bandwidth'; expected bandwidth (Payload rate)");
}

TEST(SchemaErrorTest, NumberWithoutUnit) {
  EXPECT_EQ(read_part("bandwidth: 25\n").errors,
            "s.yaml:1:12: bandwidth: '25' has no unit; expected one of PB/s, TB/s, GB/s, MB/s, kB/s, B/s, TiB/s, "
            "GiB/s, MiB/s, Tb/s, Gb/s, Mb/s");
}

TEST(SchemaErrorTest, QuantityOutOfRange) {
  EXPECT_EQ(read_part("bandwidth: 2 PB/s\n").errors,
            "s.yaml:1:12: bandwidth: '2 PB/s' is out of range; expected 1 MB/s to 1 PB/s");
  EXPECT_EQ(read_part("bandwidth: -1 GB/s\n").errors,
            "s.yaml:1:12: bandwidth: '-1 GB/s' is out of range; expected 1 MB/s to 1 PB/s");
}

TEST(SchemaErrorTest, QuantityOfAnAbsurdSize) {
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, latency: 1e40 s}").errors,
            "s.yaml:1:30: latency: '1e40 s' is too large for a duration; expected at most 9223372.036854775807 s");
}

TEST(SchemaErrorTest, IntegerOutOfRange) {
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, banks: 0}").errors,
            "s.yaml:1:28: banks: '0' is out of range; expected 1 to 1024");
}

TEST(SchemaErrorTest, IntegerThatIsNone) {
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, banks: many}").errors,
            "s.yaml:1:28: banks: 'many' is not a whole number; expected digits without a unit");
}

TEST(SchemaErrorTest, NeitherTrueNorFalse) {
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, cached: maybe}").errors,
            "s.yaml:1:29: cached: 'maybe' is neither true nor false; expected true or false");
}

TEST(SchemaErrorTest, NoneOfTheChoices) {
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, policy: shut}").errors,
            "s.yaml:1:29: policy: 'shut' is not one of the choices; expected one of open, closed");
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, policy: close}").errors,
            "s.yaml:1:29: policy: 'close' is not one of the choices; did you mean 'closed'?");
}

TEST(SchemaErrorTest, AListOrMappingWhereAValueBelongs) {
  EXPECT_EQ(read_part("{bandwidth: [1 GB/s]}").errors, "s.yaml:1:13: bandwidth is a list; expected a single value");
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, vendor: {a: b}}").errors,
            "s.yaml:1:29: vendor is a mapping; expected a single value");
}

TEST(SchemaErrorTest, AKeyWithoutAValue) {
  EXPECT_EQ(read_part("bandwidth:\n").errors, "s.yaml:1:1: bandwidth is nothing; expected a single value");
}

TEST(SchemaErrorTest, SomethingElseThanAMapping) {
  EXPECT_EQ(read_part("[1, 2]").errors, "s.yaml:1:1: part is a list; expected a mapping of its parameters");
  EXPECT_EQ(read_part("bandwidth: 1 GB/s\nbuffer: big\n").errors,
            "s.yaml:2:9: buffer is a value; expected a mapping of its parameters");
  EXPECT_EQ(read_part("bandwidth: 1 GB/s\nbuffer:\n").errors,
            "s.yaml:2:1: buffer is nothing; expected a mapping of its parameters");
}

TEST(SchemaErrorTest, MistakesInANestedMapping) {
  EXPECT_EQ(read_part("bandwidth: 1 GB/s\nbuffer: {size: 2 MB, entires: 3}\n").errors,
            "s.yaml:2:16: size: '2 MB' is out of range; expected 1 B to 1 MB\n"
            "s.yaml:2:22: unknown key 'entires' in buffer; did you mean 'entries'?");
}

TEST(SchemaErrorTest, AllMistakesAreNamedInOneGo) {
  EXPECT_EQ(read_part("bandwidth: 25\nbanks: 0\nbank: 1\n").errors,
            "s.yaml:1:12: bandwidth: '25' has no unit; expected one of PB/s, TB/s, GB/s, MB/s, kB/s, B/s, TiB/s, "
            "GiB/s, MiB/s, Tb/s, Gb/s, Mb/s\n"
            "s.yaml:2:8: banks: '0' is out of range; expected 1 to 1024\n"
            "s.yaml:3:1: unknown key 'bank' in part; did you mean 'banks'?");
}

TEST(SchemaErrorTest, AFieldWithAMistakeKeepsItsDefault) {
  const auto part = read_part("{bandwidth: 1 GB/s, banks: 5000}");
  EXPECT_EQ(part.params.banks, 4);
}

}  // namespace
}  // namespace decodesim
