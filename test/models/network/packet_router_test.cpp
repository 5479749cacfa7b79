// SPDX-License-Identifier: Apache-2.0
// The laws of packet fidelity: routers, links, and where packets enter and leave. At 1 GB/s a byte takes a nanosecond;
// flits of 10 B, a router crossed in 30 ns, of which 10 for a virtual channel and 10 for the crossbar; links of 5 ns.
#include "models/network/packet_router.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "models/network/packet_port.hpp"
#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using namespace literals;
using test::at;
using Ids = std::vector<std::uint64_t>;

// Destination d leaves by port d; all channels serve alike.
class ByNumber : public RouteLookup {
 public:
  explicit ByNumber(std::int32_t channels) : channels_(channels) {}
  [[nodiscard]] TrainHop next_hop(std::int32_t, const PacketTrain& train) const override {
    return {train.destination, 0, {true, -1, train.route.stage + 1, 0}, channels_};
  }

 private:
  std::int32_t channels_;
};

// Packets that are to leave one after the other, each as soon as it is ready and there is room.
class Source : public Component {
 public:
  Source(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {
    SC_HAS_PROCESS(Source);
    SC_METHOD(push);
    sensitive << wake_;
  }
  sc_core::sc_port<PacketSink> out{"out"};
  void add(Duration when, std::uint64_t id, std::int32_t destination, Bytes wire) {
    PacketTrain packet = test::train_of(id, wire);
    packet.destination = destination;
    packet.head = packet.tail = at(when);
    packets_.push_back(packet);
  }

 private:
  void push() {
    while (!packets_.empty()) {
      if (packets_.front().head > now()) return wake_.notify(to_sc_time(packets_.front().head - now()));
      if (!out->try_push(packets_.front())) return next_trigger(out->space_event());
      packets_.pop_front();
    }
  }
  std::deque<PacketTrain> packets_;
  sc_core::sc_event wake_{"wake"};
};

// Three ports, each with a source and an end.
class Bench {
 public:
  explicit Bench(std::int32_t channels, Bytes buffer, const PacketParams& packets)
      : routes(channels), router("router", context, {30_ns, buffer}, packets, 0, 3, channels, store, routes) {
    for (std::int32_t port = 0; port < 3; ++port) {
      const std::string n = std::to_string(port);
      FlitLink& up = *links.emplace_back(std::make_unique<FlitLink>(("up" + n).c_str(), context, kLink));
      auto& injector = injectors.emplace_back(
          std::make_unique<PacketInjector>(("injector" + n).c_str(), context, packets.flit, channels, up, store));
      up.connect(*injector, 0, router, port);
      router.connect_input(port, up, channels);
      injector->fill_credits();
      sources.emplace_back(std::make_unique<Source>(("source" + n).c_str(), context))->out(*injector);
      FlitLink& down = *links.emplace_back(std::make_unique<FlitLink>(("down" + n).c_str(), context, kLink));
      ends.push_back(std::make_unique<test::BufferProbe>(1_GiB));
      ejectors.push_back(std::make_unique<PacketEjector>(channels, down, store, *ends.back()));
      down.connect(router, port, *ejectors.back(), 0);
      router.connect(port, down, channels);
    }
  }
  static constexpr LinkParams kLink{1_GBps, 5_ns};

  Context context;
  ByNumber routes;
  PacketStore store;
  PacketRouter router;
  std::vector<std::unique_ptr<FlitLink>> links;
  std::vector<std::unique_ptr<PacketInjector>> injectors;
  std::vector<std::unique_ptr<Source>> sources;
  std::vector<std::unique_ptr<test::BufferProbe>> ends;
  std::vector<std::unique_ptr<PacketEjector>> ejectors;
};

constexpr PacketParams kFlits{10_B, 10_ns, 10_ns, Arbitration::kRoundRobin, Queueing::kChannel, 1};
constexpr PacketParams kWhole{0_B, 10_ns, 10_ns, Arbitration::kAge, Queueing::kChannel, 1};
constexpr PacketParams kVirtualOutput{0_B, 10_ns, 10_ns, Arbitration::kAge, Queueing::kVirtualOutput, 1};

// 5 ns to the router, 30 through it, 5 behind it; its last byte 40 ns after its first.
TEST(PacketRouterTest, AnUnblockedPacketTakesCrossingLinksAndItsLength) {
  Bench bench(2, 160_B, kFlits);
  bench.sources[0]->add(100_ns, 7, 1, 40_B);
  sc_core::sc_start();
  ASSERT_EQ(bench.ends[1]->ids(), (Ids{7}));
  EXPECT_EQ(bench.ends[1]->arrived[0].head, at(140_ns));
  EXPECT_EQ(bench.ends[1]->arrived[0].tail, at(180_ns));
  EXPECT_EQ(bench.ends[1]->arrived[0].route.stage, 1);
  EXPECT_EQ(bench.router.flits.value(), 4);
  EXPECT_EQ(bench.store.size(), 0U);
}

TEST(PacketRouterTest, WholePacketsTakeTheSameTime) {
  Bench bench(2, 160_B, kWhole);
  bench.sources[0]->add(100_ns, 7, 1, 40_B);
  sc_core::sc_start();
  EXPECT_EQ(bench.ends[1]->arrived[0].head, at(140_ns));
  EXPECT_EQ(bench.ends[1]->arrived[0].tail, at(180_ns));
  EXPECT_EQ(bench.router.flits.value(), 1);
}

// Two packets for one output: their flits take turns, so that both need the time of both, less a flit for the first.
TEST(PacketRouterTest, PacketsOnDifferentChannelsTakeTurnsFlitByFlit) {
  Bench bench(2, 160_B, kFlits);
  bench.sources[0]->add(0_ns, 1, 2, 40_B);
  bench.sources[1]->add(0_ns, 2, 2, 40_B);
  sc_core::sc_start();
  EXPECT_EQ(bench.ends[2]->ids(), (Ids{1, 2}));
  EXPECT_EQ(bench.ends[2]->arrived[0].head, at(40_ns));
  EXPECT_EQ(bench.ends[2]->arrived[0].tail, at(40_ns + 70_ns));
  EXPECT_EQ(bench.ends[2]->arrived[1].head, at(50_ns));
  EXPECT_EQ(bench.ends[2]->arrived[1].tail, at(40_ns + 80_ns));
}

// By age the one that came first goes first, all of it.
TEST(PacketRouterTest, ByAgeAPacketIsNotInterleavedWithAYoungerOne) {
  Bench bench(2, 160_B, {10_B, 10_ns, 10_ns, Arbitration::kAge, Queueing::kChannel, 1});
  bench.sources[0]->add(1_ns, 1, 2, 40_B);
  bench.sources[1]->add(0_ns, 2, 2, 40_B);
  sc_core::sc_start();
  EXPECT_EQ(bench.ends[2]->ids(), (Ids{2, 1}));
  EXPECT_EQ(bench.ends[2]->arrived[0].tail, at(40_ns + 40_ns));
  EXPECT_EQ(bench.ends[2]->arrived[1].tail, at(40_ns + 80_ns));
}

// With one channel the second packet waits for the channel until the first's last flit has passed the crossbar: its
// first flit asks 10 ns after that.
TEST(PacketRouterTest, AnOutputsChannelBelongsToOnePacketAtATime) {
  Bench bench(1, 160_B, kFlits);
  bench.sources[0]->add(0_ns, 1, 2, 40_B);
  bench.sources[1]->add(0_ns, 2, 2, 40_B);
  sc_core::sc_start();
  EXPECT_EQ(bench.ends[2]->arrived[0].tail, at(80_ns));
  EXPECT_EQ(bench.ends[2]->arrived[1].head, at(40_ns + 40_ns + 10_ns));
  EXPECT_EQ(bench.ends[2]->arrived[1].tail, at(130_ns));
}

// Packet 1 holds output 2; packet 3 behind packet 2 on the same channel waits with it, on another channel it does not.
TEST(PacketRouterTest, ABlockedPacketHoldsUpItsOwnChannelAlone) {
  Bench one(1, 1000_B, kWhole);
  one.sources[1]->add(0_ns, 1, 2, 500_B);
  one.sources[0]->add(10_ns, 2, 2, 100_B);
  one.sources[0]->add(10_ns, 3, 1, 100_B);
  sc_core::sc_start();
  EXPECT_EQ(one.ends[2]->arrived[1].tail, at(40_ns + 500_ns + 10_ns + 100_ns));
  // Packet 2 was given the channel at 15 + 500 ns and the crossbar 10 later; its input was free after 100, and packet 3
  // passed 10 after that.
  EXPECT_EQ(one.ends[1]->arrived[0].tail, at(15_ns + 500_ns + 10_ns + 100_ns + 10_ns + 25_ns + 100_ns));
}

TEST(PacketRouterTest, OtherChannelsPass) {
  Bench two(2, 2000_B, kWhole);
  two.sources[1]->add(0_ns, 1, 2, 500_B);
  two.sources[0]->add(10_ns, 2, 2, 100_B);
  two.sources[0]->add(10_ns, 3, 1, 100_B);
  sc_core::sc_start();
  EXPECT_EQ(two.ends[1]->arrived[0].head, at(10_ns + 100_ns + 40_ns));
  EXPECT_EQ(two.ends[2]->arrived[1].tail, at(40_ns + 600_ns));
}

TEST(PacketRouterTest, VirtualOutputQueuesHoldUpNobodyElse) {
  Bench one(1, 1000_B, kVirtualOutput);
  one.sources[1]->add(0_ns, 1, 2, 500_B);
  one.sources[0]->add(10_ns, 2, 2, 100_B);
  one.sources[0]->add(10_ns, 3, 1, 100_B);
  sc_core::sc_start();
  EXPECT_EQ(one.ends[1]->arrived[0].head, at(10_ns + 100_ns + 40_ns));
  EXPECT_EQ(one.ends[2]->arrived[1].tail, at(40_ns + 500_ns + 10_ns + 100_ns));
}

// A queue of 20 B, two flits. Flit 3 leaves the injector when the credit of flit 1 is back: flit 1 arrives at 5 ns,
// asks for the crossbar at 15, leaves the queue at 25 to 35, and its credit arrives at 40.
TEST(PacketRouterTest, AFlitWaitsForItsCredit) {
  Bench bench(1, 20_B, kFlits);
  bench.sources[0]->add(0_ns, 1, 1, 40_B);
  sc_core::sc_start();
  EXPECT_EQ(bench.ends[1]->arrived[0].head, at(40_ns));
  // Flit 3 departs at 40, flit 4 at 50; no virtual channel is asked for any more: 5 + 20 + 5 and its 10 ns.
  EXPECT_EQ(bench.ends[1]->arrived[0].tail, at(50_ns + 5_ns + 20_ns + 5_ns + 10_ns));
}

TEST(PacketRouterTest, LosesNothingAndKeepsTheOrderOfAChannel) {
  Bench bench(1, 30_B, kFlits);
  for (std::uint64_t i = 0; i < 60; ++i)
    bench.sources[i % 3]->add(Duration(static_cast<std::int64_t>(i) * 7'000), i, static_cast<std::int32_t>(i / 3 % 3),
                              Bytes(5 + static_cast<std::int64_t>(i) % 40));
  sc_core::sc_start();
  std::size_t count = 0;
  for (std::int32_t end = 0; end < 3; ++end) {
    std::map<std::uint64_t, std::uint64_t> last;
    for (const PacketTrain& packet : bench.ends[static_cast<std::size_t>(end)]->arrived) {
      EXPECT_EQ(packet.destination, end);
      const auto [seen, first] = last.try_emplace(packet.id % 3, packet.id);
      EXPECT_TRUE(first || seen->second < packet.id);
      seen->second = packet.id;
      ++count;
    }
  }
  EXPECT_EQ(count, 60U);
  EXPECT_EQ(bench.store.size(), 0U);
  EXPECT_EQ(bench.router.waiting_flits(), 0U);
  for (const auto& link : bench.links) EXPECT_EQ(link->wire_bytes.value(), link->delivered_bytes.value());
}

TEST(PacketRouterTest, IdleTimeCostsNothing) {
  Bench bench(2, 160_B, kFlits);
  bench.sources[0]->add(0_ns, 1, 1, 40_B);
  bench.sources[0]->add(1_ms, 2, 1, 40_B);
  sc_core::sc_start();
  EXPECT_EQ(bench.ends[1]->ids(), (Ids{1, 2}));
  EXPECT_LE(bench.router.activations.value(), 2 * 8);
}

}  // namespace
}  // namespace decodesim
