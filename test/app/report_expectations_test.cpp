// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/expectations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/config/yaml_reader.hpp"
#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Node list_of(const std::string& yaml) {
  Diagnostics diagnostics;
  Node list = read_yaml_text(yaml, "made_up.yaml", diagnostics);
  diagnostics.throw_if_any();
  return list;
}

std::vector<std::string> missed(const std::string& yaml) {
  Plan plan = made_up_plan();
  plan.expectations = list_of(yaml);
  return missed_expectations(plan, made_up_result());
}

std::vector<std::string> mistakes(const std::string& yaml) {
  Plan plan = made_up_plan();
  plan.expectations = list_of(yaml);
  Diagnostics diagnostics;
  check_expectations(plan, diagnostics);
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : diagnostics.list()) out.push_back(diagnostic.text());
  return out;
}

TEST(Expectations, NoneAreNeverMissed) {
  EXPECT_THAT(missed_expectations(made_up_plan(), made_up_result()), IsEmpty());
  EXPECT_THAT(missed("[]"), IsEmpty());
}

TEST(Expectations, ThatHoldAreSilent) {
  EXPECT_THAT(missed("- {path: decode.step_latency_s.mean, value: 0.005}\n"
                     "- {path: decode.step_latency_s.mean, value: 5 ms}\n"
                     "- {path: decode.step_latency_s.mean, value: \"5000 us\"}\n"
                     "- {path: decode.step_latency_s.mean, value: 4.5 ms, tolerance: 12 %}\n"
                     "- {path: decode.step_latency_s.p99, min: 6 ms, max: 6 ms}\n"
                     "- {path: memory.hbm.utilisation, min: 50 %, max: 0.6}\n"
                     "- {path: memory.0.peak_bytes_per_s, value: 26.8 TB/s}\n"
                     "- {path: network.all_reduce, value: one_shot}\n"
                     "- {path: simulation.interrupted, value: false}\n"
                     "- {path: decode.tokens, value: 64}\n"),
              IsEmpty());
}

TEST(Expectations, MissedSayWhatAndByHowMuch) {
  EXPECT_THAT(missed("- {path: decode.step_latency_s.mean, value: 4 ms, tolerance: 20 %, because: measured}\n"
                     "- {path: decode.tokens, value: 65}\n"
                     "- {path: decode.mbu, min: 60 %}\n"
                     "- {path: decode.step_latency_s.max, max: 0.005, because: the budget}\n"
                     "- {path: network.all_reduce, value: ring}\n"
                     "- {path: decode.tokens, value: many}\n"),
              ElementsAre("made_up.yaml:1:3: decode.step_latency_s.mean is 5 ms; expected 4 ms within 20 %: 25.0 % "
                          "above; because: measured",
                          "made_up.yaml:2:3: decode.tokens is 64; expected 65: 1.54 % below",
                          "made_up.yaml:3:3: decode.mbu is 56.2453 %; expected at least 60 %: 6.26 % below",
                          "made_up.yaml:4:3: decode.step_latency_s.max is 0.006; expected at most 0.005: 20.0 % above; "
                          "because: the budget",
                          "made_up.yaml:5:3: network.all_reduce is one_shot; expected ring",
                          "made_up.yaml:6:3: decode.tokens is 64; expected many"));
}

TEST(Expectations, ToleranceIncludesItsEdge) {
  EXPECT_THAT(missed("- {path: decode.tokens, value: 80, tolerance: 20 %}"), IsEmpty());
  EXPECT_THAT(missed("- {path: decode.tokens, value: 80, tolerance: 19.9 %}").size(), 1U);
  EXPECT_THAT(missed("- {path: decode.tokens, value: 80, tolerance: 0.2}"), IsEmpty());
}

TEST(Expectations, OfWhatIsNotInTheResultsAreMissed) {
  EXPECT_THAT(
      missed("- {path: decode.step_latency_s.men, value: 1}\n"
             "- {path: memory.ddr.utilisation, max: 1}\n"
             "- {path: decode.step_latency_s, value: 1}\n"
             "- {path: decode.tokens.x, value: 1, because: why not}\n"),
      ElementsAre("made_up.yaml:1:3: 'decode.step_latency_s.men' is not in the results; did you mean 'mean'?",
                  "made_up.yaml:2:3: 'memory.ddr.utilisation' is not in the results; expected one of hbm",
                  "made_up.yaml:3:3: 'decode.step_latency_s' is no single result; expected one of mean, p50, "
                  "p90, p99, max",
                  "made_up.yaml:4:3: 'decode.tokens.x' is not in the results; expected 'decode.tokens', which is a "
                  "single result; because: why not"));
}

TEST(Expectations, OfWhatWillNotBeInTheResultsAreBadInput) {
  EXPECT_THAT(mistakes("- {path: decode.step_latency_s.men, value: 1}\n"
                       "- {value: 1, path: decode.breakdown_s}\n"
                       "- {path: \"\", value: 1}\n"),
              ElementsAre("made_up.yaml:1:10: 'decode.step_latency_s.men' is not in the results; did you mean 'mean'?",
                          "made_up.yaml:2:20: 'decode.breakdown_s' is no single result; expected one of memory, "
                          "compute, network, overhead",
                          "made_up.yaml:3:10: '' is not in the results; expected one of schema, provenance, "
                          "simulation, decode, memory, network"));
  EXPECT_THAT(mistakes("- {path: decode.tokens, value: 1}\n"
                       "- {path: memory.hbm.utilisation, max: 1}\n"
                       "- {path: memory.0.part, value: hbm3}\n"
                       "- {path: network.all_reduce, value: ring}\n"),
              IsEmpty());
}

TEST(Expectations, ThatAreMalformedAreBadInput) {
  EXPECT_THAT(
      mistakes("- {path: a, valu: 1}\n"
               "- {value: 1}\n"
               "- {path: a, value: 1, min: 2}\n"
               "- {path: a, min: low}\n"
               "- {path: a, value: 9.2 msec}\n"
               "- {path: a, value: [1]}\n"
               "- {path: a, value: 1, tolerance: -5 %}\n"
               "- {path: a, value: one_shot, tolerance: 5 %}\n"
               "- a\n"
               "- {path: [a], value: 1}\n"
               "- {path: a, min: 5 ms, max: 4 ms}\n"),
      ElementsAre("made_up.yaml:1:13: 'valu' is not a key of an expectation; did you mean 'value'?",
                  "made_up.yaml:1:3: an expectation has neither a value nor a band; expected either value or "
                  "min and max",
                  "made_up.yaml:2:3: an expectation lacks 'path'; expected one like decode.step_latency_s.mean",
                  "made_up.yaml:3:3: an expectation has a value and a band; expected either value or min and max",
                  "made_up.yaml:4:18: min: 'low' is not a number; expected one in the unit of the result, or "
                  "with a unit",
                  "made_up.yaml:5:20: value: '9.2 msec' is not a number; expected one in the unit of the "
                  "result, or with a unit",
                  "made_up.yaml:6:20: value is a list; expected a number, with a unit or without",
                  "made_up.yaml:7:34: tolerance: '-5 %' is negative; expected a share like '5 %'",
                  "made_up.yaml:8:3: a tolerance without a number it is relative to; expected a value",
                  "made_up.yaml:9:3: an expectation is a value; expected a mapping with path, value or min or "
                  "max, and because",
                  "made_up.yaml:10:10: path is a list; expected text",
                  "made_up.yaml:11:18: min: '5 ms' is above max: '4 ms'; expected a band with something in it"));
  EXPECT_THAT(mistakes("{path: a, value: 1}"),
              ElementsAre("made_up.yaml:1:1: expect is a mapping; expected a list of expectations"));
  EXPECT_THROW(static_cast<void>(missed("- a")), ConfigError);
}

}  // namespace
}  // namespace decodesim
