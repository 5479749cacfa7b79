// SPDX-License-Identifier: Apache-2.0
#include "models/network/collective_engine.hpp"

#include <gtest/gtest.h>

#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using test::run_until;

class SenderProbe : public MessageSender {
 public:
  void post(const Message& message, const MessageTag& tag) override {
    posted.emplace_back(message.peer, tag.phase, from_sc_time(sc_core::sc_time_stamp()));
  }
  std::vector<std::tuple<std::int32_t, std::int32_t, Duration>> posted;
};

class DoneProbe : public CollectiveListener {
 public:
  void collective_done(std::uint64_t instance) override {
    done.emplace_back(instance, from_sc_time(sc_core::sc_time_stamp()));
  }
  std::vector<std::pair<std::uint64_t, Duration>> done;
};

using Done = std::vector<std::pair<std::uint64_t, Duration>>;

class CollectiveEngineTest : public ::testing::Test {
 protected:
  CollectiveEngineTest() {
    engine.nic(nic);
    program.group = {0, 1, 2};
    program.phases.push_back({{{MessageKind::kFlag, 1, 0_B}}, 1, 0_B, SyncKind::kRelaxed});
    program.phases.push_back({{{MessageKind::kData, 1, 10_B}}, 1, 1000_B, SyncKind::kSystemFence});
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  void arrive(std::uint64_t instance, std::int32_t phase) {
    engine.message_arrived({instance, {0, 1, 2}, phase, 0}, 1);
  }

  Context context;
  CollectiveEngine engine{"engine", context, {10_ns, 100_ns, 1000_ns, 1_GBps}};
  SenderProbe nic;
  DoneProbe done;
  MessageProgram program;
};

TEST_F(CollectiveEngineTest, PhaseEndsItsLocalCostAfterItsLastReceive) {
  engine.start(program, 1, done);
  run_until(50_ns);
  arrive(1, 0);
  run_until(200_ns);
  arrive(1, 1);
  sc_core::sc_start();
  ASSERT_EQ(nic.posted.size(), 2U);
  EXPECT_EQ(nic.posted[0], (std::tuple{1, 0, 0_ns}));
  EXPECT_EQ(nic.posted[1], (std::tuple{1, 1, 60_ns}));  // 50 + relaxed sync
  EXPECT_EQ(done.done, (Done{{1, 200_ns + 10_ns + 100_ns + 1000_ns}}));
  EXPECT_EQ(engine.open(), 0U);
}

TEST_F(CollectiveEngineTest, EarlyMessagesAreKeptForLaterPhasesAndInstances) {
  arrive(1, 0);
  arrive(1, 1);
  run_until(5_ns);
  EXPECT_EQ(engine.open(), 1U);
  engine.start(program, 1, done);
  sc_core::sc_start();
  EXPECT_EQ(done.done, (Done{{1, 5_ns + 10_ns + 110_ns + 1000_ns}}));
}

TEST_F(CollectiveEngineTest, EmptyProgramIsDoneAtOnceButNotInsideStart) {
  MessageProgram empty;
  engine.start(empty, 3, done);
  EXPECT_TRUE(done.done.empty());
  sc_core::sc_start();
  EXPECT_EQ(done.done, (Done{{3, 0_ns}}));
}

TEST_F(CollectiveEngineTest, InstancesRunSideBySide) {
  engine.start(program, 1, done);
  engine.start(program, 2, done);
  for (const std::uint64_t instance : {2U, 1U}) {
    arrive(instance, 0);
    arrive(instance, 1);
  }
  sc_core::sc_start();
  EXPECT_EQ(done.done.size(), 2U);
  EXPECT_EQ(done.done[0].second, done.done[1].second);
}

TEST_F(CollectiveEngineTest, InstancesOfDifferentGroupsMayHaveOneNumber) {
  const RankGroup other{0, 4, 2};
  MessageProgram message;
  message.group = other;
  message.phases.push_back({{}, 1, 0_B, SyncKind::kRelaxed});
  engine.start(program, 1, done);
  engine.start(message, 1, done);
  engine.message_arrived({1, other, 0, 0}, other.first);
  sc_core::sc_start();
  EXPECT_EQ(done.done, (Done{{1, 10_ns}}));
  EXPECT_EQ(engine.open(), 1U);
}

// A group of three in which everyone sends to everyone, twice; 100 ns for a phase.
class CollectiveTimeOutTest : public CollectiveEngineTest {
 protected:
  CollectiveTimeOutTest() {
    engine.set_time_out(100_ns);
    all.group = {0, 1, 3};
    all.phases.assign(2, {{{MessageKind::kFlag, 1, 0_B}, {MessageKind::kFlag, 2, 0_B}}, 2, 0_B, SyncKind::kNone});
  }
  void arrive_from(std::int32_t source, std::uint64_t instance, std::int32_t phase) {
    engine.message_arrived({instance, all.group, phase, 0}, source);
  }
  MessageProgram all;
};

TEST_F(CollectiveTimeOutTest, WaitsUntilTheTimeOutAndNotAPicosecondLess) {
  engine.start(all, 0, done);
  run_until(10_ns);
  arrive_from(1, 0, 0);
  run_until(100_ns - 1_ps);
  EXPECT_EQ(nic.posted.size(), 2U);
  EXPECT_FALSE(engine.late(2));
  run_until(100_ns + 1_ps);
  ASSERT_EQ(nic.posted.size(), 4U);
  EXPECT_EQ(std::get<2>(nic.posted[2]), 100_ns);
  EXPECT_TRUE(engine.late(2));
  EXPECT_FALSE(engine.late(1));
  // The second phase does not wait for the rank that is late.
  run_until(120_ns);
  arrive_from(1, 0, 1);
  sc_core::sc_start();
  EXPECT_EQ(done.done, (Done{{0, 120_ns}}));
  EXPECT_EQ(engine.inexact.value(), 1);
}

TEST_F(CollectiveTimeOutTest, InTimeNothingIsInexact) {
  engine.start(all, 0, done);
  for (const std::int32_t phase : {0, 1})
    for (const std::int32_t source : {1, 2}) arrive_from(source, 0, phase);
  sc_core::sc_start();
  EXPECT_EQ(done.done, (Done{{0, 0_ns}}));
  EXPECT_EQ(engine.inexact.value(), 0);
}

TEST_F(CollectiveTimeOutTest, ALateRankIsNotWaitedForUntilForgiven) {
  engine.start(all, 0, done);
  for (const std::int32_t phase : {0, 1}) arrive_from(1, 0, phase);
  run_until(200_ns);
  ASSERT_EQ(done.done.size(), 1U);
  engine.start(all, 1, done);
  for (const std::int32_t phase : {0, 1}) arrive_from(1, 1, phase);
  run_until(201_ns);
  EXPECT_EQ(done.done.size(), 2U);
  engine.forgive(2);
  engine.start(all, 2, done);
  for (const std::int32_t phase : {0, 1}) arrive_from(1, 2, phase);
  run_until(300_ns);
  EXPECT_EQ(done.done.size(), 2U);
  run_until(302_ns);
  EXPECT_EQ(done.done.size(), 3U);
  EXPECT_EQ(engine.inexact.value(), 3);
}

TEST_F(CollectiveTimeOutTest, MessagesAfterTheEndAreDroppedAndCounted) {
  engine.start(all, 0, done);
  for (const std::int32_t phase : {0, 1}) arrive_from(1, 0, phase);
  run_until(150_ns);
  for (const std::int32_t phase : {0, 1}) arrive_from(2, 0, phase);
  EXPECT_EQ(engine.late_messages.value(), 2);
  EXPECT_EQ(engine.open(), 0U);
}

TEST_F(CollectiveTimeOutTest, WhereTheMissingAreNotKnownThePhaseGoesOn) {
  // A ring: one message a phase, from whom the program does not say.
  MessageProgram ring;
  ring.group = all.group;
  ring.phases.assign(4, {{{MessageKind::kData, 1, 8_B}}, 1, 0_B, SyncKind::kNone});
  engine.start(ring, 0, done);
  sc_core::sc_start();
  EXPECT_EQ(done.done, (Done{{0, 100_ns}}));
  EXPECT_FALSE(engine.late(1));
  EXPECT_EQ(engine.inexact.value(), 1);
}

TEST_F(CollectiveTimeOutTest, SkippedCollectivesLeaveNothing) {
  arrive_from(1, 0, 0);
  arrive_from(1, 1, 0);
  EXPECT_EQ(engine.open(), 2U);
  engine.skip_to(all.group, 1);
  EXPECT_EQ(engine.open(), 1U);
  arrive_from(2, 0, 0);
  EXPECT_EQ(engine.open(), 1U);
  EXPECT_EQ(engine.late_messages.value(), 1);
}

TEST_F(CollectiveEngineTest, MessageTooManyIsAnInternalError) {
  engine.start(program, 1, done);
  run_until(1_ns);
  arrive(1, 0);
  EXPECT_THROW(arrive(1, 0), InternalError);
  EXPECT_THROW(arrive(1, 2), InternalError);
}

}  // namespace
}  // namespace decodesim
