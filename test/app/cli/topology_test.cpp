// SPDX-License-Identifier: Apache-2.0
// `decodesim catalog topology`, and scenarios with topologies that are checked but not simulated.
#include <gmock/gmock.h>

#include "test/app/cli/program.hpp"

namespace decodesim {
namespace {

using test::Outcome;
using test::ProgramFolder;
using testing::HasSubstr;
using testing::StartsWith;

TEST(TopologyCommandTest, KindsAndTheirKeys) {
  const ProgramFolder folder;
  EXPECT_THAT(folder.run("catalog").out, HasSubstr("topology      shapes of networks"));
  EXPECT_THAT(folder.run("catalog topology").out, HasSubstr("dragonfly_plus    groups of leaves and spines"));
  const Outcome keys = folder.run("catalog topology torus");
  EXPECT_EQ(keys.status, 0) << keys.err;
  EXPECT_THAT(keys.out, HasSubstr("dims                  Routers in each dimension: [8, 8]\n    text; required\n"));
}

TEST(TopologyCommandTest, MeasuresOfATorus) {
  const ProgramFolder folder;
  const Outcome outcome = folder.run("catalog topology torus dims=8x8 link_power='5 W' link_cost='100 USD'");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.out,
            "torus 8 x 8\n\n"
            "endpoints:        64\n"
            "switches:         0\n"
            "cables:           128\n"
            "  dimension0:     64\n"
            "  dimension1:     64\n"
            "radix used:       4\n"
            "diameter:         8 cables              # closed form\n"
            "average hops:     4.0635                # closed form\n"
            "bisection:        16 cables             # across the longest dimensions up to the first even one\n"
            "cost:             12800 USD\n"
            "power:            640 W\n"
            "routing:          dimension_order       # 2 virtual channels, chosen\n"
            "routing:          minimal               # 2 virtual channels\n"
            "routing:          ecmp                  # 4 virtual channels\n"
            "routing:          valiant               # 4 virtual channels\n"
            "routing:          ugal                  # 4 virtual channels\n"
            "deadlock:         none                  # every way of 4,032 pairs followed\n");
  EXPECT_THAT(folder.run("catalog topology torus dims=8x8 routing=valiant").out,
              HasSubstr("deadlock:         none found            # ways drawn from 4,032 of 4,032 pairs\n"));
}

TEST(TopologyCommandTest, DrawingsAreWrittenWithAndWithoutGraphviz) {
  const ProgramFolder folder;
  ASSERT_EQ(folder.run("catalog topology ring endpoints=5 --dot ring.dot --svg ring.svg").status, 0);
  EXPECT_THAT(folder.read("ring.dot"), StartsWith("graph \"ring 5\" {"));
  EXPECT_THAT(folder.read("ring.svg"), HasSubstr("<svg "));
  EXPECT_THAT(folder.read("ring.svg"), HasSubstr("acc4"));
}

TEST(TopologyCommandTest, AGraphFromAFile) {
  const ProgramFolder folder;
  folder.write("g.yaml", "endpoints: 3\nswitches: [s]\ncables: [[acc0, s], [acc1, s], [acc2, s]]\n");
  const Outcome outcome = folder.run("catalog topology graph file=g.yaml");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("diameter:         2 cables              # counted\n"));
  EXPECT_THAT(
      outcome.out,
      HasSubstr(
          "bisection:        1 cables              # the best of several halves by maximum flow (an upper bound)"));
}

struct Mistake {
  const char* arguments;
  const char* said;
};

TEST(TopologyCommandTest, Mistakes) {
  const ProgramFolder folder;
  for (const Mistake& m : {Mistake{"catalog topology thorus dims=8x8",
                                   "catalog: topology: 'thorus' is not one of the choices; did you mean "
                                   "'torus'?\n"},
                           {"catalog topology torus dims=8y8",
                            "catalog: dims: '8y8' is no list of sizes; expected numbers from 1 like [8, 8] or 8x8\n"},
                           {"catalog topology torus 8x8", "catalog: '8x8' is no setting; expected key=value\n"},
                           {"catalog topology star endpoints=0",
                            "--set endpoints: endpoints: '0' is out of range; expected 1 to 1000000\n"},
                           {"catalog link nvlink-4 --svg a.svg",
                            "catalog: settings and drawings are of topologies; expected kind 'topology'\n"},
                           {"catalog topology star endpoints=5000 --dot a.dot",
                            "catalog: a drawing of 5001 nodes; expected at most 2000\n"}}) {
    const Outcome outcome = folder.run(m.arguments);
    EXPECT_EQ(outcome.status, 2) << m.arguments;
    EXPECT_EQ(outcome.err, m.said);
  }
}

TEST(TopologyCommandTest, AScenarioOnATorusIsCheckedAndRun) {
  const ProgramFolder folder;
  folder.write("torus.yaml",
               "system:\n  accelerators: {use: h100-sxm}\n  network: {topology: torus, dims: [4, 2]}\n"
               "workload: {kind: decode, model: llama-3-70b, batch: 1, context: 16, steps: 1}\n"
               "mapping: {parallel: {tensor: 8}}\n");
  const Outcome check = folder.run("check torus.yaml");
  EXPECT_EQ(check.status, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("dims: \"4x2\""));
  const Outcome run = folder.run("run torus.yaml");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("torus 4 x 2 of 450 GB/s links"));
  const Outcome ugal = folder.run("run torus.yaml --set system.network.routing=ugal");
  EXPECT_EQ(ugal.status, 0) << ugal.err;
}

}  // namespace
}  // namespace decodesim
