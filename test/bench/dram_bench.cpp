// SPDX-License-Identifier: Apache-2.0
// DRAM commands a second at command fidelity, one pseudo-channel of HBM3-6400. items_per_second counts commands.
#include <benchmark/benchmark.h>

#include "models/memory/dram/checker.hpp"
#include "models/memory/dram_timing.hpp"
#include "test/support/dram_traffic.hpp"

namespace decodesim {
namespace {
using namespace literals;

constexpr std::int64_t kBursts = 200'000;

void run_commands(benchmark::State& state, Bytes run, bool random, std::uint64_t write_percent) {
  const DramParameters p = test::hbm3_pseudo_channel();
  const AddressMap map(p);
  std::int64_t commands = 0;
  for (auto _ : state) {
    test::Completions completions;
    DramController controller(p, completions);
    test::Pattern pattern(p.capacity, p.burst_bytes(), run, random, write_percent);
    test::saturate(controller, map, pattern, kBursts);
    commands += controller.counts().total();
  }
  state.SetItemsProcessed(commands);
}

void dram_sequential_reads(benchmark::State& state) { run_commands(state, 64_KiB, false, 0); }
BENCHMARK(dram_sequential_reads)->Unit(benchmark::kMillisecond);
void dram_random_reads_64b(benchmark::State& state) { run_commands(state, 64_B, true, 0); }
BENCHMARK(dram_random_reads_64b)->Unit(benchmark::kMillisecond);
void dram_random_mix_256b(benchmark::State& state) { run_commands(state, 256_B, true, 33); }
BENCHMARK(dram_random_mix_256b)->Unit(benchmark::kMillisecond);

// A whole stack, all pseudo-channels at once.
void dram_stack_random_mix(benchmark::State& state) {
  DramParameters p = test::hbm3();
  std::int64_t commands = 0;
  for (auto _ : state) {
    DramSystem system(p, 1, Duration());
    StreamShape shape;
    shape.length = 16_MiB;
    shape.run = 256_B;
    shape.writes = 33_percent;
    system.add(shape, TimePoint());
    std::vector<DramSystem::Ended> ended;
    TimePoint now;
    while (const auto wake = system.next_wake()) system.advance(now = *wake, ended);
    commands += system.activity(now).counts.total();
  }
  state.SetItemsProcessed(commands);
}
BENCHMARK(dram_stack_random_mix)->Unit(benchmark::kMillisecond);

// A sequential read of 1 GB at train fidelity, its mix not yet known.
void dram_train_of_a_gigabyte(benchmark::State& state) {
  const DramParameters p = test::hbm3();
  for (auto _ : state) {
    DramTiming timing(p, 1, Duration());
    StreamShape shape;
    shape.length = 1_GB;
    std::vector<Bandwidth> rates;
    timing.rates({&shape, 1}, rates);
    benchmark::DoNotOptimize(shape.length / rates.front());
  }
}
BENCHMARK(dram_train_of_a_gigabyte)->Unit(benchmark::kMillisecond);

void dram_checker(benchmark::State& state) {
  const DramParameters p = test::hbm3_pseudo_channel();
  const AddressMap map(p);
  test::Completions completions;
  CommandLog log;
  DramController controller(p, completions, &log);
  test::Pattern pattern(p.capacity, p.burst_bytes(), 256_B, true, 33);
  test::saturate(controller, map, pattern, kBursts);
  for (auto _ : state) {
    Checker checker(controller.table());
    for (const CommandRecord& record : log.records()) checker.command(record);
    benchmark::DoNotOptimize(checker.violation_count());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(log.records().size()));
}
BENCHMARK(dram_checker)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace decodesim
