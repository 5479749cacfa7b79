// SPDX-License-Identifier: Apache-2.0
// What a Schema reads, describes and resolves. Its messages are in schema_errors_test.cpp.
#include "sim/core/config/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/core/config/schema_fixture.hpp"

namespace decodesim {
namespace {
using test::part_schema;
using test::PartOutcome;
using test::PartParams;
using test::Policy;
using test::read_part;

TEST(SchemaTest, EveryKindOfFieldIsRead) {
  const PartOutcome part = read_part(
      "bandwidth: 3.35 TB/s\n"
      "latency: 1.5 us\n"
      "efficiency: 92 %\n"
      "banks: 16\n"
      "cached: false\n"
      "vendor: \"A & B\"\n"
      "policy: closed\n"
      "buffer: {size: 64 KiB, entries: 8}\n");
  EXPECT_EQ(part.errors, "");
  EXPECT_EQ(part.params.bandwidth, Bandwidth(3'350'000'000'000));
  EXPECT_EQ(part.params.latency, Duration(1'500'000));
  EXPECT_EQ(part.params.efficiency, Ratio(920'000));
  EXPECT_EQ(part.params.banks, 16);
  EXPECT_FALSE(part.params.cached);
  EXPECT_EQ(part.params.vendor, "A & B");
  EXPECT_EQ(part.params.policy, Policy::kClosed);
  EXPECT_EQ(part.params.buffer.size, Bytes(65'536));
  EXPECT_EQ(part.params.buffer.entries, 8);
}

TEST(SchemaTest, WhatIsNotGivenKeepsItsDefault) {
  const PartOutcome part = read_part("bandwidth: 1 GB/s\n");
  EXPECT_EQ(part.errors, "");
  EXPECT_EQ(part.params.latency, Duration(500'000));
  EXPECT_EQ(part.params.policy, Policy::kOpen);
  EXPECT_EQ(part.params.buffer.size, Bytes(4096));
}

TEST(SchemaTest, BoundsAreInclusive) {
  EXPECT_EQ(read_part("{bandwidth: 1 MB/s, latency: 0 s, banks: 1, efficiency: 1 ppm}").errors, "");
  EXPECT_EQ(read_part("{bandwidth: 1 PB/s, latency: 10 ms, banks: 1024, efficiency: 1}").errors, "");
}

TEST(SchemaTest, OnAndOffAreTrueAndFalse) {
  EXPECT_TRUE(read_part("{bandwidth: 1 GB/s, cached: on}").params.cached);
  EXPECT_FALSE(read_part("{bandwidth: 1 GB/s, cached: off}").params.cached);
}

TEST(SchemaTest, KeysThatSomeoneElseReadsAreLetThrough) {
  EXPECT_EQ(read_part("{bandwidth: 1 GB/s, use: h100}", {"use"}).errors, "");
}

TEST(SchemaTest, DescribesEachFieldOnce) {
  const std::vector<FieldInfo> fields = part_schema().describe();
  std::vector<std::string> names;
  for (const FieldInfo& field : fields) names.push_back(field.name);
  EXPECT_THAT(names, testing::ElementsAre("bandwidth", "latency", "efficiency", "banks", "cached", "vendor", "policy",
                                          "buffer.size", "buffer.entries"));
  EXPECT_EQ(fields[0].type, "bandwidth");
  EXPECT_EQ(fields[0].default_value, "");
  EXPECT_EQ(fields[0].range, "1 MB/s to 1 PB/s");
  EXPECT_EQ(fields[0].meaning, "Payload rate");
  EXPECT_EQ(fields[0].provenance.describe(), "required");
  EXPECT_EQ(fields[1].default_value, "500 ns");
  EXPECT_EQ(fields[1].provenance.describe(), "cited: Handbook, 2022");
  EXPECT_EQ(fields[2].default_value, "0.9");
  EXPECT_EQ(fields[2].provenance.describe(), "assumed: a guess");
  EXPECT_EQ(fields[3].type, "integer");
  EXPECT_EQ(fields[3].range, "1 to 1024");
  EXPECT_EQ(fields[3].provenance.describe(), "derived: 2 x 2");
  EXPECT_EQ(fields[4].type, "true or false");
  EXPECT_EQ(fields[4].default_value, "true");
  EXPECT_EQ(fields[5].type, "text");
  EXPECT_EQ(fields[6].type, "open | closed");
  EXPECT_EQ(fields[6].default_value, "open");
  EXPECT_EQ(fields[7].default_value, "4.096 kB");
  EXPECT_EQ(part_schema().name(), "part");
  EXPECT_EQ(part_schema().meaning(), "A part for tests");
}

TEST(SchemaTest, ARequiredFieldOfAnyKindHasNoDefault) {
  Schema<PartParams> schema("part", "All required");
  schema.field("cached", &PartParams::cached, "", required())
      .field("vendor", &PartParams::vendor, "", required())
      .field("banks", &PartParams::banks, {1, 2}, "", required())
      .choice("policy", &PartParams::policy, {{"open", Policy::kOpen}}, "", required());
  for (const FieldInfo& field : schema.describe()) EXPECT_EQ(field.default_value, "") << field.name;
}

std::vector<std::string> resolved(const PartOutcome& part) {
  std::vector<ResolvedValue> values;
  part_schema().resolve(&part.node, part.params, "system.part", values);
  std::vector<std::string> out;
  for (const ResolvedValue& value : values) out.push_back(value.path + " = " + value.value + " <- " + value.origin);
  return out;
}

TEST(SchemaTest, ResolvesEachValueWithItsOrigin) {
  EXPECT_THAT(resolved(read_part("bandwidth: {value: 3350 GB/s, source: datasheet}\n"
                                 "cached: off\n"
                                 "buffer: {entries: 8}\n")),
              testing::ElementsAre("system.part.bandwidth = 3.35 TB/s <- s.yaml:1:20 (datasheet)",
                                   "system.part.latency = 500 ns <- default (cited: Handbook, 2022)",
                                   "system.part.efficiency = 0.9 <- default (assumed: a guess)",
                                   "system.part.banks = 4 <- default (derived: 2 x 2)",
                                   "system.part.cached = false <- s.yaml:2:9",
                                   "system.part.vendor = none <- default (assumed: unknown)",
                                   "system.part.policy = open <- default (cited: Handbook, 2022)",
                                   "system.part.buffer.size = 4.096 kB <- default (assumed: one page)",
                                   "system.part.buffer.entries = 8 <- s.yaml:3:19"));
}

TEST(SchemaTest, ResolvesDefaultsWithoutAMapping) {
  std::vector<ResolvedValue> values;
  part_schema().resolve(nullptr, PartParams{}, "", values);
  ASSERT_EQ(values.size(), 9U);
  EXPECT_EQ(values[1].path, "latency");
  EXPECT_EQ(values[1].meaning, "Flight time");
  EXPECT_EQ(values[8].path, "buffer.entries");
}

TEST(SchemaTest, AValueSetOnTheCommandLineSaysSo) {
  PartOutcome part = read_part("bandwidth: 1 GB/s\n");
  assign_path(part.node, "banks", "8");
  Diagnostics diagnostics;
  part_schema().read(part.node, part.params, diagnostics);
  EXPECT_EQ(resolved(part)[3], "system.part.banks = 8 <- --set banks");
}

// Whatever resolve() prints can be read back: the resolved file is a scenario.
TEST(SchemaTest, ResolvedValuesReadBackAsTheSameParameters) {
  const PartOutcome first = read_part("{bandwidth: 400 Gb/s, latency: 333 ps, efficiency: 12.3456 %, cached: off}");
  Node again = Node::mapping({});
  std::vector<ResolvedValue> values;
  part_schema().resolve(&first.node, first.params, "", values);
  for (const ResolvedValue& value : values) assign_path(again, value.path, value.value);
  PartParams params;
  Diagnostics diagnostics;
  part_schema().read(again, params, diagnostics);
  EXPECT_NO_THROW(diagnostics.throw_if_any());
  EXPECT_EQ(params.bandwidth, first.params.bandwidth);
  EXPECT_EQ(params.latency, first.params.latency);
  EXPECT_EQ(params.efficiency, first.params.efficiency);
  EXPECT_EQ(params.cached, first.params.cached);
  EXPECT_EQ(params.buffer.size, first.params.buffer.size);
}

}  // namespace
}  // namespace decodesim
