// SPDX-License-Identifier: Apache-2.0
// DramSystem and SteadyState: that running ahead changes nothing, and that a sample stands for the whole.
#include "models/memory/dram/dram_system.hpp"

#include <gtest/gtest.h>

#include "models/memory/dram/checker.hpp"
#include "models/memory/dram/steady_state.hpp"
#include "test/support/dram_traffic.hpp"

namespace decodesim {
namespace {
using namespace literals;

DramParameters stack() {
  DramParameters p = test::hbm3_pseudo_channel();
  p.channels = 2;
  p.pseudo_channels = 2;
  p.capacity = 2_GiB;
  return p;
}

std::vector<StreamShape> trains() {
  StreamShape random;
  random.length = 200_KiB;
  random.run = 96_B;
  random.in_flight = 10_KiB;
  random.writes = 40_percent;
  StreamShape strided = random;
  strided.address = 1 << 20;
  strided.run = 40_B;  // in the middle of bursts
  strided.stride = 72_B;
  strided.region = 100_KiB;
  StreamShape contiguous;
  contiguous.length = 300_KiB;
  contiguous.address = 12345;
  StreamShape paced = random;
  paced.offered = 1_GBps;
  paced.length = 20_KiB;
  return {random, strided, contiguous, paced};
}

struct Outcome {
  std::vector<std::pair<std::int64_t, std::int64_t>> ends;  ///< train and time
  std::uint64_t hash = 0;
  DramActivity activity;
  Bytes read, written;
};

// Trains come one after the other, 3 us apart; advance() is called every `step`, or when next_wake() says.
Outcome run(std::optional<Duration> step) {
  CommandLog log;
  DramSystem system(stack(), 1, 50_ns, &log);
  Outcome out;
  std::vector<DramSystem::Ended> ended;
  std::map<DramSystem::TrainId, std::int64_t> number;
  TimePoint now;
  TimePoint exact;
  std::size_t added = 0;
  const std::vector<StreamShape> shapes = trains();
  const auto advance = [&](TimePoint to) {
    system.advance(to, ended);
    now = to;
    for (const DramSystem::Ended& e : ended) {
      out.read += e.read;
      out.written += e.written;
      out.ends.emplace_back(number[e.train], step ? 0 : now.since_start().count());
    }
    ended.clear();
  };
  while (added < shapes.size() || system.in_service() > 0) {
    const TimePoint arrival(3_us * static_cast<std::int64_t>(added));
    const auto wake = system.next_wake();
    TimePoint next = step ? now + *step : wake.value_or(arrival);
    if (added < shapes.size()) next = std::min(next, arrival);
    advance(std::max(next, now));
    if (added < shapes.size() && now >= arrival) {
      number[system.add(shapes[added], now)] = static_cast<std::int64_t>(added);
      ++added;
    }
  }
  for (const CommandRecord& r : log.records())
    out.hash = mix64(out.hash + mix64(static_cast<std::uint64_t>(r.clock * 4096 + r.bank * 16) +
                                      static_cast<std::uint64_t>(r.command)));
  out.activity = system.activity(now);
  return out;
}

std::int64_t columns(const Outcome& o) { return o.activity.counts.reads() + o.activity.counts.writes(); }

TEST(DramSystemTest, HowOftenItAdvancesChangesNothing) {
  const Outcome woken = run(std::nullopt);
  EXPECT_EQ(woken.ends.size(), 4U);
  for (const Duration step : {Duration(625), Duration(1000), 7_ns}) {
    const Outcome stepped = run(step);
    EXPECT_EQ(columns(stepped), columns(woken));
    EXPECT_TRUE(stepped.activity.latency_ps.sum() == woken.activity.latency_ps.sum());
    EXPECT_EQ(stepped.activity.bus.lost, woken.activity.bus.lost);
    EXPECT_EQ(stepped.read, woken.read);
  }
}

TEST(DramSystemTest, BytesOutEqualBytesIn) {
  const Outcome o = run(std::nullopt);
  Bytes asked;
  for (const StreamShape& shape : trains()) asked += shape.length;
  EXPECT_EQ(o.read + o.written, asked);
  EXPECT_GT(o.written, 100_KiB);
}

TEST(DramSystemTest, OfferedLoadSpacesAccesses) {
  // 64 B every 64 ns at 1 GB/s: the 100th starts at 99 x 64 ns.
  DramParameters p = stack();
  DramSystem system(p, 1, 0_ns);
  StreamShape shape;
  shape.length = 6400_B;
  shape.run = 64_B;
  shape.offered = 1_GBps;
  system.add(shape, TimePoint());
  std::vector<DramSystem::Ended> ended;
  TimePoint now;
  while (const auto wake = system.next_wake()) system.advance(now = *wake, ended);
  EXPECT_GE(now, TimePoint(99 * 64_ns + 33_ns));
  EXPECT_LT(now, TimePoint(99 * 64_ns + 600_ns));  // a refresh at most
}

TEST(DramSystemTest, PointerChaseTakesTheUnloadedLatencyEach) {
  DramSystem system(stack(), 1, 100_ns);
  StreamShape shape;
  shape.length = 64_B * 1000;
  shape.run = 64_B;
  shape.in_flight = 64_B;
  system.add(shape, TimePoint());
  std::vector<DramSystem::Ended> ended;
  TimePoint now;
  while (const auto wake = system.next_wake()) system.advance(now = *wake, ended);
  const Histogram latency = system.activity(now).latency_ps;
  EXPECT_EQ(latency.count(), 1000);
  // tRCD 31 + CL 20 + tCCD_L 4 + burst 2 = 57 clocks when the bank is closed, 26 clocks of tRP more when it is not.
  EXPECT_GE(latency.percentile(500'000), 100'000 + 57 * 625);
  EXPECT_LE(latency.percentile(500'000), 100'000 + 83 * 625 + 2000);
  // One outstanding: the run is the sum of its latencies.
  EXPECT_NEAR(static_cast<double>(latency.mean()) * 1000, static_cast<double>(now.since_start().count()), 2e6);
}

// What 16 MiB take on all pseudo-channels against the rate that a sample of the mix gave.
void expect_sample_agrees(StreamShape shape, double percent) {
  DramParameters p = stack();
  p.channels = 8;
  p.capacity = 8_GiB;
  shape.length = 16_MiB;
  DramSystem system(p, 1, 0_ns);
  system.add(shape, TimePoint());
  std::vector<DramSystem::Ended> ended;
  TimePoint now;
  while (const auto wake = system.next_wake()) system.advance(now = *wake, ended);
  SteadyState steady(p, 1, 0_ns);
  const Bandwidth rate = steady.of({&shape, 1}).rates.front();
  const Duration predicted = shape.length / rate + steady.uneven_end(shape, rate);
  EXPECT_NEAR(to_seconds(predicted) / to_seconds(now.since_start()), 1.0, percent / 100);
}

TEST(SteadyStateTest, SampleStandsForALongRun) {
  StreamShape shape;
  expect_sample_agrees(shape, 1);
  shape.run = shape.stride = 256_B;
  expect_sample_agrees(shape, 1);
  shape.stride = {};
  shape.in_flight = 256_KiB;
  expect_sample_agrees(shape, 2);
  shape.writes = 33_percent;
  expect_sample_agrees(shape, 2);
  shape.in_flight = 4_KiB;
  expect_sample_agrees(shape, 3);
}

TEST(SteadyStateTest, RatesNeverExceedThePinsTogether) {
  const DramParameters p = stack();
  SteadyState steady(p, 3, 0_ns);
  const std::vector<StreamShape> all = trains();
  for (std::size_t n = 1; n <= all.size(); ++n) {
    const SteadyState::Mix& mix = steady.of({all.data(), n});
    Bandwidth sum;
    for (const Bandwidth rate : mix.rates) sum += rate;
    EXPECT_LE(sum, p.peak() * 3);
  }
}

}  // namespace
}  // namespace decodesim
