// SPDX-License-Identifier: Apache-2.0
#include "sim/app/report/results_json.hpp"

#include <gtest/gtest.h>

#include <regex>

#include "test/app/report/made_up_run.hpp"

namespace decodesim {
namespace {

using namespace literals;

const BuildInfo kBuild{"1.2.3", "0123456789ab"};

TEST(ResultsJson, IsAsItsInterfaceSays) {
  EXPECT_EQ(results_json(made_up_plan(), made_up_result(), kBuild), R"({
  "schema": "decodesim.results/1",
  "provenance": {
    "version": "1.2.3",
    "git": "0123456789ab",
    "scenario_sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "seed": 1
  },
  "simulation": {
    "simulated_s": 0.02,
    "wall_s": 0.016,
    "real_time_factor": 1.25,
    "events": 1234567,
    "peak_rss_bytes": 84000000,
    "fingerprint": "0123456789abcdef",
    "folded_ranks": 8,
    "interrupted": false
  },
  "decode": {
    "steps": 4,
    "tokens": 64,
    "step_latency_s": {
      "mean": 0.005,
      "p50": 0.0045,
      "p90": 0.006,
      "p99": 0.006,
      "max": 0.006
    },
    "tokens_per_s": 3200.0,
    "tokens_per_s_per_user": 200.0,
    "breakdown_s": {
      "memory": 0.0032,
      "compute": 0.0002,
      "network": 0.0006,
      "overhead": 0.001
    },
    "mbu": 0.5624530531343284,
    "mfu": 0.03
  },
  "memory": [
    {
      "name": "hbm",
      "part": "hbm3-16gb",
      "bytes_read": 304000000000,
      "bytes_written": 40000000,
      "bandwidth_bytes_per_s": 15202000000000.0,
      "peak_bytes_per_s": 26800000000000,
      "utilisation": 0.5672388059701492
    }
  ],
  "network": {
    "topology": "star",
    "all_reduce": "one_shot",
    "payload_bytes": 320000000
  }
}
)");
}

TEST(ResultsJson, OnlyTheHostsFieldsFollowTheHost) {
  RunResult other = made_up_result();
  other.wall_seconds = 3.5;
  other.peak_rss_bytes = 1;
  const std::regex host(R"re("(wall_s|real_time_factor|peak_rss_bytes)": [^,\n]*)re");
  const std::string a = results_json(made_up_plan(), made_up_result(), kBuild);
  const std::string b = results_json(made_up_plan(), other, kBuild);
  EXPECT_NE(a, b);
  EXPECT_EQ(std::regex_replace(a, host, "$1"), std::regex_replace(b, host, "$1"));
}

TEST(ResultsJson, SecondsReadAsTheDecimalTheyStandFor) {
  RunResult result = made_up_result();
  result.simulated = 9'201'234'567_ps;
  EXPECT_NE(results_json(made_up_plan(), result, kBuild).find("\"simulated_s\": 0.009201234567,"), std::string::npos);
}

TEST(ResultsJson, HasNoNetworkWhereThereIsNone) {
  Plan plan = made_up_plan();
  plan.network.reset();
  EXPECT_EQ(results_json(plan, made_up_result(), kBuild).find("\"network\": {"), std::string::npos);
}

TEST(ResultsJson, OfARunWithoutASingleStepHasOnlyNumbers) {
  const std::string text = results_json(made_up_plan(), RunResult(), kBuild);
  EXPECT_EQ(text.find("null"), std::string::npos) << text;
  EXPECT_NE(text.find("\"tokens_per_s\": 0.0"), std::string::npos) << text;
}

TEST(ResultsJson, SurvivesANameThatIsNotUtf8) {
  RunResult result = made_up_result();
  result.memory.front().part = "hbm\xff";
  EXPECT_NE(results_json(made_up_plan(), result, kBuild).find("hbm\xef\xbf\xbd"), std::string::npos);
}

TEST(BuildInfo, IsOfThisProgram) {
  EXPECT_TRUE(std::regex_match(build_info().version, std::regex(R"(\d+\.\d+\.\d+)")));
  EXPECT_TRUE(std::regex_match(build_info().git, std::regex("unknown|[0-9a-f]{12,40}(-dirty)?"))) << build_info().git;
}

}  // namespace
}  // namespace decodesim
