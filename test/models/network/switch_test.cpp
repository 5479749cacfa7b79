// SPDX-License-Identifier: Apache-2.0
#include "models/network/switch.hpp"

#include <gtest/gtest.h>

#include "models/network/link.hpp"
#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using test::at;

constexpr std::int32_t kRanks = 4;

PacketTrain train(std::uint64_t id, std::int32_t source, std::int32_t destination, Bytes bytes) {
  PacketTrain t = test::train_of(id, bytes);
  t.source = source;
  t.destination = destination;
  t.tag.group = {0, 1, kRanks};
  return t;
}

// Four sources with links of 1 GB/s and 100 ns to a switch of 10 ns, and as many buffers behind links out of it.
class SwitchTest : public ::testing::Test {
 protected:
  SwitchTest() {
    for (std::int32_t i = 0; i < kRanks; ++i) {
      const std::string n = std::to_string(i);
      sources.push_back(std::make_unique<test::TrainSource>(("source" + n).c_str(), context));
      up.push_back(std::make_unique<Link>(("up" + n).c_str(), context, LinkParams{1_GBps, 100_ns}));
      down.push_back(std::make_unique<Link>(("down" + n).c_str(), context, LinkParams{1_GBps, 100_ns}));
      ends.push_back(std::make_unique<test::BufferProbe>(4000_B));
      sources.back()->out(*up.back());
      up.back()->out(crossbar.input(i));
      crossbar.output(i)(*down.back());
      down.back()->out(*ends.back());
    }
  }
  void send(Duration when, const PacketTrain& t) { sources[static_cast<std::size_t>(t.source)]->add(when, t); }

  Context context;
  Switch crossbar{"switch0", context, {8, 10_ns, 4000_B, true, 50_ns, 1_GBps}, SwitchWiring::star(kRanks)};
  std::vector<std::unique_ptr<test::TrainSource>> sources;
  std::vector<std::unique_ptr<Link>> up;
  std::vector<std::unique_ptr<Link>> down;
  std::vector<std::unique_ptr<test::BufferProbe>> ends;
};

TEST_F(SwitchTest, UnblockedTrainCutsThrough) {
  send(0_ns, train(1, 0, 2, 1000_B));
  test::run_until(209'999_ps);
  EXPECT_TRUE(ends[2]->arrived.empty());
  sc_core::sc_start();
  ASSERT_EQ(ends[2]->arrived.size(), 1U);
  EXPECT_EQ(ends[2]->arrived[0].head, at(100_ns + 10_ns + 100_ns));
  EXPECT_EQ(ends[2]->arrived[0].tail, at(210_ns + 1000_ns));
}

TEST_F(SwitchTest, TrainsForDifferentOutputsPassAtOnce) {
  for (std::int32_t i = 0; i < kRanks; ++i)
    send(0_ns, train(static_cast<std::uint64_t>(i), i, (i + 1) % kRanks, 1000_B));
  sc_core::sc_start();
  for (const auto& end : ends) EXPECT_EQ(end->arrived.at(0).tail, at(1210_ns));
}

TEST_F(SwitchTest, SimultaneousTrainsLeaveInOrderOfDistanceAroundTheGroup) {
  send(0_ns, train(10, 0, 2, 100_B));
  send(0_ns, train(11, 1, 2, 100_B));
  send(0_ns, train(13, 3, 2, 100_B));
  sc_core::sc_start();
  EXPECT_EQ(ends[2]->ids(), (std::vector<std::uint64_t>{13, 10, 11}));  // 1, 2 and 3 positions ahead of rank 2
}

TEST_F(SwitchTest, IncastTakesTheSumOfTheSerialisations) {
  for (std::int32_t i = 0; i < 3; ++i) send(0_ns, train(static_cast<std::uint64_t>(i), i, 3, 1000_B));
  sc_core::sc_start();
  EXPECT_EQ(ends[3]->arrived.back().tail, at(210_ns + 3 * 1000_ns));
}

TEST_F(SwitchTest, FullOutputStallsItsSendersAndLosesNothing) {
  ends[3]->close();
  std::uint64_t id = 0;
  for (int i = 0; i < 8; ++i) send(0_ns, train(id++, 0, 3, 2000_B));
  test::run_until(100_us);
  // Two fill the far buffer, two wait in the switch's input buffer, the rest at their source.
  EXPECT_EQ(ends[3]->ids(), (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(up[0]->trains.value(), 4);
  ends[3]->open();
  sc_core::sc_start();
  EXPECT_EQ(ends[3]->ids(), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(SwitchTest, TrainForAFreeOutputPassesOneForABusyOutput) {
  ends[3]->close();
  for (std::uint64_t id = 0; id < 3; ++id) send(0_ns, train(id, 0, 3, 2000_B));
  send(0_ns, train(3, 0, 1, 1000_B));
  test::run_until(100_us);
  EXPECT_EQ(ends[1]->ids(), (std::vector<std::uint64_t>{3}));
}

TEST_F(SwitchTest, ReductionResultGoesToEveryRankOfTheGroup) {
  for (const std::int32_t rank : {0, 1, 3}) {
    PacketTrain t = train(static_cast<std::uint64_t>(rank), rank, rank, 1000_B);
    t.kind = MessageKind::kReduceInSwitch;
    t.tag = {4, {0, 1, kRanks}, 0, 0};
    send(0_ns, t);
  }
  PacketTrain late = train(2, 2, 2, 1000_B);
  late.kind = MessageKind::kReduceInSwitch;
  late.tag = {4, {0, 1, kRanks}, 0, 0};
  send(300_ns, late);
  sc_core::sc_start();
  for (const auto& end : ends) {
    ASSERT_EQ(end->arrived.size(), 1U);
    EXPECT_EQ(end->arrived[0].head, at(300_ns + 100_ns + 10_ns + 50_ns + 100_ns));
    EXPECT_EQ(end->arrived[0].tail, at(560_ns + 1000_ns));
  }
  EXPECT_EQ(crossbar.contributed.value(), 4000);
  EXPECT_EQ(crossbar.reduced.value(), 1000);
  EXPECT_EQ(crossbar.multicast.value(), 4000);
  EXPECT_EQ(crossbar.open_reductions(), 0U);
}

TEST(SwitchWiringTest, SwitchWithTooFewPortsIsRefused) {
  Context context;
  SwitchParams params;
  params.ports = 4;
  EXPECT_THROW(Switch("switch0", context, params, SwitchWiring::star(5)), InternalError);
}

TEST(ReflectionTest, WhatComesBackIsWhatTheSymmetricPeerSends) {
  PacketTrain sent = train(1, 0, 1, 10_B);
  EXPECT_EQ(reflected(sent).source, 3);
  EXPECT_EQ(reflected(sent).destination, 0);
  sent.destination = 2;
  EXPECT_EQ(reflected(sent).source, 2);
  sent.tag.group = {0, 2, 4};  // ranks 0, 2, 4, 6
  EXPECT_EQ(reflected(sent).source, 6);
}

}  // namespace
}  // namespace decodesim
