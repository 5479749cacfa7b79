// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/simulate_operators.hpp"

#include <chrono>

#include "sim/app/build/operator_driver.hpp"
#include "sim/app/build/run_support.hpp"
#include "sim/core/trace/fingerprint.hpp"

namespace decodesim {
namespace {

// Of the single accelerator. Collectives leave the memory alone.
void collect_memory(const Plan& plan, const OperatorDriver& driver, RunResult& result) {
  const Rank& rank = *driver.benches().front()->machine.ranks().front();
  for (std::size_t tier = 0; tier < plan.memory.size(); ++tier) {
    const MemoryModule& memory = *rank.memory[tier];
    result.memory.push_back({plan.memory[tier].name, plan.memory[tier].part, Bytes(memory.bytes_read.value()),
                             Bytes(memory.bytes_written.value()), memory.peak() * plan.accelerators,
                             Duration(memory.busy_ps.value())});
  }
}

}  // namespace

RunResult simulate_operators(const Plan& plan, ProgressListener& progress) {
  const auto wall_begin = std::chrono::steady_clock::now();
  Context context(static_cast<std::uint64_t>(plan.run.seed));
  FingerprintSink fingerprint;
  context.add_sink(fingerprint);
  OperatorDriver driver("host", context, plan, progress);
  run_kernel();
  for (const auto& bench : driver.benches()) bench->machine.check_quiet();

  RunResult result;
  result.operators = driver.times();
  result.algorithms = driver.chosen();
  result.steps_asked = static_cast<std::int64_t>(plan.workload.operators->table.rows.size());
  result.interrupted = driver.interrupted();
  require(result.interrupted || static_cast<std::int64_t>(result.operators.size()) == result.steps_asked, driver.name(),
          "the simulation ran out of events before the last row: something waits for ever");
  result.simulated = from_sc_time(sc_core::sc_time_stamp());
  result.events = fingerprint.events();
  result.fingerprint = fingerprint.text();
  collect_memory(plan, driver, result);
  collect_components(context, result);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  result.peak_rss_bytes = peak_rss_bytes();
  return result;
}

}  // namespace decodesim
