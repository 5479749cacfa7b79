// SPDX-License-Identifier: Apache-2.0
// Library collectives on idle networks of five shapes against alpha-beta forms, to the picosecond. At 1 GB/s one byte
// takes one nanosecond.
//
// On a star all messages cost alike, and the forms are written out. Elsewhere ways differ in length; there the form is
// the recursion behind it: a step of a rank ends `local` after the last of its messages, and a message from a to b
// takes alpha(a, b) + bytes / bandwidth from the beginning of its step at a. It holds where no two messages of a step
// share a cable, and is a lower bound where they do.
#include <gtest/gtest.h>

#include <map>

#include "sim/app/build/collective_chooser.hpp"
#include "sim/app/build/machine.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {

using namespace literals;
using A = CollectiveAlgorithm;
using Op = CollectiveOp;

constexpr Duration kStep = 500_ns;
constexpr Duration kSetup = 2_us;
constexpr Bytes kVector = 16'000_B;

TopologyKeys keys_of(const std::string& topology) {
  TopologyKeys keys;
  keys.topology = topology;
  keys.endpoints = 8;
  if (topology == "torus") keys.dims = "4x2";
  if (topology == "fat_tree") keys.radix = 4;
  if (topology == "dragonfly") {
    keys.endpoints_per_router = 2;  // three groups of two routers; the last group has no ranks
    keys.routers = 2;
    keys.global_links = 1;
  }
  return keys;
}

Plan plan_of(const std::string& topology) {
  const TopologyKeys keys = keys_of(topology);
  Plan plan = test::toy_plan(8);
  NetworkPlan& network = *plan.network;
  network.topology = topology;
  network.shape = keys;
  network.fabric = make_fabric(keys);
  network.link = {1_GBps, 100_ns};
  network.nic = {80_ns, 90_ns, 0_ns, 0_ns, 1000_B, 0_B, 64_KiB, 256_KiB};
  network.network_switch = {64, 10_ns, 256_KiB, false, 0_ns, 1_GBps};
  plan.software.library = {};
  plan.software.library.setup = kSetup;
  plan.software.library.simple.step = kStep;
  plan.software.library.copy_share = Ratio(2'000'000);
  return plan;
}

class IdleMachine : public CollectiveListener {
 public:
  explicit IdleMachine(const Plan& plan) : machine(plan, context, plan.accelerators) {}

  Duration operator()(const std::vector<MessageProgram>& programs) {
    for (std::size_t r = 0; r < programs.size(); ++r) machine.ranks()[r]->collectives->start(programs[r], 1, *this);
    sc_core::sc_start();
    machine.check_quiet();
    return last;
  }
  void collective_done(std::uint64_t) override { last = from_sc_time(sc_core::sc_time_stamp()); }

  Context context;
  Machine machine;
  Duration last;
};

std::vector<MessageProgram> programs_of(const Plan& plan, Op op, A algorithm) {
  std::vector<MessageProgram> out;
  CollectiveChooser chooser(plan);
  for (std::int32_t r = 0; r < 8; ++r)
    out.push_back(chooser.program({op, algorithm, CollectiveProtocol::kSimple, kVector}, {0, 1, 8}, r));
  return out;
}

// The recursion. A step's sends leave one after the other.
Duration form_of(const Plan& plan, const std::vector<MessageProgram>& programs) {
  struct Arrivals {
    std::int64_t count = 0;
    Duration last;
  };
  std::map<std::pair<std::int32_t, std::size_t>, Arrivals> arrived;  // by rank and phase
  std::vector<std::vector<std::size_t>> next(programs.size());
  std::vector<std::vector<Duration>> at(programs.size());
  std::vector<std::vector<bool>> begun(programs.size());
  for (std::size_t r = 0; r < programs.size(); ++r)
    for (std::size_t lane = 0; lane < programs[r].lane_count(); ++lane) {
      next[r].push_back(programs[r].lane_begin(lane));
      at[r].emplace_back();
      begun[r].push_back(false);
    }
  Duration last;
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t r = 0; r < programs.size(); ++r)
      for (std::size_t lane = 0; lane < next[r].size(); ++lane) {
        const std::size_t phase = next[r][lane];
        if (phase == programs[r].lane_end(lane)) continue;
        const MessagePhase& now = programs[r].phases[phase];
        const auto rank = static_cast<std::int32_t>(r);
        if (!begun[r][lane]) {
          Duration leaves = at[r][lane];
          for (const Message& message : now.sends) {
            leaves += message.bytes / 1_GBps;
            Arrivals& there = arrived[{message.peer, phase}];
            ++there.count;
            there.last = std::max(there.last, leaves + crossing_cost(*plan.network, rank, message.peer).latency);
          }
          begun[r][lane] = moved = true;
        }
        const Arrivals& here = arrived[{rank, phase}];
        if (here.count < now.receives) continue;
        if (now.receives > 0) at[r][lane] = std::max(at[r][lane], here.last);
        at[r][lane] += now.local;
        last = std::max(last, at[r][lane]);
        begun[r][lane] = false;
        ++next[r][lane];
        moved = true;
      }
  }
  return last;
}

// On a star: a message of `bytes`, and a step with it.
constexpr Duration kAlpha = 80_ns + 100_ns + 10_ns + 100_ns + 90_ns;
Duration step(Bytes bytes) { return kAlpha + bytes / 1_GBps + kStep; }
Duration copy(Bytes bytes) { return bytes / 2_GBps; }
constexpr Bytes kPart = 2000_B;

Duration on_a_star(Op op, A algorithm) {
  const Plan plan = plan_of("star");
  return IdleMachine(plan)(programs_of(plan, op, algorithm));
}

TEST(StarFormTest, RingAllReduce) {
  EXPECT_EQ(on_a_star(Op::kAllReduce, A::kRing), kSetup + 14 * step(kPart) + copy(kPart));
}
TEST(StarFormTest, HalvingAndDoublingAllReduce) {
  EXPECT_EQ(on_a_star(Op::kAllReduce, A::kHalvingDoubling),
            kSetup + 2 * (step(8000_B) + step(4000_B) + step(2000_B)) + copy(kPart));
}
TEST(StarFormTest, RingAllGatherAndReduceScatter) {
  const Duration expected = kSetup + 7 * step(kPart) + copy(kPart);
  EXPECT_EQ(on_a_star(Op::kAllGather, A::kRing), expected);
}
TEST(StarFormTest, RingReduceScatter) {
  EXPECT_EQ(on_a_star(Op::kReduceScatter, A::kRing), kSetup + 7 * step(kPart) + copy(kPart));
}
// Seven messages leave one after the other and come so.
TEST(StarFormTest, OneShotAllGather) {
  EXPECT_EQ(on_a_star(Op::kAllGather, A::kOneShot), kSetup + step(7 * kPart) + copy(kPart));
}
TEST(StarFormTest, DoublingAllGather) {
  EXPECT_EQ(on_a_star(Op::kAllGather, A::kHalvingDoubling),
            kSetup + step(8000_B) + step(4000_B) + step(2000_B) + copy(kPart));
}
// A header without payload takes no time here: a handshake, then seven parts.
TEST(StarFormTest, AllToAll) {
  EXPECT_EQ(on_a_star(Op::kAllToAll, A::kOneShot), kSetup + step(0_B) + step(7 * kPart) + copy(kPart));
}
TEST(StarFormTest, SendAndReceive) {
  EXPECT_EQ(on_a_star(Op::kSendReceive, A::kOneShot), kSetup + step(0_B) + step(kVector) + copy(kVector));
}
TEST(StarFormTest, ChainBroadcast) {
  EXPECT_EQ(on_a_star(Op::kBroadcast, A::kRing), kSetup + 7 * step(kVector) + copy(kVector));
}

struct Case {
  std::string topology;
  Op op;
  A algorithm;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.topology << " " << name_of(c.op) << " " << name_of(c.algorithm);
}

class FormTest : public ::testing::TestWithParam<Case> {};

TEST_P(FormTest, TakesTheClosedForm) {
  const Plan plan = plan_of(GetParam().topology);
  const auto programs = programs_of(plan, GetParam().op, GetParam().algorithm);
  EXPECT_EQ(IdleMachine(plan)(programs), form_of(plan, programs));
}

std::vector<Case> without_sharing() {
  std::vector<Case> out;
  for (const char* topology : {"star", "ring", "torus", "fat_tree", "dragonfly"}) {
    out.push_back({topology, Op::kAllReduce, A::kRing});
    out.push_back({topology, Op::kAllGather, A::kRing});
    out.push_back({topology, Op::kReduceScatter, A::kRing});
    out.push_back({topology, Op::kBroadcast, A::kRing});
    out.push_back({topology, Op::kSendReceive, A::kOneShot});
  }
  return out;
}

std::string name_of_case(const ::testing::TestParamInfo<Case>& test) {
  return test.param.topology + "_" + std::string(name_of(test.param.op)) + "_" +
         std::string(name_of(test.param.algorithm));
}

INSTANTIATE_TEST_SUITE_P(AllTopologies, FormTest, ::testing::ValuesIn(without_sharing()), name_of_case);

class BoundTest : public ::testing::TestWithParam<Case> {};

TEST_P(BoundTest, TakesNoLessThanTheClosedFormAndNotMoreThanTwiceIt) {
  const Plan plan = plan_of(GetParam().topology);
  const auto programs = programs_of(plan, GetParam().op, GetParam().algorithm);
  const Duration time = IdleMachine(plan)(programs);
  const Duration form = form_of(plan, programs);
  EXPECT_GE(time, form);
  EXPECT_LE(time, form * 2);
}

std::vector<Case> with_sharing() {
  std::vector<Case> out;
  for (const char* topology : {"ring", "torus", "fat_tree", "dragonfly"}) {
    out.push_back({topology, Op::kAllReduce, A::kHalvingDoubling});
    out.push_back({topology, Op::kAllReduce, A::kTree});
    out.push_back({topology, Op::kAllGather, A::kHalvingDoubling});
    out.push_back({topology, Op::kBroadcast, A::kTree});
  }
  // On a torus a rank's messages leave by several cables at once: the form is no bound there.
  for (const char* topology : {"fat_tree", "dragonfly"}) {
    out.push_back({topology, Op::kAllGather, A::kOneShot});
    out.push_back({topology, Op::kAllToAll, A::kOneShot});
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(AllTopologies, BoundTest, ::testing::ValuesIn(with_sharing()), name_of_case);

// A ring in the topology's order has one cable between neighbours on a torus, where ranks by number have two at the
// ends of rows.
TEST(CollectiveOrderTest, RingsFollowTheTopology) {
  const Plan plan = plan_of("torus");
  const auto programs = programs_of(plan, Op::kAllGather, A::kRing);
  for (const MessageProgram& program : programs)
    EXPECT_EQ(crossing_cost(*plan.network, program.rank, program.phases[1].sends[0].peer).latency,
              80_ns + 100_ns + 2 * 10_ns + 90_ns)
        << program.rank;
}

}  // namespace
}  // namespace decodesim
