// SPDX-License-Identifier: Apache-2.0
// The laws of Router: at 1 GB/s one byte takes one nanosecond.
#include "models/network/router.hpp"

#include <gtest/gtest.h>

#include "models/network/link.hpp"
#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using test::at;
using Ids = std::vector<std::uint64_t>;

// Destination d leaves by port d / 10 on virtual channel d % 10; the stage counts the routers.
class ByNumber : public RouteLookup {
 public:
  [[nodiscard]] TrainHop next_hop(std::int32_t, const PacketTrain& train) const override {
    return {train.destination / 10, train.destination % 10, {true, -1, train.route.stage + 1, 0}};
  }
  // By the other port.
  [[nodiscard]] TrainHop detour(std::int32_t, const PacketTrain& train) const override {
    return {1 - train.destination / 10, 0, {true, -1, 100, 0}};
  }
};

PacketTrain train(std::uint64_t id, std::int32_t destination, Bytes bytes, std::int32_t channel = 0) {
  PacketTrain t = test::train_of(id, bytes);
  t.destination = destination;
  t.channel = channel;
  return t;
}

// One source with a link of two virtual channels into a router of 10 ns, and buffers behind two links out of it, of two
// virtual channels of 2000 B each.
class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    source.out(in);
    in.out(router.input());
    for (std::int32_t port = 0; port < 2; ++port) {
      router.output(port)(*out[static_cast<std::size_t>(port)]);
      out[static_cast<std::size_t>(port)]->out(*ends[static_cast<std::size_t>(port)]);
    }
  }
  static std::unique_ptr<Link> link(const char* name, Context& context) {
    return std::make_unique<Link>(name, context, LinkParams{1_GBps, 100_ns}, 2);
  }

  Context context;
  ByNumber routes;
  Router router{"router", context, {10_ns, 8000_B}, 0, {2, 2, 0}, routes};
  test::TrainSource source{"source", context};
  Link in{"in", context, LinkParams{1_GBps, 100_ns}, 2};
  std::unique_ptr<Link> out[2] = {link("out0", context), link("out1", context)};
  std::unique_ptr<test::BufferProbe> ends[2] = {std::make_unique<test::BufferProbe>(4000_B),
                                                std::make_unique<test::BufferProbe>(4000_B)};
};

TEST_F(RouterTest, WhatWaitsForAFailedLinkGoesAnotherWayAfterACrossing) {
  out[0]->fail();
  for (std::uint64_t id = 1; id <= 2; ++id) source.add(0_ns, train(id, 0, 1000_B));
  test::run_until(20'000_ns);
  EXPECT_EQ(router.waiting_trains(), 2U);
  router.reroute(0);
  sc_core::sc_start();
  EXPECT_TRUE(ends[0]->arrived.empty());
  ASSERT_EQ(ends[1]->ids(), (Ids{1, 2}));
  EXPECT_EQ(ends[1]->arrived[0].head, at(20'000_ns + 10_ns + 100_ns));
  EXPECT_EQ(ends[1]->arrived[0].route.stage, 100);
  EXPECT_EQ(router.rerouted.value(), 2);
  EXPECT_EQ(router.waiting_trains(), 0U);
}

TEST_F(RouterTest, UnblockedTrainCutsThroughOnItsChannelWithItsRoute) {
  source.add(0_ns, train(1, 11, 1000_B));
  test::run_until(209'999_ps);
  EXPECT_TRUE(ends[1]->arrived.empty());
  sc_core::sc_start();
  ASSERT_EQ(ends[1]->ids(), (Ids{1}));
  EXPECT_TRUE(ends[0]->arrived.empty());
  EXPECT_EQ(ends[1]->arrived[0].head, at(100_ns + 10_ns + 100_ns));
  EXPECT_EQ(ends[1]->arrived[0].tail, at(210_ns + 1000_ns));
  EXPECT_EQ(ends[1]->arrived[0].channel, 1);
  EXPECT_EQ(ends[1]->arrived[0].route.stage, 1);
  EXPECT_EQ(router.trains.value(), 1);
  EXPECT_EQ(router.waiting_trains(), 0U);
}

TEST_F(RouterTest, AFullChannelHoldsUpItsOwnTrainsAlone) {
  ends[1]->close();
  for (std::uint64_t id = 0; id < 3; ++id) source.add(0_ns, train(id, 10, 1000_B));  // the third waits
  for (std::uint64_t id = 3; id < 6; ++id) source.add(0_ns, train(id, 11, 1000_B));  // passes it; its third waits
  source.add(0_ns, train(6, 0, 1000_B, 1));
  for (std::uint64_t id = 7; id < 9; ++id) source.add(0_ns, train(id, 10, 1000_B));
  source.add(0_ns, train(9, 0, 1000_B));  // 2, 5, 7 and 8 fill channel 0 of the input, 8000 / 2 B
  test::run_until(100_us);
  EXPECT_EQ(ends[1]->ids(), (Ids{0, 1, 3, 4}));
  EXPECT_EQ(ends[0]->ids(), (Ids{6}));
  EXPECT_EQ(router.waiting_trains(), 4U);
  ends[1]->open();
  sc_core::sc_start();
  EXPECT_EQ(ends[1]->ids(), (Ids{0, 1, 3, 4, 2, 5, 7, 8}));
  EXPECT_EQ(ends[0]->ids(), (Ids{6, 9}));
  EXPECT_EQ(router.waiting_trains(), 0U);
  EXPECT_EQ(router.trains.value(), 10);
  EXPECT_EQ(in.delivered_bytes.value(), in.wire_bytes.value());
}

TEST_F(RouterTest, AWayToNoLinkIsAnError) {
  test::CreditProbe credits;
  EXPECT_THROW(router.input().receive(train(1, 20, 10_B), credits), InternalError);
}

}  // namespace
}  // namespace decodesim
