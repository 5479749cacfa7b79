// SPDX-License-Identifier: Apache-2.0
// Damaged scenarios: a plan, or a ConfigError whose every line has a place; never anything else.
#include <gtest/gtest.h>

#include "sim/app/scenario/resolved_yaml.hpp"
#include "test/app/scenario/fixture.hpp"
#include "test/fuzz/mutation.hpp"

namespace decodesim {
namespace {

// Returns whether `text` is a scenario.
bool try_to_read(const std::string& text, const std::vector<Assignment>& assignments = {}) {
  try {
    const Plan plan = read_scenario_text(text, "fuzz.yaml", test::catalog(), assignments);
    EXPECT_EQ(plan.resolved.size(), plan.fields.size());
    return true;
  } catch (const ConfigError& error) {
    EXPECT_FALSE(error.diagnostics().empty());
    for (const Diagnostic& diagnostic : error.diagnostics()) {
      const std::string line = diagnostic.text();
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
      EXPECT_FALSE(diagnostic.position.text().empty());
    }
    return false;
  }
}

std::string shipped(const std::string& name) {
  return test::file_content(std::filesystem::path(DECODESIM_SOURCE_DIR) / "scenarios" / name);
}

TEST(ScenarioFuzzTest, AMutatedScenarioIsAPlanOrAConfigError) {
  const std::string original = shipped("quickstart.yaml");
  RandomStream random(1, "fuzz", "scenario");
  int sound = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string text = test::mutated(original, random, 3);
    ASSERT_NO_THROW(sound += try_to_read(text) ? 1 : 0) << "iteration " << i << "\n" << text;
    if (HasFailure()) FAIL() << "iteration " << i << "\n" << text;
  }
  EXPECT_GT(sound, 50);
}

TEST(ScenarioFuzzTest, AMutatedMemoryScenarioIsAPlanOrAConfigError) {
  RandomStream random(1, "fuzz", "memory scenario");
  for (const char* name : {"memory/hbm3-load-curve.yaml", "memory/ramulator-trace.yaml"}) {
    const std::string original = shipped(name);
    int sound = 0;
    for (int i = 0; i < 1500; ++i) {
      const std::string text = test::mutated(original, random, 3);
      ASSERT_NO_THROW(sound += try_to_read(text) ? 1 : 0) << "iteration " << i << "\n" << text;
      if (HasFailure()) FAIL() << "iteration " << i << "\n" << text;
    }
    EXPECT_GT(sound, 50);
  }
}

// Whatever `text` says, each of its values is set to something else.
void set_anything(const std::string& text, std::string_view purpose) {
  const Plan plan = test::read(text);
  RandomStream random(1, "fuzz", purpose);
  static constexpr std::array<std::string_view, 16> kValues{"0",        "-1",     "1",       "9223372036854775807",
                                                            "1e18",     "0 ps",   "1000 GB", "0 B",
                                                            "900 PB/s", "1 MB/s", "true",    "[]",
                                                            "{}",       "\"\"",   "65536",   "1 us"};
  for (int i = 0; i < 2000; ++i) {
    const std::string& path = plan.resolved[random.below(plan.resolved.size())].path;
    const std::string value(kValues[random.below(kValues.size())]);
    ASSERT_NO_THROW(try_to_read(text, {{path, value}})) << path << "=" << value;
    if (::testing::Test::HasFailure()) FAIL() << path << "=" << value;
  }
}

TEST(ScenarioFuzzTest, AnythingSetInAScenarioIsAPlanOrAConfigError) {
  set_anything(std::string(test::kMinimal), "scenario set");
}

TEST(ScenarioFuzzTest, AnythingSetInAMemoryScenarioIsAPlanOrAConfigError) {
  set_anything(shipped("memory/hbm3-load-curve.yaml"), "memory scenario set");
  set_anything(shipped("memory/ramulator-trace.yaml"), "trace scenario set");
}

TEST(ScenarioFuzzTest, AMutatedResolvedScenarioIsAPlanOrAConfigError) {
  const std::string original = resolved_yaml(test::read(test::kMinimal));
  RandomStream random(1, "fuzz", "scenario resolved");
  for (int i = 0; i < 1000; ++i) {
    const std::string text = test::mutated(original, random, 4);
    ASSERT_NO_THROW(try_to_read(text)) << "iteration " << i << "\n" << text;
    if (HasFailure()) FAIL() << "iteration " << i << "\n" << text;
  }
}

}  // namespace
}  // namespace decodesim
