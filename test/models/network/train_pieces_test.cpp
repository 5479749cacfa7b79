// SPDX-License-Identifier: Apache-2.0
// The laws of pieces, by themselves and in a star of NICs: at 1 GB/s one byte takes one nanosecond.
#include "models/network/train_pieces.hpp"

#include <gtest/gtest.h>

#include <map>

#include "models/network/link.hpp"
#include "models/network/nic.hpp"
#include "models/network/switch.hpp"
#include "sim/core/component/random.hpp"
#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::at;

// Ten packets of 100 B, 110 on the wire, and one of 50 B, 60 on the wire, that come in from 1000 to 2160 ns.
PacketTrain long_train() {
  PacketTrain train = test::train_of(7, 1050_B);
  train.wire = 1160_B;
  train.packet = 100_B;
  train.packet_wire = 110_B;
  train.grain = 100_B;
  train.head = at(1000_ns);
  train.tail = at(2160_ns);
  return train;
}

TEST(TrainPiecesTest, AFrontAndItsRestAreTheWhole) {
  PacketTrain rest = long_train();
  const std::optional<PacketTrain> front = cut_front(rest, 3);
  ASSERT_TRUE(front.has_value());
  EXPECT_EQ(front->payload, 300_B);
  EXPECT_EQ(front->wire, 330_B);
  EXPECT_EQ(front->head, at(1000_ns));
  EXPECT_EQ(front->tail, at(1330_ns));
  EXPECT_FALSE(front->last);
  EXPECT_EQ(rest.payload, 750_B);
  EXPECT_EQ(rest.wire, 830_B);
  EXPECT_EQ(rest.head, at(1330_ns));
  EXPECT_EQ(rest.tail, at(2160_ns));
  EXPECT_TRUE(rest.last);
}

TEST(TrainPiecesTest, NothingIsCutOffWhereNothingWouldBeLeft) {
  PacketTrain rest = long_train();
  EXPECT_FALSE(cut_front(rest, 11).has_value());
  EXPECT_EQ(rest.payload, 1050_B);
  EXPECT_TRUE(cut_front(rest, 10).has_value());
  EXPECT_EQ(rest.payload, 50_B);
  EXPECT_FALSE(divisible(rest));
  EXPECT_THROW(cut_front(rest, 1), InternalError);
}

TEST(TrainPiecesTest, PacketsThatHaveBegunByATime) {
  const PacketTrain train = long_train();
  EXPECT_EQ(packets_before(train, at(1000_ns)), 0);
  EXPECT_EQ(packets_before(train, at(1000_ns + 1_ps)), 1);
  EXPECT_EQ(packets_before(train, at(1110_ns)), 1);
  EXPECT_EQ(packets_before(train, at(1110_ns + 1_ps)), 2);
  EXPECT_EQ(packets_before(train, at(9000_ns)), 11);
  // It leaves twice as fast as it came in, later.
  const Departing fast{train, at(3000_ns), at(3580_ns)};
  EXPECT_EQ(fast.packets_begun(at(3055_ns)), 1);
  EXPECT_EQ(fast.packets_begun(at(3055_ns + 1_ps)), 2);
  // As it comes in.
  const Departing slow{train, at(1000_ns), at(2160_ns)};
  EXPECT_EQ(slow.packets_begun(at(1110_ns + 1_ps)), 2);
}

class Arrivals : public MessageReceiver {
 public:
  void message_arrived(const MessageTag& tag, std::int32_t) override {
    when[tag.instance] = from_sc_time(sc_core::sc_time_stamp());
    ++count;
  }
  std::map<std::uint64_t, Duration> when;
  std::size_t count = 0;
};

// Four NICs with packets of 100 B on one switch, without latencies.
class PiecesTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kRanks = 4;
  explicit PiecesTest(std::int64_t turns = 64, Bytes buffer = 1_MiB, std::int64_t bit_errors = 0)
      : crossbar("crossbar", context, {4, 0_ps, buffer, false, 0_ps, 1_GBps}, SwitchWiring::star(kRanks)) {
    NicParams nic{0_ps, 0_ps, 0_ps, 0_ps, 100_B, 0_B, 1_MiB, buffer};
    nic.turns = turns;
    LinkParams link{1_GBps, 0_ps};
    link.bit_errors = bit_errors;
    for (std::size_t r = 0; r < kRanks; ++r) {
      const std::string n = std::to_string(r);
      nics.push_back(std::make_unique<Nic>(("nic" + n).c_str(), context, nic, static_cast<std::int32_t>(r)));
      for (const char* way : {"up", "down"}) links.push_back(std::make_unique<Link>((way + n).c_str(), context, link));
      nics[r]->out(*links[2 * r]);
      links[2 * r]->out(crossbar.input(static_cast<std::int64_t>(r)));
      crossbar.output(static_cast<std::int64_t>(r))(*links[2 * r + 1]);
      links[2 * r + 1]->out(*nics[r]);
      nics[r]->receiver(arrivals);
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  void post(Duration when, std::size_t from, std::int32_t to, Bytes bytes, std::uint64_t instance,
            std::int32_t message = 0) {
    test::run_until(when);
    nics[from]->post({MessageKind::kData, to, bytes}, {instance, {0, 1, 4}, 0, message});
  }
  void expect_conservation() {
    for (const auto& link : links) {
      EXPECT_EQ(link->wire_bytes.value(), link->delivered_bytes.value()) << link->name();
      EXPECT_EQ(link->outstanding(), 0_B) << link->name();
    }
    std::int64_t sent = 0;
    std::int64_t received = 0;
    std::int64_t messages = 0;
    for (const auto& nic : nics) {
      sent += nic->payload_sent.value();
      received += nic->payload_received.value();
      messages += nic->messages_sent.value() - nic->messages_received.value();
    }
    EXPECT_EQ(sent, received);
    EXPECT_EQ(messages, 0);
  }

  Context context;
  Switch crossbar;
  std::vector<std::unique_ptr<Nic>> nics;
  std::vector<std::unique_ptr<Link>> links;
  Arrivals arrivals;
};

class WholeTrainsTest : public PiecesTest {
 protected:
  WholeTrainsTest() : PiecesTest(1) {}
};

// It comes to the switch in the middle of a packet, which ends at 10.1 us.
TEST_F(PiecesTest, WhoComesWhileALongTrainPassesWaitsForAPacket) {
  post(0_ns, 0, 2, 64'000_B, 1);
  post(10'050_ns, 1, 2, 100_B, 2);
  sc_core::sc_start();
  EXPECT_EQ(arrivals.when[2], 10'100_ns + 100_ns);
  EXPECT_EQ(arrivals.when[1], 64'000_ns + 100_ns);
  expect_conservation();
}

TEST_F(WholeTrainsTest, WithOneTurnItWaitsForTheTrain) {
  post(0_ns, 0, 2, 64'000_B, 1);
  post(10'050_ns, 1, 2, 100_B, 2);
  sc_core::sc_start();
  EXPECT_EQ(arrivals.when[1], 64'000_ns);
  EXPECT_EQ(arrivals.when[2], 64'000_ns + 100_ns);
}

// From 10 us on both get half: the first has 54,000 B left, and a turn is 1000 B.
TEST_F(PiecesTest, TwoThatMeetShareEvenlyFromThenOn) {
  post(0_ns, 0, 2, 64'000_B, 1);
  post(10'000_ns, 1, 2, 64'000_B, 2);
  sc_core::sc_start();
  EXPECT_NEAR(to_seconds(arrivals.when[1]), 118e-6, 1e-6);
  EXPECT_EQ(arrivals.when[2], 128'000_ns);
  expect_conservation();
}

TEST_F(PiecesTest, AtTheNicAMessageOfAnotherStepHasItsTurnAfterThePacketUnderWay) {
  post(0_ns, 0, 1, 64'000_B, 1);
  post(10'050_ns, 0, 2, 100_B, 2);
  sc_core::sc_start();
  EXPECT_EQ(arrivals.when[2], 10'100_ns + 100_ns);
  EXPECT_EQ(arrivals.when[1], 64'000_ns + 100_ns);
  expect_conservation();
}

TEST_F(PiecesTest, MessagesOfOneStepLeaveTrainByTrain) {
  post(0_ns, 0, 1, 64'000_B, 1);
  post(10'050_ns, 0, 2, 100_B, 1, 1);
  sc_core::sc_start();
  EXPECT_EQ(arrivals.when[1], 64'000_ns + 100_ns);
  EXPECT_EQ(nics[0]->messages_sent.value(), 2);
  expect_conservation();
}

class CrowdTest : public PiecesTest, public ::testing::WithParamInterface<std::int64_t> {
 protected:
  CrowdTest() : PiecesTest(GetParam() % 2 == 0 ? 64 : 5, GetParam() % 3 == 0 ? 1_MiB : 4000_B, bit_errors()) {}
  static std::int64_t bit_errors() { return GetParam() % 4 == 0 ? 1'000'000'000'000 : 0; }
};

TEST_P(CrowdTest, NothingIsLostOrDoubled) {
  RandomStream random(static_cast<std::uint64_t>(GetParam()), "crowd", "messages");
  Duration when;
  constexpr std::size_t kMessages = 300;
  for (std::uint64_t i = 0; i < kMessages; ++i) {
    when += Duration(random.between(0, 4'000'000));
    const auto from = static_cast<std::size_t>(random.below(kRanks));
    const auto to = static_cast<std::int32_t>((from + 1 + random.below(kRanks - 1)) % kRanks);
    post(when, from, to, Bytes(random.between(1, std::int64_t{1} << random.between(4, 14))), i);
  }
  sc_core::sc_start();
  EXPECT_EQ(arrivals.count, kMessages);
  EXPECT_EQ(arrivals.when.size(), kMessages);
  expect_conservation();
}

INSTANTIATE_TEST_SUITE_P(Seeds, CrowdTest, ::testing::Range<std::int64_t>(0, 24));

}  // namespace
}  // namespace decodesim
