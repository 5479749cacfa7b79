// SPDX-License-Identifier: Apache-2.0
#include "sim/app/build/simulate_memory.hpp"

#include <chrono>

#include "models/memory/hbf/hbf_memory.hpp"
#include "sim/app/build/machine.hpp"
#include "sim/app/build/memory_driver.hpp"
#include "sim/app/build/run_support.hpp"
#include "sim/core/trace/fingerprint.hpp"

namespace decodesim {

RunResult simulate_memory(const Plan& plan, ProgressListener& progress) {
  const auto wall_begin = std::chrono::steady_clock::now();
  Context context(static_cast<std::uint64_t>(plan.run.seed));
  FingerprintSink fingerprint;
  context.add_sink(fingerprint);
  const MemoryPlan& tier = plan.memory.front();
  const MemoryWorkloadPlan& workload = *plan.workload.memory;
  const auto memory = make_memory(tier.name.c_str(), context, tier, workload.initiator_latency);
  MemoryDriver driver("driver", context, plan, *memory, progress);
  run_kernel();

  RunResult result;
  result.memory_phases = driver.phases();
  result.steps_asked = workload.load_points + 1;
  result.interrupted = driver.interrupted();
  require(result.interrupted || static_cast<std::int64_t>(result.memory_phases.size()) == result.steps_asked,
          driver.name(), "the simulation ran out of events before the last answer: something waits for ever");
  result.simulated = from_sc_time(sc_core::sc_time_stamp());
  result.events = fingerprint.events();
  result.fingerprint = fingerprint.text();
  result.memory.push_back({tier.name, tier.part, Bytes(memory->bytes_read.value()),
                           Bytes(memory->bytes_written.value()), memory->peak(), Duration(memory->busy_ps.value())});
  if (const auto* flash = dynamic_cast<const HbfMemory*>(memory.get()))
    result.memory.back().flash = FlashRecord{flash->flash_activity(), flash->flash_energy(result.simulated),
                                             flash->wear(result.simulated), flash->stacks()};
  collect_components(context, result);
  result.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  result.peak_rss_bytes = peak_rss_bytes();
  return result;
}

}  // namespace decodesim
