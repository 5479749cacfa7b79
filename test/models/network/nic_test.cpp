// SPDX-License-Identifier: Apache-2.0
#include "models/network/nic.hpp"

#include <gtest/gtest.h>

#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using test::at;
using test::run_until;

class ArrivalProbe : public MessageReceiver {
 public:
  void message_arrived(const MessageTag& tag, std::int32_t) override {
    arrived.emplace_back(tag.instance, from_sc_time(sc_core::sc_time_stamp()));
  }
  std::vector<std::pair<std::uint64_t, Duration>> arrived;
};

using Arrivals = std::vector<std::pair<std::uint64_t, Duration>>;

class NicTest : public ::testing::Test {
 protected:
  explicit NicTest(Bytes buffer = 5000_B) : params{10_ns, 20_ns, 5_ns, 40_ns, 100_B, 10_B, 1000_B, buffer} {
    nic.out(sink);
    nic.receiver(engine);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  void post(MessageKind kind, Bytes bytes) { nic.post({kind, 1, bytes}, {5, {0, 1, 4}, 0, 0}); }
  static PacketTrain incoming(std::uint64_t instance, std::int32_t source, Duration tail) {
    PacketTrain train = test::train_of(0, 100_B);
    train.source = source;
    train.tag.instance = instance;
    train.tail = at(tail);
    return train;
  }

  Context context;
  NicParams params;
  Nic nic{"nic", context, params, 0};
  test::SinkProbe sink;
  test::CreditProbe credits;
  ArrivalProbe engine;
};

TEST_F(NicTest, LoneMessageLeavesSendOverheadAfterItWasPosted) {
  post(MessageKind::kData, 100_B);
  run_until(9'999_ps);
  EXPECT_TRUE(sink.pushed.empty());
  sc_core::sc_start();
  ASSERT_EQ(sink.pushed.size(), 1U);
  EXPECT_EQ(sink.pushed[0].second, 10_ns);
  EXPECT_EQ(sink.pushed[0].first.destination, 1);
}

TEST_F(NicTest, MessagesLeaveAGapApartAndOverheadsOverlap) {
  for (int i = 0; i < 3; ++i) post(MessageKind::kFlag, 0_B);
  sc_core::sc_start();
  ASSERT_EQ(sink.pushed.size(), 3U);
  EXPECT_EQ(sink.pushed[1].second, 15_ns);
  EXPECT_EQ(sink.pushed[2].second, 20_ns);
}

TEST_F(NicTest, WireBytesAreThePayloadAndAnOverheadForEveryPacketBegun) {
  EXPECT_EQ(wire_bytes(params, 0_B), 10_B);
  EXPECT_EQ(wire_bytes(params, 1_B), 11_B);
  EXPECT_EQ(wire_bytes(params, 100_B), 110_B);
  EXPECT_EQ(wire_bytes(params, 101_B), 121_B);
  EXPECT_EQ(payload_within(params, 110_B), 100_B);
  EXPECT_EQ(payload_within(params, 109_B), 0_B);
}

TEST_F(NicTest, LongMessageTravelsAsTrainsOfAtMostMaxTrain) {
  post(MessageKind::kData, 2500_B);
  sc_core::sc_start();
  ASSERT_EQ(sink.pushed.size(), 3U);
  EXPECT_EQ(sink.pushed[0].first.payload, 1000_B);
  EXPECT_EQ(sink.pushed[2].first.payload, 500_B);
  EXPECT_FALSE(sink.pushed[1].first.last);
  EXPECT_TRUE(sink.pushed[2].first.last);
  EXPECT_EQ(sink.pushed[2].first.part, 2);
  EXPECT_EQ(nic.payload_sent.value(), 2500);
  EXPECT_EQ(nic.messages_sent.value(), 1);
}

class SmallNicTest : public NicTest {
 protected:
  SmallNicTest() : NicTest(500_B) {}
};

TEST_F(SmallNicTest, TrainsFitTheReceivingNicToo) {
  // 500 B hold four packets of 110 B; the link's far buffer holds more.
  post(MessageKind::kData, 1000_B);
  sc_core::sc_start();
  ASSERT_EQ(sink.pushed.size(), 3U);
  for (const auto& [train, when] : sink.pushed) EXPECT_LE(train.wire, params.buffer);
}

TEST_F(NicTest, ArrivesReceiveOverheadAfterItsLastByteAndOnceForAllItsTrains) {
  PacketTrain first = incoming(8, 1, 200_ns);
  first.last = false;
  nic.receive(first, credits);
  nic.receive(incoming(8, 1, 300_ns), credits);
  run_until(319'999_ps);
  EXPECT_TRUE(engine.arrived.empty());
  sc_core::sc_start();
  EXPECT_EQ(engine.arrived, (Arrivals{{8, 320_ns}}));
  EXPECT_EQ(credits.returned, (std::vector<std::pair<Bytes, Duration>>{{100_B, 200_ns}, {100_B, 300_ns}}));
  EXPECT_EQ(nic.payload_received.value(), 200);
}

TEST_F(NicTest, ReadsAreAnsweredReadLatencyAfterArrivalInOrder) {
  for (const std::int32_t reader : {3, 2}) {
    PacketTrain request = incoming(9, reader, 100_ns);
    request.kind = MessageKind::kRead;
    request.requested = 50_B;
    nic.receive(request, credits);
  }
  sc_core::sc_start();
  ASSERT_EQ(sink.pushed.size(), 2U);
  // Tail 100 + receive 20 + memory 40 + send 10; the second a gap of 5 later.
  EXPECT_EQ(sink.pushed[0].second, 170_ns);
  EXPECT_EQ(sink.pushed[1].second, 175_ns);
  EXPECT_EQ(sink.pushed[0].first.destination, 3);
  EXPECT_EQ(sink.pushed[0].first.payload, 50_B);
  EXPECT_EQ(sink.pushed[0].first.kind, MessageKind::kData);
  EXPECT_TRUE(engine.arrived.empty());
}

TEST_F(NicTest, RefusedByTheLinkItWaitsAndLosesNothing) {
  sink.close();
  post(MessageKind::kData, 2500_B);
  post(MessageKind::kFlag, 0_B);
  run_until(1_us);
  EXPECT_TRUE(sink.pushed.empty());
  sink.open();
  sc_core::sc_start();
  ASSERT_EQ(sink.pushed.size(), 4U);
  EXPECT_EQ(sink.pushed[0].second, 1_us);
  EXPECT_EQ(sink.pushed[3].first.kind, MessageKind::kFlag);
  EXPECT_EQ(nic.payload_sent.value(), 2500);
}

TEST_F(NicTest, LongMessagesToDifferentRanksTakeTurnsAndThoseToOneRankStayInOrder) {
  for (const std::int32_t peer : {1, 2, 1}) nic.post({MessageKind::kData, peer, 2000_B}, {5, {0, 1, 4}, 0, 0});
  sink.close();
  run_until(1_us);  // all are ready
  sink.open();
  sc_core::sc_start();
  std::vector<std::int32_t> peers;
  for (const auto& [train, when] : sink.pushed) peers.push_back(train.destination);
  EXPECT_EQ(peers, (std::vector<std::int32_t>{1, 2, 1, 2, 1, 1}));
  EXPECT_TRUE(sink.pushed[2].first.last);
  EXPECT_FALSE(sink.pushed[4].first.last);
}

TEST_F(NicTest, TrainForAnotherRankIsAnInternalError) {
  PacketTrain stray = incoming(1, 1, 0_ns);
  stray.destination = 2;
  EXPECT_THROW(nic.receive(stray, credits), InternalError);
}

}  // namespace
}  // namespace decodesim
