// SPDX-License-Identifier: Apache-2.0
// Trains against packets: random mixes of messages on five topologies, all sent at once, at both fidelities. Compared
// are the time at which the last message of a mix has arrived, and the mean over its messages.
#include <gtest/gtest.h>

#include "sim/app/build/machine.hpp"
#include "sim/app/scenario/network_limits.hpp"
#include "sim/core/component/random.hpp"
#include "test/support/in_child.hpp"
#include "test/support/toy_plan.hpp"

namespace decodesim {
namespace {

using namespace literals;

struct Mix {
  std::string name;
  TopologyKeys keys;
  Bytes buffer = 64_KiB;  // of each virtual channel
};
void PrintTo(const Mix& mix, std::ostream* out) { *out << mix.name; }

struct Letter {
  std::int32_t from = 0;
  std::int32_t to = 0;
  Bytes bytes;
};

std::vector<Letter> letters_of(std::int32_t ranks, std::uint64_t seed) {
  RandomStream random(seed, "mix", "letters");
  std::vector<Letter> out;
  for (std::int32_t rank = 0; rank < ranks; ++rank)
    for (int i = 0; i < 4; ++i) {
      const auto to = static_cast<std::int32_t>(random.between(1, ranks - 1));
      const std::int64_t octave = std::int64_t{16 * 1024} << random.between(0, 3);
      out.push_back({rank, (rank + to) % ranks, Bytes(random.between(octave, 2 * octave))});
    }
  return out;
}

struct Times {
  double last = 0;
  double mean = 0;
};

class Ignored : public CollectiveListener {
 public:
  void collective_done(std::uint64_t) override {}
};

class MixRun : public CollectiveListener {
 public:
  MixRun(const Plan& plan, const std::vector<Letter>& letters) : machine_(plan, context_, plan.accelerators) {
    programs_.reserve(2 * letters.size());
    const RankGroup all{0, 1, static_cast<std::int32_t>(plan.accelerators)};
    for (std::size_t i = 0; i < letters.size(); ++i) {
      MessagePhase send;
      send.sends.push_back({MessageKind::kData, letters[i].to, letters[i].bytes});
      MessagePhase receive;
      receive.receives = 1;
      start({letters[i].from, all, {send}}, i, ignored_);
      start({letters[i].to, all, {receive}}, i, *this);
    }
    sc_core::sc_start();
    machine_.check_quiet();
    require(arrived_ == letters.size(), "MixRun", "a message is missing");
    times.mean /= static_cast<double>(letters.size());
  }
  void collective_done(std::uint64_t) override {
    ++arrived_;
    times.last = to_seconds(from_sc_time(sc_core::sc_time_stamp()));
    times.mean += times.last;
  }
  Times times;

 private:
  void start(MessageProgram program, std::uint64_t letter, CollectiveListener& listener) {
    programs_.push_back(std::move(program));
    const MessageProgram& kept = programs_.back();
    machine_.ranks()[static_cast<std::size_t>(kept.rank)]->collectives->start(kept, letter, listener);
  }

  Context context_;
  Machine machine_;
  std::vector<MessageProgram> programs_;
  Ignored ignored_;
  std::size_t arrived_ = 0;
};

Times in_child(const Plan& plan, const std::vector<Letter>& letters) {
  return test::in_child([&] { return MixRun(plan, letters).times; });
}

Plan plan_of(const TopologyKeys& keys, Bytes buffer, NetworkFidelity fidelity) {
  const std::shared_ptr<const Fabric> fabric = make_fabric(keys);
  Plan plan = test::toy_plan(fabric->topology().endpoints());
  NetworkPlan& network = *plan.network;
  network.topology = keys.topology;
  network.fidelity = fidelity;
  network.shape = keys;
  network.fabric = fabric;
  network.link = {1_GBps, 100_ns};
  network.nic = {80_ns, 90_ns, 30_ns, 0_ns, 256_B, 0_B, 64_KiB, 256_KiB};
  network.network_switch = {64, 50_ns, buffer * virtual_channels(network), false, 0_ns, 1_GBps};
  plan.software.collectives = {0_ns, 0_ns, 0_ns, 2_GBps};
  return plan;
}

double error(double train, double packet) { return 100 * (train / packet - 1); }

class TrainPacketTest : public ::testing::TestWithParam<Mix> {};

TEST_P(TrainPacketTest, TwentyRandomMixes) {
  const Plan train = plan_of(GetParam().keys, GetParam().buffer, NetworkFidelity::kTrain);
  const Plan packet = plan_of(GetParam().keys, GetParam().buffer, NetworkFidelity::kPacket);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto letters = letters_of(static_cast<std::int32_t>(train.accelerators), seed);
    const Times a = in_child(train, letters);
    const Times b = in_child(packet, letters);
    EXPECT_NEAR(error(a.last, b.last), 0, 2) << "mix " << seed << ": its last message";
    EXPECT_NEAR(error(a.mean, b.mean), 0, 2) << "mix " << seed << ": the mean of its messages";
  }
}

// Trains of one packet are packets: nothing but the crossbar, which is not the limit here, tells the fidelities apart.
TEST_P(TrainPacketTest, TrainsOfOnePacketArePackets) {
  Plan train = plan_of(GetParam().keys, GetParam().buffer, NetworkFidelity::kTrain);
  Plan packet = plan_of(GetParam().keys, GetParam().buffer, NetworkFidelity::kPacket);
  train.network->nic.max_train = 256_B;
  packet.network->packets.input_speedup = 64;
  const double within = GetParam().buffer < 64_KiB ? 1 : 0.1;  // full buffers are taken turns at in another order
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto letters = letters_of(static_cast<std::int32_t>(train.accelerators), seed);
    const Times a = in_child(train, letters);
    const Times b = in_child(packet, letters);
    EXPECT_NEAR(error(a.last, b.last), 0, within) << "mix " << seed << ": its last message";
    EXPECT_NEAR(error(a.mean, b.mean), 0, within) << "mix " << seed << ": the mean of its messages";
  }
}

TopologyKeys keys_of(const std::string& topology, std::int64_t endpoints = 0) {
  TopologyKeys keys;
  keys.topology = topology;
  keys.endpoints = endpoints;
  return keys;
}
TopologyKeys torus() {
  TopologyKeys keys = keys_of("torus");
  keys.dims = "4x4";
  return keys;
}
// Eight leaves of four accelerators and four spines.
TopologyKeys fat_tree() {
  TopologyKeys keys = keys_of("fat_tree");
  keys.radix = 8;
  keys.routing = "ecmp";
  return keys;
}
// Five groups of two routers, of two accelerators and two global links each.
TopologyKeys dragonfly() {
  TopologyKeys keys = keys_of("dragonfly");
  keys.endpoints_per_router = 2;
  keys.routers = 2;
  keys.global_links = 2;
  return keys;
}

INSTANTIATE_TEST_SUITE_P(FiveTopologies, TrainPacketTest,
                         ::testing::Values(Mix{"star", keys_of("star", 16)}, Mix{"ring", keys_of("ring", 8)},
                                           Mix{"torus", torus()}, Mix{"fat_tree", fat_tree()},
                                           Mix{"dragonfly", dragonfly()}),
                         [](const auto& test) { return test.param.name; });
INSTANTIATE_TEST_SUITE_P(SmallBuffers, TrainPacketTest,
                         ::testing::Values(Mix{"star", keys_of("star", 16), 16_KiB},
                                           Mix{"ring", keys_of("ring", 8), 16_KiB}, Mix{"torus", torus(), 16_KiB},
                                           Mix{"fat_tree", fat_tree(), 16_KiB}, Mix{"dragonfly", dragonfly(), 16_KiB}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace decodesim
