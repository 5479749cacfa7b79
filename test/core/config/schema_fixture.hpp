// SPDX-License-Identifier: Apache-2.0
// A parameter struct with one field of each kind, and its schema: what the tests of Schema work on.
#pragma once

#include <string>

#include "sim/core/config/schema.hpp"
#include "sim/core/config/yaml_reader.hpp"

namespace decodesim::test {

enum class Policy { kOpen, kClosed };

struct BufferParams {
  Bytes size{4096};
  std::int64_t entries = 16;
};

struct PartParams {
  Bandwidth bandwidth;
  Duration latency{500'000};
  Ratio efficiency{900'000};
  std::int64_t banks = 4;
  bool cached = true;
  std::string vendor = "none";
  Policy policy = Policy::kOpen;
  BufferParams buffer;
};

inline Schema<BufferParams> buffer_schema() {
  Schema<BufferParams> schema("buffer", "A place to wait");
  schema.field("size", &BufferParams::size, {Bytes(1), Bytes(1'000'000)}, "Capacity", assumed("one page"))
      .field("entries", &BufferParams::entries, {1, 64}, "Slots", derived("4096 B / 256 B"));
  return schema;
}

inline Schema<PartParams> part_schema() {
  Schema<PartParams> schema("part", "A part for tests");
  schema
      .field("bandwidth", &PartParams::bandwidth, {Bandwidth(1'000'000), Bandwidth(1'000'000'000'000'000)},
             "Payload rate", required())
      .field("latency", &PartParams::latency, {Duration(0), Duration(10'000'000'000)}, "Flight time",
             cited("Handbook, 2022"))
      .field("efficiency", &PartParams::efficiency, {Ratio(1), Ratio(1'000'000)}, "Share reached", assumed("a guess"))
      .field("banks", &PartParams::banks, {1, 1024}, "Number of banks", derived("2 x 2"))
      .field("cached", &PartParams::cached, "Whether reads are cached", assumed("usual"))
      .field("vendor", &PartParams::vendor, "Who makes it", assumed("unknown"))
      .choice("policy", &PartParams::policy, {{"open", Policy::kOpen}, {"closed", Policy::kClosed}}, "Row policy",
              cited("Handbook, 2022"))
      .nested("buffer", &PartParams::buffer, buffer_schema());
  return schema;
}

struct PartOutcome {
  PartParams params;
  Node node;
  std::string errors;  ///< one a line
};

inline PartOutcome read_part(std::string_view text, const std::vector<std::string>& elsewhere = {}) {
  PartOutcome out;
  try {
    Diagnostics diagnostics;
    out.node = read_yaml_text(text, "s.yaml", diagnostics);
    part_schema().read(out.node, out.params, diagnostics, elsewhere);
    diagnostics.throw_if_any();
  } catch (const ConfigError& error) {
    out.errors = error.what();
  }
  return out;
}

}  // namespace decodesim::test
