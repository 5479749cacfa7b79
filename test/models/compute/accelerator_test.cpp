// SPDX-License-Identifier: Apache-2.0
// The laws of Accelerator, with a flat memory of 1 GB/s (a byte a nanosecond) and no latency.
#include "models/compute/accelerator.hpp"

#include "models/memory/flat_memory.hpp"
#include "models/memory/memory_tier.hpp"
#include "test/support/sim_test.hpp"
#include "test/support/toy_accelerator.hpp"

namespace decodesim {
namespace {
using namespace literals;

// A network that takes a fixed time for any collective.
class FixedNetwork : public sc_core::sc_module, public CollectivePort {
 public:
  explicit FixedNetwork(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    SC_HAS_PROCESS(FixedNetwork);
    SC_METHOD(finish);
    sensitive << done_;
    dont_initialize();
  }
  void start(const MessageProgram&, std::uint64_t instance, CollectiveListener& listener) override {
    instance_ = instance;
    listener_ = &listener;
    done_.notify(to_sc_time(5_us));
  }

 private:
  void finish() { listener_->collective_done(instance_); }

  std::uint64_t instance_ = 0;
  CollectiveListener* listener_ = nullptr;
  sc_core::sc_event done_{"done"};
};

class AcceleratorTest : public test::SimTest, public StepListener {
 protected:
  explicit AcceleratorTest(AcceleratorParameters parameters = test::toy_accelerator(), Duration latency = {})
      : memory("memory", context, std::make_unique<FlatMemory>(FlatMemoryParameters{1_GBps, latency, 1_GB}, 1, 0_ps)),
        accelerator("acc", context, parameters, 1, 3) {
    accelerator.memory_socket(0).bind(memory.socket);
    accelerator.set_network(network);
    accelerator.set_programs(programs);
  }

  void step_done(std::int32_t rank) override {
    EXPECT_EQ(rank, 3);
    done_at = now();
  }

  Duration run_step(const std::vector<Command>& commands) {
    const TimePoint begin = now();
    accelerator.run(commands, *this);
    run();
    return done_at - begin;
  }

  static Command load(Bytes bytes, bool prefetchable = true) {
    Command c;
    c.name = "load";
    c.add_transfer({.tier = 0,
                    .write = false,
                    .prefetchable = prefetchable,
                    .traffic = TrafficClass::kWeights,
                    .tensor = 0,
                    .address = 0,
                    .bytes = bytes,
                    .run = {}});
    return c;
  }

  // One row of `nanoseconds` bytes: takes that long.
  static Command compute(std::int64_t nanoseconds) {
    Command c;
    c.name = "compute";
    c.work = VectorWork{1, Bytes(nanoseconds), Flops(), 0};
    return c;
  }

  MemoryTier memory;
  FixedNetwork network{"network"};
  std::vector<MessageProgram> programs{MessageProgram{}};
  Accelerator accelerator;
  TimePoint done_at;
};

TEST_F(AcceleratorTest, KernelTakesGapThenLoadThenDrain) {
  Command c = load(1000_B);
  c.gap = 10_ns;
  c.drain = 20_ns;
  EXPECT_EQ(run_step({c}), 10_ns + 1000_ns + 20_ns);
  EXPECT_EQ(accelerator.breakdown().memory, 1000_ns);
  EXPECT_EQ(accelerator.breakdown().overhead, 30_ns);
}

TEST_F(AcceleratorTest, ArithmeticLongerThanTheLoadHidesIt) {
  Command c = load(1000_B);
  // Four tiles of 16 x 16, 16 stages deep on four cores: 16 x 8192 ps = 131 ns, then 300 times as deep.
  c.work = MatrixWork{16, 64, 16 * 16 * 10, DataType::kBf16};
  const Duration busy = Duration(8192) * 160;
  ASSERT_GT(busy, 1000_ns + Duration(8192));
  EXPECT_EQ(run_step({c}), busy);
  EXPECT_EQ(accelerator.breakdown().compute, busy);
}

TEST_F(AcceleratorTest, LoadLongerThanTheArithmeticLeavesTheLastStage) {
  Command c = load(1000_B);
  c.work = MatrixWork{16, 64, 16, DataType::kBf16};  // one stage
  EXPECT_EQ(run_step({c}), 1000_ns + Duration(8192));
  EXPECT_EQ(accelerator.breakdown().memory, 1000_ns);
  EXPECT_EQ(accelerator.breakdown().compute, Duration(8192));
}

TEST_F(AcceleratorTest, APartOfTheShorterStaysExposed) {
  MatrixKernel kernel;
  kernel.exposed = 50_percent;
  Command c = load(1000_B);
  c.work = MatrixWork{16, 64, 16, DataType::kBf16, 1, {}, &kernel};  // one stage of 8192 ps
  EXPECT_EQ(run_step({c}), 1000_ns + Duration(8192) + Duration(4096));
}

TEST_F(AcceleratorTest, AboveThePowerLimitTheCoresPartTakesLonger) {
  // 1 W is left beyond the idle power, the matrix unit takes 8 at its peak: cbrt(1 / 8) is half of the clock.
  AcceleratorParameters limited = test::toy_accelerator();
  limited.power_limit = Power(2'000'000);
  limited.idle_power = Power(1'000'000);
  limited.matrix_power = Power(8'000'000);
  limited.power_window = 1_us;
  Accelerator other("limited", context, limited, 1, 3);
  MemoryTier own("own", context, std::make_unique<FlatMemory>(FlatMemoryParameters{1_GBps, 0_ps, 1_GB}, 1, 0_ps));
  other.memory_socket(0).bind(own.socket);
  Command c;
  c.name = "product";
  c.work = MatrixWork{16, 64, 2560, DataType::kBf16};  // 5.24 MFLOP at 4 TFLOP/s
  const Duration full = Duration(8192) * 160;
  const std::vector<Command> commands{c};
  // 1 uJ is saved, 7 W are too many: 1/7 us at the full clock, the rest at half of it.
  other.run(commands, *this);
  run();
  const std::int64_t first = 1'000'000 / 7 + 2 * (full.count() - 1'000'000 / 7);
  EXPECT_NEAR(static_cast<double>((done_at - TimePoint()).count()), static_cast<double>(first), 10.0);
  // Nothing is saved any more.
  const TimePoint begin = done_at;
  other.run(commands, *this);
  run();
  EXPECT_NEAR(static_cast<double>((done_at - begin).count()), 2.0 * static_cast<double>(full.count()), 10.0);
  // After a rest the savings are back.
  other.rest();
  const TimePoint again = done_at;
  other.run(commands, *this);
  run();
  EXPECT_NEAR(static_cast<double>((done_at - again).count()), static_cast<double>(first), 10.0);
}

TEST_F(AcceleratorTest, OperandsPassThroughTheSharedMemoryAtItsRate) {
  // 1000 B from a memory of 1 GB/s, and 9000 B that never leave the chip, through four ports of 1 GB/s.
  AcceleratorParameters cached = test::toy_accelerator();
  cached.cache_ways = 16;
  Accelerator other("cached", context, cached, 1, 3);
  MemoryTier own("own", context, std::make_unique<FlatMemory>(FlatMemoryParameters{1_GBps, 0_ps, 1_GB}, 1, 0_ps));
  other.memory_socket(0).bind(own.socket);
  Command c = load(1000_B);
  Transfer near = load(9000_B, false).transfers[0];
  near.reuse_distance = 9000_B;
  c.add_transfer(near);
  const std::vector<Command> commands{c};
  other.run(commands, *this);
  run();
  EXPECT_EQ(done_at - TimePoint(), 2500_ns);
  EXPECT_EQ(own.bytes_read.value(), 1000);
}

TEST_F(AcceleratorTest, WhatTheCacheHasIsNotLoaded) {
  AcceleratorParameters cached = test::toy_accelerator();
  cached.cache_ways = 1;
  cached.sram = Bytes(1'000);
  Accelerator other("cached", context, cached, 1, 3);
  MemoryTier own("own", context, std::make_unique<FlatMemory>(FlatMemoryParameters{1_GBps, 0_ps, 1_GB}, 1, 0_ps));
  other.memory_socket(0).bind(own.socket);
  Command c = load(100'000_B);
  c.transfers[0].reuse_distance = Bytes(1'000);  // one way, once the capacity: e^-1 is found
  const std::vector<Command> commands{c};
  other.run(commands, *this);
  run();
  EXPECT_EQ(own.bytes_read.value(), 100'000 - 36'787);
}

TEST_F(AcceleratorTest, FurtherTilesOfAGroupReadItsWeightsAgain) {
  MatrixKernel kernel;
  kernel.rereads = true;
  const std::vector<std::int64_t> rows{33, 1};  // three and one tiles of 16 rows
  Command c = load(1000_B);
  c.work = MatrixWork{17, 16, 16, DataType::kBf16, 2, rows, &kernel};
  EXPECT_EQ(run_step({c}), 2000_ns + Duration(8192));  // four tiles, two groups: all twice
  EXPECT_EQ(memory.bytes_read.value(), 2000);
}

TEST_F(AcceleratorTest, QueueRunsInOrder) { EXPECT_EQ(run_step({compute(100), compute(200)}), 300_ns); }

TEST_F(AcceleratorTest, QueuesRunBesideEachOtherButShareTheCores) {
  Command other = compute(200);
  other.queue = 1;
  // The two queues' arithmetic does not overlap.
  EXPECT_EQ(run_step({compute(100), other}), 300_ns);
}

TEST_F(AcceleratorTest, LoadOfOneQueueOverlapsArithmeticOfAnother) {
  Command other = load(200_B);
  other.queue = 1;
  EXPECT_EQ(run_step({compute(300), other}), 300_ns);
}

TEST_F(AcceleratorTest, WaitingForTheCoresOfAnotherQueueIsTheCoresTime) {
  Command other = compute(300);
  other.queue = 1;
  Command late = compute(300);
  late.gap = 1_ns;
  EXPECT_EQ(run_step({other, late}), 600_ns);
  // Queue 0's kernel waits for the cores until 300 ns, and never for memory.
  EXPECT_EQ(accelerator.breakdown().memory, 0_ps);
  EXPECT_EQ(accelerator.breakdown().compute, 599_ns);
}

TEST_F(AcceleratorTest, DependenceAcrossQueuesHolds) {
  Command other = load(200_B);
  other.queue = 1;
  other.after = 0;
  EXPECT_EQ(run_step({compute(300), other}), 500_ns);
}

TEST_F(AcceleratorTest, CollectiveTimeIsTheNetworks) {
  Command c;
  c.kind = CommandKind::kCollective;
  c.program = 0;
  c.gap = 1_us;
  EXPECT_EQ(run_step({c}), 6_us);
  EXPECT_EQ(accelerator.breakdown().network, 5_us);
  EXPECT_EQ(accelerator.breakdown().overhead, 1_us);
}

TEST_F(AcceleratorTest, HostWorkIsOverhead) {
  Command c;
  c.kind = CommandKind::kHost;
  c.host_time = 7_us;
  EXPECT_EQ(run_step({c}), 7_us);
  EXPECT_EQ(accelerator.breakdown().overhead, 7_us);
}

TEST_F(AcceleratorTest, BreakdownAddsUpToTheStep) {
  Command gap = load(500_B);
  gap.gap = 3_ns;
  gap.drain = 5_ns;
  gap.work = MatrixWork{16, 64, 160, DataType::kBf16};
  Command collective;
  collective.kind = CommandKind::kCollective;
  collective.program = 0;
  const Duration step = run_step({gap, compute(77), collective, load(123_B)});
  EXPECT_EQ(accelerator.breakdown().total(), step);
}

TEST_F(AcceleratorTest, WithoutAWindowNothingIsLoadedAhead) {
  EXPECT_EQ(run_step({compute(1000), load(600_B)}), 1600_ns);
}

TEST_F(AcceleratorTest, NextStepStartsAfresh) {
  EXPECT_EQ(run_step({load(100_B)}), 100_ns);
  EXPECT_EQ(run_step({load(100_B)}), 100_ns);
  EXPECT_EQ(memory.bytes_read.value(), 200);
}

AcceleratorParameters with_prefetch(Bytes window) {
  AcceleratorParameters p = test::toy_accelerator();
  p.prefetch = window;
  return p;
}

class PrefetchTest : public AcceleratorTest {
 protected:
  PrefetchTest() : AcceleratorTest(with_prefetch(1000_B)) {}
};

TEST_F(PrefetchTest, LoadHidesBehindWhatGoesBefore) {
  // What is here still goes through SRAM, at 4 GB/s.
  EXPECT_EQ(run_step({compute(1000), load(600_B)}), 1000_ns + 150_ns);
  EXPECT_EQ(memory.bytes_read.value(), 600);
}

TEST_F(PrefetchTest, WindowBoundsHowMuchIsLoadedAhead) {
  // 1000 of 1600 bytes come ahead; the rest once the kernel runs.
  EXPECT_EQ(run_step({compute(2000), load(1600_B)}), 2600_ns);
  EXPECT_EQ(memory.bytes_read.value(), 1600);
  EXPECT_EQ(accelerator.prefetcher().most_held(), 1000_B);
}

TEST_F(PrefetchTest, HalfLoadedTrainIsWaitedForAndNotLoadedTwice) {
  // 250 of 600 bytes are here when the kernel starts.
  EXPECT_EQ(run_step({compute(250), load(600_B)}), 600_ns);
  EXPECT_EQ(memory.bytes_read.value(), 600);
}

// Memory answers 200 ns after the last byte has moved, and the data is 100 ns on its way to the cores.
class DistantPrefetchTest : public AcceleratorTest {
 protected:
  static AcceleratorParameters distant() {
    AcceleratorParameters p = with_prefetch(1000_B);
    p.memory_path_latency = 100_ns;
    return p;
  }
  DistantPrefetchTest() : AcceleratorTest(distant(), 200_ns) {}
};

TEST_F(DistantPrefetchTest, NoKernelUsesWhatIsStillOnItsWay) {
  // 400 bytes have moved at 400 ns and are at the cores at 700 ns; the kernel begins at 500 ns.
  EXPECT_EQ(run_step({compute(500), load(400_B)}), 700_ns);
  EXPECT_EQ(accelerator.breakdown().memory, 200_ns);
}

TEST_F(PrefetchTest, SeveralKernelsAheadWhileTheyFit) {
  EXPECT_EQ(run_step({compute(1000), load(300_B), load(300_B), load(300_B)}), 1000_ns + 225_ns);
  EXPECT_EQ(accelerator.prefetcher().most_held(), 900_B);
}

TEST_F(PrefetchTest, DataWithDependencesIsNotLoadedAhead) {
  EXPECT_EQ(run_step({compute(1000), load(600_B, false)}), 1600_ns);
}

TEST_F(PrefetchTest, SpaceIsFreeAgainOnceTheKernelHasCompleted) {
  run_step({load(1000_B), load(1000_B), load(1000_B)});
  EXPECT_EQ(accelerator.prefetcher().held(), 0_B);
  EXPECT_EQ(memory.bytes_read.value(), 3000);
  EXPECT_EQ(run_step({load(1000_B)}), 1000_ns);
}

}  // namespace
}  // namespace decodesim
