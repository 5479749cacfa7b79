// SPDX-License-Identifier: Apache-2.0
// The laws of Link as arithmetic a reader can check: at 1 GB/s one byte takes one nanosecond.
#include "models/network/link.hpp"

#include <gtest/gtest.h>

#include "test/models/network/network_probes.hpp"

namespace decodesim {
namespace {

using test::at;
using test::run_until;
using test::train_of;

using Ids = std::vector<std::uint64_t>;

class LinkTest : public ::testing::Test {
 protected:
  LinkTest() {
    link.out(buffer);
    source.out(link);
  }

  Context context;
  Link link{"link", context, LinkParams{1_GBps, 100_ns}};
  test::BufferProbe buffer{4000_B};
  test::TrainSource source{"source", context};
};

TEST_F(LinkTest, LoneTrainTakesLatencyToItsHeadAndSerialisationMoreToItsTail) {
  source.add(50_ns, train_of(7, 1000_B));
  run_until(149'999_ps);
  EXPECT_TRUE(buffer.arrived.empty());
  sc_core::sc_start();
  ASSERT_EQ(buffer.ids(), (Ids{7}));
  EXPECT_EQ(buffer.seen_at[0], 50_ns + 100_ns);
  EXPECT_EQ(buffer.arrived[0].head, at(150_ns));
  EXPECT_EQ(buffer.arrived[0].tail, at(150_ns + 1000_ns));
}

TEST_F(LinkTest, FailedItRefusesUntilItIsRepaired) {
  ASSERT_TRUE(link.try_push(train_of(1, 1000_B)).has_value());
  link.fail();
  source.add(10_ns, train_of(2, 1000_B));
  run_until(5000_ns - 1_ps);
  EXPECT_EQ(buffer.ids(), (Ids{1}));  // what was on its way has arrived
  run_until(5000_ns);
  link.repair();
  sc_core::sc_start();
  EXPECT_EQ(buffer.ids(), (Ids{1, 2}));
  EXPECT_EQ(buffer.seen_at[1], 5000_ns + 100_ns);
}

TEST_F(LinkTest, SerialisationsQueueButFlightsOverlap) {
  for (std::uint64_t id = 0; id < 3; ++id) source.add(0_ns, train_of(id, 1000_B));
  sc_core::sc_start();
  EXPECT_EQ(buffer.seen_at, (std::vector<Duration>{100_ns, 1100_ns, 2100_ns}));
  EXPECT_EQ(buffer.arrived[2].tail, at(3100_ns));
  EXPECT_EQ(link.busy.value(), Duration(3000_ns).count());
  EXPECT_EQ(link.queueing.max(), Duration(2000_ns).count());
}

TEST_F(LinkTest, TailNeverLeavesBeforeItHasComeIn) {
  PacketTrain slow = train_of(1, 1000_B);
  slow.tail = at(5000_ns);  // from a link five times slower
  const auto left = link.try_push(slow);
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ(*left, at(5000_ns));
  sc_core::sc_start();
  EXPECT_EQ(buffer.arrived[0].head, at(100_ns));
  EXPECT_EQ(buffer.arrived[0].tail, at(5100_ns));
}

TEST_F(LinkTest, AcceptsUpToTheBufferAndNotOneByteMore) {
  EXPECT_TRUE(link.try_push(train_of(0, 3000_B)));
  EXPECT_TRUE(link.try_push(train_of(1, 1000_B)));  // full to the byte
  EXPECT_FALSE(link.try_push(train_of(2, 1_B)));
  EXPECT_EQ(link.refused.value(), 1);
}

// Of 1000 B, 600 are to come later: whether the head is still on its way (100 ns) or has been handed over.
TEST_F(LinkTest, ACutTrainHoldsTheWireAndTheBufferForWhatIsLeft) {
  for (const Duration when : {50_ns, 5150_ns}) {
    const Duration pushed = when < 1_us ? 0_ns : 5000_ns;
    run_until(pushed);
    PacketTrain train = train_of(1, 1000_B);
    train.head = train.tail = at(pushed);
    ASSERT_EQ(link.try_push(train), at(pushed + 1000_ns));
    run_until(when);
    EXPECT_EQ(link.cut({train, 600_B, 600_B}), at(pushed + 400_ns));
    EXPECT_EQ(link.outstanding(), 400_B);
    EXPECT_EQ(link.try_push(train_of(2, 1000_B)), at(pushed + 1400_ns));
    run_until(pushed + 4000_ns);
    EXPECT_EQ(link.outstanding(), 0_B);
  }
  EXPECT_EQ(buffer.ids(), (Ids{1, 2, 1, 2}));
  for (const std::size_t i : {0U, 2U}) {
    EXPECT_EQ(buffer.arrived[i].wire, 400_B);
    EXPECT_EQ(buffer.arrived[i].tail, buffer.arrived[i].head + 400_ns);
  }
  EXPECT_EQ(link.wire_bytes.value(), 2 * 1400);
  EXPECT_EQ(link.delivered_bytes.value(), 2 * 1400);
  EXPECT_EQ(link.busy.value(), Duration(2800_ns).count());
}

TEST_F(LinkTest, CreditIsBackOneLatencyAfterTheSpaceIsFree) {
  source.add(0_ns, train_of(0, 4000_B));
  source.add(0_ns, train_of(1, 1_B));
  sc_core::sc_start();
  // Tail of 0 at 4100 ns frees the space; the credit is back at 4200 ns; the head of 1 arrives 100 ns later.
  EXPECT_EQ(buffer.seen_at, (std::vector<Duration>{100_ns, 4300_ns}));
}

TEST_F(LinkTest, FullReceiverStallsWithoutLossOrReordering) {
  buffer.close();
  for (std::uint64_t id = 0; id < 10; ++id) source.add(0_ns, train_of(id, 2000_B));
  run_until(50_us);
  EXPECT_EQ(buffer.ids(), (Ids{0, 1}));
  buffer.open();
  sc_core::sc_start();
  EXPECT_EQ(buffer.ids(), (Ids{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(buffer.seen_at[2], 50_us + 100_ns + 100_ns);
  EXPECT_EQ(link.wire_bytes.value(), 20'000);
  EXPECT_EQ(link.delivered_bytes.value(), 20'000);
}

TEST_F(LinkTest, TrainLongerThanTheBufferIsAnInternalErrorThatNamesTheLink) {
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  try {
    link.try_push(train_of(0, 4001_B));
    FAIL();
  } catch (const InternalError& error) {
    EXPECT_STREQ(error.what(), "link: a train longer than the receiver's buffer can never be accepted");
  }
}

// Two virtual channels of 2000 B each on one wire.
TEST(LinkChannelsTest, ChannelsShareTheWireAndDivideTheBuffer) {
  Context context;
  Link link("link", context, LinkParams{1_GBps, 100_ns}, 2);
  test::BufferProbe buffer(4000_B);
  test::TrainSource first("first", context);
  test::TrainSource second("second", context);
  link.out(buffer);
  first.out(link);
  second.out(link);
  EXPECT_EQ(link.longest_train(), 2000_B);
  const auto on = [](std::int32_t channel, std::uint64_t id) {
    PacketTrain train = train_of(id, 2000_B);
    train.channel = channel;
    return train;
  };
  buffer.close();
  first.add(0_ns, on(0, 1));
  first.add(0_ns, on(0, 2));    // channel 0 is full
  second.add(10_ns, on(1, 3));  // channel 1 is not
  second.add(10_ns, on(1, 4));
  run_until(100_us);
  EXPECT_EQ(buffer.ids(), (Ids{1, 3}));
  EXPECT_EQ(buffer.arrived[1].head, at(2000_ns + 100_ns));  // behind the first on the wire
  buffer.open();
  sc_core::sc_start();
  ASSERT_EQ(buffer.arrived.size(), 4U);
  EXPECT_EQ(buffer.arrived[2].head, at(100_us + 100_ns + 100_ns));  // the credit's way and its own
  EXPECT_EQ(buffer.arrived[3].head, at(100_us + 100_ns + 2000_ns + 100_ns));
  EXPECT_NE(buffer.arrived[2].channel, buffer.arrived[3].channel);
}

// In 10^18 bits 10^12 errors; 100,000 trains of 8000 bits have 800 of them in the mean, and 0.64 among the repetitions
// of 800 bits. Each costs a way there and back, 50 ns, and 100 B again.
TEST(LinkErrorTest, EveryErrorCostsItsRepetitionAndNothingIsLost) {
  Context context(11);
  LinkParams params{1_GBps, 80_ns};
  params.fec_latency = 20_ns;
  params.bit_errors = 1'000'000'000'000;
  params.retry_bytes = 100_B;
  params.retry_latency = 50_ns;
  Link link("link", context, params);
  test::BufferProbe buffer{8000_B};
  test::TrainSource source{"source", context};
  link.out(buffer);
  source.out(link);
  constexpr std::int64_t kTrains = 100'000;
  for (std::uint64_t id = 0; id < kTrains; ++id) source.add(0_ns, train_of(id, 1000_B));
  sc_core::sc_start();
  ASSERT_EQ(buffer.arrived.size(), static_cast<std::size_t>(kTrains));
  for (std::uint64_t id = 0; id < kTrains; ++id) ASSERT_EQ(buffer.arrived[id].id, id);
  EXPECT_EQ(link.delivered_bytes.value(), link.wire_bytes.value());
  EXPECT_NEAR(static_cast<double>(link.retries.value()), 800.64, 4 * 28.3);  // four standard deviations, sqrt(800)
  const Duration each = 2 * (80_ns + 20_ns) + 50_ns + 100_ns;
  EXPECT_EQ(link.retry_time.value(), (each * link.retries.value()).count());
  EXPECT_EQ(buffer.arrived.back().tail, at(1000_ns * kTrains + each * link.retries.value() + 100_ns));
}

// The errors are those of the bits, not of the trains: cut after half, each train meets those of its half again.
TEST(LinkErrorTest, ACutTrainMeetsTheErrorsOfItsOwnBits) {
  Context context(11);
  LinkParams params{1_GBps, 0_ns};
  params.bit_errors = 10'000'000'000'000;
  Link whole("whole", context, params);
  Link cut("whole2", context, params);
  test::BufferProbe ends[2] = {test::BufferProbe(1_GiB), test::BufferProbe(1_GiB)};
  whole.out(ends[0]);
  cut.out(ends[1]);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  for (std::uint64_t id = 0; id < 10'000; ++id) {
    const PacketTrain train = train_of(id, 1000_B);
    whole.try_push(train);
    ASSERT_TRUE(cut.try_push(train).has_value());
    cut.cut({train, 500_B, 500_B});
    ASSERT_TRUE(cut.try_push(train_of(id, 500_B)).has_value());
  }
  EXPECT_NEAR(static_cast<double>(whole.retries.value()), 800 * 1.02, 4 * 29);
  EXPECT_NEAR(static_cast<double>(cut.retries.value()), 800 * 1.02, 4 * 29);
}

TEST(LinkErrorTest, FecIsPaidByTheFlight) {
  Context context;
  LinkParams params{1_GBps, 100_ns};
  params.fec_latency = 30_ns;
  Link link("link", context, params);
  test::BufferProbe buffer{4000_B};
  link.out(buffer);
  EXPECT_TRUE(link.try_push(train_of(1, 1000_B)).has_value());
  sc_core::sc_start();
  EXPECT_EQ(buffer.arrived[0].head, at(130_ns));
  EXPECT_EQ(buffer.arrived[0].tail, at(1130_ns));
  EXPECT_EQ(link.retries.value(), 0);
}

// The same seed and name draw the same errors; a piece's own errors are repeated too.
TEST(LinkErrorTest, ErrorsAreThoseOfTheSeed) {
  const auto count = [](std::uint64_t seed, Bytes piece) {
    BitErrors errors(kMostBitErrors, RandomStream(seed, "link", "bit errors"));
    return errors.pieces_to_repeat(1_GiB, piece);
  };
  EXPECT_EQ(count(3, 1_B), count(3, 1_B));
  EXPECT_NE(count(3, 1_B), count(4, 1_B));
  // N p = 85,899; with 65,536 bits at 10^-5 each error brings 0.655 more: a factor of 1 / (1 - 0.655).
  EXPECT_NEAR(static_cast<double>(count(3, 1_B)), 85'899, 4 * 293);
  EXPECT_NEAR(static_cast<double>(count(3, 8_KiB)), 85'899 / (1 - 0.65536), 8'000);
}

}  // namespace
}  // namespace decodesim
