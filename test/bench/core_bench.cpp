// SPDX-License-Identifier: Apache-2.0
// What the floor costs: reading a quantity, a random number, hashing an event, one timed event of the kernel.
#include <benchmark/benchmark.h>

#include "sim/core/component/component.hpp"
#include "sim/core/trace/fingerprint.hpp"
#include "sim/core/units/text.hpp"

namespace decodesim {
namespace {
using namespace literals;

void parse_bandwidth(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse<Bandwidth>("3.35 TB/s"));
}
BENCHMARK(parse_bandwidth);

void print_bandwidth(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(to_text(Bandwidth(3'350'000'000'000)));
}
BENCHMARK(print_bandwidth);

void bytes_over_bandwidth(benchmark::State& state) {
  Bytes bytes = 70_GB;
  Bandwidth rate(3'350'000'000'000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bytes);
    benchmark::DoNotOptimize(rate);
    benchmark::DoNotOptimize(bytes / rate);
  }
}
BENCHMARK(bytes_over_bandwidth);

void random_word(benchmark::State& state) {
  RandomStream stream(1, "bench", "word");
  for (auto _ : state) benchmark::DoNotOptimize(stream.next());
}
BENCHMARK(random_word);

void random_below(benchmark::State& state) {
  RandomStream stream(1, "bench", "below");
  for (auto _ : state) benchmark::DoNotOptimize(stream.below(1000));
}
BENCHMARK(random_below);

void fingerprint_event(benchmark::State& state) {
  FingerprintSink sink;
  std::uint64_t detail = 0;
  for (auto _ : state) sink.event(TimePoint(1_ns), 7, EventKind::kTransferEnd, ++detail);
  benchmark::DoNotOptimize(sink.value());
}
BENCHMARK(fingerprint_event);

// A module whose one method is triggered every nanosecond.
class Ticker : public Component {
 public:
  Ticker(const sc_core::sc_module_name& name, Context& context) : Component(name, context) {
    SC_HAS_PROCESS(Ticker);
    SC_METHOD(tick);
    sensitive << next_;
  }

 private:
  void tick() { next_.notify(to_sc_time(1_ns)); }

  sc_core::sc_event next_{"next"};
};

// The kernel can be elaborated once a process: the modules are made here and the benchmark only lets time pass.
void kernel_timed_event(benchmark::State& state) {
  constexpr std::int64_t kEvents = 1000;
  static Context context;
  static const Ticker kTicker("ticker", context);
  for (auto _ : state) sc_core::sc_start(to_sc_time(1_ns * kEvents));
  state.SetItemsProcessed(state.iterations() * kEvents);
}
BENCHMARK(kernel_timed_event);

}  // namespace
}  // namespace decodesim
