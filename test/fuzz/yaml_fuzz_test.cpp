// SPDX-License-Identifier: Apache-2.0
// The YAML reader and a schema on mutated documents: a Node, or a ConfigError whose every line has a place.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "sim/core/config/schema.hpp"
#include "sim/core/config/yaml_reader.hpp"
#include "test/fuzz/mutation.hpp"

namespace decodesim {
namespace {

constexpr std::array<std::string_view, 4> kDocuments{
    R"(scenario: decode on one node
system:
  accelerators: {use: h100-sxm, count: 8}
  memory: [{use: hbm3-16GB, stacks: 5}]            # tiers
  network: {topology: star, switch: {use: nvswitch-3}, link: {use: nvlink-4}}
workload:
  kind: decode
  precision: {weights: fp8, kv_cache: fp8}
  steps: 64
run: {seed: 1}
)",
    R"(bandwidth: {value: 25 GB/s, source: "datasheet"}
latency: 500 ns
count: 16
list:
  - one
  - 'two'
  - {three: 3}
  - [4, "5", ~]
)",
    R"(base: &base {x: 1, y: [1, 2]}
again: *base
text: |
  several
  lines
folded: >-
  and
  more
"quoted key": ok
? complex
: value
)",
    "{a: {b: {c: [1, {d: [2, 3]}, &q [4]]}}, e: *q, f: !!str 5, g: }\n"};

struct Params {
  Bandwidth bandwidth{1'000'000};
  Duration latency;
  std::int64_t count = 1;
};

Schema<Params> schema() {
  Schema<Params> s("part", "A part");
  s.field("bandwidth", &Params::bandwidth, {Bandwidth(1), Bandwidth(1'000'000'000'000)}, "Rate", required())
      .field("latency", &Params::latency, {Duration(0), Duration(1'000'000'000)}, "Time", assumed("none"))
      .field("count", &Params::count, {1, 64}, "How many", assumed("one"));
  return s;
}

void expect_place_and_message(const ConfigError& error, const std::string& text) {
  ASSERT_FALSE(error.diagnostics().empty()) << text;
  for (const Diagnostic& diagnostic : error.diagnostics()) {
    const std::string line = diagnostic.text();
    ASSERT_EQ(line.rfind("fuzz.yaml:", 0), 0U) << line << "\n" << text;
    ASSERT_EQ(line.find('\n'), std::string::npos) << text;
    ASSERT_FALSE(diagnostic.message.empty()) << text;
  }
}

// Reads `text` as a part; anything thrown but ConfigError fails the test.
void read_anything(const std::string& text) {
  try {
    Diagnostics diagnostics;
    const Node node = read_yaml_text(text, "fuzz.yaml", diagnostics);
    Params params;
    schema().read(node, params, diagnostics);
    diagnostics.throw_if_any();
  } catch (const ConfigError& error) {
    expect_place_and_message(error, text);
  }
}

TEST(YamlFuzzTest, TheDocumentsThemselvesAreValid) {
  for (const std::string_view document : kDocuments) {
    Diagnostics diagnostics;
    EXPECT_NO_THROW(read_yaml_text(document, "fuzz.yaml", diagnostics)) << document;
    EXPECT_TRUE(diagnostics.empty());
  }
}

TEST(YamlFuzzTest, AMutatedDocumentIsANodeOrAConfigError) {
  RandomStream random(1, "fuzz", "yaml");
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = test::mutated(std::string(kDocuments.at(random.below(kDocuments.size()))), random, 6);
    ASSERT_NO_THROW(read_anything(text)) << "iteration " << i << "\n" << text;
    if (HasFatalFailure()) return;
  }
}

TEST(YamlFuzzTest, EveryTruncationIsANodeOrAConfigError) {
  for (const std::string_view document : kDocuments)
    for (std::size_t length = 0; length <= document.size(); ++length)
      ASSERT_NO_THROW(read_anything(std::string(document.substr(0, length)))) << length;
}

TEST(YamlFuzzTest, RandomBytesAreANodeOrAConfigError) {
  RandomStream random(1, "fuzz", "yaml bytes");
  for (int i = 0; i < 10'000; ++i) {
    std::string text(random.below(60), ' ');
    for (char& c : text) c = static_cast<char>(random.below(256));
    ASSERT_NO_THROW(read_anything(text)) << "iteration " << i;
    if (HasFatalFailure()) return;
  }
}

TEST(YamlFuzzTest, AnythingSetOnTheCommandLineIsAssignedOrRefused) {
  RandomStream random(1, "fuzz", "set");
  Diagnostics diagnostics;
  const Node original = read_yaml_text(kDocuments[0], "fuzz.yaml", diagnostics);
  for (int i = 0; i < 10'000; ++i) {
    const std::string path = test::mutated("system.memory.0.stacks", random, 4);
    const std::string value = test::mutated("{use: h100, count: [8, 4 GB]}", random, 4);
    Node root = original;
    try {
      assign_path(root, path, value);
    } catch (const ConfigError& error) {
      ASSERT_EQ(std::string(error.what()).find('\n'), std::string::npos) << path << "=" << value;
    }
  }
}

}  // namespace
}  // namespace decodesim
