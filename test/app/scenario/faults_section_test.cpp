// SPDX-License-Identifier: Apache-2.0
// The section `faults`: what it becomes, and what is said of each mistake, word for word.
#include <gtest/gtest.h>

#include "test/app/scenario/fixture.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::kMinimal;
using test::mistakes;
using test::read;

std::string with(const std::string& faults) { return std::string(kMinimal) + "faults:\n" + faults; }

TEST(FaultsSectionTest, ReadsEventsAndRates) {
  const Plan plan = read(with(R"(  detection: 5 ms
  spares: 2
  take_over: 20 ms
  reload: 50 GB/s
  events:
    - {kind: node, rank: 1, at: 20 ms}
    - {kind: straggler, rank: 0, at: 5 ms, for: 3 ms, factor: 4}
  rates:
    - {kind: straggler, every: 1 s, for: 2 ms}
)"));
  const FaultPlan& faults = plan.faults;
  EXPECT_TRUE(faults.any());
  EXPECT_EQ(faults.detection, 5_ms);
  EXPECT_EQ(faults.spares, 2);
  EXPECT_EQ(faults.take_over, 20_ms);
  EXPECT_EQ(faults.reload, 50_GBps);
  ASSERT_EQ(faults.events.size(), 2U);
  EXPECT_EQ(faults.events[0].kind, FaultKind::kNode);
  EXPECT_EQ(faults.events[0].rank, 1);
  EXPECT_EQ(faults.events[0].at, 20_ms);
  EXPECT_EQ(faults.events[1].length, 3_ms);
  EXPECT_EQ(faults.events[1].factor, 4);
  ASSERT_EQ(faults.rates.size(), 1U);
  EXPECT_EQ(faults.rates[0].every, 1_s);
}

TEST(FaultsSectionTest, WithoutItNothingFails) { EXPECT_FALSE(read(kMinimal).faults.any()); }

TEST(FaultsSectionTest, ItIsPartOfTheExperiment) {
  EXPECT_NE(read(with("  events: [{kind: straggler, rank: 0, at: 5 ms, for: 3 ms}]\n")).scenario_sha256,
            read(with("  events: [{kind: straggler, rank: 0, at: 5 ms, for: 4 ms}]\n")).scenario_sha256);
}

TEST(FaultsSectionTest, InTheSwitchNobodyIsMissed) {
  const std::string faults = with("  time_out: 5 us\n  events: [{kind: straggler, rank: 0, at: 5 ms, for: 3 ms}]\n");
  EXPECT_EQ(read(faults).faults.time_out, 5_us);
  EXPECT_EQ(mistakes(faults, {{"mapping.collectives.all_reduce", "in_network"}}),
            "test.yaml:12:13: time_out: a reduction in the network waits for everyone; expected "
            "mapping.collectives.all_reduce: one_shot, two_shot or ring");
}

// The minimal scenario on a torus.
std::string on_a_torus(const std::string& event) {
  return test::replaced(kMinimal, "count: 8}", "count: 8}\n  network: {topology: torus, dims: [4, 2]}") +
         "faults:\n  events: [" + event + "]\n";
}

TEST(FaultsSectionTest, AFailingLinkIsACableOfTheTopology) {
  const Plan plan = read(on_a_torus("{kind: link, from: acc0, to: acc1, at: 1 ms}"));
  EXPECT_EQ(plan.faults.events[0].cable, 0);
  EXPECT_EQ(plan.network->detour_channels, 1);
}

TEST(FaultsSectionTest, SaysWhichLinkThereIsNot) {
  EXPECT_NE(mistakes(on_a_torus("{kind: link, from: acc0, to: acc9, at: 1 ms}")).find("there is no node 'acc9'"),
            std::string::npos);
  EXPECT_NE(mistakes(on_a_torus("{kind: link, from: acc0, to: acc2, at: 1 ms}"))
                .find("there is no link between 'acc0' and 'acc2'; expected neighbours of the topology"),
            std::string::npos);
}

TEST(FaultsSectionTest, SaysThatNothingHangsTogetherAnyMore) {
  const std::string all =
      "{kind: link, from: acc0, to: acc1, at: 1 ms}, {kind: link, from: acc0, to: acc3, at: 1 ms}, "
      "{kind: link, from: acc0, to: acc4, at: 1 ms}";
  const std::string said = mistakes(on_a_torus(all));
  EXPECT_NE(said.find("without the links that fail the network does not hang together"), std::string::npos) << said;
}

// The minimal scenario on four leaves and two spines.
std::string on_a_fat_tree(const std::string& faults, const std::string& collectives = "") {
  return test::replaced(kMinimal, "count: 8}", "count: 8}\n  network: {topology: fat_tree, radix: 4}") + collectives +
         "faults:\n  " + faults + "\n";
}

TEST(FaultsSectionTest, AFailingSwitchIsANodeOfTheTopology) {
  const Plan plan = read(on_a_fat_tree("events: [{kind: switch, name: spine1, at: 1 ms}]"));
  const FaultEvent& event = plan.faults.events[0];
  EXPECT_EQ(plan.network->fabric->topology().nodes[static_cast<std::size_t>(event.node)].name, "spine1");
  EXPECT_EQ(event.length, 0_ps);
  EXPECT_EQ(plan.network->detour_channels, 1);
  EXPECT_EQ(read(on_a_fat_tree("events: [{kind: switch, name: leaf0, at: 1 ms, for: 2 ms}]")).faults.events[0].length,
            2_ms);
}

TEST(FaultsSectionTest, LinksFailAtARate) {
  const Plan plan = read(on_a_fat_tree("rates: [{kind: link, every: 1 s, for: 2 ms}]"));
  EXPECT_EQ(plan.faults.rates[0].kind, FaultKind::kLink);
  EXPECT_EQ(plan.faults.rates[0].length, 2_ms);
  EXPECT_EQ(plan.network->detour_channels, 1);
}

TEST(FaultsSectionTest, SaysWhatIsWrongWithASwitch) {
  EXPECT_EQ(mistakes(on_a_fat_tree("events: [{kind: switch, name: spine9, at: 1 ms}]"))
                .find("test.yaml:13:33: there is no node 'spine9' in the network"),
            0U);
  EXPECT_EQ(mistakes(on_a_fat_tree("events: [{kind: switch, name: acc3, at: 1 ms}]")),
            "test.yaml:13:33: 'acc3' is an accelerator; expected a switch, or kind: node");
  EXPECT_EQ(mistakes(on_a_fat_tree("events: [{kind: switch, name: leaf0, at: 1 ms}]")),
            "test.yaml:13:11: without the links and switches that fail the network does not hang together: acc1: not "
            "connected to acc0; expected failures that leave a way");
  EXPECT_EQ(mistakes(on_a_fat_tree("events: [{kind: switch, name: spine0, at: 1 ms}, {kind: switch, name: spine1, at: "
                                   "2 ms}]")),
            "test.yaml:13:11: without the links and switches that fail the network does not hang together: acc2: not "
            "connected to acc0; expected failures that leave a way");
}

TEST(FaultsSectionTest, AReductionInTheNetworkNeedsItsSwitchesBack) {
  const std::string reduces = "  collectives: {all_reduce: in_network}\n";
  EXPECT_EQ(mistakes(on_a_fat_tree("events: [{kind: switch, name: spine1, at: 1 ms, for: 1 ms}]", reduces)), "");
  EXPECT_EQ(mistakes(on_a_fat_tree("events: [{kind: link, from: leaf0, to: spine1, at: 1 ms}]", reduces)), "");
  EXPECT_EQ(
      mistakes(on_a_fat_tree("events: [{kind: switch, name: spine1, at: 1 ms}]", reduces)),
      "test.yaml:14:12: a reduction in the network waits for a switch that has failed, and this one does not come "
      "back; expected 'for', or collectives that the network does not reduce");
}

struct Mistake {
  const char* faults;
  const char* said;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.said; }

class FaultsMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(FaultsMistakeTest, IsSaid) {
  const std::string text = mistakes(with(GetParam().faults));
  EXPECT_NE(text.find(GetParam().said), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultsMistakeTest,
    testing::Values(
        Mistake{"  events: [{kind: node, rank: 999, at: 1 ms}]\n", "rank: there is no accelerator 999; expected 0 to "},
        Mistake{"  events: [{kind: link, from: a, to: b, at: 1 ms}]\n",
                "a link's failure needs other ways, and a star has none; expected kind: node, or another "},
        Mistake{"  rates: [{kind: link, every: 1 s, for: 1 ms}]\n",
                "a link's failure needs other ways, and a star has none; expected kind: node, or another "},
        Mistake{"  events: [{kind: switch, name: hub, at: 1 ms}]\n",
                "a switch's failure needs other ways, and a star has none; expected kind: node, or another "},
        Mistake{"  rates: [{kind: link, every: 1 s}]\n", "a rate of faults lacks 'for'"},
        Mistake{"  rates: [{kind: switch, every: 1 s, for: 1 ms}]\n",
                "kind: 'switch' is not one of the choices; expected one of node, link, straggler"},
        Mistake{"  events: [{kind: nod, rank: 0, at: 1 ms}]\n",
                "kind: 'nod' is not one of the choices; did you mean 'node'?"},
        Mistake{"  events: [{kind: straggler, rank: 0, at: 1 ms}]\n", "a fault lacks 'for'"},
        Mistake{"  events: [{kind: node, rank: 0, at: 1 ms, for: 1 ms}]\n",
                "unknown key 'for' in a fault; expected one of "},
        Mistake{"  events: [{kind: node, rank: 0, at: -1 ms}]\n", "at: '-1 ms' is out of range; expected 0 ps to "},
        Mistake{"  events: {kind: node}\n", "events is a mapping; expected a list of faults, each with a kind"},
        Mistake{"  rates: [{kind: straggler, every: 0 ms, for: 1 ms}]\n",
                "every: '0 ms' is out of range; expected 1 us"},
        Mistake{"  detecton: 1 ms\n", "unknown key 'detecton' in faults; did you mean 'detection'?"}));

}  // namespace
}  // namespace decodesim
